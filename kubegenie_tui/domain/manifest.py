"""Reading a manifest by path: what is missing, or is not what the API promises, reads as empty and never raises."""

from typing import Any

from kubegenie_tui.domain.text import plain

Manifest = dict[str, Any]
"""One object as the API sent it: plain JSON."""
REVISION = "deployment.kubernetes.io/revision"
"""The annotation in which the deployment controller counts rollouts."""


def value_at(manifest: Any, path: str) -> Any:
    """What stands at a dotted path such as `spec.template.spec`; None when there is nothing."""
    for key in path.split("."):
        if not isinstance(manifest, dict):
            return None
        manifest = manifest.get(key)
    return manifest


def mapping_at(manifest: Any, path: str) -> Manifest:
    """The mapping at a path, empty when there is none."""
    found = value_at(manifest, path)
    return found if isinstance(found, dict) else {}


def mappings_at(manifest: Any, path: str) -> list[Manifest]:
    """The mappings of the list at a path; whatever else is in the list is left out."""
    found = value_at(manifest, path)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def text_at(manifest: Any, path: str) -> str:
    """The scalar at a path as safe text on one line; empty for nothing, for mappings and for lists."""
    return scalar_text(value_at(manifest, path))


def texts_at(manifest: Any, path: str) -> list[str]:
    """The scalars of the list at a path, as safe text."""
    found = value_at(manifest, path)
    return [scalar_text(item) for item in found] if isinstance(found, list) else []


def number_at(manifest: Any, path: str) -> int | None:
    """The whole number at a path."""
    found = value_at(manifest, path)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def scalar_text(value: Any) -> str:
    """A scalar as the API writes it, made safe to show; empty for what is not a scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return plain(value)
    return str(value) if isinstance(value, int | float) else ""
