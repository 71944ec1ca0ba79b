"""Label selectors in one line, as kubectl writes them."""

from sys import intern

from kubegenie_tui.domain.shapes.base import Part


class Requirement(Part, frozen=True):
    """One of `matchExpressions`."""

    key: str = ""
    operator: str = ""
    values: list[str] | None = None


class LabelSelector(Part, frozen=True):
    """A selector as workloads, policies and budgets have it."""

    match_labels: dict[str, str] | None = None
    match_expressions: list[Requirement] | None = None


def selector_text(selector: LabelSelector | None) -> str:
    """`app=web,tier in (api,cache)`; `<none>` when it selects everything.

    Source: FormatLabelSelector and Selector.String in k8s.io/apimachinery/pkg/labels.
    """
    if selector is None:
        return "<none>"
    parts = [f"{key}={value}" for key, value in (selector.match_labels or {}).items()]
    parts += [_expression(each) for each in selector.match_expressions or ()]
    return intern(",".join(sorted(parts))) or "<none>"


def _expression(requirement: Requirement) -> str:
    key, values = requirement.key, ",".join(sorted(requirement.values or ()))
    match requirement.operator:
        case "In":
            return f"{key} in ({values})"
        case "NotIn":
            return f"{key} notin ({values})"
        case "DoesNotExist":
            return f"!{key}"
        case _:
            return key
