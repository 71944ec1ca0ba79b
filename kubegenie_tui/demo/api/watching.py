"""WATCH: what is, what was since a version, and what comes, with bookmarks; and WatchList, which lists by watching."""

import asyncio
import time

from kubegenie_tui.demo.api.reading import CHUNK, form_of
from kubegenie_tui.demo.api.representing import Form, encode, metadata_only, table, table_row, whole
from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.selecting import selector
from kubegenie_tui.demo.api.statuses import Refusal, expired, invalid
from kubegenie_tui.demo.api.streaming import Pieces
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Change, Stored
from kubegenie_tui.demo.state.objects import Object, with_meta

DEFAULT_SECONDS = 1800
BOOKMARK_SECONDS = 59.0
"""How often a quiet stream tells the version it has reached (as seen of a real server)."""
LAST_BOOKMARK = 2.0
"""A last bookmark comes that many seconds before the end."""
INITIAL_END = {"k8s.io/initial-events-end": "true"}


class Watch:
    """One watch of one client."""

    def __init__(self, cluster: Cluster, call: Call) -> None:
        """Check the options.

        Raises:
            Refusal: 400, 406, 422 for options that do not go together.
        """
        self.cluster, self.call = cluster, call
        self.test = selector(call.resource, call.query)
        self.version = call.number("resourceVersion") or 0
        self.listed = call.flag("sendInitialEvents")
        self.bookmarks = call.flag("allowWatchBookmarks")
        _check(call)
        self._form = _event_form(cluster, call)
        self._collection = cluster.collection(call.resource.id)
        self._ends = time.monotonic() + (call.number("timeoutSeconds") or DEFAULT_SECONDS)

    async def lines(self) -> Pieces:
        """The stream, in pieces; ends by itself at the timeout, or after an ERROR event."""
        queue = self._collection.subscribe()
        try:
            async for piece in self._past():
                yield piece
            async for piece in self._future(queue):
                yield piece
        except Refusal as refusal:
            yield _line("ERROR", encode(refusal.status()))
        finally:
            self._collection.unsubscribe(queue)

    async def _past(self) -> Pieces:
        reached = self.cluster.revision
        if self.version > reached:
            return
        if self.version and not self.listed:
            if self.version < self._collection.since:
                raise expired(f"too old resource version: {self.version} ({self._collection.since})")
            lines = [self._change_line(change) for change in self._collection.changes_after(self.version)]
            yield b"".join(line for line in lines if line)
        else:
            async for piece in self._initial():
                yield piece
            if self.bookmarks and self.version == 0:
                yield self._bookmark(reached, INITIAL_END)
        self.version = reached

    async def _initial(self) -> Pieces:
        pieces: list[bytes] = []
        size = 0
        for stored in list(self._collection.ordered(self.call.namespace)):
            if self.test is None or self.test(stored):
                body = self._form(stored)
                pieces += (b'{"type":"ADDED","object":', body, b"}\n")
                size += len(body)
            if size >= CHUNK:
                yield b"".join(pieces)
                pieces, size = [], 0
        yield b"".join(pieces)

    async def _future(self, queue: "asyncio.Queue[Change]") -> Pieces:
        due = self._next_bookmark()
        while (now := time.monotonic()) < self._ends:
            changes = await _next(queue, max(min(due, self._ends) - now, 0.0))
            reached = self.cluster.revision
            lines = [self._change_line(change) for change in changes if change.version > self.version]
            if any(lines):
                yield b"".join(line for line in lines if line)
            if due <= time.monotonic() < self._ends:
                due = self._next_bookmark()
                yield self._bookmark(reached, {})

    def _next_bookmark(self) -> float:
        """When the next one is due (monotonic seconds): in a minute, or shortly before the end."""
        now, last = time.monotonic(), self._ends - LAST_BOOKMARK
        if not self.bookmarks or now >= last:
            return float("inf")
        return min(now + BOOKMARK_SECONDS, last)

    def _change_line(self, change: Change) -> bytes | None:
        kind = self._seen_as(change)
        if kind == "DELETED" and change.type != "DELETED" and change.old:
            left = with_meta(change.old.object, resourceVersion=str(change.version))
            return _line(kind, self._form(Stored(left, change.version, custom=self.call.resource.custom)))
        return _line(kind, self._form(change.new)) if kind else None

    def _seen_as(self, change: Change) -> str:
        """What the change is to this client: an object that matches its selectors no more is gone."""
        if self.call.namespace and change.new.key[0] != self.call.namespace:
            return ""
        if self.test is None:
            return change.type
        was = change.old is not None and self.test(change.old)
        now = change.type != "DELETED" and self.test(change.new)
        return {(True, True): "MODIFIED", (True, False): "DELETED", (False, True): "ADDED"}.get((was, now), "")

    def _bookmark(self, version: int, annotations: dict[str, str]) -> bytes:
        metadata: Object = {"resourceVersion": str(version)}
        if annotations:
            metadata["annotations"] = annotations
        empty: Object = {
            "kind": self.call.resource.kind,
            "apiVersion": self.call.resource.api_version,
            "metadata": metadata,
        }
        if self.call.resource.id == "pods":
            empty |= {"spec": {"containers": None}, "status": {}}
        stored = Stored(empty, version, custom=True)
        blank = form_of(self.call) == "Table"
        return _line("BOOKMARK", _blank_table(self.call.resource, empty) if blank else _partial_or(self.call, stored))


def _check(call: Call) -> None:
    listed, match = "sendInitialEvents" in call.query, call.query.get("resourceVersionMatch", "")
    if call.flag("sendInitialEvents") and match != "NotOlderThan":
        problem = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
    elif match and not listed:
        problem = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"
    else:
        return
    raise invalid(
        "ListOptions.meta.k8s.io", "", ("FieldValueForbidden", f"Forbidden: {problem}", "resourceVersionMatch")
    )


def _event_form(cluster: Cluster, call: Call) -> Form:
    form = form_of(call)
    if form != "Table":
        return metadata_only if form else whole(call.resource)
    row = table_row(cluster, call.resource, call.query.get("includeObject", ""))
    columns: list[Resource | None] = [call.resource]

    def write(stored: Stored) -> bytes:
        known = columns.pop() if columns else None
        return table({"resourceVersion": str(stored.version)}, known, [row(stored)])

    return write


def _partial_or(call: Call, stored: Stored) -> bytes:
    return metadata_only(stored) if form_of(call) else stored.body


def _blank_table(resource: Resource, empty: Object) -> bytes:
    cells = ["<unknown>" if each.name == "Age" else 0 if each.type == "integer" else "" for each in resource.columns]
    metadata = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": empty["metadata"]}
    blank = {"cells": cells, "object": metadata}
    return table({"resourceVersion": empty["metadata"]["resourceVersion"]}, None, [encode(blank)])


def _line(kind: str, obj: bytes) -> bytes:
    return b'{"type":"%s","object":%s}\n' % (kind.encode(), obj)


async def _next(queue: "asyncio.Queue[Change]", wait: float) -> list[Change]:
    """All changes that are there, or the first that comes within `wait` seconds."""
    try:
        async with asyncio.timeout(wait):
            changes = [await queue.get()]
    except TimeoutError:
        return []
    while not queue.empty():
        changes.append(queue.get_nowait())
    return changes
