"""Facts at a width: words that do not fit go on below words."""

from textual.content import Content

from kubegenie_tui.widgets.fact_lines import FactLines
from tests.ui.stage import Stage, lines_of


async def test_words_go_on_below_words() -> None:
    facts = FactLines()
    async with Stage(facts).run_test(size=(40, 10)) as pilot:
        state = Content("state   the health check failed after thirty [seconds]")
        facts.set_lines([state, Content(), Content("none")], 8)
        await pilot.pause()
        assert lines_of(facts) == ["state   the health check failed after", "        thirty [seconds]", "", "none"]
        facts.set_lines([state])
        await pilot.pause()
        assert lines_of(facts)[1] == "thirty [seconds]"
        facts.set_lines([state, Content(), Content("none")], 8)
        await pilot.resize_terminal(80, 10)
        await pilot.pause()
        assert lines_of(facts)[0] == "state   the health check failed after thirty [seconds]"
        assert len(lines_of(facts)) == 3
