"""What an object itself tells of its past: when it was made, and who changed it last, by its managedFields."""

from collections.abc import Iterator

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.managed_fields import entry_of, fields_of
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.timeline import Change

MOST_NAMED = 2
"""Fields of a manager that are named; more are counted."""
_MARK = "kubectl.kubernetes.io/last-applied-configuration"


def last_changes(kind: str, manifest: Manifest) -> Iterator[Change]:
    """That it came, and the last change by each field manager since; its status is not told of.

    The server notes of each manager when it last changed something, and all fields that it set, not which of them
    it set then. Source: Kubernetes documentation of server-side apply.

    Args:
        kind: its kind id.
        manifest: the object, or its metadata alone.
    """
    namespace, name = text_at(manifest, "metadata.namespace"), text_at(manifest, "metadata.name")
    born = parse_time(text_at(manifest, "metadata.creationTimestamp"))
    maker = ""
    for entry in mappings_at(manifest, "metadata.managedFields"):
        manager, _, subresource, _ = entry_of(entry)
        at = parse_time(text_at(entry, "time"))
        if at <= born:
            maker = maker or f"by {manager}"
        elif subresource != "status" and (fields := _named(entry)):
            yield Change(at, kind, namespace, name, "changed", manager, fields)
    if born:
        yield Change(born, kind, namespace, name, "came", "", maker)
    if leaving := parse_time(text_at(manifest, "metadata.deletionTimestamp")):
        yield Change(leaving, kind, namespace, name, "leaving", health=Health.PROGRESSING)


def _named(entry: Manifest) -> str:
    fields = [field for field in fields_of(entry) if _MARK not in field]
    more = f" and {len(fields) - MOST_NAMED} more" if len(fields) > MOST_NAMED else ""
    return ", ".join(fields[:MOST_NAMED]) + more
