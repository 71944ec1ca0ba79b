"""Whether what was asked for has come about: a rollout has ended, an object is gone. Looked at until it is known."""

from collections.abc import AsyncIterator, Callable

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import Conflict, KubeGenieError, NotFound
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.objects import get_object

LOOK_SECONDS = 1.0
"""Between two looks."""
PATIENCE_SECONDS = 120.0
"""After this the outcome counts as open: the change was made, what comes of it takes longer."""
Said = tuple[bool, str]
"""Whether it has come about, and how far it is."""


async def outcome(
    cluster: WritableCluster,
    step: Step,
    clock: Clock,
    before: Manifest | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> AsyncIterator[str]:
    """How far it is, in words, each time that changes; ends when it has come about, is stopped, or patience ends.

    Args:
        cluster: where.
        step: what was written.
        clock: the time.
        before: the object before that; a failure that it told of already is not taken for one of this change.
        stop: whether nobody wants to wait any more.

    Raises:
        KubeGenieError: it has failed.
    """
    judge = _gone if is_removal(step) else _judge(step.ref.kind)
    deadline, told, known = clock.now() + PATIENCE_SECONDS, "", _stuck(before or {})
    while clock.now() < deadline:
        found = await _seen(cluster, step)
        if (stuck := _stuck(found or {})) and stuck != known:
            what = "The change was made, but the rollout makes no progress"
            raise KubeGenieError(what, text_at(stuck, "message"), "undo it, or look why")
        done, text = judge(found)
        if text != told:
            told = text
            yield text
        if done:
            return
        if stop():
            yield f"{told} · not waited for"
            return
        await clock.sleep(LOOK_SECONDS)
    yield f"{told} · still under way after {PATIENCE_SECONDS:.0f}s"


def rollout_of(kind_id: str, manifest: Manifest) -> Said:
    """Whether the rollout of a workload has ended, and how far it is.

    Raises:
        KubeGenieError: it makes no progress.
    """
    if stuck := _stuck(manifest):
        raise KubeGenieError("The rollout makes no progress", text_at(stuck, "message"), "roll back, or look why")
    return _judge(kind_id)(manifest)


def _judge(kind_id: str) -> Callable[[Manifest | None], Said]:
    return _JUDGES.get(kind_id, _made)


def is_removal(step: Step) -> bool:
    """Whether its outcome is that the object is gone."""
    return step.verb is Verb.DELETE or step.subresource == "eviction"


async def _seen(cluster: WritableCluster, step: Step) -> Manifest | None:
    """The object now; None when it is gone, or when another bears its name."""
    try:
        found = await get_object(
            cluster.client, cluster.kinds.resolve(step.ref.kind), step.ref.name, step.ref.namespace
        )
    except NotFound:
        return None
    return found if not step.uid or text_at(found, "metadata.uid") == step.uid else None


def _stuck(manifest: Manifest) -> Manifest:
    """The condition that tells of a rollout which takes longer than its deadline; empty when there is none."""
    conditions = mappings_at(manifest, "status.conditions")
    return next((each for each in conditions if text_at(each, "reason") == "ProgressDeadlineExceeded"), {})


def _gone(found: Manifest | None) -> Said:
    if found is None:
        return True, "gone"
    held = ", ".join(str(each) for each in found.get("metadata", {}).get("finalizers", []))
    return False, f"terminating, held by {held}" if held else "terminating"


def _made(found: Manifest | None) -> Said:
    if found is None:
        raise Conflict("The object is gone", "somebody deleted it meanwhile")
    return True, "done"


def _rolled_out(found: Manifest | None) -> Said:
    """As `kubectl rollout status` judges a Deployment."""
    _made(found)
    assert found is not None
    if _lags(found):
        return False, "waiting for the controller"
    wanted = number_at(found, "spec.replicas") or 0
    updated, available = _count(found, "updatedReplicas"), _count(found, "availableReplicas")
    left = max(0, _count(found, "replicas") - updated)
    if found.get("spec", {}).get("paused"):
        return True, "paused"
    done = updated >= wanted and available >= wanted and not left and _count(found, "replicas") == wanted
    return done, f"{min(updated, available)} of {wanted} pods ready" + (f", {left} old ones left" if left else "")


def _set_rolled_out(found: Manifest | None) -> Said:
    """As `kubectl rollout status` judges a StatefulSet: pods below a partition keep what they are."""
    _made(found)
    assert found is not None
    wanted = number_at(found, "spec.replicas") or 0
    if _lags(found):
        return False, "waiting for the controller"
    ready, updated = _count(found, "readyReplicas"), _count(found, "updatedReplicas")
    on_delete = text_at(found, "spec.updateStrategy.type") == "OnDelete"
    kept = min(wanted, number_at(found, "spec.updateStrategy.rollingUpdate.partition") or 0)
    done = ready >= wanted and (on_delete or updated >= wanted - kept) and _count(found, "replicas") == wanted
    told = f"{ready if on_delete else min(ready, updated + kept)} of {wanted} pods ready"
    return done, f"{told}, {kept} left as they are by the partition" if kept else told


def _daemons_rolled_out(found: Manifest | None) -> Said:
    _made(found)
    assert found is not None
    wanted, updated = _count(found, "desiredNumberScheduled"), _count(found, "updatedNumberScheduled")
    if _lags(found):
        return False, "waiting for the controller"
    on_delete = text_at(found, "spec.updateStrategy.type") == "OnDelete"
    ready = _count(found, "numberAvailable")
    return ready >= wanted and (on_delete or updated >= wanted), f"{min(ready, wanted)} of {wanted} pods ready"


def _established(found: Manifest | None) -> Said:
    """Whether a kind is served from now on."""
    _made(found)
    states = {text_at(each, "type"): each for each in mappings_at(found, "status.conditions")}
    if text_at(states.get("NamesAccepted", {}), "status") == "False":
        why = text_at(states["NamesAccepted"], "message")
        raise KubeGenieError("The definition was made, but its names are taken", why, "undo it, or name it otherwise")
    done = text_at(states.get("Established", {}), "status") == "True"
    return done, "established" if done else "waiting until the kind is established"


def _lags(found: Manifest) -> bool:
    return (number_at(found, "status.observedGeneration") or 0) < (number_at(found, "metadata.generation") or 0)


def _count(found: Manifest, field: str) -> int:
    return number_at(found, f"status.{field}") or 0


_JUDGES: dict[str, Callable[[Manifest | None], Said]] = {
    "deployments.apps": _rolled_out,
    "statefulsets.apps": _set_rolled_out,
    "daemonsets.apps": _daemons_rolled_out,
    DEFINITIONS: _established,
}
