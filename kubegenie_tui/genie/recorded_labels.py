"""What a call of a model asks for among look-ups of the built-in engine, which are recorded by their label alone."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.namespace_set import names_of

_TOOLS = {
    "who can": "who_can",
    "may": "can_i",
    "who am": "whoami",
    "users of": "used_by",
    "relations of": "related",
    "check": "audit_policy",
}
"""How labels begin that do not begin with the name of the tool."""
_FILLING = frozenset({"all", "namespace", "of", "by", "the", "i", "am", "can", "without", "*"})
_NAMES = ("name", "pod")
_WORD = re.compile(r"[^\s,:]+")


def answers(label: str, tool: str, arguments: Mapping[str, Any], kinds: KindIndex, namespace: str) -> bool:
    """Whether a look-up brought what a call asks for: the same tool, about the same object, kind and namespace.

    Args:
        label: of the look-up: `diagnose deployment checkout`.
        tool: that is called.
        arguments: what it is called with.
        kinds: what the cluster serves.
        namespace: that was in view, several as in `domain.namespace_set`.
    """
    beginning = next((words for words in _TOOLS if label.startswith(f"{words} ")), "")
    words = _WORD.findall(label.lower().removeprefix(beginning))
    if _TOOLS.get(beginning, words[0] if words else "") != tool:
        return False
    told = {word for word in (words if beginning else words[1:]) if word not in _FILLING}
    names = {str(arguments[each]).lower() for each in _NAMES if arguments.get(each)}
    kind = str(arguments.get("kind") or "")
    told = told if kind else {word for word in told if word in names or kinds.find(word) is None}
    given = {*_words_of(arguments.values()), *_spoken(kind, kinds), *names_of(namespace.lower())}
    asked = str(arguments.get("namespace") or "*").lower()
    is_there = bool(names) or asked in ("*", namespace.lower()) or asked in told
    return is_there and names <= told <= given


def proposes(command: str, arguments: Mapping[str, Any]) -> bool:
    """Whether a call proposes what this command does: one step of the same operation on the same object."""
    steps = arguments.get("steps")
    if not isinstance(steps, list) or len(steps) != 1 or not isinstance(steps[0], dict):
        return False
    step, words = steps[0], command.split()
    wanted = {str(step.get("operation")), *(f"{key}={value}" for key, value in _pairs(step.get("arguments")))}
    return wanted <= {*words} and any(word.endswith(f"/{step.get('name')}") for word in words)


def _pairs(arguments: Any) -> Iterator[tuple[str, Any]]:
    yield from arguments.items() if isinstance(arguments, dict) else ()


def _words_of(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _WORD.findall(str(value).lower())


def _spoken(kind: str, kinds: KindIndex) -> Iterator[str]:
    """How labels name a kind."""
    known = kinds.find(kind) if kind else None
    if known is not None:
        yield from (known.id, known.plural, known.singular, known.kind.lower())
