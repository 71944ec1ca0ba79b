from kubegenie_tui.key_words import PLACE_TITLES, KeyLine, key_lines, key_word, reference
from kubegenie_tui.keys import PLACES
from tests.control_plane import ROOT


def test_the_reference_page_is_current() -> None:
    page = ROOT / "docs" / "reference" / "keys.md"
    assert page.read_text(encoding="utf-8") == reference(), "run the command that the page names"


def test_every_place_has_a_title() -> None:
    assert PLACE_TITLES.keys() == PLACES.keys()


def test_no_two_keys_share_an_id() -> None:
    """Else to give one of them another key would give it to both."""
    ids = [key.id for keys in PLACES.values() for key in keys]
    assert sorted(set(ids)) == sorted(ids)


def test_keys_are_written_as_people_write_them() -> None:
    assert [key_word(name) for name in ("ctrl+b", " slash", "G", "question_mark", "shift+tab")] == [
        "ctrl+b",
        "/",
        "G",
        "?",
        "shift+tab",
    ]


def test_numbers_share_a_line_and_the_persons_own_keys_are_shown() -> None:
    lines = key_lines(PLACES["explorer"], {"toggle-tree": "f2,ctrl+backslash"})
    by_id = {line.ids[0]: line for line in lines}
    assert by_id["namespace-1"].keys == ("1 … 9",)
    assert by_id["namespace-1"].label == "namespace 1 to 9"
    assert by_id["toggle-tree"] == KeyLine(("f2", "ctrl+\\"), "tree", ("toggle-tree",))
