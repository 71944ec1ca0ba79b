"""One cluster with everything that lives in it: an event loop of simulated time that the controllers hang on."""

import asyncio
import contextlib
import heapq
import itertools
import time
from collections.abc import Callable
from functools import partial

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Change, Key
from kubegenie_tui.demo.state.objects import Object, controller_of, meta, name_of, namespace_of
from kubegenie_tui.demo.state.selectors import selected
from kubegenie_tui.demo.world import autoscaling, jobs, kubelet, network, replicas, rollout, upkeep
from kubegenie_tui.demo.world.recorder import Recorder
from kubegenie_tui.demo.world.scheduler import schedule

TICK_SECONDS = 0.25
EXPIRY_SECONDS = 60.0
"""How often old events are looked for."""
Controller = Callable[[str, str], None]
"""Makes what is true of one object (namespace, name) what its spec says."""

OWNERS = {
    "ReplicaSet": "replicasets.apps",
    "StatefulSet": "statefulsets.apps",
    "DaemonSet": "daemonsets.apps",
    "Job": "jobs.batch",
    "Deployment": "deployments.apps",
    "CronJob": "cronjobs.batch",
}


class World:
    """A cluster and its controllers, kubelets and time."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.recorder = Recorder(cluster)
        self._controllers: dict[str, Controller] = {
            "scheduler": partial(schedule, self),
            "kubelet": partial(kubelet.sync, self),
            "deployments.apps": partial(rollout.reconcile, self),
            "replicasets.apps": partial(replicas.reconcile_set, self),
            "statefulsets.apps": partial(replicas.reconcile_stateful, self),
            "daemonsets.apps": partial(replicas.reconcile_daemons, self),
            "jobs.batch": partial(jobs.reconcile_job, self),
            "cronjobs.batch": partial(jobs.reconcile_cron, self),
            "services": partial(network.reconcile, self),
            "namespaces": partial(upkeep.reconcile_namespace, self),
            "resourcequotas": partial(upkeep.reconcile_quota, self),
            "poddisruptionbudgets.policy": partial(upkeep.reconcile_budget, self),
            "persistentvolumeclaims": partial(upkeep.reconcile_claim, self),
            autoscaling.KIND_ID: partial(autoscaling.reconcile, self),
            "expiry": self._expire,
            "deletions": partial(upkeep.reconcile_deletion, self),
        }
        self._due: list[tuple[float, int, str, str, str]] = []
        self._queued: dict[tuple[str, str, str], float] = {}
        self._order = itertools.count()
        self._acts: list[Callable[[], object]] = []
        self._wake = asyncio.Event()
        self._children: dict[str, dict[tuple[str, Key], None]] = {}
        cluster.listen(self._changed)

    def at(self, when: float, controller: str, namespace: str, name: str) -> None:
        """Have a controller look at an object at some time; an earlier appointment stands."""
        key = (controller, namespace, name)
        if self._queued.get(key, float("inf")) <= when:
            return
        self._queued[key] = when
        self._wake.set()
        heapq.heappush(self._due, (when, next(self._order), *key))

    def soon(self, controller: str, namespace: str, name: str) -> None:
        """Have a controller look at an object now, after what is being done."""
        self.at(self.cluster.clock.now(), controller, namespace, name)

    def plan(self, when: float, act: Callable[[], object]) -> None:
        """Do something at some time."""
        name = str(len(self._acts))
        self._acts.append(act)
        self.at(when, "act", "", name)

    def run_until(self, until: float) -> None:
        """Let everything happen that is due; time then stands at `until`, unless it runs by itself."""
        while self._due and self._due[0][0] <= until:
            self._next()
        if until > self.cluster.clock.now():
            self.cluster.clock.set(until)

    def play(self, until: float) -> None:
        """Play the past: as `run_until`, with events kept for its last hour only; its changes cannot be replayed."""
        self.recorder.present = until
        self.run_until(until)
        self.cluster.compact()
        self._expire()

    def _expire(self, _namespace: str = "", _name: str = "") -> None:
        self.recorder.expire()
        self.at(self.cluster.clock.now() + EXPIRY_SECONDS, "expiry", "", "")

    async def tick(self) -> None:
        """Follow the machine's time, for ever."""
        while True:
            self._wake.clear()
            self._catch_up()
            await asyncio.sleep(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await self._wake.wait()

    def _catch_up(self) -> None:
        now = time.time()
        self.cluster.clock.run()
        deadline = time.monotonic() + 0.05
        while self._due and self._due[0][0] <= now and time.monotonic() < deadline:
            self._do(*self._pop())

    def _next(self) -> None:
        when, controller, namespace, name = self._pop()
        if when > self.cluster.clock.now():
            self.cluster.clock.set(when)
        self._do(when, controller, namespace, name)

    def _pop(self) -> tuple[float, str, str, str]:
        when, _, controller, namespace, name = heapq.heappop(self._due)
        return when, controller, namespace, name

    def _do(self, when: float, controller: str, namespace: str, name: str) -> None:
        if self._queued.get((controller, namespace, name)) != when:
            return
        del self._queued[controller, namespace, name]
        if controller == "act":
            self._acts[int(name)]()
        else:
            self._controllers[controller](namespace, name)

    def node_ip(self, node: str) -> str:
        """The address of a node."""
        found = self.cluster.get("nodes", node)
        addresses = found["status"]["addresses"] if found else ()
        return next((each["address"] for each in addresses if each["type"] == "InternalIP"), "")

    def children(self, uid: str) -> list[Object]:
        """What an object owns."""
        found = (
            self.cluster.get(kind_id, name, namespace) for kind_id, (namespace, name) in self._children.get(uid, ())
        )
        return [obj for obj in found if obj is not None]

    def _changed(self, kind_id: str, change: Change) -> None:
        obj = change.new.object
        self._keep_family(kind_id, change)
        if kind_id == "pods":
            self._pod_changed(change)
        elif kind_id in self._controllers:
            self.soon(kind_id, namespace_of(obj), name_of(obj))
        if kind_id in ("replicasets.apps", "jobs.batch"):
            self._wake_owner(change)
        if change.type == "DELETED":
            upkeep.collect(self, obj)
        elif meta(obj).get("deletionTimestamp") and meta(obj).get("finalizers"):
            self.soon("deletions", namespace_of(obj), f"{kind_id}/{name_of(obj)}")

    def _keep_family(self, kind_id: str, change: Change) -> None:
        owners = {each["uid"] for each in meta(change.new.object).get("ownerReferences") or ()}
        before = {each["uid"] for each in meta(change.old.object).get("ownerReferences") or ()} if change.old else set()
        gone = before | owners if change.type == "DELETED" else before - owners
        for uid in owners - gone:
            self._children.setdefault(uid, {})[kind_id, change.new.key] = None
        for uid in gone:
            self._children.get(uid, {}).pop((kind_id, change.new.key), None)

    def _wake_owner(self, change: Change) -> None:
        owner = controller_of(change.new.object)
        if owner and owner["kind"] in OWNERS:
            self.soon(OWNERS[owner["kind"]], change.new.key[0], owner["name"])

    def _pod_changed(self, change: Change) -> None:
        pod, (namespace, name) = change.new.object, change.new.key
        if change.type == "ADDED" or meta(pod).get("deletionTimestamp") or _asks_for_more(change):
            self.soon("kubelet" if pod["spec"].get("nodeName") else "scheduler", namespace, name)
        self._wake_owner(change)
        for kind_id in ("resourcequotas", "poddisruptionbudgets.policy"):
            for obj in self.cluster.list(kind_id, namespace):
                self.soon(kind_id, namespace, name_of(obj))
        for service in self.cluster.list("services", namespace):
            selector = service["spec"].get("selector")
            if selector and selected(pod, {"matchLabels": selector}):
                self.soon("services", namespace, name_of(service))


def _asks_for_more(change: Change) -> bool:
    """Whether a pod has just got its node, or a container to look into it."""
    if change.old is None:
        return True
    before, now = change.old.object["spec"], change.new.object["spec"]
    return not before.get("nodeName") or before.get("ephemeralContainers") != now.get("ephemeralContainers")
