"""A fake of Azure over TLS: Resource Manager, AKS and the tokens of Entra, as far as the provider asks for them."""

import asyncio
import base64
import json
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from azure.mgmt.containerservice import models as aks
from azure.mgmt.resource.resources import models as arm

from kubegenie_tui.providers.azure.aks_config import AksConfig
from tests.clouds.aks_world import SUB, SUBSCRIPTION, VERSIONS, Refused, World, disks
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve

TENANT = "5d9f2f6e-8a3b-4c1d-9e0f-1a2b3c4d5e6f"
OBJECT = "99999999-8888-7777-6666-555555555555"
CLIENT, SECRET = "11111111-2222-3333-4444-555555555555", "s3cret-of-the-app"
_GROUP, _CLUSTER = r"/resourceGroups/(?P<group>[^/]+)", r"/managedClusters/(?P<cluster>[^/]+)"
_AKS = rf"{_GROUP}/providers/Microsoft\.ContainerService{_CLUSTER}"
_SIZES = (("Standard_D2s_v5", 2, 8), ("Standard_D4s_v5", 4, 16), ("Standard_B1s", 1, 1), ("Standard_X9", 8, 64))


class Fault(msgspec.Struct):
    """What is answered instead, so many times."""

    method: str
    path: str
    """What the path ends with, a regular expression."""
    refused: Refused
    times: int = 1
    after: bool = False
    """Whether what was asked for is done all the same: the answer is lost."""


class FakeAzure:
    """The server; its state is `world`."""

    def __init__(self, directory: Path) -> None:
        self.authority = Authority(directory)
        self.world = World()
        self.url = ""
        self.asked: list[str] = []
        """`METHOD path` of every request with a token."""
        self.faults: list[Fault] = []
        self.tokens: set[str] = set()
        self.actions: list[dict[str, list[str]]] = [{"actions": ["*"], "notActions": []}]
        self.hold = ""
        """Requests (`METHOD path`, a regular expression) whose answers wait, though all was done, until `release`."""
        self.release = asyncio.Event()
        self.between: Callable[[], object] | None = None
        """What happens once, when something was read and before it is answered to."""
        self.done: Callable[[str], object] = bool
        """Told of each request (`METHOD path`) when it has had its effect, before it is answered."""
        self.heard: Callable[[str], Awaitable[None]] | None = None
        """Awaited with each request (`METHOD path`) before anything comes of it."""
        self.reached = asyncio.Event()
        """Set when such a request came."""

    def config(self, **others: Any) -> AksConfig:
        """A configuration that leads here."""
        given = {
            "subscription": SUBSCRIPTION,
            "tenant": TENANT,
            "client_id": CLIENT,
            "client_secret": SECRET,
            "endpoint": self.url,
            "authority": self.url,
            "ca_file": self.authority.certificate,
        }
        return AksConfig.model_validate({**given, **others})

    async def answer(self, request: web.Request) -> web.StreamResponse:
        path = re.sub("/resourcegroups/", "/resourceGroups/", request.path, flags=re.IGNORECASE)
        try:
            if path.endswith("/oauth2/v2.0/token"):
                return self._token(dict(await request.post()))
            self._require_token(request)
            self.asked.append(f"{request.method} {path.removeprefix(SUB)}")
            if self.heard is not None:
                await self.heard(self.asked[-1])
            if "api-version" not in request.query:
                raise Refused(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
            return await self._answer(request, path)
        except Refused as error:
            body = {"error": {"code": error.code, "message": error.message}}
            headers = {key.replace("_", "-"): value for key, value in error.headers.items()}
            return web.json_response(body, status=error.status, headers=headers)

    async def _answer(self, request: web.Request, path: str) -> web.StreamResponse:
        fault = next((each for each in self.faults if self._meets(each, request.method, path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.after:
                raise fault.refused
        for pattern, methods in self._routes().items():
            found = re.fullmatch(re.escape(SUB) + pattern, path)
            if found and request.method in methods:
                response = await self._handle(methods[request.method], request, found.groupdict())
                self.done(f"{request.method} {path.removeprefix(SUB)}")
                if self.hold and re.search(f"{self.hold}$", f"{request.method} {path}"):
                    self.reached.set()
                    await self.release.wait()
                if fault is not None:
                    raise fault.refused
                return response
        raise Refused(404, "NotFound", f"The fake knows nothing of {request.method} {path}")

    @staticmethod
    def _meets(fault: Fault, method: str, path: str) -> bool:
        return fault.times > 0 and fault.method == method and re.search(f"{fault.path}$", path) is not None

    async def _handle(
        self, handler: Callable[..., Any], request: web.Request, names: dict[str, str]
    ) -> web.StreamResponse:
        body = await request.json() if request.method == "PUT" else {}
        given = handler(body, request, **names)
        status, headers = 200, {}
        if request.method in ("PUT", "DELETE") and "managedClusters" in request.path:
            status = 201 if request.method == "PUT" else 202
            operation = f"{self.url}{SUB}/providers/Microsoft.ContainerService/operations/{uuid.uuid4()}"
            headers = {"Azure-AsyncOperation": operation, "Retry-After": "1"}
        elif request.method == "DELETE":
            status, headers = 202, {"Location": f"{self.url}{request.path}"}
        if given is None:
            return web.Response(status=status, headers=headers)
        text = json.dumps(given.as_dict() if hasattr(given, "as_dict") else given)
        between, self.between = self.between, None
        if between is not None:
            between()
        return web.Response(text=text, content_type="application/json", status=status, headers=headers)

    def _routes(self) -> dict[str, dict[str, Callable[..., Any]]]:
        world = self.world
        return {
            "": {"GET": lambda *_: {"displayName": "Playground", "subscriptionId": SUBSCRIPTION}},
            "/locations": {"GET": self._locations},
            r"/providers/Microsoft\.Authorization/permissions": {"GET": self._permissions},
            r"/providers/Microsoft\.Compute/skus": {"GET": self._skus},
            r"/providers/Microsoft\.ContainerService": {"GET": self._provider},
            r"/providers/Microsoft\.ContainerService/register": {"POST": self._register},
            r"/providers/Microsoft\.ContainerService/locations/[^/]+/kubernetesVersions": {"GET": self._versions},
            r"/providers/Microsoft\.ContainerService/managedClusters": {
                "GET": lambda *_: _listed(each.model for each in world.clusters.values())
            },
            r"/providers/Microsoft\.ContainerService/operations/[^/]+": {"GET": lambda *_: {"status": "Succeeded"}},
            "/resourceGroups": {"GET": lambda *_: _listed(each.model for each in world.groups.values())},
            _GROUP: {
                "GET": lambda _, __, group: world.look(world.groups, group, "ResourceGroupNotFound"),
                "PUT": lambda body, _, group: world.put_group(group, body),
                "DELETE": lambda _, __, group: world.delete_group(group),
            },
            f"{_GROUP}/resources": {"GET": lambda _, __, group: _listed(world.resources(group))},
            rf"{_GROUP}/providers/Microsoft\.Compute/disks": {"GET": lambda _, __, group: _listed(disks(world, group))},
            **self._of_clusters(),
        }

    def _of_clusters(self) -> dict[str, dict[str, Callable[..., Any]]]:
        world, one = self.world, rf"{_AKS}/agentPools/(?P<pool>[^/]+)"
        return {
            _AKS: {
                "GET": self._cluster,
                "PUT": lambda body, request, group, cluster: (
                    world.put_cluster(group, cluster, body, _conditions(request)).model
                ),
                "DELETE": lambda _, __, group, cluster: world.delete_cluster(group, cluster) and None,
            },
            f"{_AKS}/agentPools": {
                "GET": lambda _, __, group, cluster: _listed(
                    each.model for key, each in world.pools.items() if key.startswith(f"{group}/{cluster}/")
                )
            },
            one: {
                "GET": lambda _, __, group, cluster, pool: world.look(world.pools, f"{group}/{cluster}/{pool}"),
                "PUT": lambda body, request, group, cluster, pool: (
                    world.put_pool(f"{group}/{cluster}", pool, body, _conditions(request)).model
                ),
                "DELETE": lambda _, __, group, cluster, pool: world.delete_pool(f"{group}/{cluster}", pool) and None,
            },
            f"{_AKS}/upgradeProfiles/default": {
                "GET": lambda _, __, group, cluster: world.upgrades(f"{group}/{cluster}")
            },
            f"{_AKS}/listClusterUserCredential": {
                "POST": lambda _, __, group, cluster: world.credentials(f"{group}/{cluster}")
            },
        }

    def _cluster(self, _: object, __: object, group: str, cluster: str) -> aks.ManagedCluster:
        key = f"{group}/{cluster}"
        model: aks.ManagedCluster = self.world.look(self.world.clusters, key)
        pools = [each.model for name, each in self.world.pools.items() if name.startswith(f"{key}/")]
        profiles = [{"name": each.name, **each.as_dict()["properties"]} for each in pools]
        return aks.ManagedCluster(
            {**model.as_dict(), "properties": {**model.as_dict()["properties"], "agentPoolProfiles": profiles}}
        )

    def _token(self, form: dict[str, Any]) -> web.Response:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            said = {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."}
            return web.json_response(said, status=401)
        claims = {"tid": TENANT, "oid": OBJECT, "appid": CLIENT, "aud": form["scope"], "uti": str(uuid.uuid4())}
        middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        self.tokens.add(token := f"e30.{middle}.c2ln")
        return web.json_response({"token_type": "Bearer", "expires_in": 3600, "access_token": token})

    def _require_token(self, request: web.Request) -> None:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            how = f'Bearer authorization_uri="{self.url}/{TENANT}", error="invalid_token"'
            raise Refused(401, "ExpiredAuthenticationToken", "The access token has expired.", WWW_Authenticate=how)

    def _provider(self, *_: object) -> arm.Provider:
        state = self.world.registered
        if state == "Registering":
            self.world.registered = "Registered"
        return arm.Provider({"namespace": "Microsoft.ContainerService", "registrationState": state})

    def _register(self, *_: object) -> arm.Provider:
        self.world.registered = "Registering"
        return arm.Provider({"namespace": "Microsoft.ContainerService", "registrationState": "Registering"})

    def _permissions(self, *_: object) -> dict[str, Any]:
        return {"value": self.actions}

    def _locations(self, _: object, request: web.Request) -> dict[str, Any]:
        """On two pages."""
        places = [("westeurope", "Physical"), ("europe", "Logical"), ("eastus", "Physical")]
        listed = [
            {"name": name, "displayName": name.title(), "metadata": {"regionType": kind}} for name, kind in places
        ]
        if "page" in request.query:
            return {"value": listed[2:]}
        return {"value": listed[:2], "nextLink": f"{self.url}{request.path_qs}&page=2"}

    def _versions(self, *_: object) -> aks.KubernetesVersionListResult:
        minors = [
            {
                "version": each.rpartition(".")[0],
                "isDefault": each == VERSIONS[1],
                "isPreview": each == VERSIONS[2],
                "capabilities": {
                    "supportPlan": ["KubernetesOfficial"] if each != VERSIONS[0] else ["AKSLongTermSupport"]
                },
                "patchVersions": {each: {"upgrades": []}},
            }
            for each in VERSIONS
        ]
        return aks.KubernetesVersionListResult({"values": minors})

    def _skus(self, _: object, request: web.Request) -> dict[str, Any]:
        assert request.query["$filter"].startswith("location eq '")
        machines = [
            {
                "resourceType": "virtualMachines",
                "name": name,
                "capabilities": [{"name": "vCPUs", "value": str(cpus)}, {"name": "MemoryGB", "value": str(memory)}],
                "restrictions": [{"type": "Location"}] if name == "Standard_X9" else [],
            }
            for name, cpus, memory in _SIZES
        ]
        return {"value": [*machines, {"resourceType": "disks", "name": "Premium_LRS"}]}


@asynccontextmanager
async def fake_azure(directory: Path) -> AsyncIterator[FakeAzure]:
    """The server for as long as the block runs; its keys lie in the directory."""
    fake = FakeAzure(directory)
    async with serve(fake.answer, certificate=fake.authority.issue("azure")) as url:
        fake.url = url
        yield fake


def _listed(models: Any) -> dict[str, Any]:
    return {"value": [each.as_dict() for each in models]}


def _conditions(request: web.Request) -> dict[str, str]:
    return {key: request.headers[key] for key in ("If-Match", "If-None-Match") if key in request.headers}
