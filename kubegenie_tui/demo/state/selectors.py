"""LabelSelectors, as objects carry them: of workloads, budgets and autoscalers; Services and nodes have half of one."""

from collections.abc import Mapping

from kubegenie_tui.demo.state.objects import Object, labels_of


def selected(obj: Object, selector: Object) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) selects an object; an empty one selects all."""
    labels = labels_of(obj)
    if not (selector.get("matchLabels") or {}).items() <= labels.items():
        return False
    return all(_holds(labels, each) for each in selector.get("matchExpressions") or ())


def _holds(labels: Mapping[str, str], expression: Object) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or ()
    return {
        "In": value in values,
        "NotIn": value not in values,
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }[expression["operator"]]
