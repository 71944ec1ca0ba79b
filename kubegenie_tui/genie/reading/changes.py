"""What was changed lately, and with what: read from the times that the API server keeps of every writer of an object.

Source: metadata.managedFields, https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at, mappings_at, scalar_text, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.genie.reading.refusals import Refusals
from kubegenie_tui.genie.reading.scope import Result, Scope, place

_KINDS = (
    "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch", "services",
    "configmaps", "secrets", "ingresses.networking.k8s.io", "horizontalpodautoscalers.autoscaling", "namespaces",
    "nodes",
)  # fmt: skip
_ROLLOUT = "rolled out"
_SAME_SECONDS = 5
"""A rollout and the write that began it."""
_CONTROLLERS = ("kube-controller-manager", "kubelet", "kube-scheduler", "kube-apiserver")


class Change(msgspec.Struct, frozen=True):
    """The latest change of an object."""

    ref: ObjectRef
    at: float
    """Seconds since the epoch."""
    what: str
    """`created`, `changed`, `rolled out, revision 4`."""
    by: str
    """The program that wrote: `kubectl-edit`, `argocd-controller`; empty when unknown."""


async def read_changes(
    scope: Scope, namespace: str | None = None, *, since_seconds: int = 3600, name: str = ""
) -> Result:
    """Objects that were created or changed by something else than Kubernetes itself, the latest first.

    `name`: only objects of this name.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    after = time.time() - since_seconds
    refusals = Refusals()
    found = await asyncio.gather(*(_changes(scope, kind_id, space, refusals) for kind_id in _KINDS))
    refusals.require_some()
    every = _merged(each for part in found for each in part if each.at >= after and name in ("", each.ref.name))
    changes = sorted(every, key=lambda change: -change.at)
    about = f" of {name}" if name else ""
    lately = "" if name else f" in the last {_span(since_seconds)}"
    summary = f"{len(changes)} change{'' if len(changes) == 1 else 's'}{about}{lately} {place(space)}"
    now = time.time()
    lines = [f"{format_age(now - c.at)} ago: {c.ref} {c.what}{f' by {c.by}' if c.by else ''}" for c in changes]
    text = "\n".join([f"cluster {scope.reader.name}: {summary}", *lines, *refusals.lines])
    return Result(summary, text, changes, ShowRequested("events", space), refusals.words)


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return format_age(seconds) if rest else "hour" if hours == 1 else f"{hours} hours"


async def _changes(scope: Scope, kind_id: str, namespace: str, refusals: Refusals) -> list[Change]:
    kind = scope.kind(kind_id)
    if namespace and not kind.namespaced:
        return []
    items = await refusals.items(scope, kind, namespace)
    read = _rollout if kind_id == "replicasets.apps" else lambda item: _latest(kind_id, item)
    return [change for item in items for change in read(item)]


def _merged(changes: Iterable[Change]) -> list[Change]:
    """One change of an object: its rollout, with who began it, before the write that began it."""
    latest: dict[ObjectRef, Change] = {}
    for change in changes:
        known = latest.get(change.ref)
        if known is None:
            latest[change.ref] = change
        elif abs(known.at - change.at) <= _SAME_SECONDS:
            rollout = change if change.what.startswith(_ROLLOUT) else known
            latest[change.ref] = msgspec.structs.replace(rollout, by=known.by or change.by)
        else:
            latest[change.ref] = max(known, change, key=lambda each: each.at)
    return list(latest.values())


def _rollout(item: Manifest) -> Iterator[Change]:
    """A ReplicaSet is a revision of its Deployment."""
    revision = mapping_at(item, "metadata.annotations").get(REVISION)
    number = f", revision {scalar_text(revision)}" if revision else ""
    for owner in mappings_at(item, "metadata.ownerReferences"):
        if text_at(owner, "kind") == "Deployment":
            ref = ObjectRef("deployments.apps", text_at(owner, "name"), text_at(item, "metadata.namespace"))
            yield Change(ref, parse_time(text_at(item, "metadata.creationTimestamp")), f"{_ROLLOUT}{number}", "")


def _latest(kind_id: str, item: Manifest) -> Iterator[Change]:
    created = parse_time(text_at(item, "metadata.creationTimestamp"))
    ref = ObjectRef(kind_id, text_at(item, "metadata.name"), text_at(item, "metadata.namespace"))
    entries = mappings_at(item, "metadata.managedFields")
    writers = [
        (parse_time(text_at(entry, "time")), text_at(entry, "manager"))
        for entry in entries
        if not text_at(entry, "subresource") and text_at(entry, "manager") not in _CONTROLLERS
    ]
    if writers or not entries:
        at, by = max(writers, default=(created, ""))
        yield Change(ref, at, "created" if at - created < 1 else "changed", by)
