"""A server of canned pods, faster than any real one can be: it writes them from a template, and keeps nothing.

It lists, streams initial events (WatchList), then changes one pod after the other as fast as they are read. Every pod
has a log of LINES lines that then goes on.
`python -m bench.canned DIRECTORY PODS EVENTS LINES` prints `READY KUBECONFIG` and ends with its standard input.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from kubegenie_tui.demo.scale.pods import PodTemplate

BATCH = 64 * 1024
DISCOVERY = {
    "/version": b'{"major":"1","minor":"37","gitVersion":"v1.37.0"}',
    "/api": b'{"kind":"APIVersions","versions":["v1"]}',
    "/apis": b'{"kind":"APIGroupList","apiVersion":"v1","groups":[]}',
    "/api/v1": b'{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod",'
    b'"namespaced":true,"kind":"Pod","verbs":["get","list","watch"],"shortNames":["po"]}]}',
}
EMPTY = b'{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}'
LINES_A_SECOND = 200
TOGETHER = 10
"""Lines of a log that are written at a time."""
LEVELS = ("error", "warn", "debug", "warn")
WORDS = (
    "payment accepted",
    "connection refused by the database",
    "cache miss",
    "timeout while waiting",
    "order stored",
)
KUBECONFIG = """\
{{apiVersion: v1, kind: Config, current-context: canned,
contexts: [{{name: canned, context: {{cluster: canned, user: canned}}}}],
clusters: [{{name: canned, cluster: {{server: "http://127.0.0.1:{port}"}}}}],
users: [{{name: canned, user: {{}}}}]}}
"""


@contextmanager
def canned(pods: int, events: int = 0, lines: int = 0) -> Iterator[Path]:
    """Such a server in a process of its own; its kubeconfig."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-bench-") as directory:
        command = [sys.executable, "-m", "bench.canned", directory, str(pods), str(events), str(lines)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdin is not None
            yield Path(child.stdout.readline().split()[1])
            child.stdin.close()


class Pods:
    """The bodies: those of the demo's generator, in the order in which a benchmark wants them."""

    def __init__(self, count: int, events: int, lines: int) -> None:
        self.count = count
        self.events = events
        self.lines = lines
        self._item = PodTemplate().body

    def listed(self) -> Iterator[bytes]:
        """A list's body in pieces."""
        yield b'{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"%d"},"items":[' % self.count
        for number in range(self.count):
            yield (b"," if number else b"") + self._item(number, number + 1)
        yield b"]}\n"

    def initial(self) -> Iterator[bytes]:
        """The events of a WatchList."""
        for number in range(self.count):
            yield b'{"type":"ADDED","object":%b}\n' % self._item(number, number + 1)
        meta = b'{"resourceVersion":"%d","annotations":{"k8s.io/initial-events-end":"true"}}' % self.count
        yield b'{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":%b}}\n' % meta

    def one(self) -> Iterator[bytes]:
        """A single pod."""
        yield self._item(0, 1)

    def log(self, start: int, stop: int) -> Iterator[bytes]:
        """Lines of a log: every third is JSON, some are warnings and errors."""
        began = time.time() - self.lines / LINES_A_SECOND
        for number in range(start, stop):
            at = datetime.fromtimestamp(began + number / LINES_A_SECOND, UTC)
            words = WORDS[number * 7919 % len(WORDS)]
            level = LEVELS[number % 97] if number % 97 < len(LEVELS) else "info"
            plain = (
                f"{level.upper()} checkout.worker: {words} for order {number} after {number % 300} ms, attempt 1 of 3"
            )
            json = (
                f'{{"level":"{level}","msg":"{words}","order":{number},"ms":{number % 300},"path":"/api/cart/items"}}'
            )
            yield f"{at:%Y-%m-%dT%H:%M:%S.%f}Z {plain if number % 3 else json}\n".encode()

    def changes(self) -> Iterator[bytes]:
        """The events after that."""
        for number in range(self.events):
            item = self._item(number % self.count, self.count + number + 1)
            yield b'{"type":"MODIFIED","object":%b}\n' % item


async def serve_one(pods: Pods, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer the requests of one connection."""
    try:
        while line := (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[0]:
            await answer(pods, line.split()[1].decode(), writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def answer(pods: Pods, target: str, writer: asyncio.StreamWriter) -> None:
    """One response, each piece in a chunk of its own as an API server sends events."""
    url = urlsplit(target)
    asked = parse_qs(url.query)
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    if url.path.endswith("/log"):
        await send_log(pods, writer)
    elif "/pods/" in url.path:
        await send(writer, pods.one())
    elif not url.path.endswith("/pods"):
        await send(writer, [DISCOVERY.get(url.path, EMPTY)])
    elif "watch" not in asked:
        await send(writer, pods.listed())
    else:
        if "sendInitialEvents" in asked:
            await send(writer, pods.initial())
        await send(writer, pods.changes())
        await asyncio.sleep(3600)
    writer.write(b"0\r\n\r\n")


async def send(writer: asyncio.StreamWriter, pieces: Iterable[bytes]) -> None:
    """Write in batches, as a socket would gather them."""
    batch: list[bytes] = []
    size = 0
    for piece in pieces:
        batch.append(b"%x\r\n%b\r\n" % (len(piece), piece))
        size += len(piece)
        if size > BATCH:
            writer.write(b"".join(batch))
            await writer.drain()
            batch, size = [], 0
    writer.write(b"".join(batch))
    await writer.drain()


async def send_log(pods: Pods, writer: asyncio.StreamWriter) -> None:
    """The log so far, then a few lines at a time."""
    await send(writer, pods.log(0, pods.lines))
    at = pods.lines
    while True:
        await asyncio.sleep(TOGETHER / LINES_A_SECOND)
        await send(writer, pods.log(at, at + TOGETHER))
        at += TOGETHER


async def main(directory: Path, pods: Pods) -> None:
    server = await asyncio.start_server(lambda reader, writer: serve_one(pods, reader, writer), "127.0.0.1", 0)
    kubeconfig = directory / "kubeconfig"
    kubeconfig.write_text(KUBECONFIG.format(port=server.sockets[0].getsockname()[1]))
    print(f"READY {kubeconfig}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    os._exit(0)  # streams that are still being read need no farewell


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Pods(*map(int, sys.argv[2:5]))))
