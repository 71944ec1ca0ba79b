import asyncio
import socket
import sys

import pytest

from kubegenie_tui.kube.http.sockets import Sockets, open_socket


@pytest.mark.skipif(sys.platform != "linux", reason="reads the options that Linux has")
def test_a_dead_peer_is_noticed_within_a_minute() -> None:
    """Source: rule 14; HTTP/1.1 has no ping, so the kernel's keep-alive is what finds a connection dead."""
    with open_socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 1))) as opened:
        assert opened.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        idle, interval, probes = (
            opened.getsockopt(socket.IPPROTO_TCP, option)
            for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
        )
        assert idle + interval * probes == 60
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 60_000
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def test_no_socket_outlives_its_session() -> None:
    sockets, loop = Sockets(), asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as server:
        opened = sockets.open((socket.AF_INET, socket.SOCK_STREAM, 0, "", server.getsockname()))
        opened.setblocking(False)
        await loop.sock_connect(opened, server.getsockname())
        transport, _ = await loop.create_connection(asyncio.Protocol, sock=opened)
        await sockets.cut()
        assert transport.is_closing()
        assert opened.fileno() < 0
