"""The front door of one cluster: who asks, may they, and where the answer comes from."""

import msgspec
from aiohttp import web

from kubegenie_tui.demo.api import discovery, openapi
from kubegenie_tui.demo.api.access import authorize, user_of
from kubegenie_tui.demo.api.channels import CHANNELS, serve_channels
from kubegenie_tui.demo.api.deleting import delete, options_of
from kubegenie_tui.demo.api.faults import Fault, Faults
from kubegenie_tui.demo.api.logs import log
from kubegenie_tui.demo.api.metrics import GROUP as METRICS
from kubegenie_tui.demo.api.metrics import metrics
from kubegenie_tui.demo.api.reading import Reader, many, one
from kubegenie_tui.demo.api.representing import encode
from kubegenie_tui.demo.api.request import Call, parse_call
from kubegenie_tui.demo.api.reviews import REVIEWS, review
from kubegenie_tui.demo.api.statuses import Refusal, method_not_allowed, no_such_resource
from kubegenie_tui.demo.api.streaming import TEXT, Answer, Pieces, respond
from kubegenie_tui.demo.api.subresources import evict, scale_of, set_scale
from kubegenie_tui.demo.api.watching import Watch
from kubegenie_tui.demo.api.writing import Writer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object

HEALTH = ("healthz", "livez", "readyz")
CHECKS = ("ping", "log", "etcd", "etcd-readiness", "informer-sync", "shutdown")


class ClusterApi:
    """The API server of one cluster."""

    def __init__(self, cluster: Cluster, faults: Faults) -> None:
        self.cluster = cluster
        self.reader = Reader(cluster)
        self._writer = Writer(cluster)
        self._faults = faults

    async def handle(self, request: web.Request, path: str) -> web.StreamResponse:
        """Answer one request; `path` is what follows the cluster's own prefix."""
        fault = self._faults.take(self.cluster.name, request.method, f"{path}?{request.query_string}")
        try:
            if fault and fault.delay:
                await self._faults.delay(fault.delay)
            if fault and fault.status and not fault.in_stream:
                raise fault.refusal()
            answer = await self._answer(request, path, fault)
        except Refusal as refusal:
            answer = Answer(encode(refusal.status()), status=refusal.code, headers=refusal.headers)
        return await respond(request, answer, fault) if isinstance(answer, Answer) else answer

    async def _answer(self, request: web.Request, path: str, fault: Fault | None) -> Answer | web.StreamResponse:
        user = user_of(self.cluster, request.headers)
        parts = path.strip("/").split("/")
        if parts[0] == "apis" and len(parts) > 1 and not self.cluster.catalog.serves(parts[1]):
            return _no_such_page()
        if (parts[0] == "api" and len(parts) > 2) or (parts[0] == "apis" and len(parts) > 3):
            call = parse_call(self.cluster.catalog, request.method, path, request.query)
            call.headers, call.user = request.headers, user
            authorize(self.cluster, call)
            if call.subresource in CHANNELS:
                return await serve_channels(self.cluster, request, call, self.reader.find(call).object)
            call.body = await request.read()
            return self._resource(call, fault)
        if request.method != "GET":
            raise method_not_allowed()
        return self._about_the_server(request, parts)

    def _resource(self, call: Call, fault: Fault | None) -> Answer:
        if call.resource.group == METRICS:
            return Answer(encode(metrics(self.cluster, call)))
        if call.verb == "watch":
            lines = Watch(self.cluster, call).lines()
            return Answer(_spoiled(lines, fault) if fault and fault.in_stream else lines)
        if call.verb == "list":
            return Answer(many(self.cluster, call, self.reader.page(call)))
        if call.verb == "get":
            return self._get(call)
        return self._write(call)

    def _get(self, call: Call) -> Answer:
        stored = self.reader.find(call)
        if call.subresource == "log":
            return log(self.cluster, call, stored.object)
        if call.subresource == "scale":
            return Answer(encode(scale_of(stored.object)))
        return Answer(one(self.cluster, call, stored))

    def _write(self, call: Call) -> Answer:
        if call.resource.plural in REVIEWS:
            return Answer(encode(review(self.cluster, call)), status=201)
        if call.verb == "deletecollection":
            return self._delete_all(call)
        if call.verb == "delete":
            return Answer(encode(delete(self.cluster, call, self._writer.existing(call), options_of(call))))
        if call.subresource == "eviction":
            return Answer(encode(evict(self.cluster, call, self._writer.existing(call))), status=201)
        if call.subresource == "scale":
            return Answer(encode(set_scale(self._writer, call)))
        writes = {"create": self._writer.create, "update": self._writer.update, "patch": self._writer.patch}
        known = (call.namespace, call.name) in self.cluster.collection(call.resource.id).items
        obj = writes[call.verb](call)
        return Answer(self._written(call, obj), status=200 if known else 201, warnings=call.warnings)

    def _written(self, call: Call, obj: Object) -> bytes:
        return one(self.cluster, call, Stored(obj, self.cluster.revision, custom=call.resource.custom))

    def _delete_all(self, call: Call) -> Answer:
        page, options = self.reader.page(call), options_of(call)
        answer = Answer(many(self.cluster, call, page))
        for stored in page.items:
            one_of = Call(call.method, "delete", call.resource, call.namespace, stored.key[1], "", {})
            delete(
                self.cluster,
                one_of,
                stored.object,
                msgspec.structs.replace(options, preconditions={}),
            )
        return answer

    def _about_the_server(self, request: web.Request, parts: list[str]) -> Answer:
        if parts[0] in HEALTH:
            return self._health(request, parts[0])
        if parts == ["version"]:
            return Answer(encode(discovery.version(self.cluster)))
        if parts[:2] == ["openapi", "v3"]:
            root = "/".join(parts[2:])
            found = openapi.document(self.cluster, root) if root else openapi.index(self.cluster)
            return Answer(encode(found)) if found else _no_such_page()
        return self._discovery(request, parts) if parts[0] in ("api", "apis") else _no_such_page()

    def _health(self, request: web.Request, check: str) -> Answer:
        if "verbose" not in request.query:
            return Answer(b"ok", TEXT)
        lines = [f"[+]{name} ok" for name in CHECKS]
        return Answer("\n".join([*lines, f"{check} check passed", ""]).encode(), TEXT)

    def _discovery(self, request: web.Request, parts: list[str]) -> Answer:
        if len(parts) == 1 and discovery.wants_aggregated(request.headers.get("Accept", "")):
            body, tag = discovery.aggregated(self.cluster, core=parts[0] == "api")
            headers = {"ETag": tag, "Vary": "Accept", "Cache-Control": "public"}
            if request.headers.get("If-None-Match") == tag:
                return Answer(b"", discovery.AGGREGATED, 304, headers)
            return Answer(body, discovery.AGGREGATED, headers=headers)
        found = discovery.classic(self.cluster, parts, request.host)
        if found is None and parts[0] == "apis":
            raise no_such_resource()
        return Answer(encode(found)) if found else _no_such_page()


def _no_such_page() -> Answer:
    return Answer(b"404 page not found\n", TEXT, 404)


async def _spoiled(lines: Pieces, fault: Fault) -> Pieces:
    yield b'{"type":"ERROR","object":%s}\n' % encode(fault.refusal().status())
    await lines.aclose()
