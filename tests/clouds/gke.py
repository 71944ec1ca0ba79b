"""Google's Kubernetes Engine, as much of it as we ask for: every message is one of the SDK's own, in and out."""

import asyncio
import base64
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from google.cloud import container_v1 as gke

VERSIONS = ("1.35.0-gke.100", "1.34.2-gke.300", "1.34.1-gke.200", "1.33.5-gke.900")
"""Of the regular channel, the newest first; the second is its default."""
CERTIFICATE = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n").decode()
_LOCATION = r"^/v1/projects/(?P<project>[^/]+)/locations/(?P<location>[^/]+)"
_ROUTES = [
    (method, re.compile(_LOCATION + path + "$"), name)
    for method, path, name in (
        ("GET", "/clusters", "list_clusters"),
        ("POST", "/clusters", "create_cluster"),
        ("GET", "/clusters/(?P<cluster>[^/]+)", "get_cluster"),
        ("PUT", "/clusters/(?P<cluster>[^/]+)", "update_cluster"),
        ("DELETE", "/clusters/(?P<cluster>[^/]+)", "delete_cluster"),
        ("POST", "/clusters/(?P<cluster>[^/]+)/nodePools", "create_node_pool"),
        ("GET", "/clusters/(?P<cluster>[^/]+)/nodePools/(?P<pool>[^/:]+)", "get_node_pool"),
        ("PUT", "/clusters/(?P<cluster>[^/]+)/nodePools/(?P<pool>[^/:]+)", "update_node_pool"),
        ("DELETE", "/clusters/(?P<cluster>[^/]+)/nodePools/(?P<pool>[^/:]+)", "delete_node_pool"),
        ("POST", "/clusters/(?P<cluster>[^/]+)/nodePools/(?P<pool>[^/:]+):setSize", "set_node_pool_size"),
        (
            "POST",
            "/clusters/(?P<cluster>[^/]+)/nodePools/(?P<pool>[^/:]+):setAutoscaling",
            "set_node_pool_autoscaling",
        ),
        ("GET", "/operations", "list_operations"),
        ("GET", "/operations/(?P<operation>[^/]+)", "get_operation"),
        ("GET", "/serverConfig", "get_server_config"),
    )
]


@dataclass(frozen=True)
class Refused(Exception):
    """An answer that says no."""

    code: int
    status: str
    message: str
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": self.reason}] if self.reason else []
        error = {"code": self.code, "message": self.message, "status": self.status, "details": details}
        return web.json_response({"error": error}, status=self.code, headers=self.headers)


TOO_MANY = Refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Writes'", headers={"Retry-After": "0"})
BUSY = Refused(
    400,
    "FAILED_PRECONDITION",
    "Cluster is running incompatible operation operation-1.",
    "CLUSTER_ALREADY_HAS_OPERATION",
    {"Retry-After": "0.01"},
)
NO_QUOTA = Refused(
    403,
    "PERMISSION_DENIED",
    "Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '12.0' and is short '4.0'.",
)
DENIED = Refused(403, "PERMISSION_DENIED", 'Required "container.clusters.create" permission(s) for "projects/shop-1".')
DISABLED = Refused(403, "PERMISSION_DENIED", "Compute Engine API has not been used in project", "SERVICE_DISABLED")
EXPIRED = Refused(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")
UNWELL = Refused(503, "UNAVAILABLE", "The service is currently unavailable.")


@dataclass
class Under:
    """An operation that is under way."""

    operation: gke.Operation
    polls: int
    finish: Callable[[], None]


class Project:
    """The clusters of one project and what is under way on them, as the methods of the API see it."""

    def __init__(self) -> None:
        self.clusters: dict[str, gke.Cluster] = {}
        """By `location/name`."""
        self.sizes: dict[str, int] = {}
        """Nodes in each zone, by `location/name/pool`, where a pool was scaled."""
        self.operations: dict[str, gke.Operation] = {}
        self.under: list[Under] = []
        self.endpoint, self.authority = "203.0.113.7", CERTIFICATE
        """Of every cluster that runs: where its API server is, and the certificate behind it, base64."""
        self.polls = 2
        """Looks that an operation takes."""
        self.groups: dict[str, int] = {}
        """How many machines groups are to have, by their path in the Compute API."""
        self.failures: dict[str, str] = {}
        """What goes wrong with an operation after it has begun, by its method."""

    def go_on(self) -> None:
        for each in list(self.under):
            each.polls -= 1
            each.operation.status = state(gke.Operation, "RUNNING")
            if each.polls <= 0:
                self.under.remove(each)
                each.operation.status = state(gke.Operation, "DONE")
                each.finish()

    def list_clusters(self, given: dict[str, str], _: str) -> Any:
        return gke.ListClustersResponse(clusters=list(self.clusters.values()))

    def get_cluster(self, given: dict[str, str], _: str) -> Any:
        return self._there(given)

    def get_node_pool(self, given: dict[str, str], _: str) -> Any:
        return self._pool_there(given)

    def list_operations(self, given: dict[str, str], _: str) -> Any:
        return gke.ListOperationsResponse(operations=list(self.operations.values()))

    def get_operation(self, given: dict[str, str], _: str) -> Any:
        if given["operation"] not in self.operations:
            raise Refused(404, "NOT_FOUND", "Not found: operation.")
        return self.operations[given["operation"]]

    def get_server_config(self, given: dict[str, str], _: str) -> Any:
        regular = {"channel": "REGULAR", "default_version": VERSIONS[1], "valid_versions": VERSIONS}
        return gke.ServerConfig(
            default_cluster_version=VERSIONS[2], valid_master_versions=VERSIONS[1:], channels=[regular]
        )

    def create_cluster(self, given: dict[str, str], body: str) -> Any:
        asked = gke.CreateClusterRequest.from_json(body).cluster
        key = f"{given['location']}/{asked.name}"
        if key in self.clusters:
            raise Refused(409, "ALREADY_EXISTS", f"Already exists: projects/{given['project']}/{key}.")
        if not asked.autopilot.enabled and not asked.node_pools:
            raise Refused(400, "INVALID_ARGUMENT", "Cluster.initial_node_count must be greater than zero.")
        cluster = gke.Cluster(asked)
        cluster.location, cluster.status = given["location"], state(gke.Cluster, "PROVISIONING")
        cluster.current_master_version = asked.initial_cluster_version or VERSIONS[1]
        for pool in cluster.node_pools:
            pool.version, pool.config.image_type = cluster.current_master_version, "COS_CONTAINERD"
        self.clusters[key] = cluster

        def done() -> None:
            cluster.status, cluster.endpoint = state(gke.Cluster, "RUNNING"), self.endpoint
            cluster.master_auth.cluster_ca_certificate = self.authority
            for pool in cluster.node_pools:
                pool.status = state(gke.NodePool, "RUNNING")

        def failed() -> None:
            cluster.status = state(gke.Cluster, "ERROR")
            cluster.conditions = [gke.StatusCondition(message="Not all instances are running")]

        return self._begin("CREATE_CLUSTER", "create_cluster", key, done, failed)

    def update_cluster(self, given: dict[str, str], body: str) -> Any:
        cluster, asked = self._there(given), gke.UpdateClusterRequest.from_json(body).update

        def done() -> None:
            cluster.current_master_version = asked.desired_master_version

        key = f"{given['location']}/{given['cluster']}"
        return self._begin("UPGRADE_MASTER", "update_cluster", key, done, lambda: None)

    def delete_cluster(self, given: dict[str, str], _: str) -> Any:
        cluster, key = self._there(given), f"{given['location']}/{given['cluster']}"

        def failed() -> None:
            cluster.status = state(gke.Cluster, "ERROR")

        begun = self._begin("DELETE_CLUSTER", "delete_cluster", key, lambda: void(self.clusters.pop(key)), failed)
        cluster.status = state(gke.Cluster, "STOPPING")
        return begun

    def create_node_pool(self, given: dict[str, str], body: str) -> Any:
        cluster, asked = self._there(given), gke.CreateNodePoolRequest.from_json(body).node_pool
        if asked.name in pools(cluster):
            raise Refused(409, "ALREADY_EXISTS", f"Already exists: node pool {asked.name}.")
        key = f"{given['location']}/{given['cluster']}/{asked.name}"

        def ends(status: str) -> Callable[[], None]:
            return lambda: setattr(pools(cluster)[asked.name], "status", state(gke.NodePool, status))

        begun = self._begin("CREATE_NODE_POOL", "create_node_pool", key, ends("RUNNING"), ends("ERROR"))
        asked.status, asked.version = state(gke.NodePool, "PROVISIONING"), cluster.current_master_version
        asked.config.image_type = "COS_CONTAINERD"
        cluster.node_pools.append(asked)
        return begun

    def update_node_pool(self, given: dict[str, str], body: str) -> Any:
        asked = gke.UpdateNodePoolRequest.from_json(body)
        if not asked.image_type:
            raise Refused(400, "INVALID_ARGUMENT", "image_type is required.")
        self._pool_there(given)

        def done() -> None:
            self._pool_there(given).version = asked.node_version

        return self._begin("UPGRADE_NODES", "update_node_pool", self._pool_key(given), done, lambda: None)

    def delete_node_pool(self, given: dict[str, str], _: str) -> Any:
        self._pool_there(given)

        def done() -> None:
            cluster = self._there(given)
            cluster.node_pools = [each for each in cluster.node_pools if each.name != given["pool"]]

        def failed() -> None:
            self._pool_there(given).status = state(gke.NodePool, "ERROR")

        begun = self._begin("DELETE_NODE_POOL", "delete_node_pool", self._pool_key(given), done, failed)
        self._pool_there(given).status = state(gke.NodePool, "STOPPING")
        return begun

    def set_node_pool_size(self, given: dict[str, str], body: str) -> Any:
        pool = self._pool_there(given)
        count, key = gke.SetNodePoolSizeRequest.from_json(body).node_count, self._pool_key(given)
        done: Callable[[], None] = lambda: self.sizes.update({key: count})  # noqa: E731
        begun = self._begin("SET_NODE_POOL_SIZE", "set_node_pool_size", key, done, lambda: None)
        path = f"zones/{given['location']}/instanceGroupManagers/gke-{given['cluster']}-{given['pool']}"
        pool.instance_group_urls = [f"https://www.googleapis.com/compute/v1/projects/{given['project']}/{path}"]
        self.groups[path] = count
        return begun

    def set_node_pool_autoscaling(self, given: dict[str, str], body: str) -> Any:
        self._pool_there(given)
        asked = gke.SetNodePoolAutoscalingRequest.from_json(body).autoscaling
        if asked.enabled and not asked.min_node_count <= asked.max_node_count:
            raise Refused(400, "INVALID_ARGUMENT", "max_node_count must be >= min_node_count.")

        def done() -> None:
            self._pool_there(given).autoscaling = asked

        key = self._pool_key(given)
        return self._begin("UPDATE_CLUSTER", "set_node_pool_autoscaling", key, done, lambda: None)

    def _begin(self, kind: str, method: str, key: str, done: Callable[[], None], failed: Callable[[], None]) -> Any:
        """An operation on a cluster, or on `location/cluster/pool`: one at a time. Each refusal is time that passes."""
        location, cluster, *pool = key.split("/")
        link = f"/locations/{location}/clusters/{cluster}"
        if any(f"{each.operation.target_link}/".startswith(f"{link}/") for each in self.under):
            self.go_on()
            raise BUSY
        target = f"{link}/nodePools/{pool[0]}" if pool else link
        operation = gke.Operation(
            name=f"operation-{uuid.uuid4().hex[:12]}",
            operation_type=kind,
            status="PENDING",
            location=location,
            target_link=target,
        )
        failure = self.failures.pop(method, "")

        def finish() -> None:
            if failure:
                operation.error = {"code": 8, "message": failure}
            (failed if failure else done)()

        self.operations[operation.name] = operation
        self.under.append(Under(operation, self.polls, finish))
        return operation

    def _there(self, given: dict[str, str]) -> gke.Cluster:
        key = f"{given['location']}/{given['cluster']}"
        if key not in self.clusters:
            raise Refused(404, "NOT_FOUND", f"Not found: projects/{given['project']}/{key}.")
        return self.clusters[key]

    def _pool_there(self, given: dict[str, str]) -> gke.NodePool:
        there = pools(self._there(given))
        if given["pool"] not in there:
            raise Refused(404, "NOT_FOUND", f"Not found: node pool {given['pool']}.")
        return there[given["pool"]]

    def _pool_key(self, given: dict[str, str]) -> str:
        return f"{given['location']}/{given['cluster']}/{given['pool']}"


class Gke:
    """The server of a project: each look at something brings on what is under way."""

    def __init__(self) -> None:
        self.project = Project()
        self.faults: dict[str, list[Refused]] = {}
        """What a method answers instead, once each: `create_cluster`."""
        self.lost: set[str] = set()
        """Methods whose answer gets lost, once, after the deed."""
        self.held: dict[str, asyncio.Event] = {}
        """Methods whose answer is held back, after the deed, until the event is set."""
        self.holding, self.began = asyncio.Event(), asyncio.Event()
        """Set once an answer is held back, and once anything was begun."""
        self.at: Callable[[str], None] = void
        """Hears of each request when it arrives (`before create_cluster`), and `after` it had its effect."""
        self.asked: list[str] = []
        """Every method that was asked for."""
        self.compute: dict[str, list[dict[str, Any]] | Refused] = {}
        """Collections of the Compute API by path: `regions`."""
        self.permitted: set[str] | Refused = set()
        self.is_open = True
        """Whether anybody may ask, without a token."""
        self.shown: list[str] = []
        """Tokens that came with requests."""
        self.token = "ya29.token"
        """What is given out to whoever asks for one."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What the server says to any request."""
        try:
            return await self._answer(request, await request.text())
        except Refused as refused:
            return refused.response()

    async def _answer(self, request: web.Request, body: str) -> web.Response:
        if request.path == "/token":
            return self._token()
        if request.path == "/tokeninfo":
            return web.json_response({"email": "ada@example.com"})
        self.shown.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if not self.is_open and not self.shown[-1]:
            raise EXPIRED
        if request.path.endswith(":testIamPermissions"):
            return self._permissions(json.loads(body))
        if request.path.startswith("/compute/v1/"):
            return self._compute(request.path.split("/", 5)[5])
        for method, path, name in _ROUTES:
            if method == request.method and (found := path.match(request.path)):
                return await self._called(name, found.groupdict(), body)
        raise Refused(404, "NOT_FOUND", f"no such method: {request.method} {request.path}")

    def _token(self) -> web.Response:
        return web.json_response({"access_token": self.token, "expires_in": 3600})

    def _permissions(self, asked: dict[str, list[str]]) -> web.Response:
        if isinstance(self.permitted, Refused):
            raise self.permitted
        return web.json_response({"permissions": [each for each in asked["permissions"] if each in self.permitted]})

    def _compute(self, path: str) -> web.Response:
        if path in self.project.groups:
            return web.json_response({"targetSize": self.project.groups[path]})
        found = self.compute.get(path, DENIED)
        if isinstance(found, Refused):
            raise found
        if path.startswith("aggregated/"):
            return web.json_response({"items": {"zones/all": {path.partition("/")[2]: found}}})
        return web.json_response({"items": found})

    async def _called(self, name: str, given: dict[str, str], body: str) -> web.Response:
        self.at(f"before {name}")
        self.asked.append(name)
        if self.faults.get(name):
            raise self.faults[name].pop(0)
        if name.startswith("get_"):
            self.project.go_on()
        answer = getattr(self.project, name)(given, body)
        self.at(f"after {name}")
        if self.project.under:
            self.began.set()
        if name in self.held:
            self.holding.set()
            await self.held[name].wait()
        if name in self.lost:
            self.lost.discard(name)
            raise UNWELL
        return web.Response(text=type(answer).to_json(answer), content_type="application/json")


def pools(cluster: gke.Cluster) -> dict[str, gke.NodePool]:
    """The pools of a cluster by name."""
    return {each.name: each for each in cluster.node_pools}


def state(message: Any, name: str) -> Any:
    """A state of a message by its name."""
    return message.Status[name]


def void(_: object) -> None:
    """Nothing, of whatever was made on the way."""
