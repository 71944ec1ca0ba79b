"""Several namespaces as one scope: `shop,payments`, or a set that was saved under a name, `+web`."""

import re
from collections.abc import Callable

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain

BETWEEN = ","
SIGN = "+"
"""Begins the name of a saved set where a namespace is expected."""
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
"""Source: RFC 1123 label, which Kubernetes asks of a namespace."""


def names_of(scope: str) -> tuple[str, ...]:
    """The namespaces of a scope, none for all of them."""
    return tuple(dict.fromkeys(name.strip() for name in scope.split(BETWEEN) if name.strip()))


def is_set(scope: str) -> bool:
    """Whether a scope is more than one namespace and less than all."""
    return BETWEEN in scope


def is_one(scope: str) -> bool:
    """Whether a scope, as typed, is a single namespace."""
    return bool(scope) and not is_set(scope) and not scope.startswith(SIGN)


def wrong_scope(text: str) -> str:
    """What no namespace can be called of some with commas between them, in words; empty when all can."""
    wrong = next((name for name in names_of(text) if not _NAME.fullmatch(name)), None)
    return "" if wrong is None else f'"{plain(wrong)}" is no namespace: small letters, digits and hyphens'


def scope_words(scope: str, told: Callable[[str], str] = str) -> str:
    """`all namespaces`, `namespace shop`, `namespaces shop, cart and web`; `told` words a name."""
    names = [told(name) for name in names_of(scope)]
    if len(names) < 2:
        return f"namespace {names[0]}" if names else "all namespaces"
    return f"namespaces {', '.join(names[:-1])} and {names[-1]}"


def resolve_scope(scope: str, saved: Callable[[str], str | None]) -> str:
    """The namespaces a scope means, with commas between them.

    Args:
        scope: as typed: a namespace, several, `+NAME`, or empty for all.
        saved: the namespaces of a saved set, None when there is none of that name.

    Raises:
        UsageError: there is no set of that name.
    """
    if not scope.startswith(SIGN):
        return BETWEEN.join(names_of(scope))
    found = saved(scope.removeprefix(SIGN))
    if found is None:
        name = scope.removeprefix(SIGN)
        raise UsageError(
            f'There is no set of namespaces named "{name}"', next_step=f"save one: `:nsset {name} shop,payments`"
        )
    return found
