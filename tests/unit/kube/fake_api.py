"""An API server of one kind that keeps to the rules of real ones, and breaks them when a test says so.

It has one revision counter, a history that can be compacted, lists with `limit`, `continue` and resourceVersion,
watches with bookmarks and initial events (WatchList), Tables and partial objects.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import web

from tests.unit.kube.loopback import refusal, serve

Manifest = dict[str, Any]
Key = tuple[str, str]
Fault = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse | None]
"""What to answer instead, once; None lets the request through after all."""


class Change(msgspec.Struct):
    """One entry of the history."""

    version: int
    type: str
    manifest: Manifest


class Stream:
    """One open watch."""

    def __init__(self, response: web.StreamResponse, request: web.Request, since: int) -> None:
        self.response = response
        self.since = since
        self.request = request
        self.ended = asyncio.Event()
        self.columns_told = False
        """Whether an event was sent as a Table: only the first of a stream carries its columns."""

    async def send(self, kind: str, manifest: Manifest) -> None:
        await self.raw(json.dumps({"type": kind, "object": manifest}, separators=(",", ":")).encode() + b"\n")

    async def raw(self, data: bytes) -> None:
        if self.open:
            await self.response.write(data)

    @property
    def open(self) -> bool:
        """Whether the client is still there."""
        transport = self.request.transport
        return transport is not None and not transport.is_closing()

    def cut(self) -> None:
        """Hang up without a farewell."""
        if self.request.transport is not None:
            self.request.transport.abort()
        self.ended.set()


class FakeApi:
    """The server. Change what it holds by `put` and `delete`; what it was asked stands in `asked`."""

    def __init__(self, path: str = "/api/v1/pods", kind: str = "Pod", minor: str = "37") -> None:
        self.path = path
        self.kind = kind
        self.minor = minor
        self.has_watch_list = True
        self.makes_tables = True
        self.expires_in_stream = True
        """Whether an expired watch is answered by 200 and an ERROR event, as newer servers do, or by 410."""
        self.sends_bookmark = True
        """Whether initial events come to their end."""
        self.columns = ["Name", "Phase", "Size", "Age"]
        """Those of Tables, in order; all but Size are text or dates."""
        self.version = 100
        self.compacted = 0
        self.objects: dict[Key, Manifest] = {}
        self.history: list[Change] = []
        self.asked: list[web.Request] = []
        self.faults: list[Fault] = []
        self.streams: list[Stream] = []
        self._pages: dict[str, tuple[int, list[Manifest]]] = {}
        self._uids = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """The server on loopback; its URL."""
        async with serve(self.answer) as url:
            try:
                yield url
            finally:
                for stream in self.streams:
                    stream.cut()

    def queries(self) -> list[dict[str, str]]:
        """The parameters of all requests for the kind, in order."""
        return [dict(request.query) for request in self.asked if request.path == self.path]

    def put(self, name: str, namespace: str = "shop", **fields: Any) -> Manifest:
        """Create or change an object."""
        old = self.objects.get((namespace, name))
        self.version += 1
        self._uids += old is None
        metadata = {
            "name": name,
            "namespace": namespace,
            "uid": old["metadata"]["uid"] if old else f"uid-{self._uids}",
            "resourceVersion": str(self.version),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "managedFields": [{"manager": "somebody", "operation": "Update"}],
        }
        manifest = {"metadata": metadata, **fields}
        self.objects[namespace, name] = manifest
        self.history.append(Change(self.version, "MODIFIED" if old else "ADDED", manifest))
        return manifest

    def delete(self, name: str, namespace: str = "shop") -> None:
        """Delete an object; nothing when it is not there."""
        manifest = self.objects.pop((namespace, name), None)
        if manifest is not None:
            self.version += 1
            gone = {**manifest, "metadata": {**manifest["metadata"], "resourceVersion": str(self.version)}}
            self.history.append(Change(self.version, "DELETED", gone))

    def compact(self) -> None:
        """Begin no more watches from before now; those that are open go on, as those of a real server do."""
        self.compacted = self.version

    async def catch_up(self) -> None:
        """Send open watches what has changed since they began or were last caught up."""
        for stream in self.streams:
            await self._send_changes(stream)

    async def bookmark(self) -> None:
        """Send open watches a bookmark."""
        await self.catch_up()
        for stream in self.streams:
            await stream.send("BOOKMARK", self._event_form(stream, self._mark({})))

    async def end_watches(self) -> None:
        """End open watches properly."""
        streams, self.streams = self.streams, []
        for stream in streams:
            stream.ended.set()

    async def cut_watches(self, rest: bytes = b"") -> None:
        """Hang up in the middle of open watches, after the bytes of `rest`."""
        streams, self.streams = self.streams, []
        for stream in streams:
            if rest:
                await stream.raw(rest)
            stream.cut()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.asked.append(request)
        self.streams = [stream for stream in self.streams if stream.open]
        if request.path in ("/version", "/readyz"):
            return web.json_response({"major": "1", "minor": self.minor, "gitVersion": f"v1.{self.minor}.0"})
        if self.faults:
            spoiled = self.faults.pop(0)(request)
            if spoiled is not None:
                return spoiled if isinstance(spoiled, web.StreamResponse) else await spoiled
        if request.path != self.path:
            return refusal(404, "NotFound", "the server could not find the requested resource")
        return await self._watch(request) if request.query.get("watch") else self._list(request)

    def _list(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("resourceVersion") not in (None, "", "0") and int(query["resourceVersion"]) > self.version:
            return refusal(504, "Timeout", "Too large resource version", causes=[{"reason": "ResourceVersionTooLarge"}])
        token = query.get("continue", "")
        if token and token not in self._pages:
            return refusal(410, "Expired", "The provided continue parameter is too old")
        version, left = self._pages.pop(token) if token else (self.version, list(self.objects.values()))
        limit = int(query.get("limit", "0")) if query.get("resourceVersion") != "0" else 0
        page, rest = (left[:limit], left[limit:]) if limit else (left, [])
        meta: Manifest = {"resourceVersion": str(version)}
        if rest:
            meta |= {"continue": f"page-{len(self.asked)}", "remainingItemCount": len(rest)}
            self._pages[meta["continue"]] = version, rest
        return self._listed(request, meta, page)

    def expire_pages(self) -> None:
        """Continue tokens are too old from now on."""
        self._pages.clear()

    def _listed(self, request: web.Request, meta: Manifest, page: list[Manifest]) -> web.Response:
        form = self._form(request)
        if form == "refused":
            return refusal(406, "NotAcceptable", "only the following media types are accepted: application/json")
        if form == "Table":
            return compact_json({**table(page, self.columns), "metadata": meta})
        if form == "PartialObjectMetadataList":
            names = {"kind": form, "apiVersion": "meta.k8s.io/v1"}
            return compact_json({**names, "metadata": meta, "items": [partial(each) for each in page]})
        return compact_json({"kind": f"{self.kind}List", "apiVersion": "v1", "metadata": meta, "items": page})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        initial = request.query.get("sendInitialEvents") == "true"
        if initial and not self.has_watch_list:
            return refusal(
                422, "Invalid", "sendInitialEvents is forbidden for watch unless the WatchList feature is on"
            )
        since = self.version if initial else int(request.query.get("resourceVersion") or 0)
        expired = not initial and since < self.compacted
        if expired and not self.expires_in_stream:
            return refusal(410, "Expired", f"too old resource version: {since}")
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        stream = Stream(response, request, since)
        if expired:
            await stream.send("ERROR", status(410, "Expired", f"too old resource version: {since}"))
            return response
        self.streams.append(stream)
        if initial:
            await self._send_initial(stream)
        else:
            await self._send_changes(stream)
        await stream.ended.wait()
        return response

    async def _send_initial(self, stream: Stream) -> None:
        for manifest in list(self.objects.values()):
            await stream.send("ADDED", self._event_form(stream, manifest))
        if self.sends_bookmark:
            mark = self._mark({"k8s.io/initial-events-end": "true"})
            await stream.send("BOOKMARK", self._event_form(stream, mark))

    async def _send_changes(self, stream: Stream) -> None:
        since = stream.since
        stream.since = self.version
        for change in [each for each in self.history if each.version > since]:
            await stream.send(change.type, self._event_form(stream, change.manifest))

    def _mark(self, annotations: dict[str, str]) -> Manifest:
        metadata = {"resourceVersion": str(self.version), "creationTimestamp": None, "annotations": annotations}
        return {"kind": self.kind, "apiVersion": "v1", "metadata": metadata}

    def _event_form(self, stream: Stream, manifest: Manifest) -> Manifest:
        match self._form(stream.request):
            case "Table":
                told, stream.columns_told = stream.columns_told, True
                return table([manifest], self.columns, told=told)
            case "PartialObjectMetadata":
                return partial(manifest)
            case _:
                return manifest

    def _form(self, request: web.Request) -> str:
        for wish in request.headers["Accept"].split(","):
            _, _, form = wish.partition(";as=")
            if form.startswith("Table") and not self.makes_tables:
                continue
            return form.partition(";")[0]
        return "refused"


CELLS: dict[str, tuple[str, Callable[[Manifest], Any]]] = {
    "Name": ("string", lambda manifest: manifest["metadata"].get("name", "")),
    "Phase": ("string", lambda manifest: manifest.get("phase", "")),
    "Size": ("integer", lambda manifest: manifest.get("size", 0)),
    "Age": ("date", lambda _: "5m"),
}


def table(page: list[Manifest], columns: list[str], *, told: bool = False) -> Manifest:
    definitions = [{"name": name, "type": CELLS[name][0], "priority": 0} for name in columns]
    rows = [{"cells": [CELLS[name][1](each) for name in columns], "object": partial(each)} for each in page]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {},
        "columnDefinitions": None if told else definitions,
        "rows": rows,
    }


def partial(manifest: Manifest) -> Manifest:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": manifest["metadata"],
    }


def status(code: int, reason: str, message: str) -> Manifest:
    head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return {**head, "message": message, "reason": reason, "code": code}


def compact_json(value: Manifest) -> web.Response:
    body = json.dumps(value, separators=(",", ":")).encode() + b"\n"
    return web.Response(body=body, content_type="application/json")
