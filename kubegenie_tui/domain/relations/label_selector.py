"""Which labels a selector selects, as the API server decides it."""

from typing import Any

from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at, texts_at


def selects(selector: Any, labels: dict[str, Any]) -> bool:
    """Whether a LabelSelector, or the plain map of a Service, selects these labels; an empty one selects nothing here.

    Source: LabelSelectorAsSelector in k8s.io/apimachinery/pkg/apis/meta/v1. That an empty selector of a policy or of a
    budget selects all pods is for the caller to know: for a Service it selects none.
    """
    if not isinstance(selector, dict) or not selector:
        return False
    if "matchLabels" not in selector and "matchExpressions" not in selector:
        return _holds_all(selector, labels)
    return _holds_all(mapping_at(selector, "matchLabels"), labels) and all(
        _holds(expression, labels) for expression in mappings_at(selector, "matchExpressions")
    )


def _holds_all(wanted: dict[str, Any], labels: dict[str, Any]) -> bool:
    return all(labels.get(key) == value for key, value in wanted.items())


def _holds(expression: dict[str, Any], labels: dict[str, Any]) -> bool:
    key, values = text_at(expression, "key"), texts_at(expression, "values")
    value = labels.get(key)
    match expression.get("operator"):
        case "In":
            return value is not None and str(value) in values
        case "NotIn":
            return value is None or str(value) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
