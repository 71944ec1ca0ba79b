"""A plan that cannot be done: one reason where several of its objects are refused."""

from collections.abc import Sequence

from kubegenie_tui.domain.errors import KubeGenieError, OwnedByOthers
from kubegenie_tui.domain.plan import Plan

MOST_NAMED = 3
"""Objects that are named beside the first that is refused."""
MOST_OWNED = 8
"""Objects of which it is told who owns which of their fields."""


def first_of(refusals: Sequence[KubeGenieError], plan: Plan) -> KubeGenieError:
    """The first refusal, which tells of the others too: whose the fields of each object are, or which objects."""
    first, *others = refusals
    alike: list[KubeGenieError] = []
    if isinstance(first, OwnedByOthers):
        alike = [each for each in others if isinstance(each, OwnedByOthers)]
        _tell_owners(first, [first, *alike], plan)
        others = [each for each in others if each not in alike]
    if others:
        names = ", ".join(str(plan.steps[each.step].ref) for each in others[:MOST_NAMED])
        first.why = "; ".join(filter(None, (first.why, f"refused too: {names}{_more(len(others) - MOST_NAMED)}")))
    return first


def _tell_owners(first: OwnedByOthers, all_such: Sequence[KubeGenieError], plan: Plan) -> None:
    if len(all_such) == 1:
        return
    told = tuple(f"{plan.steps[each.step].ref}: {each.why}" for each in all_such[:MOST_OWNED])
    first.what = f"Others own fields of {len(all_such)} objects (409)"
    first.why = "; ".join(told) + _more(len(all_such) - MOST_OWNED)


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""
