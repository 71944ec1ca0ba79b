"""Typed words as answers to the questions of a form."""

import dataclasses
from typing import Any

import pytest

from kubegenie_tui.changes.operations.scaling import SCALE
from kubegenie_tui.changes.operations.words import filled, read_words
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField, ToggleField

FIELDS: tuple[Field, ...] = (
    TextField("image", "Image"),
    NumberField("port", "Port", 80, most=100),
    NumberField("grace", "Grace seconds", required=False),
    ChoiceField("type", "Type", ("ClusterIP", "2: NodePort")),
    ToggleField("force", "Force"),
)
WHOLE = dataclasses.replace(SCALE, id="mix", takes_rest=False)
REST = dataclasses.replace(SCALE, id="mix", takes_rest=True)

READ: list[tuple[str, dict[str, Any]]] = [
    ("web:1", {"image": "web:1", "port": 80, "grace": None, "type": "ClusterIP", "force": False}),
    ("web:1 8 30 2 force", {"image": "web:1", "port": 8, "grace": 30, "type": "2: NodePort", "force": True}),
    ("force=no web:1", {"image": "web:1", "force": False}),
    ("--force --port=9 web:1", {"image": "web:1", "port": 9, "force": True}),
    ("port=7 image=a=b", {"image": "a=b", "port": 7}),
    ("type=clusterip other=thing", {"image": "other=thing", "type": "ClusterIP"}),
]


@pytest.mark.parametrize(("line", "answers"), READ)
def test_words_answer_the_fields(line: str, answers: dict[str, Any]) -> None:
    found, missing = read_words(WHOLE, FIELDS, line.split())
    assert not missing
    assert found | answers == found


def test_all_words_can_be_for_the_first_field() -> None:
    found, missing = read_words(REST, FIELDS, ["port=1", "a word", "--port=5"])
    assert (found["image"], found["port"], missing) == ("port=1 'a word'", 5, [])


def test_what_is_not_said_and_has_no_value_is_missing() -> None:
    found, missing = read_words(WHOLE, FIELDS, ["--port=5"])
    assert (missing, found["port"]) == (["Image"], 5)
    kept = [filled(each, found) for each in FIELDS]
    assert [each.value for each in kept] == ["", 5, None, "ClusterIP", False]


WRONG = [
    ("web:1 1000", "Port is from 0 to 100"),
    ("web:1 1 2 3:NodePort", 'Type: there is no "3:NodePort" · choose from ClusterIP'),
    ("web:1 1 2 2 more", 'mix does not take "more" · it has --image, --port'),
    ("--nothing=1", "mix has no --nothing=1"),
]


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_what_is_wrong_with_words(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_words(WHOLE, FIELDS, line.split())
