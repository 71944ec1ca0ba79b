"""Ports of this computer: listening on one, and saying which is free when it is taken."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable

from kubegenie_tui.domain.errors import UsageError

Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]
_LOOKED_AT = 200
_LAST = 65535


async def listen(port: int, accept: Accept) -> list[asyncio.Server]:
    """Listen on a port of localhost, by IPv4 and, where there is one, by IPv6.

    Raises:
        UsageError: the port is taken, or not ours to have.
    """
    try:
        servers = [await asyncio.start_server(accept, "127.0.0.1", port)]
    except OSError as error:
        raise _refused(port, error) from error
    with contextlib.suppress(OSError):
        servers.append(await asyncio.start_server(accept, "::1", port))
    return servers


def next_free(port: int) -> int:
    """The first port above that can be had now; 0 when there is none nearby."""
    for candidate in range(port + 1, min(port + _LOOKED_AT, _LAST) + 1):
        if _free(candidate):
            return candidate
    return 0


def _refused(port: int, error: OSError) -> UsageError:
    if error.errno == errno.EACCES:
        what = f"Port {port} of this computer is not for everybody"
        return UsageError(what, "ports below 1024 belong to the system", f"take {next_free(max(port + 8000, 1024))}")
    free = next_free(port)
    step = f"port {free} is free" if free else "choose another port"
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"Port {port} of this computer is taken", "something listens there already", step)
    return UsageError(f"Port {port} of this computer cannot be had", error.strerror or str(error), step)


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
