"""One port-forward: listens on this computer, keeps a tunnel to a pod, and finds another pod when that one is gone."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.agents.forward_target import Destination, Objects, find_destination, is_still_there
from kubegenie_tui.agents.listening import listen
from kubegenie_tui.agents.pause import pause
from kubegenie_tui.agents.relay import NotForwarded, Relay, Traffic
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, TimedOut, Unreachable, UsageError, unexpected
from kubegenie_tui.domain.forward import ForwardSpec, ForwardState, ForwardStatus
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.kube.streams.flow import Flow
    from kubegenie_tui.kube.streams.tunnel import Tunnel

MOST_TUNNELS = 8
"""From then on connections share: one that is read slowly holds up those beside it."""
KEPT_TUNNELS = 2
"""How many stay open while nothing goes through them."""
PATIENCE_SECONDS = 15.0
"""How long a connection waits for a pod."""
SHORT_LIFE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 5.0

OpenTunnel = Callable[[Destination], Awaitable["Tunnel"]]


class Forward:
    """From `start` to `stop`. Whatever happens to pod or cluster once it was ready, it goes on listening."""

    def __init__(
        self,
        spec: ForwardSpec,
        cluster: Objects,
        open_tunnel: OpenTunnel,
        *,
        clock: Clock,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """A forward that does nothing yet.

        Args:
            spec: what is wanted.
            cluster: where the target is looked up.
            open_tunnel: how a pod is reached.
            clock: time and chance.
            changed: called when the state has changed; not for each byte.
        """
        self.spec = spec
        self._cluster = cluster
        self._open_tunnel = open_tunnel
        self._clock = clock
        self._changed = changed
        self._status = ForwardStatus(spec)
        self._traffic = Traffic()
        self._place: Destination | None = None
        self._tunnels: list[Tunnel] = []
        self._opening = 0
        self._ready = asyncio.Event()
        self._hurry = asyncio.Event()
        self._listeners: list[asyncio.Server] = []
        self._keeping: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def status(self) -> ForwardStatus:
        """How it goes now."""
        return msgspec.structs.replace(
            self._status,
            open=len(self._connections),
            sent=self._traffic.sent,
            received=self._traffic.received,
        )

    async def start(self) -> None:
        """Listen, and look for the pod.

        Raises:
            UsageError: the local port cannot be had; the next free one is named.
        """
        self._listeners = await listen(self.spec.local, self._accept)
        self._note(state=ForwardState.CONNECTING, started=time.time())
        self._keeping = asyncio.create_task(self._keep(), name=f"forward {self.spec.local}")

    async def stop(self) -> None:
        """Listen no more, and end all connections."""
        for listener in self._listeners:
            listener.close()
        tasks = [*self._connections, *([self._keeping] if self._keeping else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await self._drop_tunnels()
        self._note(state=ForwardState.STOPPED, pod="")

    # The tunnel

    async def _keep(self) -> None:
        """Have a tunnel at all times; wait longer after each failure, and not at all when a connection waits."""
        backoff = Backoff(self._clock)
        while True:
            began = self._clock.monotonic()
            try:
                tunnel = await self._connect()
            except KubeGenieError as error:
                if self._is_hopeless(error):
                    self._give_up(error)
                    return
                self._lose(error)
            except Exception as error:  # the border of a task: it is said, and tried again
                self._lose(unexpected(error))
            else:
                await tunnel.closed.wait()
                self._ready.clear()
                await self._let_go([each for each in self._tunnels if each.closed.is_set()])
                if self._clock.monotonic() - began > SHORT_LIFE_SECONDS:
                    continue
            await pause(self._clock, min(backoff.next(), LONGEST_PAUSE_SECONDS), self._hurry)

    async def _connect(self) -> "Tunnel":
        place = await find_destination(self._cluster, self.spec)
        if self._place is not None and place.uid != self._place.uid:
            await self._drop_tunnels()
        self._place = place
        tunnel = await self._open_tunnel(place)
        self._tunnels.append(tunnel)
        self._note(state=ForwardState.READY, pod=place.pod, error=None)
        self._ready.set()
        return tunnel

    def _lose(self, error: KubeGenieError) -> None:
        before = self._status.state
        state = ForwardState.CONNECTING if before is ForwardState.CONNECTING else ForwardState.LOST
        self._note(state=state, pod="", error=error)

    def _is_hopeless(self, error: KubeGenieError) -> bool:
        """Whether it never was ready and will not be: a server that has just started may refuse us for a moment."""
        return self._status.state is ForwardState.CONNECTING and isinstance(error, Forbidden | UsageError)

    def _give_up(self, error: KubeGenieError) -> None:
        for listener in self._listeners:
            listener.close()
        for connection in self._connections:
            connection.cancel()
        self._note(state=ForwardState.STOPPED, error=error)

    async def _drop_tunnels(self) -> None:
        self._ready.clear()
        await self._let_go(self._tunnels)

    async def _let_go(self, tunnels: "Sequence[Tunnel]") -> None:
        """Close them; from now on no connection finds them, however long that takes."""
        self._tunnels = [each for each in self._tunnels if each not in tunnels]
        await asyncio.gather(*(tunnel.close() for tunnel in tunnels))

    async def _flow(self) -> "tuple[Tunnel, Flow]":
        """A way into the pod, and through which tunnel; one that is lost just as it is taken gives way to another."""
        while True:
            tunnel = await self._tunnel()
            try:
                return tunnel, await tunnel.open()
            except Unreachable:
                await self._let_go([tunnel])

    async def _tunnel(self) -> "Tunnel":
        """The one for a new connection: an idle one, a new one, or the least busy of many."""
        asked = False
        while True:
            usable = [each for each in self._tunnels if not each.spent]
            if not usable:
                self._ready.clear()
                self._hurry.set()
                await self._wait_until_ready()
                continue
            calmest = min(usable, key=lambda tunnel: tunnel.load)
            if asked or calmest.load == 0 or len(usable) + self._opening >= MOST_TUNNELS:
                return calmest
            asked = True
            if another := await self._another():
                return another

    async def _another(self) -> "Tunnel | None":
        """One more to the same pod; None when it cannot be had, or leads to what is not the pod any more."""
        place = self._place
        if place is None:
            return None
        self._opening += 1
        try:
            another = await self._open_tunnel(place)
        except KubeGenieError:
            return None
        finally:
            self._opening -= 1
        if self._place is None or self._place.uid != place.uid:
            await another.close()
            return None
        self._tunnels.append(another)
        return another

    async def _wait_until_ready(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._ready.wait()
        except TimeoutError:
            why = self._status.error
            raise why or TimedOut(f"No pod for {self.spec} in {PATIENCE_SECONDS:.0f} s") from None

    # Connections

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._note(total=self._status.total + 1)
        task = asyncio.create_task(self._serve(reader, writer), name=f"connection to {self.spec.local}")
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole = False
        try:
            await self._forward(Relay(reader, writer, self._traffic))
            whole = True
        except KubeGenieError as error:
            self._note(error=error)
        except Exception as error:  # the border of a task: it is said where the forward is shown
            self._note(error=unexpected(error))
        finally:
            if whole:
                writer.close()
            else:
                writer.transport.abort()

    async def _forward(self, relay: Relay) -> None:
        try:
            await self._through(relay)
        except NotForwarded as error:
            if not (error.untouched and await _is_gone(self._place, self.spec, self._cluster)):
                raise
            await self._drop_tunnels()
            await self._through(relay)

    async def _through(self, relay: Relay) -> None:
        tunnel, flow = await self._flow()
        await relay.through(flow)
        if self._status.error is not None and not tunnel.closed.is_set():
            self._note(error=None)
        await self._let_go([each for each in self._tunnels if each.load == 0][KEPT_TUNNELS:])

    def _note(self, **found: Any) -> None:
        self._status = msgspec.structs.replace(self._status, **found)
        self._changed()


async def _is_gone(place: Destination | None, spec: ForwardSpec, cluster: Objects) -> bool:
    return place is None or not await is_still_there(cluster, spec.target.namespace, place)
