import asyncio
from itertools import pairwise

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import Invalid, Refused
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.kube.logs import LINE_BYTES, LineSplitter, logs
from tests.unit.kube.loopback import client_of, raw_server, refusal, serve


def split(*chunks: bytes) -> list[str]:
    splitter = LineSplitter()
    return [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.end()


@given(text=st.text(st.sampled_from("aé\n\r€😀"), max_size=60), cuts=st.lists(st.integers(0, 200), max_size=8))
def test_lines_do_not_depend_on_how_they_are_cut(text: str, cuts: list[int]) -> None:
    data = text.encode()
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    chunks = [data[start:end] for start, end in pairwise(edges)]
    whole = [line.removesuffix("\r") for line in text.split("\n")]
    assert split(*chunks) == (whole if text.split("\n")[-1] else whole[:-1])


@pytest.mark.parametrize("piece", [1_000_000, 65536, 1000, 65537])
def test_a_line_of_a_megabyte_is_cut_and_says_so(piece: int) -> None:
    data = b"before\n" + b"x" * 1_000_000 + b"\nafter"
    before, long, after = split(*(data[start : start + piece] for start in range(0, len(data), piece)))
    assert (before, after) == ("before", "after")
    assert long == f"{'x' * LINE_BYTES}… ({1_000_000 - LINE_BYTES} more bytes)"


def test_a_line_just_short_enough_is_whole() -> None:
    assert split(b"x" * LINE_BYTES + b"\n") == ["x" * LINE_BYTES]


def test_bytes_that_are_no_text() -> None:
    assert split(b"\xff\xfe\x00\n") == ["\ufffd\ufffd\x00"]


async def test_what_is_asked_for() -> None:
    asked: list[tuple[str, dict[str, str]]] = []

    async def note(request: web.Request) -> web.Response:
        asked.append((request.path, dict(request.query)))
        return web.Response()

    async with serve(note) as server, client_of(server) as client:
        assert [batch async for batch in logs(client, LogQuery("x", "y"))] == []
        everything = logs(
            client,
            LogQuery(
                "x", "y", "z", follow=True, previous=True, tail=0, first_bytes=7, since_seconds=9, timestamps=True
            ),
        )
        assert [batch async for batch in everything] == []
    path = "/api/v1/namespaces/x/pods/y/log"
    flags = {
        "follow": "true",
        "previous": "true",
        "timestamps": "true",
        "tailLines": "0",
        "sinceSeconds": "9",
        "limitBytes": "7",
    }
    assert asked == [(path, {}), (path, {"container": "z", **flags})]


async def test_lines_come_when_they_are_there_and_leaving_hangs_up() -> None:
    left = asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\none\ntwo\nhal\r\n")
        await writer.drain()
        writer.write(b"2\r\nf\n\r\n")
        await reader.read()
        left.set()

    async with raw_server(slow) as server, client_of(server) as client, asyncio.timeout(10):
        async with closing(logs(client, LogQuery("x", "y", "z", follow=True))) as following:
            seen: list[str] = []
            while len(seen) < 3:
                seen += await anext(following)
        assert seen == ["one", "two", "half"]
        await left.wait()


async def test_a_line_without_an_end_comes_last() -> None:
    async def short(_: web.Request) -> web.Response:
        return web.Response(text="one\ntwo")

    async with serve(short) as server, client_of(server) as client:
        assert [batch async for batch in logs(client, LogQuery("x", "y", "z"))] == [["one"], ["two"]]


async def test_a_refusal_and_a_cut() -> None:
    async def not_yet(_: web.Request) -> web.Response:
        return refusal(400, "BadRequest", 'container "z" in pod "y" is waiting to start: ContainerCreating')

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n")
        await writer.drain()

    async with serve(not_yet) as server, client_of(server) as client:
        with pytest.raises(Invalid, match="waiting to start"):
            await anext(logs(client, LogQuery("x", "y", "z")))
    async with raw_server(cut) as server, client_of(server) as client:
        following = logs(client, LogQuery("x", "y", "z", follow=True))
        assert await anext(following) == ["one"]
        with pytest.raises(Refused, match="in the middle"):
            await anext(following)
