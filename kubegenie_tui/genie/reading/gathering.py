"""The objects a diagnosis needs: all of a namespace or of a cluster.

Healthy pods are taken from live rows and only the others are fetched whole, so that 10,000 of them cost little; of a
large cluster ReplicaSets are read only where something is wrong. What is not read whole is told.
"""

import asyncio
import contextlib
import time
from collections.abc import Collection, Iterable, Sequence

import msgspec

from kubegenie_tui.diagnostics.bare_services import called_namespaces, logged_namespaces
from kubegenie_tui.diagnostics.custom_references import names_of
from kubegenie_tui.diagnostics.gateways import CLASSES, GRANTS
from kubegenie_tui.diagnostics.monitors import POD_MONITORS, pods_to_read
from kubegenie_tui.diagnostics.policies import POLICIES
from kubegenie_tui.diagnostics.rights import BINDINGS, ROLES, refused_in
from kubegenie_tui.diagnostics.selectors import WORKLOADS
from kubegenie_tui.diagnostics.snapshot import LogKey, Snapshot
from kubegenie_tui.diagnostics.wanted_logs import logs_wanted
from kubegenie_tui.diagnostics.webhooks import CONFIGURATIONS
from kubegenie_tui.domain import namespace_set
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.errors import ClusterError, Forbidden, Invalid, NotFound, ServerFailed, TimedOut
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.called import MOST_FOLLOWED, serving
from kubegenie_tui.genie.reading.hearing import heard_in, heard_of
from kubegenie_tui.genie.reading.installing import installing
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.logs import last_words
from kubegenie_tui.genie.reading.pod_rows import pods_of_rows, spread, troubled_pods
from kubegenie_tui.genie.reading.rows import RowSet, live_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.troubled import troubled_namespaces
from kubegenie_tui.genie.reading.valueless import without_values
from kubegenie_tui.kube.pace import paced

_IN_NAMESPACES = (
    "deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch",
    "persistentvolumeclaims", "configmaps", "secrets", "events", "resourcequotas", "limitranges", "serviceaccounts",
    "services", "ingresses.networking.k8s.io", "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy",
    "networkpolicies.networking.k8s.io", "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io",
    "endpointslices.discovery.k8s.io",
)  # fmt: skip
_OF_CLUSTER = (
    "nodes", "storageclasses.storage.k8s.io", "csidrivers.storage.k8s.io", "csinodes.storage.k8s.io",
    "ingressclasses.networking.k8s.io", "namespaces", "persistentvolumes", "priorityclasses.scheduling.k8s.io",
    "runtimeclasses.node.k8s.io", "clusterroles.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io", "apiservices.apiregistration.k8s.io", *CONFIGURATIONS,
)  # fmt: skip
_OF_RIGHTS = (ROLES, BINDINGS)
"""Of a namespace in which something from here is refused."""
_TELLING = ("services", "deployments.apps", "statefulsets.apps", "daemonsets.apps")
"""They show which namespaces of a large cluster are troubled."""
_SETS = "replicasets.apps"
"""As many as pods, or more, and of no use where their pods are well."""
_SERVED_BY_KUBERNETES = frozenset(kind.id for kind in BUILTIN_KINDS)
_MOST_PODS = 240
_MOST_NAMESPACES = 40
_MOST_LOGS = 60
_MOST_LOGS_OF_UNREADY = 30
_OF_ALL = "cluster"
"""Begins the name of a kind without namespaces that has a twin with them: `clusterissuers`."""
_CLAIMS = "persistentvolumeclaims"
_SMALL = 3_000
"""Pods of a cluster of which everything is read, ReplicaSets where nothing is seen to be wrong too."""
_MOST_OF_A_KIND = 10_000
"""Objects of a kind that are read of a large cluster: reports of a scanner can be more than pods."""
_AT_ONCE = 8
_MEASURED = "metrics.k8s.io"
"""Groups of what is measured at the moment of asking: as many as pods, and without conditions."""
_FIELDS = {"secrets": "type!=helm.sh/release.v1", "events": "type!=Normal"}


class Gathered(msgspec.Struct, frozen=True):
    """A snapshot and what is not in it."""

    snapshot: Snapshot
    unread: tuple[str, ...]
    """Kinds we may not list, or that the cluster does not serve."""
    left_out: int = 0
    """Troubled namespaces that were not looked into, for there are too many."""
    partly: tuple[str, ...] = ()
    """What was read in part, and which: `240 of 1,200 unwell pods`."""
    whole: bool = True
    """Whether a fault that is not found is not there: nothing that may have one was left out."""
    unheard: tuple[str, ...] = ()
    """Containers that crashed and whose log cannot be read, and why."""


class Gatherer:
    """One collection of objects."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._unread: set[str] = set()
        self.cut: list[str] = []
        """What is there in part, for there is too much of it: `240 of 1,200 unwell pods`."""
        self.troubled: list[str] = []
        """Namespaces in which something is seen to be wrong, the most troubled first."""
        self.unheard: list[str] = []
        """Containers that crashed and whose log cannot be read, and why: `app of shop/web-1 (it is gone)`."""
        self.objects: dict[str, list[Manifest]] = {}
        self.limited: dict[str, set[str]] = {}
        self.failed: dict[str, str] = {}
        """Custom kinds that the server cannot read, and why: one of them does not keep the others from being read."""
        self._elsewhere: dict[tuple[str, str], list[str]] = {}
        self._nearby: dict[tuple[str, str], list[Manifest]] = {}
        self.followed: set[str] = set()
        """Namespaces that are not asked about, and of which what serves there was read."""

    async def know_kinds(self) -> None:
        """Wait until it is known what there is to read beside the kinds that every cluster has."""
        if not await kinds_known(self._scope.reader):
            self._unread.add("custom resources")

    async def read(
        self, kind_ids: Iterable[str], namespace: str = "", *, within: str | None = None, most: int = 0
    ) -> None:
        """List kinds, at most so many of each; `within`: of them only these namespaces are here afterwards."""
        await asyncio.gather(*(self._read_one(kind_id, namespace, within, most) for kind_id in kind_ids))

    async def _read_one(self, kind_id: str, namespace: str, within: str | None, most: int) -> None:
        kind = self._scope.reader.kinds.get(kind_id)
        if kind is None:
            self._unread.add(kind_id)
            return
        try:
            async with self._gate:
                items = await self._list(kind_id, namespace, most)
        except (Forbidden, NotFound):
            if kind_id in _SERVED_BY_KUBERNETES:
                self._unread.add(kind_id)
            return
        except (ServerFailed, TimedOut) as error:
            if kind_id in _SERVED_BY_KUBERNETES:
                raise
            self._unread.add(kind_id)
            self.failed[kind_id] = error.why or error.what
            return
        self.objects.setdefault(kind_id, []).extend(items)
        if within is not None:
            self.limited.setdefault(kind_id, set()).update(namespace_set.names_of(within))

    async def _list(self, kind_id: str, namespace: str, most: int = 0) -> list[Manifest]:
        kind = self._scope.kind(kind_id)
        fields = _FIELDS.get(kind_id, "")
        try:
            found = await listed(self._scope.reader, kind, namespace, field_selector=fields, limit=most)
        except Invalid:
            found = await listed(self._scope.reader, kind, namespace, limit=most)
        if found.remaining:
            self.cut.append(f"the first {len(found.items):,} {kind_id}")
            self.limited[kind_id] = set()
        if kind_id != "secrets":
            return found.items
        troubled = frozenset(self.troubled)  # are learned last: the redactor forgets the oldest first
        secrets = sorted(found.items, key=lambda secret: text_at(secret, "metadata.namespace") in troubled)
        return [self._learned(secret) async for secret in paced(secrets)]

    def _learned(self, secret: Manifest) -> Manifest:
        self._scope.redactor.learn_from({"kind": "Secret", **secret})
        return without_values(secret)

    async def pods(self, rows: RowSet) -> None:
        """Whole pods where something is or was wrong; of the others what their rows tell."""
        troubled = await asyncio.to_thread(troubled_pods, rows)
        chosen = spread(troubled, _MOST_PODS)
        self._note_cut(len(chosen), len(troubled), "unwell pods")
        fetched = await asyncio.gather(*(self._pod(row.name, row.namespace) for row in chosen))
        whole = {text_at(pod, "metadata.uid"): pod for pod in fetched if pod is not None}
        self.objects["pods"] = await asyncio.to_thread(pods_of_rows, rows, whole)

    def _note_cut(self, read: int, there: int, what: str) -> None:
        if read < there:
            self.cut.append(f"{read:,} of {there:,} {what}")

    async def look_closer(self, pods: Sequence[ObjectRef]) -> None:
        """Whole pods in place of what their rows tell."""
        chosen = pods[:_MOST_PODS]
        self._note_cut(len(chosen), len(pods), "pods that monitors name")
        fetched = await asyncio.gather(*(self._pod(ref.name, ref.namespace) for ref in chosen))
        whole = {text_at(pod, "metadata.uid"): pod for pod in fetched if pod is not None}
        self.objects["pods"] = [whole.get(text_at(pod, "metadata.uid"), pod) for pod in self.objects["pods"]]

    async def _pod(self, name: str, namespace: str) -> Manifest | None:
        try:
            async with self._gate:
                return await self._scope.reader.get(self._scope.kind("pods"), name, namespace)
        except NotFound:
            return None

    @property
    def unread(self) -> tuple[str, ...]:
        """Kinds that could not be listed."""
        return tuple(sorted(self._unread))

    async def snapshot(self) -> Snapshot:
        """What was gathered so far."""
        return await asyncio.to_thread(
            Snapshot, self.objects, limited=self.limited, elsewhere=self._elsewhere, nearby=self._nearby,
            called=self.followed, failed=self.failed, now=time.time(),
        )  # fmt: skip

    async def read_named(self, kind_ids: Iterable[str]) -> None:
        """Of kinds without namespaces, what custom resources name: an issuer, a store of secrets.

        Also by the name of the kind that each namespace has for itself: the other may be meant.
        """
        custom = [each for kind, items in self.objects.items() if kind not in _SERVED_BY_KUBERNETES for each in items]
        for kind_id in kind_ids:
            wanted = names_of(kind_id, custom) | names_of(kind_id.removeprefix(_OF_ALL), custom)
            if kind_id in self.objects or not wanted:
                continue
            with contextlib.suppress(Forbidden, NotFound, ServerFailed, TimedOut):
                items = await self._list(kind_id, "")
                self.objects[kind_id] = [each for each in items if text_at(each, "metadata.name") in wanted]
                self._elsewhere[kind_id, ""] = [text_at(each, "metadata.name") for each in items]

    async def read_nearby(self, namespaces: Collection[str]) -> None:
        """Of namespaces that are not asked about what serves there, or else the services and the policies around them.

        As far as we may, and of a few: what is wrong there is told where something here suffers from it. Where there
        are policies, also what makes the pods: these tell the ports by their names.
        """
        chosen = sorted(namespaces)[:_MOST_NAMESPACES]
        self._note_cut(len(chosen), len(namespaces), "namespaces that are called")
        missed = {*chosen} - await self.follow(chosen)
        await asyncio.gather(*(self._read_near(name) for name in sorted(missed)))

    async def _read_near(self, namespace: str) -> None:
        await self._list_near(namespace, "services", POLICIES)
        if self.objects.get(POLICIES) or self._nearby.get((POLICIES, namespace)):
            await self._list_near(namespace, *WORKLOADS)

    async def follow(self, namespaces: Collection[str]) -> set[str]:
        """Read what serves in a few namespaces; which of them could be."""
        chosen = sorted(namespaces)[: MOST_FOLLOWED - len(self.followed)]
        found = await asyncio.gather(*(serving(self._scope, name, self._gate) for name in chosen))
        there = {name: objects for name, objects in zip(chosen, found, strict=True) if objects is not None}
        for name, objects in there.items():
            for kind_id, items in objects.items():
                self.objects.setdefault(kind_id, []).extend(items)
                self.limited.setdefault(kind_id, set()).add(name)
        self.followed |= there.keys()
        return {*there}

    async def _list_near(self, namespace: str, *kind_ids: str) -> None:
        for kind_id in kind_ids:
            with contextlib.suppress(Forbidden, NotFound):
                async with self._gate:
                    items = await self._list(kind_id, namespace)
                self._nearby[kind_id, namespace] = items
                self._elsewhere[kind_id, namespace] = [text_at(item, "metadata.name") for item in items]

    async def logs(self, snapshot: Snapshot) -> dict[LogKey, list[str]]:
        """What containers said before they crashed, and what those say that do not get ready."""
        wanted = await asyncio.to_thread(logs_wanted, snapshot)
        chosen = [*list(wanted.crashed.items())[:_MOST_LOGS], *list(wanted.unready.items())[:_MOST_LOGS_OF_UNREADY]]
        self._note_cut(min(len(wanted.crashed), _MOST_LOGS), len(wanted.crashed), "logs of crashed containers")
        most = min(len(wanted.unready), _MOST_LOGS_OF_UNREADY)
        self._note_cut(most, len(wanted.unready), "logs of containers that are not ready")
        read = (self._last_words(key, previous, key in wanted.crashed) for key, previous in chosen)
        return dict(zip((key for key, _ in chosen), await asyncio.gather(*read), strict=True))

    async def _last_words(self, key: LogKey, previous: bool, is_told: bool) -> list[str]:
        """None where there is no log, and for one that is to be told of it is noted why."""
        try:
            return await last_words(self._scope.reader, *key, previous=previous)
        except ClusterError as error:
            namespace, pod, container = key
            why = self._scope.redactor.text(error.why or error.what)
            self.unheard += [f"{container} of {namespace}/{pod} ({why})"] if is_told else []
            return []

    async def read_whole_pods(self, namespace: str) -> None:
        """The healthy pods too: they tell which claims they use."""
        with contextlib.suppress(Forbidden):
            self.objects["pods"] = await self._list("pods", namespace)


async def gather(scope: Scope, namespace: str, also: ObjectRef | None = None) -> Gathered:
    """What a diagnosis of a namespace needs, of several, or of the whole cluster when `namespace` is empty.

    `also`: an object to look at whatever its kind is.

    Raises:
        ClusterError: pods cannot be listed, or the cluster cannot be reached.
    """
    gatherer, many = Gatherer(scope), False
    await gatherer.know_kinds()
    rows = await live_rows(scope.reader, scope.kind("pods"), namespace)
    await gatherer.pods(rows)
    if namespace:
        await _read_namespace(scope, gatherer, namespace)
    elif many := len(rows.rows) > _SMALL:
        await _read_large(scope, gatherer, rows)
    else:
        await gatherer.read((*_IN_NAMESPACES, *_OF_CLUSTER, *_custom_kinds(scope), *_custom_kinds(scope, False)))
    if gatherer.objects.get(POD_MONITORS):
        await gatherer.look_closer(await asyncio.to_thread(pods_to_read, await gatherer.snapshot()))
    if also is not None and also.kind not in gatherer.objects:
        await _add(scope, gatherer, also)
    snapshot = await gatherer.snapshot()
    snapshot.logs.update(await gatherer.logs(snapshot))
    if namespace:
        snapshot = await _follow_logs(gatherer, snapshot, namespace)
    if also is not None:
        snapshot.heard += await heard_of(scope, snapshot, also)
    elif namespace:
        snapshot.heard += await heard_in(scope, snapshot)
    left_out = max(0, len(gatherer.troubled) - _MOST_NAMESPACES)
    partly = (f"{_SETS} only where something looks wrong", *gatherer.cut) if many else tuple(gatherer.cut)
    whole = not (left_out or gatherer.cut)
    return Gathered(snapshot, gatherer.unread, left_out, partly, whole, tuple(sorted(gatherer.unheard)))


async def _read_namespace(scope: Scope, gatherer: Gatherer, namespace: str) -> None:
    await asyncio.gather(
        gatherer.read(_IN_NAMESPACES, namespace, within=namespace),
        gatherer.read(_OF_CLUSTER),
        gatherer.read([each for each in _custom_kinds(scope) if each != GRANTS], namespace, within=namespace),
        gatherer.read(_of_others(scope)),
    )
    gatherer.limited["pods"] = {*namespace_set.names_of(namespace)}
    for kind, items in (await installing(scope, namespace_set.names_of(namespace))).items():
        gatherer.objects.setdefault(kind, []).extend(items)
    await gatherer.read_named(_custom_kinds(scope, False))
    if any(text_at(claim, "metadata.deletionTimestamp") for claim in gatherer.objects.get(_CLAIMS, ())):
        await gatherer.read_whole_pods(namespace)
    known = {*namespace_set.names_of(namespace)}
    called = await asyncio.to_thread(called_namespaces, await gatherer.snapshot()) - known
    await gatherer.read_nearby(called)
    further = await asyncio.to_thread(called_namespaces, await gatherer.snapshot())
    await gatherer.follow(further - known - called)


async def _follow_logs(gatherer: Gatherer, snapshot: Snapshot, namespace: str) -> Snapshot:
    """The same with what is called or refused in other namespaces, as only the logs tell."""
    known = {*namespace_set.names_of(namespace)}
    refused = refused_in(line for lines in snapshot.logs.values() for line in lines) - known
    named = await asyncio.to_thread(logged_namespaces, snapshot) - known - gatherer.followed
    if not refused and not named:
        return snapshot
    await asyncio.gather(*(gatherer.read(_OF_RIGHTS, each, within=each) for each in refused))
    await gatherer.read_nearby(named)
    whole = await gatherer.snapshot()
    whole.logs.update(snapshot.logs)
    return whole


async def _read_large(scope: Scope, gatherer: Gatherer, rows: RowSet) -> None:
    await gatherer.read((*_TELLING, *_OF_CLUSTER))
    gatherer.troubled = await asyncio.to_thread(troubled_namespaces, await gatherer.snapshot(), rows)
    gatherer.limited[_SETS] = set()
    rest = [kind for kind in _IN_NAMESPACES if kind not in (*_TELLING, _SETS)]
    await asyncio.gather(
        gatherer.read((*rest, *_custom_kinds(scope), *_custom_kinds(scope, False)), most=_MOST_OF_A_KIND),
        *(gatherer.read([_SETS], name, within=name) for name in gatherer.troubled[:_MOST_NAMESPACES]),
    )


def _custom_kinds(scope: Scope, namespaced: bool = True) -> list[str]:
    """Every custom kind with or without namespaces: their conditions are read the same way, whatever they are."""
    return [
        kind.id
        for kind in scope.reader.kinds
        if kind.namespaced is namespaced
        and "list" in kind.verbs
        and "." in kind.group
        and not kind.group.endswith(_MEASURED)
        and kind.id not in _SERVED_BY_KUBERNETES
    ]


def _of_others(scope: Scope) -> list[str]:
    """What routes and gateways of a namespace need of elsewhere: the classes of gateways, and what others grant."""
    return [
        kind_id for kind_id in (*_custom_kinds(scope, False), *_custom_kinds(scope)) if kind_id in (CLASSES, GRANTS)
    ]


async def _add(scope: Scope, gatherer: Gatherer, ref: ObjectRef) -> None:
    manifest = await scope.reader.get(scope.kind(ref.kind), ref.name, ref.namespace)
    gatherer.objects[ref.kind] = [manifest]
    gatherer.limited[ref.kind] = set()
