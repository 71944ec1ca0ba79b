"""A key that a person set does one thing wherever it works, also where a place has keys of others."""

import pytest

from kubegenie_tui.domain.errors import SettingsError
from kubegenie_tui.key_sharing import SHARED, keys_in_force
from kubegenie_tui.keymap import check_keymap, taken_keys
from kubegenie_tui.keys import EVERY_KEY, PLACES


def test_every_id_is_that_of_one_key() -> None:
    assert len(EVERY_KEY) == sum(len(keys) for keys in PLACES.values())


@pytest.mark.parametrize("place", PLACES)
def test_no_key_does_two_things_as_they_come(place: str) -> None:
    for keys in keys_in_force(place):
        names = [name for key in keys for name in key.keys.split(",")]
        assert sorted(names) == sorted(set(names))


def test_what_is_shared_exists() -> None:
    assert SHARED.keys() <= PLACES.keys()
    assert frozenset().union(*(ids for moments in SHARED.values() for ids in moments)) <= EVERY_KEY.keys()


@pytest.mark.parametrize(
    ("binding_id", "key", "other"),
    [
        pytest.param("show-logs", "d", "describe-object", id="in the place itself"),
        pytest.param("show-logs", "ctrl+k", "show-clusters", id="everywhere"),
        pytest.param("open-in-cluster", "o", "other-half", id="explorer's keys in a fleet"),
        pytest.param("open-in-cluster", "left_square_bracket", "place-before", id="its history in a fleet"),
        pytest.param("open-in-cluster", "j", "cursor-down", id="table in a fleet"),
        pytest.param("jump-to-operator", "j", "cursor-down", id="table of operators"),
        pytest.param("jump-to-object", "u", "undo-change", id="operations in relations"),
        pytest.param("next-fault-traced", "E", "edit-object", id="operations in a trace"),
        pytest.param("pause-object", "s", "scale-workload", id="operations beside an operator"),
        pytest.param("tab-events", "x", "show-relations", id="relations of one object"),
        pytest.param("toggle-follow", "j", "text-down", id="text of logs"),
        pytest.param("show-values", "G", "go-last", id="table of releases"),
        pytest.param("text-last", "v", "show-values", id="text of releases"),
        pytest.param("toggle-result", "ctrl+g", "toggle-genie", id="panes of the explorer, in the chat"),
        pytest.param("toggle-tree", "down", "cursor-down", id="panes of the explorer, in its table"),
        pytest.param("test-registration", "tab", "next-field", id="form that registers"),
        pytest.param("choose-next", "down", "next-field", id="choice in a form"),
        pytest.param("forget-work", "down", "next-choice", id="list to pick from"),
        pytest.param("choose-kind", "l", "show-logs", id="explorer's keys in its tree"),
        pytest.param("fold-group", "k", "cursor-up", id="up and down in the tree"),
        pytest.param("next-found", "ctrl+r", "refresh-detail", id="search in an object"),
        pytest.param("close-search", "ctrl+s", "save-logs", id="search in logs"),
        pytest.param("previous-found", "ctrl+g", "toggle-genie", id="panes of the explorer, in a search"),
        pytest.param("help-down", "f1", "show-help", id="help"),
        pytest.param("show-entry", "j", "cursor-down", id="table of the audit log"),
        pytest.param("take-offer", "ctrl+s", "preview-edit", id="editor that offers"),
        pytest.param("sort-who", "N", "sort-name", id="sorting the audit log"),
        pytest.param("apply-plan", "enter", "press-button", id="button below a plan"),
    ],
)
def test_a_clash_is_told_with_both_names(binding_id: str, key: str, other: str) -> None:
    with pytest.raises(SettingsError) as told:
        check_keymap({binding_id: f"f9,{key}"})
    assert told.value.what == f'The key "{key}" would do two things'
    assert {binding_id, other} <= set(told.value.why.split(" and "))


@pytest.mark.parametrize(
    ("binding_id", "key"),
    [
        pytest.param("open-in-cluster", "0", id="of the explorer, but of no fleet"),
        pytest.param("toggle-follow", "a", id="of the explorer, but not of logs"),
        pytest.param("text-left", "left", id="of a table and a text that have the keys in turn"),
        pytest.param("choose-kind", "space", id="of the table beside the tree, which has it to itself"),
        pytest.param("roll-back", "b", id="of releases, which are no place of the explorer"),
    ],
)
def test_keys_of_places_that_never_meet_do_not_clash(binding_id: str, key: str) -> None:
    assert check_keymap({binding_id: key}) == {binding_id: key}


def test_a_key_may_be_written_as_its_character() -> None:
    with pytest.raises(SettingsError, match="left_square_bracket") as told:
        check_keymap({"open-in-cluster": "["})
    assert told.value.why == "place-before and open-in-cluster"
    assert taken_keys({"open-in-cluster": "="})["equals_sign"] == "open-in-cluster"


@pytest.mark.parametrize("key", ["x", "X", "7", "space", "?", "é", "full_stop"])
def test_a_key_that_works_while_one_types_is_none_that_types(key: str) -> None:
    with pytest.raises(SettingsError, match="could no longer be typed") as told:
        check_keymap({"toggle-genie": f"f9,{key}"})
    assert told.value.why == "toggle-genie works wherever one types"
    assert check_keymap({"show-logs": "é"})


@pytest.mark.parametrize("key", ["f9", "ctrl+comma", "alt+x", "delete", "insert", "shift+f3", "ctrl+full_stop"])
def test_a_key_that_works_while_one_types_may_be_any_other(key: str) -> None:
    assert check_keymap({"toggle-genie": key}) == {"toggle-genie": key}
