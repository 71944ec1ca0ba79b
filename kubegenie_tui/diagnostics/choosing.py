"""Rules by their names, or by that of a group of them: for whoever wants some looked at and no others."""

from collections.abc import Collection

from kubegenie_tui.diagnostics.rules import RULES
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.nearness import nearest

GROUPS: dict[str, tuple[str, ...]] = {title.lower().replace(" ", "-"): tuple(rules) for title, rules in RULES.items()}
"""The rules of each group: `making-pods`."""
_RULES = frozenset(rule for rules in GROUPS.values() for rule in rules)


def chosen_rules(asked: Collection[str]) -> frozenset[str]:
    """The rules that are asked for by their ids or by their groups; none for all of them.

    Raises:
        UsageError: there is no rule and no group of such a name; the near one is offered, or all.
    """
    names = [each.strip().lower().replace(" ", "-") for each in asked if each.strip()]
    return frozenset(rule for name in names for rule in GROUPS.get(name) or _rule(name))


def _rule(name: str) -> tuple[str]:
    if name in _RULES:
        return (name,)
    near = nearest(name, (*GROUPS, *sorted(_RULES)))
    known = f"groups: {', '.join(GROUPS)}; rules: {', '.join(sorted(_RULES))}"
    raise UsageError(f'There is no rule "{name}"', next_step=f"did you mean {near}?" if near else known)
