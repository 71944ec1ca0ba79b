"""Port-forward: one websocket to a pod, and connections to its ports inside (decision 15 tells why by SPDY frames).

Source: k8s.io/kubelet/pkg/cri/streaming/portforward, k8s.io/streaming and Kubernetes' KEP-4006.
"""

import asyncio
from abc import ABC, abstractmethod

from kubegenie_tui.domain.errors import ClusterError, ServerFailed, Unreachable
from kubegenie_tui.domain.kind import path_segment
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.websocket import WebSocket
from kubegenie_tui.kube.streams import spdy
from kubegenie_tui.kube.streams.flow import Flow

FRAMES = "SPDY/3.1+portforward.k8s.io"
"""Served by API servers from 1.30 on."""
CHANNELS = "v4.channel.k8s.io"
"""Served by every kubelet: one connection a websocket, and no way to end one side of it."""


async def open_tunnel(client: Client, namespace: str, pod: str, port: int) -> "Tunnel":
    """A tunnel to one port of a pod.

    Raises:
        NotFound: there is no such pod.
        Invalid, ServerFailed: it does not run; the server says why.
        ClusterError, CredentialError, KubeconfigError: as `Client.connect`.
    """
    path = f"/api/v1/namespaces/{path_segment(namespace)}/pods/{path_segment(pod)}/portforward"
    socket = await client.connect(path, {"ports": str(port)}, (FRAMES, CHANNELS))
    if socket.protocol == FRAMES:
        return FrameTunnel(socket, port)
    if socket.protocol == CHANNELS:
        return ChannelTunnel(socket, port)
    await socket.close()
    what = f"{client.server} speaks no protocol of port-forwards that we know"
    raise ServerFailed(what, f"it chose {socket.protocol!r}", "it may be older than 1.23, or behind a proxy")


class Tunnel(ABC):
    """Connections to one port of one pod."""

    def __init__(self, socket: WebSocket, port: int) -> None:
        self.port = port
        self.closed = asyncio.Event()
        """Set when the tunnel is lost or closed: nothing goes through it any more."""
        self.loss: ClusterError | None = None
        """How it was lost."""
        self._socket = socket
        self._reading = asyncio.create_task(self._read(), name=f"tunnel to port {port}")

    @property
    @abstractmethod
    def load(self) -> int:
        """How many connections go through it now."""

    @property
    def spent(self) -> bool:
        """Whether it takes no further connection."""
        return self.closed.is_set()

    @abstractmethod
    async def open(self) -> Flow:
        """A new connection. That nothing listens in the pod is said later, as its refusal.

        Raises:
            Unreachable: the tunnel is lost.
        """

    async def close(self) -> None:
        """Hang up; connections inside end."""
        self._reading.cancel()
        self._end()
        await self._socket.close()

    async def _read(self) -> None:
        try:
            while (message := await self._socket.receive()) is not None:
                await self._take(message)
        except Unreachable as error:
            self.loss = error
        finally:
            self._end()

    def _end(self) -> None:
        self.closed.set()
        self._end_flows()

    @abstractmethod
    async def _take(self, message: bytes) -> None: ...

    @abstractmethod
    def _end_flows(self) -> None: ...


class FrameTunnel(Tunnel):
    """Any number of connections, each of two streams: data, and the error if there is one."""

    def __init__(self, socket: WebSocket, port: int) -> None:
        self._framing = spdy.Framing()
        self._flows: dict[int, FrameFlow] = {}
        """By the number of each of their streams."""
        self._next = 1
        super().__init__(socket, port)

    @property
    def load(self) -> int:
        """Connections that are not over."""
        return sum(1 for number, flow in self._flows.items() if number == flow.data)

    async def open(self) -> Flow:
        """Two streams with the same request id; what is sent on them waits for the server's replies."""
        errors, data = self._next, self._next + 2
        self._next += 4
        flow = self._flows[errors] = self._flows[data] = FrameFlow(self, errors, data)
        about = {"port": str(self.port), "requestid": str(errors)}
        opening = self._framing.open(errors, {"streamtype": "error"} | about)
        await self.send(opening + self._framing.open(data, {"streamtype": "data"} | about))
        return flow

    async def send(self, frames: bytes) -> None:
        """Send whole frames.

        Raises:
            Unreachable: the tunnel is lost.
        """
        await self._socket.send(frames)

    def forget(self, flow: "FrameFlow") -> None:
        """Take no more for it."""
        self._flows.pop(flow.data, None)
        self._flows.pop(flow.errors, None)

    async def _take(self, message: bytes) -> None:
        for frame in self._framing.read(message):
            if frame.type == spdy.PING:
                await self.send(spdy.pong(frame.content))
            elif frame.type == spdy.GO_AWAY:
                self.closed.set()
            elif frame.type in (spdy.REPLY, spdy.DATA, spdy.RESET) and (flow := self._flows.get(frame.stream)):
                await flow.hear(frame)

    def _end_flows(self) -> None:
        for flow in set(self._flows.values()):
            flow.lost = not flow.over.is_set()
            flow.end(over=True)
        self._flows.clear()


class FrameFlow(Flow):
    """Both streams of one connection.

    A server drops without a word what comes on a stream before it has replied to its beginning
    (`handleDataFrame` of github.com/moby/spdystream).
    """

    def __init__(self, tunnel: FrameTunnel, errors: int, data: int) -> None:
        super().__init__()
        self._accepted = asyncio.Event()
        """Set by the server's reply to the stream of data, or when there will be none."""
        self.errors = errors
        self.data = data
        self._tunnel = tunnel
        self._errors_ended = False
        self._finished = False

    async def write(self, piece: bytes) -> None:
        """A data frame."""
        await self._accepted.wait()
        await self._tunnel.send(spdy.data(self.data, piece))

    async def finish(self) -> None:
        """The last frame of ours."""
        if not self._finished:
            self._finished = True
            await self._accepted.wait()
            await self._tunnel.send(spdy.data(self.data, b"", last=True))

    async def drop(self) -> None:
        """Forget it here, and there when there is something to forget."""
        lasting = not self.over.is_set()
        self._tunnel.forget(self)
        self.end(over=True)
        if self._tunnel.closed.is_set():
            return
        if lasting:
            await self._tunnel.send(spdy.reset(self.data) + spdy.reset(self.errors))
        else:
            await self.finish()

    async def hear(self, frame: spdy.Frame) -> None:
        """A frame of one of its streams."""
        if frame.type == spdy.REPLY:
            await self._begin(frame.stream)
            return
        ended = frame.last or frame.type == spdy.RESET
        if frame.stream == self.errors:
            self.refusal += plain(frame.content.decode("utf-8", "replace")) if frame.type == spdy.DATA else ""
            self._errors_ended |= ended
        elif frame.type == spdy.DATA:
            await self.take(frame.content)
        if frame.stream == self.data and ended:
            self.end()
        if self._errors_ended and (self.ended or self.refusal):
            self.end(over=True)

    async def _begin(self, stream: int) -> None:
        """The server has accepted a stream; on that of errors we have nothing to say."""
        if stream == self.data:
            self._accepted.set()
        else:
            await self._tunnel.send(spdy.data(self.errors, b"", last=True))

    def end(self, *, over: bool = False) -> None:
        """No reply comes after the end."""
        self._accepted.set()
        super().end(over=over)


class ChannelTunnel(Tunnel):
    """One connection: a byte for the channel, then data (0) or the error (1); each channel begins with the port."""

    def __init__(self, socket: WebSocket, port: int) -> None:
        self._flow = ChannelFlow(self)
        self._taken = False
        self._greeted: set[int] = set()
        super().__init__(socket, port)

    @property
    def load(self) -> int:
        """One from the first use on."""
        return int(self._taken)

    @property
    def spent(self) -> bool:
        """After the first use, too."""
        return self._taken or super().spent

    async def open(self) -> Flow:
        """The one connection."""
        assert not self._taken, "a tunnel of channels serves once"
        self._taken = True
        return self._flow

    async def send(self, piece: bytes) -> None:
        """Send data.

        Raises:
            Unreachable: the tunnel is lost.
        """
        await self._socket.send(b"\0" + piece)

    async def _take(self, message: bytes) -> None:
        channel, content = message[0], message[1:]
        if channel not in self._greeted:
            self._greeted.add(channel)
            content = content[2:]
        if channel == 0:
            await self._flow.take(content)
        elif content:
            self._flow.refusal += plain(content.decode("utf-8", "replace"))
            self._flow.end(over=True)

    def _end_flows(self) -> None:
        self._flow.end(over=True)


class ChannelFlow(Flow):
    """The connection of a tunnel of channels."""

    def __init__(self, tunnel: ChannelTunnel) -> None:
        super().__init__()
        self._tunnel = tunnel

    async def write(self, piece: bytes) -> None:
        """A message on the data channel."""
        await self._tunnel.send(piece)

    async def finish(self) -> None:
        """The protocol has no word for it: the pod goes on waiting for more, and what it sends is still read."""

    async def drop(self) -> None:
        """Hang up."""
        await self._tunnel.close()
