"""What a model is not sent of a result stays within its reach."""

import pytest

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.context import kept as module
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, Kept, bounded

LONG = "\n".join(f"line {number}" for number in range(5_000))


def test_a_short_text_stays_as_it_is() -> None:
    assert Kept().cut("short") == bounded("short") == "short"


async def test_a_long_text_is_cut_between_lines_and_kept_whole() -> None:
    kept = Kept()
    cut = kept.cut(LONG)
    *lines, note = cut.splitlines()
    assert len(cut) <= RESULT_CHARACTERS
    assert lines == LONG.splitlines()[: len(lines)]
    assert "`recall` of r1" in note
    assert await kept.text("r1") == LONG


def test_of_a_log_the_end_is_shown_below_its_first_line() -> None:
    head, note, *lines = Kept().cut(LONG, ends_matter=True).splitlines()
    assert (head, note[:10]) == ("line 0", "(truncated")
    assert lines == LONG.splitlines()[-len(lines) :]
    assert len(lines) > 500


def test_one_line_that_is_too_long_is_cut_as_well() -> None:
    assert len(Kept().cut("x" * 100_000)) <= RESULT_CHARACTERS
    assert len(Kept().cut("x" * 100_000, ends_matter=True)) <= 2 * RESULT_CHARACTERS


async def test_the_oldest_give_way_and_are_told_of_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CHARACTERS", 100)
    kept = Kept()
    names = [kept.keep("x" * 40) for _ in range(4)]
    assert names == ["r1", "r2", "r3", "r4"]
    with pytest.raises(UsageError, match=r'No result "r1" is kept.*r3, r4'):
        await kept.text("r1")


def test_for_a_person_a_cut_names_no_tool() -> None:
    cut = bounded(LONG)
    assert len(cut) <= RESULT_CHARACTERS
    assert cut.splitlines()[-1].endswith("ask for less at once)")


async def test_what_was_stored_is_fetched_and_new_names_go_on_after_it() -> None:
    async def fetch(name: str) -> str:
        return f"stored {name}"

    kept = Kept(["r1", "given", "r12"], fetch)
    assert kept.keep("new") == "r13"
    assert [await kept.text(name) for name in ("r12", "r13")] == ["stored r12", "new"]
    with pytest.raises(UsageError, match="kept: r1, given, r12, r13"):
        await kept.text("r2")


async def test_what_gave_way_in_memory_is_fetched_once_it_was_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(name: str) -> str:
        return f"stored {name}"

    monkeypatch.setattr(module, "MOST_CHARACTERS", 100)
    kept = Kept((), fetch)
    kept.keep("x" * 80)
    assert kept.to_be_stored() == {"r1": "x" * 80}
    assert kept.to_be_stored() == {}
    kept.keep("y" * 80)
    assert await kept.text("r1") == "stored r1"
