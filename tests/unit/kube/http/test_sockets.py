import socket
import sys

import pytest

from kubegenie_tui.kube.http.sockets import open_socket


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
