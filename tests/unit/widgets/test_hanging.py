"""Words that go on below words."""

from textual.content import Content
from textual.style import Style
from textual.visual import RenderOptions

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.plan import Undoable
from kubegenie_tui.screens.undo import UndoScreen
from kubegenie_tui.widgets.hanging import Hanging, hanging
from kubegenie_tui.widgets.table_pane import error_words


def lines(hanging: Hanging, width: int) -> list[str]:
    strips = hanging.render_strips(width, None, Style(), RenderOptions(lambda _: Style(), {}))
    assert hanging.get_height({}, width) == len(strips)
    return [strip.text.rstrip() for strip in strips]


def test_what_does_not_fit_goes_on_behind_the_first_column() -> None:
    hanging = Hanging((Content("  40s  Delete pod shop/web  ✖ it is not made anew"), 7))
    assert lines(hanging, 80) == ["  40s  Delete pod shop/web  ✖ it is not made anew"]
    assert lines(hanging, 30) == ["  40s  Delete pod shop/web  ✖", "       it is not made anew"]
    assert hanging.get_optimal_width({}, 80) == 49


def test_a_long_reason_of_the_undo_list_stays_behind_the_age() -> None:
    change = Undoable(2, 0.0, "prod", "Delete pod shop/web", None, "it is not made anew as it was")
    (choice,) = UndoScreen("prod", [change], now=4000.0)._choices
    first, second = lines(Hanging((choice.content, choice.indent)), 34)
    assert first == "   66m  Delete pod shop/web  ✖ it"
    assert second == "        is not made anew as it was"


def test_words_of_an_error_go_on_below_words_and_not_below_its_glyph() -> None:
    error = error_words(KubeGenieError("The issuer is away", "its name is not known", "check it"))
    assert lines(hanging(error), 14) == ["✖ The issuer", "  is away", "  its name is", "  not known", "  check it"]
