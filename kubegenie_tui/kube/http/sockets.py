"""Sockets that notice a dead peer: HTTP/1.1 has no ping, so the kernel's keep-alive has to find out."""

import asyncio
import socket
from contextlib import suppress
from weakref import WeakSet

Address = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_TURNS = 10
"""Of the event loop, for transports to hear that their socket has ended."""
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

    def open(self, address: Address) -> socket.socket:
        """As `open_socket`."""
        opened = open_socket(address)
        self._opened.add(opened)
        return opened

    async def cut(self) -> None:
        """End what is still open: TLS that is closed waits for a word of the server, and so does what is broken off."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for _ in range(_TURNS):
            if not self._open:
                return
            await asyncio.sleep(0)

    @property
    def _open(self) -> list[socket.socket]:
        return [each for each in self._opened if each.fileno() >= 0]
