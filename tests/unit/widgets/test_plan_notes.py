"""How what should be known of a plan is inked: each check that passed has a glyph in its colour, on whatever row."""

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Note
from kubegenie_tui.domain.text import plain
from kubegenie_tui.theme import HEALTH_CLASS
from kubegenie_tui.widgets.plan_notes import groups_of, note_lines
from tests.ui.played_gate import previewed


def test_each_check_that_passed_has_its_glyph_in_green() -> None:
    checks = dict(groups_of(previewed()))["checks"]
    good = HEALTH_CLASS[Health.OK]
    for width in (120, 40, 24):
        lines = list(note_lines("checks", checks[-1], width))
        inked = [line.text[span.start : span.end] for line in lines for span in line.spans if span.ink == good]
        assert [part.strip() for part in inked].count("●") == sum(line.text.count("●") for line in lines) >= 2
        assert not any(line.text.rstrip().endswith("●") for line in lines)


def test_what_a_model_says_of_its_proposal_stands_last_as_plain_text() -> None:
    preview = previewed()
    plan = msgspec.structs.replace(preview.plan, why="[b]it crashes[/b]\x1b[2J", expect="3 of 3 ready")
    label, notes = groups_of(msgspec.structs.replace(preview, plan=plan))[-1]
    told = [line.text for note in notes for line in note_lines(label, note, 60)]
    assert [line.partition("Why: ")[2] or line.partition("Expected: ")[2] for line in told] == [
        plain("[b]it crashes[/b]\x1b[2J"),
        "3 of 3 ready",
    ]
    assert groups_of(preview)[-1] == ("said", [])


def test_the_ink_of_a_warning_ends_with_its_text() -> None:
    (line,) = note_lines("impact", Note(Health.WARN, "名前 changes"), 60)
    assert line.text[line.spans[-1].start : line.spans[-1].end] == "warning · 名前 changes"
    assert line.spans[-1].end == len(line.text)
