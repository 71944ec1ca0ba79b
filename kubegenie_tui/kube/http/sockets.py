"""Sockets that notice a dead peer: HTTP/1.1 has no ping, so the kernel's keep-alive has to find out."""

import socket

Address = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

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
