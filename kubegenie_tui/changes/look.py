"""What each step would do: the live object, whether we may, and the server's own dry run."""

import msgspec

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.scales import is_custom, replicas_in
from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.errors import Conflict, Forbidden, NotFound, ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.plan import Step, StepPreview, Verb
from kubegenie_tui.kube.objects import get_object
from kubegenie_tui.kube.reviews import can_i
from kubegenie_tui.kube.writes import dry_run


async def look(cluster: WritableCluster, step: Step) -> StepPreview:
    """A step with the live object it means and what the server would make of it.

    Raises:
        UsageError: the cluster has no such kind.
        Forbidden: we may not do it.
        NotFound: there is no such object.
        Conflict: it exists already, is another one by now, or others own the fields.
        ClusterError, CredentialError, KubeconfigError: the server cannot be asked, or refuses.
    """
    kind = kind_for(cluster, step)
    await require_right(cluster, kind, step, step.verb.right)
    before = await live_object(cluster, kind, step)
    bound = bind(step, before)
    after = await _after(cluster, kind, _at_any_version(bound), before)
    return StepPreview(bound, before, after, manifest_diff(before, after))


def kind_for(cluster: WritableCluster, step: Step) -> Kind:
    """The kind of a step's object, in the version that the step is written in.

    Raises:
        UsageError: the cluster has no such kind.
    """
    kind = cluster.kinds.resolve(step.ref.kind)
    if step.verb in (Verb.CREATE, Verb.APPLY) and not step.subresource:
        group, _, version = text_at(step.body, "apiVersion").rpartition("/")
        return msgspec.structs.replace(kind, version=version) if version and group == kind.group else kind
    return kind.at(step.api_version)


async def live_object(cluster: WritableCluster, kind: Kind, step: Step) -> Manifest | None:
    """The object a step means, as it is now; its subresource where that is what is written. None for one to come.

    Raises:
        NotFound: there is none, and the step does not make it.
        Conflict: the one that was looked at is gone, and another has its name.
    """
    if not step.ref.name or (step.verb is Verb.CREATE and not step.subresource):
        return None
    try:
        found = await read_for(cluster, kind, step)
    except NotFound:
        if step.verb is Verb.APPLY:
            return None
        raise
    if step.uid and text_at(found, "metadata.uid") != step.uid:
        raise Conflict(f"{step.ref} is another object by now", "it was deleted and made anew", "look at it again")
    return found


async def read_for(cluster: WritableCluster, kind: Kind, step: Step) -> Manifest:
    """The object that a step is about; to scale a custom kind, which keeps its replicas where it likes, its Scale.

    Raises:
        NotFound: there is none.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    found = await get_object(cluster.client, kind, step.ref.name, step.ref.namespace)
    return await _scale_of(cluster, kind, found) if step.subresource == "scale" and is_custom(kind) else found


async def _scale_of(cluster: WritableCluster, kind: Kind, found: Manifest) -> Manifest:
    """How many replicas an object has, with its own metadata; without a number where the server tells none."""
    name, namespace = text_at(found, "metadata.name"), text_at(found, "metadata.namespace")
    try:
        spec = {"replicas": replicas_in(await get_object(cluster.client, kind, name, namespace, "scale"))}
    except (ServerFailed, Forbidden):
        spec = {}
    return {"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": found["metadata"], "spec": spec}


def bind(step: Step, before: Manifest | None) -> Step:
    """The step for the one object that was looked at, in the state it was in."""
    if before is None:
        return step
    version = text_at(before, "metadata.resourceVersion") if step.subresource in ("", "scale") else ""
    return msgspec.structs.replace(step, uid=text_at(before, "metadata.uid"), resource_version=version)


def _at_any_version(step: Step) -> Step:
    """For the dry run of a part: a controller may move the status on at any moment, and that changes nothing of it."""
    return step if step.verb is Verb.REPLACE else msgspec.structs.replace(step, resource_version="")


async def require_right(cluster: WritableCluster, kind: Kind, step: Step, verb: str) -> None:
    """Ask whether we may.

    Raises:
        Forbidden: we may not.
        ClusterError, CredentialError, KubeconfigError: the server cannot be asked.
    """
    ref = step.ref
    allowed, reason = await can_i(cluster.client, verb, kind, ref.namespace, ref.name, step.subresource)
    if not allowed:
        what = f"You may not {verb} {step.subresource} of {ref}" if step.subresource else f"You may not {verb} {ref}"
        raise Forbidden(what, reason, "ask who administers the cluster for the right", verb=verb, resource=kind.id)


async def _after(cluster: WritableCluster, kind: Kind, step: Step, before: Manifest | None) -> Manifest | None:
    answer = await dry_run(cluster.client, kind, step)
    if step.verb is Verb.DELETE or step.subresource == "eviction":
        return None
    if step.subresource == "scale" and before is not None:
        return {**before, "spec": {**mapping_at(before, "spec"), "replicas": replicas_in(answer)}}
    return answer
