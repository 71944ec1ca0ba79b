"""Sockets that notice a dead peer: HTTP/1.1 has no ping, so the kernel's keep-alive has to find out."""

import asyncio
import socket
from contextlib import suppress
from weakref import WeakSet

Address = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_TURNS = 100
"""Of the event loop at most, for transports to hear that their socket has ended; one that is read slowly needs some."""
_IDLE_SECONDS, _INTERVAL_SECONDS, _PROBES = 30, 10, 3


def open_socket(address: Address) -> socket.socket:
    """A TCP socket whose peer counts as dead after a minute without an answer to keep-alive or to sent data."""
    family, kind, protocol, *_ = address
    opened = socket.socket(family, kind, protocol)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for name, value in (
        ("TCP_KEEPIDLE", _IDLE_SECONDS),
        ("TCP_KEEPALIVE", _IDLE_SECONDS),
        ("TCP_KEEPINTVL", _INTERVAL_SECONDS),
        ("TCP_KEEPCNT", _PROBES),
        ("TCP_USER_TIMEOUT", (_IDLE_SECONDS + _INTERVAL_SECONDS * _PROBES) * 1000),
    ):
        option = getattr(socket, name, None)
        if option is not None:
            opened.setsockopt(socket.IPPROTO_TCP, option, value)
    return opened


class Sockets:
    """The sockets of one session: none outlives it."""

    def __init__(self) -> None:
        self._opened: WeakSet[socket.socket] = WeakSet()
        self._doubted: WeakSet[socket.socket] = WeakSet()

    def open(self, address: Address) -> socket.socket:
        """As `open_socket`."""
        opened = open_socket(address)
        self._opened.add(opened)
        return opened

    def doubt(self) -> None:
        """The server did not answer: what is open now may be dead."""
        self._doubted = WeakSet(self._opened)

    async def cut_doubted(self) -> None:
        """As `cut`, but what was opened after the last doubt stays."""
        await _cut(self._doubted)

    async def cut(self) -> None:
        """End what is open, and let those hear of it who read from it.

        aiohttp tells nobody when it closes a session: a response that is being read would be waited for for ever. Nor
        does it wait for what TLS has not closed yet.
        """
        await _cut(self._opened)


async def _cut(sockets: WeakSet[socket.socket]) -> None:
    for each in _open(sockets):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
    for _ in range(_TURNS):
        if not _open(sockets):
            break
        await asyncio.sleep(0)
    await asyncio.sleep(0)  # TLS tells a turn after its socket


def _open(sockets: WeakSet[socket.socket]) -> list[socket.socket]:
    return [each for each in sockets if each.fileno() >= 0]
