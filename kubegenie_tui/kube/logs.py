"""A container's log as batches of whole lines, however it is cut on its way and however long its lines are."""

import asyncio
import time
from collections.abc import AsyncIterator

from kubegenie_tui.domain.kind import path_segment
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.kube.client import Client, Response
from kubegenie_tui.kube.pace import SLICE_SECONDS

LINE_BYTES = 65536
QUIET_SECONDS = 60.0
"""How long a log that is not followed may keep silent before the connection counts as dead."""


class LineSplitter:
    """Bytes in, lines out. A line longer than 64 KiB is cut there and says how much is missing."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._dropped = 0

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that this chunk ends."""
        first, *more = chunk.split(b"\n")
        self._extend(first)
        if not more:
            return []
        *whole, last = more
        lines = [self._take(), *(self._cut(line) for line in whole)]
        self._extend(last)
        return lines

    def end(self) -> list[str]:
        """The line without an end, if there is one."""
        return [self._take()] if self._kept else []

    def _extend(self, part: bytes) -> None:
        room = LINE_BYTES - len(self._kept)
        self._kept += part[:room]
        self._dropped += max(0, len(part) - room)

    def _take(self) -> str:
        line = _text(bytes(self._kept), self._dropped)
        self._kept.clear()
        self._dropped = 0
        return line

    def _cut(self, line: bytes) -> str:
        return _text(line[:LINE_BYTES], len(line) - LINE_BYTES)


def _text(line: bytes, dropped: int) -> str:
    text = line.decode("utf-8", "replace")
    return f"{text}… ({dropped} more bytes)" if dropped > 0 else text.removesuffix("\r")


async def logs(client: Client, query: LogQuery) -> AsyncIterator[list[str]]:
    """Lines of a container's log as they come, in batches; close the iterator to stop.

    Raises:
        Invalid: the container has no log yet, or no previous run; the server says why.
        ClusterError, CredentialError, KubeconfigError: as `Client.stream`.
    """
    flags = _given(follow=query.follow, previous=query.previous, timestamps=query.timestamps)
    asked = {"tailLines": query.tail, "limitBytes": query.first_bytes, "sinceSeconds": query.since_seconds}
    params = flags | _given(container=query.container, **asked)
    path = f"/api/v1/namespaces/{path_segment(query.namespace)}/pods/{path_segment(query.pod)}/log"
    quiet = None if query.follow else QUIET_SECONDS
    async with client.stream(path, params, accept="*/*", idle_timeout=quiet) as response:
        async for lines in _lines(response):
            yield lines


def _given(**asked: str | bool | int | None) -> dict[str, str]:
    """As query parameters, without what was not asked for."""
    given = ((name, value) for name, value in asked.items() if value is not None and value is not False and value != "")
    return {name: "true" if value is True else str(value) for name, value in given}


async def _lines(response: Response) -> AsyncIterator[list[str]]:
    splitter = LineSplitter()
    until = time.perf_counter() + SLICE_SECONDS
    async for chunk in response.chunks():
        lines = splitter.feed(chunk)
        if lines:
            yield lines
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE_SECONDS
    rest = splitter.end()
    if rest:
        yield rest
