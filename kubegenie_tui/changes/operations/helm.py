"""Rolling a Helm release back and uninstalling it, without helm: as plans that show every object.

What helm itself would do and we do not: run the chart's hooks. A plan says so. As helm does, all is written first, and
rollouts go on by themselves.
"""

import base64
import gzip
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from kubegenie_tui.changes.operations.manifests_text import read_documents
from kubegenie_tui.changes.three_way import changes_between, merge_patch, set_back
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.helm import SECRET_TYPE, Release, Revision, read_release, unpacked_release
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb

MANAGER = "helm"
"""In whose name helm applies objects. Source: helm.sh/helm/v4/cmd/helm, ManagedFieldsManager."""
KEPT = "helm.sh/resource-policy"
"""An annotation that says `keep`: the object outlives its release."""
_HELMS_OWN = frozenset({"name", "owner", "status", "version", "createdAt", "modifiedAt"})
"""Labels of a revision's Secret that helm sets; others are a person's, by `--labels`, and go with a rollback."""
_SECRET = {"apiVersion": "v1", "kind": "Secret", "type": SECRET_TYPE}
Key = tuple[str, str, str]
"""Kind id, namespace and name."""
Placed = tuple[ObjectRef, Manifest]
"""Where an object is, and what the release says of it."""
Stored = tuple[Revision, Manifest]
"""A revision and its Secret."""


async def uninstall_plan(cluster: ClusterReader, release: Release, revisions: Sequence[Revision]) -> Plan:
    """Delete every object of a release, the last made first, then what helm keeps of it.

    Args:
        cluster: where it is.
        release: the revision that is installed.
        revisions: every revision of it; at least one.

    Raises:
        UsageError: its manifest cannot be read.
        ClusterError: the server cannot be asked.
    """
    first = revisions[0]
    objects = objects_of(cluster, release.manifest, first.namespace)
    steps = [
        Step(Verb.DELETE, ref, propagation="Background")
        for ref, manifest in reversed(objects.values())
        if not is_kept(manifest) and await live_object(cluster, ref) is not None
    ]
    steps += [Step(Verb.DELETE, secret_of(cluster, each)) for each in sorted(revisions, key=lambda each: each.number)]
    return Plan(
        f"Uninstall release {first.namespace}/{first.name}",
        cluster.name,
        tuple(steps),
        about=first.name,
        disrupts=_hooks(release),
    )


async def rollback_plan(cluster: ClusterReader, newest: Stored, wanted: Stored, at: str) -> Plan:
    """Set what changed between two revisions back, and write it down as helm would: as a new revision.

    Only what the release changed is set back; what others changed since is left alone, and said where it is in the way.
    What helm made by server-side apply is applied in helm's name, so that its next upgrade finds the fields its own.

    Args:
        cluster: where it is.
        newest: the revision that is installed.
        wanted: the revision to go back to.
        at: the time as RFC 3339.

    Raises:
        UsageError: a manifest cannot be read, or somebody else changed what would be set back.
        ClusterError: the server cannot be asked.
    """
    (revision, secret), (goal, record) = newest, wanted
    target = read_release(record)
    have = objects_of(cluster, read_release(secret).manifest, revision.namespace)
    want = objects_of(cluster, target.manifest, revision.namespace)
    restoring = _Restoring(cluster, revision.namespace, revision.name, target.by_server)
    steps = [step for key, each in want.items() if (step := await restoring.step(have.get(key), each))]
    for key, (ref, manifest) in reversed(have.items()):
        if key not in want and not is_kept(manifest) and await live_object(cluster, ref) is not None:
            steps.append(Step(Verb.DELETE, ref, propagation="Background"))
    old = {"info": {"status": "superseded"}}
    new = {
        "version": revision.number + 1,
        "info": {"status": "deployed", "last_deployed": at, "description": f"Rollback to {goal.number}"},
    }
    made = secret_of(cluster, revision, revision.number + 1)
    steps += [
        Step(Verb.PATCH, secret_of(cluster, revision), _record(revision, secret, old)),
        Step(Verb.CREATE, made, _SECRET | _record(revision, record, new, made)),
    ]
    title = f"Roll release {revision.namespace}/{revision.name} back from revision {revision.number} to {goal.number}"
    return Plan(title, cluster.name, tuple(steps), about=revision.name, disrupts=_hooks(target))


class _Restoring(NamedTuple):
    """The objects of one release, and what brings each back to the revision that is wanted."""

    cluster: ClusterReader
    namespace: str
    release: str
    by_server: bool

    async def step(self, installed: Placed | None, target: Placed) -> Step | None:
        """What is to be done with one object; None when nothing is."""
        ref, manifest = target
        version, whole = text_at(manifest, "apiVersion"), owned(manifest, self.namespace, self.release)
        live = await live_object(self.cluster, ref, version)
        if live is None:
            verb = Verb.APPLY if self.by_server else Verb.CREATE
            return Step(verb, ref, whole, wait=False, manager=MANAGER if self.by_server else "")
        if installed is None:
            raise UsageError(
                f"{ref} is not of this release", "and the revision would make it", "remove it first, or use helm"
            )
        restored, conflicts = set_back(live, list(changes_between(manifest, installed[1])))
        patch = merge_patch(live, restored)
        if self.by_server:
            return Step(Verb.APPLY, ref, whole, wait=False, manager=MANAGER) if patch or conflicts else None
        if conflicts:
            raise UsageError(f"{ref} is not as the release left it", conflicts[0], "set that back first, or use helm")
        return Step(Verb.PATCH, ref, patch, wait=False, api_version=version) if patch else None


def objects_of(cluster: ClusterReader, text: str, namespace: str) -> dict[Key, Placed]:
    """The objects of a release's manifest in the order they are made.

    Raises:
        UsageError: its manifest cannot be read, or the cluster serves a kind of it no more.
    """
    found: dict[Key, Placed] = {}
    for document in read_documents(text, "the manifest of the release") if text.strip() else []:
        manifest = _as_kept(document.manifest)
        kind = cluster.kinds.of(text_at(manifest, "apiVersion"), text_at(manifest, "kind"))
        if kind is None:
            what = f"{text_at(manifest, 'apiVersion')} {text_at(manifest, 'kind')}"
            raise UsageError(f"The cluster serves no {what}", f"the release has one at {document.place}")
        ref = _ref(cluster, kind, manifest, namespace)
        found[ref.kind, ref.namespace, ref.name] = ref, manifest
    return found


def owned(manifest: Manifest, namespace: str, release: str) -> Manifest:
    """An object with the marks by which helm knows its own.

    Source: helm.sh/helm/v3/pkg/action, setMetadataVisitor.
    """
    metadata = mapping_at(manifest, "metadata")
    labels = {**mapping_at(metadata, "labels"), "app.kubernetes.io/managed-by": "Helm"}
    marks = {"meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace}
    annotations = {**mapping_at(metadata, "annotations"), **marks}
    return {**manifest, "metadata": {**metadata, "labels": labels, "annotations": annotations}}


def _as_kept(manifest: Manifest) -> Manifest:
    """An object as the server keeps it: no keys without a value, which templates leave behind, and no `stringData`."""
    found = {key: value for key, value in _without_nulls(manifest).items() if key not in ("status", "stringData")}
    texts = mapping_at(manifest, "stringData")
    if texts and manifest.get("kind") == "Secret":
        packed = {key: base64.b64encode(str(value).encode()).decode() for key, value in texts.items()}
        found["data"] = {**mapping_at(found, "data"), **packed}
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def is_kept(manifest: Manifest) -> bool:
    """Whether an object outlives its release."""
    return mapping_at(manifest, "metadata.annotations").get(KEPT) == "keep"


def _ref(cluster: ClusterReader, kind: Kind, manifest: Manifest, namespace: str) -> ObjectRef:
    own = text_at(manifest, "metadata.namespace") or namespace
    return ObjectRef(kind.id, text_at(manifest, "metadata.name"), own if kind.namespaced else "", cluster.name)


async def live_object(cluster: ClusterReader, ref: ObjectRef, version: str = "") -> Manifest | None:
    """An object as it is now, in a version such as `autoscaling/v1` where that is served; None when there is none.

    Raises:
        ClusterError: the server cannot be asked.
    """
    try:
        return await cluster.get(cluster.kinds.resolve(ref.kind).at(version), ref.name, ref.namespace)
    except NotFound:
        return None


def secret_of(cluster: ClusterReader, revision: Revision, number: int = 0) -> ObjectRef:
    """Where helm keeps a revision; with a number, another one of the same release."""
    name = f"{revision.secret.rpartition('.v')[0]}.v{number}" if number else revision.secret
    return ObjectRef("secrets", name, revision.namespace, cluster.name)


def _record(revision: Revision, secret: Manifest, changes: Manifest, made: ObjectRef | None = None) -> Manifest:
    """A release as helm's Secret driver keeps it, with these changes; what it takes to patch one, or to make one."""
    held = unpacked_release(secret)
    held |= {**changes, "info": {**mapping_at(held, "info"), **changes["info"]}}
    packed = base64.b64encode(base64.b64encode(gzip.compress(msgspec.json.encode(held)))).decode()
    labels = {"status": changes["info"]["status"]}
    if made is None:
        return {"metadata": {"labels": labels}, "data": {"release": packed}}
    theirs = {key: value for key, value in mapping_at(secret, "metadata.labels").items() if key not in _HELMS_OWN}
    labels = theirs | labels | {"owner": "helm", "name": revision.name, "version": str(changes["version"])}
    metadata = {"name": made.name, "namespace": made.namespace, "labels": labels}
    return {"metadata": metadata, "data": {"release": packed}}


def _hooks(release: Release) -> str:
    return f"the chart's {release.hooks} hooks are not run: only helm runs them" if release.hooks else ""
