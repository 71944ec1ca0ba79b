"""An API server spoken to directly: what is sent is what the test says, what comes back is looked at as it came."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy

PATIENCE = 30.0
"""Seconds after which something that is waited for will not come."""
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
PARTIAL = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
PARTIAL_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPLY = "application/apply-patch+yaml"

Query = Mapping[str, str | int]


class Answer:
    """One answer."""

    def __init__(self, status: int, headers: CIMultiDictProxy[str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def meta(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["metadata"]
        return found

    @property
    def names(self) -> list[str]:
        """Names of a list's items."""
        return [each["metadata"]["name"] for each in self.json["items"]]

    @property
    def refusal(self) -> tuple[int, str, str]:
        """Code, reason and message of a failure Status that agrees with the HTTP status."""
        body = self.json
        assert (body["kind"], body["apiVersion"], body["status"]) == ("Status", "v1", "Failure"), body
        assert body["code"] == self.status
        return body["code"], body.get("reason", ""), body["message"]

    @property
    def warnings(self) -> list[str]:
        """What the server says beside its answer."""
        return [json.loads(each.removeprefix("299 - ")) for each in self.headers.getall("Warning", [])]

    @property
    def causes(self) -> list[tuple[str, str]]:
        """Field and message of each cause of a refusal."""
        return [(each.get("field", ""), each["message"]) for each in self.json["details"]["causes"]]


class Api:
    """One server."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    async def ask(self, method: str, path: str, body: Any = None, query: Query | None = None, **headers: str) -> Answer:
        """Send a request; `body` is sent as it is when it is bytes, else as JSON. Headers as `Content_Type`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        async with self.session.request(method, self.url + path, data=data, params=query, headers=sent) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, query: Query | None = None, **headers: str) -> Answer:
        return await self.ask("GET", path, None, query, **headers)

    async def post(self, path: str, body: Any, query: Query | None = None, **headers: str) -> Answer:
        return await self.ask("POST", path, body, query, **headers)

    async def put(self, path: str, body: Any, query: Query | None = None, **headers: str) -> Answer:
        return await self.ask("PUT", path, body, query, **headers)

    async def delete(self, path: str, body: Any = None, query: Query | None = None, **headers: str) -> Answer:
        return await self.ask("DELETE", path, body, query, **headers)

    async def patch(self, path: str, kind: str, body: Any, query: Query | None = None) -> Answer:
        return await self.ask("PATCH", path, body, query, Content_Type=kind)

    async def made(self, path: str, body: Any) -> Answer:
        """Create what the test needs."""
        answer = await self.post(path, body)
        assert answer.status == 201, answer.body
        return answer

    @asynccontextmanager
    async def watch(self, path: str, query: Query, **headers: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The events of a watch as they come."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        options: Query = {"watch": "1", "timeoutSeconds": "30", **query}
        async with self.session.get(self.url + path, params=options, headers=sent) as response:
            assert response.status == 200, await response.text()
            yield _lines(response)

    async def watched(self, path: str, query: Query, count: int, **headers: str) -> list[dict[str, Any]]:
        """The first `count` events of a watch; fewer when it ends before."""
        found = []
        async with asyncio.timeout(PATIENCE), self.watch(path, query, **headers) as events:
            async for event in events:
                found.append(event)
                if len(found) == count:
                    break
        return found

    async def become(self, path: str, name: str, what: str, value: Any) -> dict[str, Any]:
        """Wait until a field (`status.phase`) of an object has a value; the object then."""
        query: Query = {"fieldSelector": f"metadata.name={name}", "timeoutSeconds": int(PATIENCE)}
        async with asyncio.timeout(PATIENCE), self.watch(path, query) as events:
            async for event in events:
                obj: dict[str, Any] = event["object"]
                if field(obj, what) == value:
                    return obj
        raise AssertionError(f"{what} of {name} never became {value}")

    def connect(
        self, path: str, query: list[tuple[str, str]], *protocols: str
    ) -> AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]:
        """A websocket that speaks one of these protocols."""
        return self.session.ws_connect(self.url + path, params=query, protocols=protocols)


def field(obj: Any, path: str) -> Any:
    """What is at a dotted path; None when nothing is."""
    for part in path.split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj


async def _lines(response: aiohttp.ClientResponse) -> AsyncIterator[dict[str, Any]]:
    rest = b""
    async for chunk in response.content.iter_any():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield json.loads(line)
