"""Drilling down: what people expect to see behind an object when they press Enter, as in k9s."""

from collections.abc import Mapping
from typing import Any

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.place import Place
from kubegenie_tui.domain.row import Row

SELECTING = frozenset(
    {"deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "services"}
)
"""Kinds whose objects select pods: the object itself must be read to know which."""


def place_behind(kind: Kind, row: Row, obj: Mapping[str, Any] | None = None) -> Place | None:
    """The place behind a row; None when the object itself is what there is to see.

    Args:
        kind: the row's kind.
        row: the row.
        obj: the whole object, for the kinds in SELECTING.
    """
    match kind.id:
        case "namespaces":
            return Place("pods", row.name)
        case "nodes":
            return Place("pods", "", f"NODE:^{row.name}$")
        case "cronjobs.batch":
            name = row.name.replace(".", r"\.")
            return Place("jobs.batch", row.namespace, f"OWNER:^CronJob/{name}$")
        case "customresourcedefinitions.apiextensions.k8s.io":
            return Place(row.name)
    selector = _selector(obj) if kind.id in SELECTING and obj else ""
    return Place("pods", row.namespace, selector) if selector else None


def _selector(obj: Mapping[str, Any]) -> str:
    """The labels an object selects pods by, in the filter language; match expressions are left to the server's eyes."""
    selector = obj.get("spec", {}).get("selector") or {}
    labels = selector.get("matchLabels", selector if "matchExpressions" not in selector else {})
    return " ".join(f"{key}={value}" for key, value in sorted(labels.items()) if isinstance(value, str))
