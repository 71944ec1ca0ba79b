"""All port-forwards of a session, and those of earlier ones, which are offered again and never start by themselves."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.forward import Forward
from kubegenie_tui.agents.forward_target import Destination, ports_of, successor_of
from kubegenie_tui.agents.listening import next_free
from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.domain.forward import TARGETS, ForwardSpec, ForwardState, ForwardStatus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.cluster_manager import ClusterManager
    from kubegenie_tui.domain.kind import KindIndex
    from kubegenie_tui.domain.manifest import Manifest
    from kubegenie_tui.kube.streams.tunnel import Tunnel
    from kubegenie_tui.store.forwards import KeptForwards


class Forwards:
    """Some run, the others could: of those that share a local port one at a time."""

    def __init__(self, manager: "ClusterManager", kept: "KeptForwards", *, clock: Clock | None = None) -> None:
        self._manager = manager
        self._kept = kept
        self._clock = clock or Clock()
        self._idle: dict[str, ForwardStatus] = {}
        self._running: dict[str, Forward] = {}
        self._listeners: list[Callable[[], None]] = []

    @property
    def statuses(self) -> tuple[ForwardStatus, ...]:
        """Every forward, by local port; of one whose port another has, its error says so."""
        idle = [self._with_port_taken(status) for status in self._idle.values()]
        both = [*idle, *(forward.status for forward in self._running.values())]
        return tuple(sorted(both, key=lambda status: (status.spec.local, status.spec.id)))

    @property
    def running(self) -> int:
        """How many run."""
        return len(self._running)

    @property
    def offered(self) -> int:
        """How many ran when the app ended the last time, and do not run now."""
        return sum(status.wanted for status in self._idle.values())

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a forward has come, gone or changed, until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def load(self) -> None:
        """Know the forwards of earlier sessions.

        Raises:
            StoreError: they cannot be read.
        """
        for spec, wanted in await self._kept.all():
            if spec.id not in self._running:
                self._idle[spec.id] = ForwardStatus(spec, wanted=wanted)
        self._tell()

    async def start(self, spec: ForwardSpec, *, keep: bool = True) -> Forward:
        """Forward from now on, and remember it unless it is not to be kept.

        Raises:
            UsageError: the local port is taken; nothing like the target can be forwarded to.
            NotFound: there is no such pod.
            ClusterError, CredentialError, KubeconfigError: the cluster cannot be asked about the target.
            StoreError: it cannot be remembered.
        """
        if spec.target.kind not in TARGETS:
            raise UsageError(f"{spec.target} has no pods to forward to", next_step="choose a pod, service or workload")
        if (other := self._on_port(spec.local)) is not None:
            raise _forwarded_already(other.spec, f"port {next_free(spec.local)} is free")
        agent = await self._manager.open(spec.target.cluster)
        reader = _Reader(agent)
        if spec.target.kind == "pods" and spec.follows is None:
            with contextlib.suppress(Forbidden):  # who may not look at its owner can still reach the pod itself
                spec = msgspec.structs.replace(spec, follows=await successor_of(reader, spec.target))
        forward = Forward(
            spec, reader, reader.tunnels_in(spec.target.namespace), clock=self._clock, changed=self._heard
        )
        await forward.start()
        self._idle.pop(spec.id, None)
        self._running[spec.id] = forward
        self._tell()
        if keep:
            await self._kept.save(spec, running=True)
        return forward

    async def ports_of(self, ref: ObjectRef) -> list[str]:
        """TCP ports that an object declares, the first one first.

        Raises:
            ClusterError, CredentialError, KubeconfigError: the cluster does not tell.
        """
        return await ports_of(_Reader(await self._manager.open(ref.cluster)), ref)

    async def stop(self, name: str) -> None:
        """Stop one; it can be started again.

        Raises:
            StoreError: it cannot be remembered that it was stopped.
        """
        if forward := self._running.pop(name, None):
            await forward.stop()
            self._idle[name] = ForwardStatus(forward.spec)
            self._tell()
            await self._kept.save(forward.spec, running=False)

    async def forget(self, name: str) -> None:
        """Stop one if it runs, and know nothing of it any more.

        Raises:
            StoreError: it cannot be forgotten.
        """
        await self.stop(name)
        if status := self._idle.pop(name, None):
            self._tell()
            await self._kept.delete(status.spec)

    async def shutdown(self) -> None:
        """Stop all, which are offered again at the next start."""
        running, self._running = list(self._running.values()), {}
        await asyncio.gather(*(forward.stop() for forward in running))

    def _on_port(self, local: int) -> Forward | None:
        return next((forward for forward in self._running.values() if forward.spec.local == local), None)

    def _with_port_taken(self, status: ForwardStatus) -> ForwardStatus:
        if (other := self._on_port(status.spec.local)) is None:
            return status
        return msgspec.structs.replace(status, error=_forwarded_already(other.spec, "stop that one to start this"))

    def _heard(self) -> None:
        """One of them has news; one that was refused runs no more, and can be started again."""
        for name, forward in tuple(self._running.items()):
            if forward.status.state is ForwardState.STOPPED and forward.status.error is not None:
                del self._running[name]
                self._idle[name] = forward.status
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _forwarded_already(other: ForwardSpec, step: str) -> UsageError:
    return UsageError(f"Port {other.local} is forwarded already", f"to {other.target}", step)


class _Reader:
    """A cluster as a forward asks it."""

    def __init__(self, agent: "ClusterAgent") -> None:
        self._agent = agent
        self.get = agent.get

    @property
    def kinds(self) -> "KindIndex":
        """What it serves."""
        return self._agent.kinds

    async def pods_selected(self, namespace: str, label_selector: str) -> "list[Manifest]":
        """Pods with these labels."""
        pods = self._agent.kinds.resolve("pods")
        return (await self._agent.list_objects(pods, namespace, label_selector=label_selector)).items

    def tunnels_in(self, namespace: str) -> "Callable[[Destination], Awaitable[Tunnel]]":
        """How pods of a namespace are reached."""

        async def open_one(place: Destination) -> "Tunnel":
            from kubegenie_tui.kube.streams.tunnel import open_tunnel

            return await open_tunnel(self._agent.client, namespace, place.pod, place.port)

        return open_one
