"""What was said about an operation as answers to its fields, and every mistake in words that help to mend it."""

from collections.abc import Mapping, Sequence

from kubegenie_tui.changes.operations.operation import Operation
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import NO, YES, ChoiceField, Field, NumberField, TextField, ToggleField, Value

IMAGE = "image"
"""Says an image without the name of its container."""


def answers_of(operation: Operation, fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, Value]:
    """Answers by field id; what nobody says keeps the value that the field begins with.

    Args:
        operation: what is wanted.
        fields: what it asks for.
        given: what was said, by field id; see `with_container`.

    Raises:
        UsageError: something is missing, is not asked for, or makes no sense.
    """
    for name in given:
        if name not in {each.id for each in fields}:
            raise UsageError(f'{operation.id} does not take "{name}"', next_step=f"it takes {takes(fields)}")
    if fields and operation.asks and not given and any(isinstance(each, NumberField | TextField) for each in fields):
        raise UsageError(f"{operation.id}: something has to be said first", next_step=f"it takes {takes(fields)}")
    return {each.id: _read(operation, each, given) for each in fields}


def takes(fields: Sequence[Field]) -> str:
    """What can be said, in words: `replicas (3 now; 0 stops every pod)`."""
    return ", ".join(f"{each.id} ({_hint(each)})" for each in fields) or "nothing"


def _hint(field: Field) -> str:
    if isinstance(field, ChoiceField):
        return f"one of {' | '.join(field.options)}"
    return field.hint or field.label


def _read(operation: Operation, field: Field, said: Mapping[str, str]) -> Value:
    text = said.get(field.id)
    if text is None:
        return field.read(_begins_with(field))
    if isinstance(field, ToggleField):
        return field.read(YES if text.lower() in (YES, "true") else NO)
    if isinstance(field, ChoiceField) and not _is_offered(field, text):
        raise UsageError(f'{operation.id}: {field.id} cannot be "{text}"', next_step=f"it is {_hint(field)}")
    try:
        return field.read(text)
    except UsageError as error:
        raise UsageError(f"{operation.id}: {error.what}", error.why, f"it takes {takes([field])}") from error


def _is_offered(field: ChoiceField, text: str) -> bool:
    """Whether it is one of the options, or what stands before the colon of one: `3` for `3: web:2`."""
    return any(text in (each, each.partition(":")[0]) for each in field.options)


def _begins_with(field: Field) -> str:
    if isinstance(field, ToggleField):
        return YES if field.value else NO
    if isinstance(field, ChoiceField):
        return field.value or field.options[0]
    return "" if field.value is None else str(field.value)


def with_container(operation: Operation, fields: Sequence[Field], given: Mapping[str, str]) -> dict[str, str]:
    """`image` without a container is for the only one, or for the one that runs that repository already.

    Raises:
        UsageError: it could be for several.
    """
    said = dict(given)
    is_whole = operation.id != IMAGE or any(each.id == IMAGE for each in fields)
    image = "" if is_whole else said.pop(IMAGE, "")
    if image:
        same = [
            each for each in fields if isinstance(each, TextField) and _repository(each.value) == _repository(image)
        ]
        meant = fields if len(fields) == 1 else same
        if len(meant) != 1:
            named = ", ".join(each.id for each in fields)
            raise UsageError(f"Which container gets {image}?", next_step=f"name one of {named}")
        said[meant[0].id] = image
    return said


def _repository(image: str) -> str:
    """`repo/web` of `repo/web:2@sha256:…`."""
    path, slash, last = image.partition("@")[0].rpartition("/")
    return f"{path}{slash}{last.partition(':')[0]}"
