"""A process in a container: exec and attach over a websocket, by the channel protocols v5 and v4.

Source: k8s.io/apimachinery/pkg/util/remotecommand/constants.go. A message is a byte for the channel, and data.
"""

import json
from collections.abc import AsyncIterator, Sequence

import msgspec
from multidict import MultiDict

from kubegenie_tui.domain.kind import path_segment
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.websocket import WebSocket
from kubegenie_tui.kube.status import parse_status

V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
"""v5, from Kubernetes 1.30 on, can end the input."""
STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255


class Outcome(msgspec.Struct, frozen=True):
    """How a process ended."""

    code: int | None
    """Exit status; None when that is not known."""
    message: str = ""
    """Why it ended otherwise than well, in the server's words."""

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


LOST = Outcome(None, "the connection to the process was lost")


class Process:
    """A process that runs in a container, or that we are attached to."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.outcome: Outcome | None = None
        """Set when it has ended."""

    @property
    def ends_input(self) -> bool:
        """Whether the end of the input can be told."""
        return self._socket.protocol == V5

    async def write(self, data: bytes) -> None:
        """Give it input.

        Raises:
            Unreachable: the connection is lost.
        """
        await self._socket.send(bytes([STDIN]) + data)

    async def end_input(self) -> None:
        """Say that there is no more input; with v4 there is no way to say so.

        Raises:
            Unreachable: the connection is lost.
        """
        if self.ends_input:
            await self._socket.send(bytes([CLOSE, STDIN]))

    async def resize(self, columns: int, lines: int) -> None:
        """Tell it the size of the terminal.

        Raises:
            Unreachable: the connection is lost.
        """
        await self._socket.send(bytes([RESIZE]) + json.dumps({"Width": columns, "Height": lines}).encode())

    async def output(self) -> AsyncIterator[tuple[int, bytes]]:
        """STDOUT or STDERR, and what came on it, until it ends: `outcome` tells how then.

        Raises:
            Unreachable: the connection is lost.
        """
        status = b""
        while (message := await self._socket.receive()) is not None:
            channel, data = message[0] if message else CLOSE, message[1:]
            if channel in (STDOUT, STDERR) and data:
                yield channel, data
            elif channel == ERROR:
                status += data
                if parse_status_text(status) is not None:
                    break
        self.outcome = parse_status_text(status) or LOST

    async def close(self) -> None:
        """Hang up; a process that was started by us gets a hangup or the end of its input."""
        await self._socket.close()


async def execute(
    client: Client,
    pod: ObjectRef,
    container: str,
    command: Sequence[str],
    *,
    stdin: bool = False,
    terminal: bool = False,
) -> Process:
    """Start a command in a container.

    Args:
        client: the cluster's.
        pod: the pod.
        container: its name; empty for the pod's default one.
        command: program and arguments.
        stdin: whether it gets input.
        terminal: whether it has a terminal; errors are then part of the output.

    Raises:
        Invalid, ServerFailed: the pod does not run; the server says why.
        ClusterError, CredentialError, KubeconfigError: as `Client.connect`.
    """
    words = [("command", word) for word in command]
    return await _open(client, pod, "exec", [*words, *_flags(container, stdin=stdin, terminal=terminal)])


async def attach(client: Client, pod: ObjectRef, container: str, *, stdin: bool, terminal: bool) -> Process:
    """Attach to the program that a container runs.

    Raises:
        Invalid, ServerFailed, ClusterError, CredentialError, KubeconfigError: as `execute`.
    """
    return await _open(client, pod, "attach", _flags(container, stdin=stdin, terminal=terminal))


async def _open(client: Client, pod: ObjectRef, subresource: str, params: list[tuple[str, str]]) -> Process:
    path = f"/api/v1/namespaces/{path_segment(pod.namespace)}/pods/{path_segment(pod.name)}/{subresource}"
    return Process(await client.connect(path, MultiDict(params), (V5, V4)))


def _flags(container: str, *, stdin: bool, terminal: bool) -> list[tuple[str, str]]:
    asked = {"stdin": stdin, "stdout": True, "stderr": not terminal, "tty": terminal}
    named = [("container", container)] if container else []
    return named + [(name, "true") for name, wanted in asked.items() if wanted]


def parse_status_text(text: bytes) -> Outcome | None:
    """What the error channel says at the end; None when it is not whole yet."""
    try:
        said = json.loads(text)
    except ValueError:
        return None
    if isinstance(said, dict) and said.get("status") == "Success":
        return Outcome(0)
    status = parse_status(json.dumps({"kind": "Status"} | said).encode()) if isinstance(said, dict) else None
    if status is None:
        return Outcome(None, plain(text.decode("utf-8", "replace"))[:600])
    codes = [cause.message for cause in status.details.causes if cause.reason == "ExitCode"]
    code = int(codes[0]) if codes and codes[0].isdigit() else None
    return Outcome(code, plain(status.message)[:600])
