"""Port-forward over websockets: plain channels (v4), and the tunnelled SPDY streams that kubectl prefers.

Source: k8s.io/kubelet/pkg/cri/streaming/portforward, and Kubernetes' KEP-4006. Whatever listens answers one request.
"""

from collections.abc import Iterator

from aiohttp import WSMsgType, web

from kubegenie_tui.demo.api import spdy
from kubegenie_tui.demo.api.logs import runs
from kubegenie_tui.demo.api.statuses import bad_request
from kubegenie_tui.demo.state.objects import Object, name_of, namespace_of

CHANNELS = "v4.channel.k8s.io"
TUNNEL = "SPDY/3.1+portforward.k8s.io"


async def forward(request: web.Request, pod: Object) -> web.WebSocketResponse:
    """Serve one websocket.

    Raises:
        Refusal: 400 without ports.
    """
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    ports = [int(port) for each in request.query.getall("ports", []) for port in each.split(",")]
    tunnelled = TUNNEL in offered
    if not ports and not tunnelled:
        raise bad_request('query parameter "ports" is required')
    socket = web.WebSocketResponse(protocols=(TUNNEL,) if tunnelled else (CHANNELS,))
    await socket.prepare(request)
    await (_tunnel(socket, pod) if tunnelled else _channels(socket, pod, ports))
    await socket.close()
    return socket


async def _channels(socket: web.WebSocketResponse, pod: Object, ports: list[int]) -> None:
    """Two channels a port: data and errors; each begins with the port's number."""
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await socket.send_bytes(bytes([channel]) + port.to_bytes(2, "little"))
        if not _listens(pod, port):
            await socket.send_bytes(bytes([2 * index + 1]) + _refused(port))
    if not any(_listens(pod, port) for port in ports):
        return
    async for message in socket:
        if message.type is WSMsgType.BINARY and len(message.data) > 1:
            channel, data = message.data[0], message.data[1:]
            await socket.send_bytes(bytes([channel]) + _http_answer(pod, ports[channel // 2], data))
            return


async def _tunnel(socket: web.WebSocketResponse, pod: Object) -> None:
    tunnel = _Tunnel(pod)
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            for answer in tunnel.answers(message.data):
                await socket.send_bytes(answer)


class _Tunnel:
    """Two streams a forwarded connection, an error stream and one of data, with the same request id."""

    def __init__(self, pod: Object) -> None:
        self._pod = pod
        self._framing = spdy.Framing()
        self._errors: dict[str, int] = {}
        """Error streams by request id."""
        self._connections: dict[int, tuple[int, int]] = {}
        """Port and error stream by data stream."""

    def answers(self, data: bytes) -> Iterator[bytes]:
        """What to send for some bytes that came."""
        for frame in self._framing.read(data):
            if frame.type == spdy.OPEN:
                yield from self._opened(frame)
            elif frame.type == spdy.PING:
                yield spdy.ping(frame.data)
            elif frame.type == spdy.DATA and frame.data and frame.stream in self._connections:
                port, errors = self._connections.pop(frame.stream)
                yield spdy.data(frame.stream, _http_answer(self._pod, port, frame.data), last=True)
                yield spdy.data(errors, b"", last=True)

    def _opened(self, frame: spdy.Frame) -> Iterator[bytes]:
        yield self._framing.reply(frame.stream)
        request, port = frame.headers["requestid"], int(frame.headers["port"])
        if frame.headers["streamtype"] == "error":
            self._errors[request] = frame.stream
        elif _listens(self._pod, port):
            self._connections[frame.stream] = port, self._errors.pop(request)
        else:
            yield spdy.data(self._errors.pop(request), _refused(port), last=True)
            yield spdy.data(frame.stream, b"", last=True)


def _listens(pod: Object, port: int) -> bool:
    return any(
        each["containerPort"] == port
        for container in pod["spec"]["containers"]
        if runs(pod, container)
        for each in container.get("ports") or ()
    )


def _http_answer(pod: Object, port: int, data: bytes) -> bytes:
    line = data.split(b"\r\n", 1)[0].decode("latin-1").rpartition(" ")[0]
    body = f"{namespace_of(pod)}/{name_of(pod)} port {port}: {line}\n".encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n"
    return head.format(len(body)).encode() + body


def _refused(port: int) -> bytes:
    return f"error forwarding port {port} to pod: dial tcp4 127.0.0.1:{port}: connect: connection refused".encode()
