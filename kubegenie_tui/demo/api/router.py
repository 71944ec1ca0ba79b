"""The front door of one cluster: who asks, may they, and where the answer comes from."""

import asyncio

from aiohttp import web

from kubegenie_tui.demo.api import discovery
from kubegenie_tui.demo.api.access import authorize, user_of
from kubegenie_tui.demo.api.faults import Fault, Faults
from kubegenie_tui.demo.api.logs import log
from kubegenie_tui.demo.api.reading import Reader, many, one
from kubegenie_tui.demo.api.representing import encode
from kubegenie_tui.demo.api.request import Call, parse_call
from kubegenie_tui.demo.api.statuses import Refusal, method_not_allowed
from kubegenie_tui.demo.api.streaming import TEXT, Answer, Pieces, respond
from kubegenie_tui.demo.api.watching import Watch
from kubegenie_tui.demo.state.cluster import Cluster

HEALTH = ("healthz", "livez", "readyz")
CHECKS = ("ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown")


class ClusterApi:
    """The API server of one cluster."""

    def __init__(self, cluster: Cluster, faults: Faults) -> None:
        self.cluster = cluster
        self.reader = Reader(cluster)
        self._faults = faults

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """Answer one request; `path` is what follows the cluster's own prefix."""
        fault = self._faults.take(self.cluster.name, request.method, f"{path}?{request.query_string}")
        try:
            if fault and fault.delay:
                await asyncio.sleep(fault.delay)
            if fault and fault.status and not fault.in_stream:
                raise fault.refusal()
            answer = await self._answer(request, path, fault)
        except Refusal as refusal:
            answer = Answer(encode(refusal.status()), status=refusal.code, headers=refusal.headers)
        return answer if isinstance(answer, web.StreamResponse) else await respond(request, answer, fault)

    async def _answer(self, request: web.Request, path: str, fault: Fault | None) -> Answer:
        user = user_of(self.cluster, request.headers)
        parts = path.strip("/").split("/")
        if (parts[0] == "api" and len(parts) > 2) or (parts[0] == "apis" and len(parts) > 3):
            call = parse_call(self.cluster.catalog, request.method, path, request.query)
            call.headers, call.user = request.headers, user
            authorize(self.cluster, call)
            call.body = await request.read()
            return self._resource(call, fault)
        if request.method != "GET":
            raise method_not_allowed()
        return self._about_the_server(request, parts)

    def _resource(self, call: Call, fault: Fault | None) -> Answer:
        if call.verb == "watch":
            lines = Watch(self.cluster, call).lines()
            return Answer(_spoiled(lines, fault) if fault and fault.in_stream else lines)
        if call.verb == "list":
            page = self.reader.page(call)
            return Answer(many(self.cluster, call, page))
        if call.subresource == "log":
            return log(self.cluster, call, self.reader.find(call).object)
        if call.verb == "get":
            return Answer(one(self.cluster, call, self.reader.find(call)))
        raise method_not_allowed()

    def _about_the_server(self, request: web.Request, parts: list[str]) -> Answer:
        if parts[0] in HEALTH:
            return self._health(request, parts[0])
        if parts == ["version"]:
            return Answer(encode(discovery.version(self.cluster)))
        if parts[0] in ("api", "apis"):
            return self._discovery(request, parts)
        return Answer(b"404 page not found\n", TEXT, 404)

    def _health(self, request: web.Request, check: str) -> Answer:
        if "verbose" not in request.query:
            return Answer(b"ok", TEXT)
        lines = [f"[+]{name} ok" for name in CHECKS]
        return Answer("\n".join([*lines, f"{check} check passed", ""]).encode(), TEXT)

    def _discovery(self, request: web.Request, parts: list[str]) -> Answer:
        core = parts[0] == "api"
        if len(parts) == 1 and discovery.wants_aggregated(request.headers.get("Accept", "")):
            body, tag = discovery.aggregated(self.cluster, core=core)
            headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "public"}
            if request.headers.get("If-None-Match") == tag:
                return Answer(b"", discovery.AGGREGATED, 304, headers)
            return Answer(body, discovery.AGGREGATED, headers=headers)
        found = discovery.classic(self.cluster, parts, request.host)
        return Answer(encode(found)) if found else Answer(b"404 page not found\n", TEXT, 404)


async def _spoiled(lines: Pieces, fault: Fault) -> Pieces:
    yield b'{"type":"ERROR","object":%s}\n' % encode(fault.refusal().status())
    await lines.aclose()
