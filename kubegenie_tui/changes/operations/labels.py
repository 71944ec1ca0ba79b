"""Labels and annotations: set, change, take away."""

import re
from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Targets, asking
from kubegenie_tui.changes.operations.target import called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Field, TextField
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.plan import Plan, Step

_KEY = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?")
Pairs = dict[str, str | None]
"""Value by key; None takes the key away."""


def can_patch(kind: Kind) -> bool:
    """Whether the server lets objects of a kind be changed in part."""
    return "patch" in kind.verbs


def read_pairs(words: Sequence[str], *, labels: bool) -> Pairs:
    """`key=value` sets, `key-` takes away.

    Raises:
        UsageError: a word that is neither, or what Kubernetes takes for no key or no value of a label.
    """
    pairs: Pairs = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals and not word.endswith("-"):
            raise UsageError(f'"{word}" is neither key=value nor key-', next_step="a dash at the end takes it away")
        key = key if equals else word[:-1]
        if not _KEY.fullmatch(key):
            raise UsageError(f'"{key}" cannot be a key', "letters, digits, dots and dashes, after an optional domain/")
        if labels and equals and not _LABEL_VALUE.fullmatch(value):
            raise UsageError(f'"{value}" cannot be the value of a label', "at most 63 letters, digits, dots and dashes")
        pairs[key] = value if equals else None
    return pairs


def metadata_steps(targets: Targets, field: str, pairs: Pairs) -> list[Step]:
    """Change `labels` or `annotations` of each."""
    return [target.patch({"metadata": {field: pairs}}) for target in targets] if pairs else []


def _label_fields(_: Targets) -> Sequence[Field]:
    return (TextField("pairs", "Labels", hint="key=value sets, key- takes away; several with blanks between"),)


def _annotation_fields(_: Targets) -> Sequence[Field]:
    return (TextField("pairs", "Annotations", hint='key="a value" sets, key- takes away'),)


async def _label(request: Request) -> Plan:
    pairs = read_pairs(split_words(request.text("pairs")), labels=True)
    title = f"Label {called(request.targets)} with {' '.join(_words(pairs))}"
    return request.plan(title, metadata_steps(request.targets, "labels", pairs))


async def _annotate(request: Request) -> Plan:
    pairs = read_pairs(split_words(request.text("pairs")), labels=False)
    title = f"Annotate {called(request.targets)}: {', '.join(pairs)}"
    return request.plan(title, metadata_steps(request.targets, "annotations", pairs))


def _words(pairs: Pairs) -> list[str]:
    return [f"{key}-" if value is None else f"{key}={value}" for key, value in pairs.items()]


def split_words(text: str) -> list[str]:
    """Words as a shell parts them.

    Raises:
        UsageError: a quote is not closed.
    """
    import shlex

    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError("A quote is not closed", str(error), 'write key="a value"') from error


LABEL = Operation("label", "label", can_patch, _label, asking(_label_fields), takes_rest=True, reads=False)
ANNOTATE = Operation(
    "annotate", "annotate", can_patch, _annotate, asking(_annotation_fields), takes_rest=True, reads=False
)
