"""One live cluster: how it is, what it serves, and the way to everything in it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.agents.agent import KubernetesAgent
from kubegenie_tui.agents.door import Door
from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.healing import Healing
from kubegenie_tui.agents.identifying import identify
from kubegenie_tui.agents.kinds import Kinds
from kubegenie_tui.agents.object_reader import ObjectReader
from kubegenie_tui.agents.permissions import Permissions, Verdict
from kubegenie_tui.agents.runners import CountLease, Lease
from kubegenie_tui.agents.supervisor import reason_of
from kubegenie_tui.agents.usage import MEASURED, UsagePoller
from kubegenie_tui.agents.watches import Watches
from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.errors import KubeGenieError, Unreachable
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import Changes, LiveRows
from kubegenie_tui.domain.pulse import PulseHistory
from kubegenie_tui.domain.shapes.custom import CustomColumns
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client

__all__ = ["ClusterAgent", "CountLease", "Lease"]

_READING = frozenset({"get", "list", "watch"})
JUST_CHECKED = 5.0
"""Seconds for which what a check has found is as good as another check."""


class ClusterAgent(KubernetesAgent, ObjectReader):
    """A cluster as the app knows it. Costs nothing until it is checked or initialized."""

    listeners: list[Callable[[Kind, LiveRows, Changes], None]]
    """Called at every publication of any rows, with their kind."""
    permissions: Permissions
    """What we may do, as far as it was asked."""
    learn_kinds: Callable[[], Coroutine[None, None, None]]
    """Asks now what the cluster serves; see `Kinds.learn`."""
    on_kinds: Callable[[Callable[[], None]], Callable[[], None]]
    """Calls a listener whenever `kinds` has changed, until the returned function is called."""
    kinds_told: asyncio.Event
    """Set once the cluster has told what it serves."""
    usage_heard_by: list[Callable[[Mapping[str, tuple[int, int]]], None]]
    """Called with what all pods use, as `usage` has it, whenever they were measured."""
    pulse: PulseHistory
    """The last minutes in which somebody looked how it does."""

    status: ClusterStatus
    """How the cluster is, as far as it is known."""

    custom: Mapping[str, CustomColumns] = {}
    """Columns of the person's own by kind id, for all that is not watched yet."""

    def __init__(
        self,
        context: Context,
        *,
        source: str = "kubeconfig",
        read_only: bool = False,
        clock: Clock | None = None,
        on_status: Callable[[], None] = lambda: None,
    ) -> None:
        """An agent that has done nothing yet.

        Args:
            context: how the cluster is reached; its name is the agent's.
            source: where it comes from, as in `ClusterStatus`.
            read_only: refuse every change, until `treat` says otherwise.
            clock: time and chance.
            on_status: called whenever `status` has changed.
        """
        super().__init__(context.name)
        self._clock = clock or Clock()
        self._on_status = on_status
        self._door = Door(context)
        self._duties = Duties(lambda: self.call_for_check())
        self.doing = self._duties.names
        self._kinds = Kinds(lambda: self.client, self._clock)
        self._kinds.subscribe(self._kinds_changed)
        self.learn_kinds, self.kinds_told = self._kinds.learn, self._kinds.told
        self.on_kinds = self._kinds.subscribe
        self._watches = Watches(
            self._door, self._duties, self._kinds, self._clock, lambda: self.call_for_check(), lambda: self._note()
        )
        self._healing = Healing(self._door, self._duties, self._watches, self.tell)
        self.listeners = self._watches.listeners
        self.permissions = Permissions(lambda: self.client, self._duties, self._clock)
        self.pulse = PulseHistory()
        self._usage = UsagePoller(lambda: self.client, self._kinds, self._duties, self._watches, self._clock)
        self.measure_pods, self.usage_heard_by = self._usage.want_pods, self._usage.heard_by
        self.status = _described(ClusterStatus(context.name, "", source, read_only=read_only), context)

    # Life

    @property
    def idle(self) -> bool:
        """Whether nobody looks at anything of the cluster."""
        return self._watches.idle

    @property
    def found_well(self) -> bool:
        """See KubernetesAgent: the list of clusters has asked it."""
        return self.status.reach is Reach.READY and self._clock.now() - self.status.checked_at < JUST_CHECKED

    async def initialize(self) -> None:
        """Make ready for `watch` and all other questions; the cluster itself need not answer.

        Raises:
            KubeconfigError: its context cannot be used.
        """
        if self._door.context.error is not None:
            raise self._door.context.error
        await self._door.open()
        self.restarts = 0 if self.restarts is None else self.restarts + 1
        self.waiting = lambda: self._watches.waiting() + len(self._duties.failures)
        self._duties.start("discovery", self._kinds.run)
        self._duties.start("identity", partial(identify, self, self._note))

    async def health_check(self) -> None:
        """Check the cluster, and what runs here for it.

        Raises:
            KubeGenieError: one of them is not well.
        """
        await self.check()
        if self.status.error is not None:
            raise self.status.error
        self._healing.finish()
        for duty, failure in self._duties.failures.items():
            raise KubeGenieError(f"{duty.capitalize()} of {self.name} has stopped", reason_of(failure))

    async def self_heal(self) -> None:
        """Start again what has stopped, connect anew, or get other credentials: what the last check calls for."""
        self.restarts = (self.restarts or 0) + len(self._duties.failures)
        await self._healing.begin(self.status.error)

    async def shutdown(self) -> None:
        """Stop everything and hang up."""
        self._watches.close()
        await self._duties.close()
        await self._door.close()

    async def check(self, *, count_pods: bool = True) -> None:
        """Ask the cluster how it is, and note it in `status`. That it is down is no error here.

        Args:
            count_pods: also how many pods there are; else what was known of that stays.
        """
        if self.status.reach is Reach.UNTRIED:
            self._note(reach=Reach.CONNECTING)
        client = await self._door.open()
        from kubegenie_tui.agents.cluster_check import check_cluster

        found = await check_cluster(client, count_pods=count_pods and self._watches.tally is None)
        if isinstance(found.error, Unreachable):
            client.doubt()
        if client is self._door.client:
            self._note(
                reach=found.reach,
                error=found.error,
                version=found.version or self.status.version,
                latency_ms=found.latency_ms,
                nodes=found.nodes,
                nodes_ready=found.nodes_ready,
                pods=found.pods if count_pods else self.status.pods,
                concerns=found.concerns,
                checked_at=found.at,
            )

    async def change_context(self, context: Context) -> None:
        """The kubeconfig now says otherwise how this cluster is reached: requests under way fail, streams go on."""
        before, old = self._door.context, self._door.change(context)
        if before.leads_as(context):
            self._note(namespace=_namespace(self.status.traits, context))
            return
        self.status = _described(self.status, context)
        self.permissions.forget()
        self._watches.renew(is_other=(before.server, before.tls) != (context.server, context.tls))
        if old is not None:
            await old.close()
        self._note(reach=Reach.UNTRIED)
        self._kinds.ask()
        if "discovery" in self._duties:
            self._duties.start("identity", partial(identify, self, self._note))
        self.call_for_check()

    def treat(self, traits: Traits, origin: str = "", /, *, read_only: bool, protected: bool) -> None:
        """From now on the person says this about the cluster; what may be done to it the settings say too."""
        namespace = _namespace(traits, self.context)
        self._note(traits=traits, read_only=read_only, protected=protected, namespace=namespace, origin=origin)

    # What it serves

    @property
    def context(self) -> Context:
        """How the cluster is reached."""
        return self._door.context

    @property
    def client(self) -> "Client":
        """The client of the moment; only for an agent that was initialized."""
        return self._door.client

    @property
    def kinds(self) -> KindIndex:
        """What the cluster serves; until it has told, the kinds that every cluster has."""
        return self._kinds.index

    def allowed(self, verb: str, kind: Kind, namespace: str = "", subresource: str = "") -> Verdict | None:
        """Whether we may, and why or why not; None while that is not known: see `Permissions.allowed`.

        Where nothing may be changed from here the server need not be asked; ports are forwarded all the same.
        """
        if self.status.read_only and verb not in _READING and subresource != "portforward":
            return False, f"{self.name} is read-only here"
        return self.permissions.allowed(verb, kind, namespace, subresource)

    # What is in it

    def watch(self, kind: Kind, namespace: str = "") -> Lease:
        """Live rows of a kind, in one namespace or in all; kept for five minutes after the last release."""
        lease = self._watches.watch(kind, namespace, self.custom.get(kind.id))
        self._watches.follow_definitions()
        if kind.id in MEASURED:
            self._usage.ask()
        return lease

    def count(self, kind: Kind, namespace: str = "") -> CountLease:
        """A live count of a kind, in one namespace or in all."""
        return self._watches.count(kind, namespace)

    @property
    def namespaces(self) -> LiveRows:
        """Live rows of the namespaces."""
        return self._watches.namespaces

    @property
    def usage(self) -> dict[str, tuple[int, int]]:
        """Millicores and bytes by `namespace/name` (pods) and name (nodes); another dict after each measurement.

        Measured every 15 seconds while pods or nodes are watched, or pods are measured, and the cluster serves
        metrics; empty otherwise.
        """
        return self._usage.current

    def _kinds_changed(self) -> None:
        if not self.idle:
            self._watches.follow_definitions()

    def _note(self, **found: Any) -> None:
        status = msgspec.structs.replace(self.status, **found)
        tally = self._watches.tally
        if tally is not None and tally.pods is not None:
            status = msgspec.structs.replace(
                status, pods=tally.pods, pods_running=tally.running, problems=tally.problems
            )
        else:
            status = msgspec.structs.replace(status, pods_running=None, problems=None)
        if status != self.status:
            self.status = status
            self._on_status()


def share_findings(checked: ClusterAgent, other: ClusterAgent) -> None:
    """What was just found of a cluster holds for another one that leads to the same server as the same user."""
    found, known = checked.status, other.status
    other._note(
        reach=found.reach,
        error=found.error,
        version=found.version or known.version,
        latency_ms=found.latency_ms,
        nodes=found.nodes,
        nodes_ready=found.nodes_ready,
        pods=known.pods if found.pods is None else found.pods,
        concerns=found.concerns,
        checked_at=found.checked_at,
    )


def _namespace(traits: Traits, context: Context) -> str:
    """What is meant where none is named: of several the person begins in, none is."""
    return traits.namespace if traits.namespace and "," not in traits.namespace else context.namespace


def _described(status: ClusterStatus, context: Context) -> ClusterStatus:
    """A status with what its context says."""
    return msgspec.structs.replace(
        status,
        server=context.server,
        user=context.user_name,
        identity="",
        unverified=context.is_unverified,
        namespace=_namespace(status.traits, context),
        error=context.error,
    )
