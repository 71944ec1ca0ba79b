"""A port that only programs of this computer with the token get through."""

import socket
from collections.abc import Mapping

import httpx2
import mcp_types as types
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.mcp.over_http import Address, port_of, serving_http
from tests.unit.mcp.played_tools import Echo

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
NAMED = types.Implementation(name="an-editor", version="1")
ACCEPT = {"Accept": "application/json, text/event-stream"}


async def status(address: Address, headers: Mapping[str, str]) -> int:
    async with httpx2.AsyncClient() as http:
        return (await http.post(address.url, json=PING, headers={**ACCEPT, **headers})).status_code


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_client_with_the_token_is_served(mode: str) -> None:
    tools = Echo()
    async with serving_http(tools, 0) as address:
        headers = {"Authorization": f"Bearer {address.token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(address.url, http_client=http), mode=mode, client_info=NAMED) as client,
        ):
            [tool] = (await client.list_tools()).tools
            assert (tool.name, tool.description) == ("echo", "Says it again.")
            [content] = (await client.call_tool("echo", {"text": "hello"})).content
            assert isinstance(content, types.TextContent)
            assert content.text == "echo: hello"
            assert (await client.call_tool("echo", {})).is_error
            assert client.instructions == "Speak to it."
            assert tools.clients == ["an-editor", "an-editor"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic {token}"}, 401),
        ({"Authorization": "Bearer {token}", "Host": "evil.example:{port}"}, 421),
        ({"Authorization": "Bearer {token}", "Host": "127.0.0.1"}, 421),
        ({"Authorization": "Bearer {token}", "Host": "127.0.0.1:{port}.evil.example"}, 421),
        ({"Authorization": "Bearer {token}", "Origin": "https://evil.example"}, 403),
        ({"Authorization": "Bearer {token}", "Origin": "null"}, 403),
        ({"Authorization": "Bearer {token}", "Origin": "http://127.0.0.1:1"}, 403),
        ({"Authorization": "Bearer {token}", "Origin": "http://localhost:{port}"}, 200),
        ({"Authorization": "Bearer {token}", "Host": "localhost:{port}"}, 200),
    ],
)
async def test_who_does_not_belong_here_is_refused(headers: dict[str, str], expected: int) -> None:
    async with serving_http(Echo(), 0) as address:
        port = address.url.rpartition(":")[2].partition("/")[0]
        said = {name: value.format(token=address.token, port=port) for name, value in headers.items()}
        found = await status(address, said)
        assert found == expected if expected != 200 else found not in (401, 403, 421)


async def test_each_start_has_a_token_of_its_own() -> None:
    async with serving_http(Echo(), 0) as one, serving_http(Echo(), 0) as other:
        assert one.token != other.token
        assert await status(other, {"Authorization": f"Bearer {one.token}"}) == 401


async def test_a_port_that_is_taken_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError, match="cannot be served on"):
        async with serving_http(Echo(), taken.getsockname()[1]):
            pass


@pytest.mark.parametrize("text", ["0.0.0.0:80", ":80", "example.com:80", "[::]:80", "localhost.evil.example:1"])
def test_no_other_address_is_served_on(text: str) -> None:
    with pytest.raises(UsageError, match="is not served on"):
        port_of(text)


@pytest.mark.parametrize("text", ["", "http", "-1", "65536", "127.0.0.1:", "٣"])
def test_what_is_no_port_is_said(text: str) -> None:
    with pytest.raises(UsageError, match="is no port"):
        port_of(text)


def test_ports_of_this_computer() -> None:
    assert [port_of(text) for text in ("8765", "0", "127.0.0.1:80", "localhost:81")] == [8765, 0, 80, 81]
