"""How far the rollout of a workload is, and the revisions that came before it."""

import msgspec

from kubegenie_tui.changes.operations.revisions import Revision, is_in_force, revisions_of
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.changes.outcome import rollout_of
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope

ROLLED_OUT = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps"})


class Rollout(msgspec.Struct, frozen=True):
    """Where a rollout stands."""

    ref: ObjectRef
    done: bool
    words: str
    """How far it is."""
    stuck: str = ""
    """Why it makes no progress; empty when it does."""


class History(msgspec.Struct, frozen=True):
    """The revisions that the server keeps."""

    ref: ObjectRef
    revisions: tuple[Revision, ...]
    """The newest first."""
    current: int
    """The number of the one in force; 0 when none of them is."""


async def rollout_status(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """Whether a rollout has ended, and how far it is.

    Raises:
        UsageError: there is no such object, or its kind is not rolled out.
        ClusterError: it cannot be read.
    """
    target = await _target(scope, kind_name, name, namespace)
    try:
        done, words = rollout_of(target.kind.id, target.manifest)
        found = Rollout(target.ref, done, words)
    except ClusterError:
        raise
    except KubeGenieError as error:
        found = Rollout(target.ref, done=False, words=error.what, stuck=error.why)
    state = "has ended" if found.done else "makes no progress" if found.stuck else "is under way"
    text = ": ".join(part for part in (f"The rollout of {target.words} {state}", found.words, found.stuck) if part)
    return Result(f"rollout of {name}: {state}", scope.redactor.text(text), found, _shown(target.ref))


async def rollout_history(
    scope: Scope, kind_name: str, name: str, namespace: str | None = None, revision: int = 0
) -> Result:
    """The revisions of a workload, or one of them.

    Raises:
        UsageError: there is no such object or revision, or its kind is not rolled out.
        ClusterError: they cannot be read.
    """
    target = await _target(scope, kind_name, name, namespace)
    revisions = await revisions_of(scope.reader, target)
    current = next((each.number for each in revisions if is_in_force(target, each)), 0)
    if revision:
        known = ", ".join(str(each.number) for each in revisions)
        revisions = [each for each in revisions if each.number == revision]
        if not revisions:
            raise UsageError(f"{target.words} has no revision {revision}", next_step=f"it has {known}")
    history = History(target.ref, tuple(revisions), current)
    lines = [f"{each.words}{' (in force)' if each.number == current else ''}" for each in revisions]
    summary = f"{len(revisions)} revision{'' if len(revisions) == 1 else 's'} of {name}"
    return Result(
        summary,
        scope.redactor.text("\n".join([f"cluster {scope.reader.name}: {target.ref}: {summary}", *lines])),
        history,
        _shown(target.ref),
    )


async def _target(scope: Scope, kind_name: str, name: str, namespace: str | None) -> Target:
    kind = scope.kind(kind_name)
    if kind.id not in ROLLED_OUT:
        raise UsageError(f"A {kind.kind} is not rolled out", next_step="name a deployment, statefulset or daemonset")
    ref = await resolve(scope, kind, name, namespace)
    manifest = await scope.reader.get(kind, ref.name, ref.namespace)
    return Target(kind, ref.name, ref.namespace, ref.cluster, manifest)


def _shown(ref: ObjectRef) -> ShowRequested:
    return ShowRequested(ref.kind, ref.namespace, "", ref.name, "detail")
