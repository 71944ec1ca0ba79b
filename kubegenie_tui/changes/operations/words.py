"""Typed words as answers: `scale 5`, `image app=repo:2`, `drain --force --grace=30`."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kubegenie_tui.changes.operations.operation import Operation
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import NO, YES, ChoiceField, Field, NumberField, TextField, ToggleField, Value


def read_words(
    operation: Operation, fields: Sequence[Field], words: Sequence[str]
) -> tuple[dict[str, Value], list[str]]:
    """What was answered by words, and the labels of what is still to be asked.

    `--field=value` names a field, and so does `field=value` where words are not taken as they are; what is a yes or a
    no needs no value. Any other word goes to the next field that has none, but never to one of those. What nobody says
    keeps the value that the form would begin with.

    Raises:
        UsageError: a word too many, or one that its field does not take.
    """
    typed = _by_field(operation, fields, words)
    answers: dict[str, Value] = {}
    missing: list[str] = []
    for each in fields:
        if each.id not in typed and _must_be_said(each):
            missing.append(each.label)
        else:
            answers[each.id] = _read(each, typed.get(each.id, _begins_with(each)))
    return answers, missing


def filled(asked: Field, answers: Mapping[str, Value]) -> Field:
    """A field that begins with what was said already."""
    known: dict[str, Any] = {"value": answers[asked.id]} if asked.id in answers else {}
    return replace(asked, **known)


def _by_field(operation: Operation, fields: Sequence[Field], words: Sequence[str]) -> dict[str, str]:
    ids = {each.id: each for each in fields}
    typed: dict[str, str] = {}
    rest: list[str] = []
    for word in words:
        name, is_set, value = word.removeprefix("--").partition("=")
        is_plain = not operation.takes_rest and (bool(is_set) or isinstance(ids.get(name), ToggleField))
        is_named = name in ids and (word.startswith("--") or is_plain)
        if is_named:
            typed[name] = value if is_set else YES
        elif word.startswith("--"):
            raise UsageError(f"{operation.id} has no {word}", next_step=f"it has {_options(fields)}")
        else:
            rest.append(word)
    if operation.takes_rest and rest:
        return {fields[0].id: shlex.join(rest)} | typed
    free = [each.id for each in fields if each.id not in typed and not isinstance(each, ToggleField)]
    if len(rest) > len(free):
        raise UsageError(f'{operation.id} does not take "{rest[len(free)]}"', next_step=f"it has {_options(fields)}")
    return typed | dict(zip(free, rest, strict=False))


def _read(asked: Field, typed: str) -> Value:
    """The value; a choice may be shortened to what stands before its colon."""
    if not isinstance(asked, ChoiceField):
        return asked.read(typed)
    wanted = typed.lower()
    found = [option for option in asked.options if wanted in (option.lower(), option.lower().partition(":")[0])]
    if not found:
        raise UsageError(f'{asked.label}: there is no "{typed}"', next_step=f"choose from {', '.join(asked.options)}")
    return asked.read(found[0])


def _must_be_said(asked: Field) -> bool:
    """Whether there is no answer to take for granted."""
    if isinstance(asked, NumberField):
        return asked.required and asked.value is None
    return isinstance(asked, TextField) and asked.required and not asked.value


def _begins_with(asked: Field) -> str:
    if isinstance(asked, ToggleField):
        return YES if asked.value else NO
    if isinstance(asked, NumberField):
        return "" if asked.value is None else str(asked.value)
    if isinstance(asked, TextField):
        return asked.value
    return asked.value or asked.options[0]


def _options(fields: Sequence[Field]) -> str:
    return ", ".join(f"--{each.id}" for each in fields) or "no options"
