"""The way to an API server through a proxy, a part at a time: its name, its port, and what it says to CONNECT."""

import asyncio
import base64
import os
from urllib.parse import unquote, urlsplit

from kubegenie_tui.domain.errors import ClusterError, NameNotFound, Unreachable
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.connection_errors import certificate_code, error_from_exception
from kubegenie_tui.kube.http.proxy import proxy_for
from kubegenie_tui.kube.http.tls import build_ssl_context
from kubegenie_tui.kube.jump import host_and_port

LONGEST_HEAD = 65_536
"""Bytes of an answer to CONNECT."""
_REMEDIES = {
    403: "ask whoever runs the proxy to allow {there}, or leave the server out of it with NO_PROXY",
    405: "it forbids CONNECT: ask whoever runs the proxy to allow it, or take another one",
    407: "it wants a login: give it in the URL, http://NAME:PASSWORD@HOST:PORT, in {login}",
    502: "look from the proxy whether {there} can be reached, and whether its name is known there",
    503: "look from the proxy whether {there} can be reached, and whether its name is known there",
    504: "look from the proxy whether {there} can be reached: it does not answer there",
}
Ways = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def proxy_of(client: Client) -> str:
    """URL of the proxy that leads to the server; empty for none, and where a jump host does.

    Raises:
        KubeconfigError: the proxy is of a kind we cannot speak with.
    """
    return "" if client.context.jump is not None else proxy_for(client.context, os.environ)


async def known_proxy(client: Client) -> str:
    """Look up its name."""
    host, port = host_and_port(proxy_of(client))
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port)
    except (OSError, UnicodeError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "it cannot be the name of a host"
        raise NameNotFound(
            f'The name of the proxy "{host}" is not known', why, f"{_where(client)}, and the network"
        ) from error
    return f"{host} is {', '.join(sorted({str(address[4][0]) for address in found}))}"


async def open_proxy(client: Client) -> str:
    """Connect to it; with TLS where its URL says https."""
    _, writer = await _to_proxy(client)
    writer.transport.abort()
    host, port = host_and_port(proxy_of(client))
    is_secured = urlsplit(proxy_of(client)).scheme == "https"
    return f"port {port} of {host} is open{', and its certificate is trusted' if is_secured else ''}"


async def ask_proxy(client: Client) -> str:
    """Let it connect us to the server."""
    _, writer = await through_proxy(client)
    writer.transport.abort()
    return f"the proxy connects us to {_there(client)}"


async def through_proxy(client: Client) -> Ways:
    """A connection to the server, which a proxy made for us.

    Raises:
        ClusterError: the proxy cannot be reached, or does not connect us.
    """
    reader, writer = await _to_proxy(client)
    try:
        writer.write(_request(client))
        head = await reader.readuntil(b"\r\n\r\n")
        _require_connected(client, head)
    except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        writer.transport.abort()
        said = error.partial if isinstance(error, asyncio.IncompleteReadError) else b""
        raise _no_answer(client, said, error) from error
    except BaseException:
        writer.transport.abort()
        raise
    return reader, writer


async def _to_proxy(client: Client) -> Ways:
    host, port = host_and_port(proxy_of(client))
    is_secured = urlsplit(proxy_of(client)).scheme == "https"
    ours = await asyncio.to_thread(build_ssl_context, client.context, None) if is_secured else None
    name = host if ours else None
    try:
        return await asyncio.open_connection(host, port, ssl=ours, server_hostname=name, limit=LONGEST_HEAD)
    except OSError as error:
        if certificate_code(error):
            raise error_from_exception(error, f"the proxy {host}:{port}") from error
        what = f"The proxy {host}:{port} for {client.server} cannot be reached"
        why = "nothing listens there" if isinstance(error, ConnectionRefusedError) else error.strerror or str(error)
        raise Unreachable(what, why, f"{_where(client)}, and that the proxy runs") from error


def _where(client: Client) -> str:
    """Where a proxy is named: by a kubeconfig, or by whoever described the cluster; else by the environment."""
    return f"check {'proxy-url' if client.context.file else 'its URL'} or HTTPS_PROXY"


def _there(client: Client) -> str:
    host, port = host_and_port(client.server)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _request(client: Client) -> bytes:
    url, there = urlsplit(proxy_of(client)), _there(client)
    lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
    if url.username:
        login = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(login).decode()}")
    return "\r\n".join([*lines, "", ""]).encode()


def _require_connected(client: Client, head: bytes) -> None:
    """Raise Unreachable unless the proxy says that it has connected us."""
    first = head.split(b"\r\n")[0].decode(errors="replace")
    version, _, status = first.partition(" ")
    code, _, words = status.partition(" ")
    if not version.startswith("HTTP/") or not code.isdecimal():
        raise _no_http(client, head)
    if 200 <= int(code) < 300:
        return
    login = "proxy-url or HTTPS_PROXY" if client.context.file else "HTTPS_PROXY"
    step = _REMEDIES.get(int(code), _where(client)).format(there=_there(client), login=login)
    why = f"it answers {code} {plain(words)}".strip()
    raise Unreachable(f"The proxy does not connect us to {client.server}", why, step)


def _no_http(client: Client, said: bytes) -> ClusterError:
    url = urlsplit(proxy_of(client))
    who = f"{url.scheme}://{url.hostname}:{host_and_port(proxy_of(client))[1]}, on the way to {client.server},"
    words = plain(said[:60].decode(errors="replace").strip().partition("\n")[0])
    return Unreachable(
        f"{who} does not speak HTTP", f"it says {words}" if words else "", f"{_where(client)}, and its port"
    )


def _no_answer(client: Client, said: bytes, error: Exception) -> ClusterError:
    if said or isinstance(error, asyncio.LimitOverrunError):
        return _no_http(client, said)
    what = f"The proxy hung up instead of connecting us to {client.server}"
    return Unreachable(what, "it gives no reason", f"{_where(client)}; its log may say more")
