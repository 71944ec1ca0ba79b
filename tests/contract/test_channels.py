"""Exec and port-forward over websockets: a byte for the channel, then what flows on it."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.contract.api import PATIENCE, Api
from tests.contract.manifests import container, pod

V4, V5 = "v4.channel.k8s.io", "v5.channel.k8s.io"
STDIN, STDOUT, STDERR, ERROR = 0, 1, 2, 3


@pytest.fixture
async def running(api: Api, pods: str) -> str:
    """The path of a running pod."""
    await api.made(pods, pod("one"))
    await api.become(pods, "one", "status.phase", "Running")
    return f"{pods}/one"


async def messages(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[tuple[int, bytes]]:
    async with asyncio.timeout(PATIENCE):
        async for message in socket:
            assert message.type is aiohttp.WSMsgType.BINARY, message
            yield message.data[0], message.data[1:]


async def result(socket: aiohttp.ClientWebSocketResponse) -> tuple[bytes, bytes, dict[str, Any]]:
    """Output, error output and final Status of an exec."""
    said: dict[int, bytes] = {STDOUT: b"", STDERR: b"", ERROR: b""}
    async for channel, data in messages(socket):
        said[channel] += data
    return said[STDOUT], said[STDERR], json.loads(said[ERROR])


def words(*command: str, **flags: str) -> list[tuple[str, str]]:
    return [*(("command", word) for word in command), *{"stdout": "true", "stderr": "true", **flags}.items()]


@pytest.mark.parametrize("protocol", [V4, V5])
async def test_a_command(api: Api, running: str, protocol: str) -> None:
    async with api.connect(f"{running}/exec", words("echo", "a", "b"), protocol) as socket:
        assert socket.protocol == protocol
        out, error, status = await result(socket)
    assert (out, error, status["status"]) == (b"a b\n", b"", "Success")


async def test_the_newest_protocol_both_know(api: Api, running: str) -> None:
    async with api.connect(f"{running}/exec", words("true"), V5, V4) as socket:
        assert socket.protocol == V5


async def test_a_command_that_fails(api: Api, running: str) -> None:
    line = "echo out; echo oops >&2; exit 3"
    async with api.connect(f"{running}/exec", words("sh", "-c", line), V4) as socket:
        out, error, status = await result(socket)
    assert (out, error) == (b"out\n", b"oops\n")
    assert (status["status"], status["reason"]) == ("Failure", "NonZeroExitCode")
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "3"}]
    assert status["message"].startswith("command terminated with non-zero exit code: ")


async def test_input_until_it_ends(api: Api, running: str) -> None:
    async with api.connect(f"{running}/exec", words("cat", stdin="true"), V5) as socket:
        await socket.send_bytes(bytes([STDIN]) + b"hello\n")
        await socket.send_bytes(bytes([255, STDIN]))
        out, error, status = await result(socket)
    assert (out, error, status["status"]) == (b"hello\n", b"", "Success")


async def test_a_terminal(api: Api, running: str) -> None:
    async with api.connect(f"{running}/exec", words("sh", stdin="true", tty="true"), V4) as socket:
        await socket.send_bytes(bytes([4]) + b'{"Width":100,"Height":30}')
        await socket.send_bytes(bytes([STDIN]) + b"echo he''llo\n")
        seen = b""
        async for channel, data in messages(socket):
            assert channel == STDOUT
            seen += data
            if b"hello\r\n" in seen:
                break
        await socket.send_bytes(bytes([STDIN]) + b"exit 4\n")
        _, _, status = await result(socket)
    assert status["details"]["causes"] == [{"reason": "ExitCode", "message": "4"}]


async def refused(api: Api, path: str, query: list[tuple[str, str]]) -> int:
    """The status with which a server refuses a websocket."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        async with api.connect(path, query, V4):
            pass
    return refusal.value.status


async def test_what_cannot_be_executed(api: Api, pods: str, running: str) -> None:
    plain = await api.get(f"{running}/exec", {"command": "true", "stdout": "true"})
    assert plain.refusal == (400, "BadRequest", "Upgrade request required")
    assert await refused(api, f"{running}-absent/exec", words("true")) == 404
    assert await refused(api, f"{running}/exec", words("true", container="nobody")) == 400
    await api.made(pods, pod("lonely", nodeSelector={"no": "such-node"}))
    assert await refused(api, f"{pods}/lonely/exec", words("true")) == 400


async def test_what_has_ended(api: Api, pods: str) -> None:
    await api.made(pods, pod("over", container(image="busybox:1.37"), restartPolicy="Never"))
    await api.become(pods, "over", "status.phase", "Succeeded")
    assert await refused(api, f"{pods}/over/exec", words("true")) == 500


async def test_a_forwarded_port(api: Api, running: str) -> None:
    async with api.connect(f"{running}/portforward", [("ports", "80")], V4) as socket:
        first = [await anext(arriving) for arriving in [messages(socket)] for _ in range(2)]
        assert first == [(0, (80).to_bytes(2, "little")), (1, (80).to_bytes(2, "little"))]
        await socket.send_bytes(b"\0GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        async for channel, data in messages(socket):
            assert channel == 0, data
            answer += data
            if b"\r\n\r\n" in answer:
                break
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


async def test_a_port_where_nothing_listens(api: Api, running: str) -> None:
    async with api.connect(f"{running}/portforward", [("ports", "81")], V4) as socket:
        errors = b""
        async for channel, data in messages(socket):
            if channel == 1:
                errors += data[2:] if data[:2] == (81).to_bytes(2, "little") else data
            if errors:
                break
    assert b"81" in errors
    assert b"connection refused" in errors


async def test_ports_must_be_told(api: Api, running: str) -> None:
    assert await refused(api, f"{running}/portforward", []) == 400
