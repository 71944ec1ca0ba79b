"""Who else manages what is to be changed, or changed it: their next run may set it back."""

from collections import Counter
from collections.abc import Iterator, Sequence

from kubegenie_tui.changes.field_owners import field_owners
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview

_MARKS = (
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux kustomization"),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux Helm release"),
    ("annotations", "argocd.argoproj.io/tracking-id", "Argo CD application"),
    ("labels", "argocd.argoproj.io/instance", "Argo CD application"),
    ("annotations", "meta.helm.sh/release-name", "Helm release"),
)
"""Where each tool leaves its mark. Source: the tools' documentation of tracked resources."""
MOST_NAMED = 2
"""Managers of one kind that are named; more, as of the pods of a node, are counted."""


def managers_of(steps: Sequence[StepPreview], release: str = "") -> Iterator[Note]:
    """One note a manager of any of the objects, or a kind of many alike, and whose fields it takes; or "nobody".

    Args:
        steps: what is to be changed.
        release: the Helm release that is itself to be changed, so that it manages nothing else; empty for none.
    """
    names = (name for step in steps if step.before for name in _managers(step.before))
    found = [name for name in dict.fromkeys(names) if not release or name != f"Helm release {release}"]
    alike = Counter(name.rpartition(" ")[0] for name in found)
    for kind, count in alike.items():
        if count > MOST_NAMED:
            yield Note(Health.WARN, f"managed by {count} {kind}s: they may set this back")
    for name in found:
        if alike[name.rpartition(" ")[0]] <= MOST_NAMED:
            yield Note(Health.WARN, f"managed by {name}: it may set this back")
    taken = field_owners(steps)
    yield from taken
    if not found and all(note.health is Health.OK for note in taken):
        nobody = (
            "not managed by Argo CD, Flux or an operator"
            if release
            else "not managed by Helm, Argo CD, Flux or an operator"
        )
        yield Note(Health.OK, nobody)


def who_changed(before: Manifest, now: Manifest) -> str:
    """The field manager that made one state of an object into the other; empty when the server does not tell.

    A write moves the time of its manager's entry on. Others' entries shrink by the fields that it took, at their old
    time; the status has entries of its own. Source: Kubernetes documentation of server-side apply, field management.
    """
    old = {_entry(each): each for each in mappings_at(before, "metadata.managedFields")}
    entries = mappings_at(now, "metadata.managedFields")
    changed = [each for each in entries if each != old.get(_entry(each)) and text_at(each, "subresource") != "status"]
    moved = [each for each in changed if text_at(each, "time") != text_at(old.get(_entry(each), {}), "time")]
    left = [each for key, each in old.items() if key not in {_entry(each) for each in entries}]
    latest: Manifest = max(moved or changed or left, key=lambda each: text_at(each, "time"), default={})
    return text_at(latest, "manager")


def _entry(managed: Manifest) -> tuple[str, ...]:
    """What tells the entries of an object apart."""
    return tuple(text_at(managed, field) for field in ("manager", "operation", "apiVersion", "subresource"))


def _managers(manifest: Manifest) -> Iterator[str]:
    for where, key, tool in _MARKS:
        value = mapping_at(manifest, f"metadata.{where}").get(key)
        if isinstance(value, str) and value:
            yield f"{tool} {value.partition(':')[0]}"
            break
    for owner in mappings_at(manifest, "metadata.ownerReferences"):
        if owner.get("controller") is True:
            yield f"{text_at(owner, 'kind')} {text_at(owner, 'name')}"
