"""Custom resources that say about themselves, in the usual conditions, that they are not well."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at

_GOOD_WHEN_TRUE = frozenset({"Ready", "Synced", "Healthy", "Available", "Reconciled", "Accepted", "Established"})


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Objects of custom kinds whose Ready, Synced, Healthy … condition is False."""
    for kind in snapshot.kinds():
        if "." not in kind.partition(".")[2]:
            continue
        if kind.endswith(".k8s.io"):
            continue
        for item in snapshot.all(kind):
            bad = _bad(item)
            if bad is not None:
                yield _finding(kind, item, bad)


def _bad(item: Manifest) -> Manifest | None:
    for condition in mappings_at(item, "status.conditions"):
        if condition.get("type") in _GOOD_WHEN_TRUE and condition.get("status") == "False":
            return condition
    return None


def _finding(kind: str, item: Manifest, bad: Manifest) -> Finding:
    ref, name = ref_of(kind, item), text_at(bad, "type")
    said = ": ".join(part for part in (text_at(bad, "reason"), text_at(bad, "message")) if part)
    field = f"status.conditions[{name}]"
    title = f"{text_at(item, 'kind').lower() or kind} {ref.name} is not {name.lower()}"
    step = ("read what its controller says",)
    return Finding(
        "condition-false",
        Severity.WARNING,
        title,
        said,
        ref,
        field,
        (fact(kind, item, field, said),),
        (ref,),
        0.8,
        step,
    )
