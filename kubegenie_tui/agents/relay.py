"""One connection that came to this computer, and what it has become in a pod: bytes both ways, each way to its end."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KubeGenieError, Unreachable

if TYPE_CHECKING:
    from kubegenie_tui.kube.streams.flow import Flow

PIECE_BYTES = 1 << 16
KEPT_BYTES = 1 << 20
"""How much that nobody answered yet is kept, to be sent to another pod."""
_REFUSAL_SECONDS = 2.0
_NOT_CONNECTED = ("dial ", "connection refused", "not found", "not running", "no such", "network namespace")
"""Words of a node that could not connect: nothing of what was sent has reached a program."""


class Traffic:
    """What went through a forward."""

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0


class NotForwarded(KubeGenieError):
    """The pod's side of a connection failed."""

    def __init__(self, why: str, *, untouched: bool) -> None:
        super().__init__("A connection was not forwarded", why, "look at the pod's ports and its log")
        self.untouched = untouched
        """Whether no program got anything of it: it may be tried with another pod."""


class Relay:
    """A local connection, forwarded through one flow, or through another when the first led nowhere."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, traffic: Traffic) -> None:
        self._reader = reader
        self._writer = writer
        self._traffic = traffic
        self._unanswered = bytearray()
        self._answered = False
        self._told_all = False

    async def through(self, flow: "Flow") -> None:
        """Carry bytes both ways until both sides are done.

        Raises:
            NotForwarded: the pod's side failed, or was cut off.
        """
        sending = asyncio.create_task(self._send(flow), name="relay to the pod")
        try:
            await self._receive(flow)
            await self._end(flow, sending)
        finally:
            sending.cancel()
            await asyncio.wait((sending,))
            with contextlib.suppress(Unreachable):
                await flow.drop()

    async def _send(self, flow: "Flow") -> None:
        try:
            if self._unanswered:
                await flow.write(bytes(self._unanswered))
            while not self._told_all and (piece := await self._reader.read(PIECE_BYTES)):
                self._traffic.sent += len(piece)
                if not self._answered:
                    self._unanswered += piece
                await flow.write(piece)
            self._told_all = True
            await flow.finish()
        except Unreachable:
            pass  # its reading side ends with the tunnel, too
        except OSError:
            await flow.drop()

    async def _receive(self, flow: "Flow") -> None:
        with contextlib.suppress(OSError):  # nobody reads here any more
            while piece := await flow.read():
                self._answered = True
                self._unanswered.clear()
                self._traffic.received += len(piece)
                self._writer.write(piece)
                await self._writer.drain()
            if self._answered and self._writer.can_write_eof():
                self._writer.write_eof()

    async def _end(self, flow: "Flow", sending: asyncio.Task[None]) -> None:
        """The pod says no more: it may still listen, and why it ended may still come."""
        over = asyncio.create_task(flow.over.wait())
        try:
            if self._answered:
                await asyncio.wait((over, sending), return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.wait((over,), timeout=_REFUSAL_SECONDS)
        finally:
            over.cancel()
        if flow.refusal or flow.lost:
            why = flow.refusal or "the connection to the pod was lost"
            untouched = not self._answered and len(self._unanswered) <= KEPT_BYTES and _not_connected(flow.refusal)
            raise NotForwarded(why, untouched=untouched)


def _not_connected(refusal: str) -> bool:
    return any(words in refusal for words in _NOT_CONNECTED) and "reset by peer" not in refusal
