"""A provider of clusters in the toy cloud: a network, a control plane, pools, and an add-on that is not needed.

As those of others it knows of us what the guide says one may rely on, and nothing else.
"""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field, SecretStr

from kubegenie_tui.providers.making import (
    Approval,
    Change,
    Choice,
    CredentialError,
    Estimate,
    Found,
    Identity,
    Leftover,
    Made,
    NameTaken,
    Outline,
    PermissionMissing,
    PlannedStep,
    Price,
    Progress,
    ProviderError,
    QuotaExceeded,
    Step,
    TryLater,
    Value,
)
from kubegenie_tui.providers.specs import ClusterSpec, NodePool, page

SIZES = {"small": (2, 4, 0.05), "large": (8, 32, 0.4)}
ONE_POOL = (NodePool.model_validate({"name": "default", "size": "small"}),)
ERRORS = {401: CredentialError, 402: QuotaExceeded, 403: PermissionMissing, 409: NameTaken}


class ToyConfig(BaseModel):
    url: str = Field(description="where the toy cloud is")
    token: SecretStr = Field(description="toy")


class ToySpec(ClusterSpec):
    network: str = Field("10.0.0.0/16", description="addresses of the network", json_schema_extra=page("Network"))
    pools: tuple[NodePool, ...] = Field(ONE_POOL, json_schema_extra=page("Node pools"))
    addon: bool = Field(False, title="Add-on", json_schema_extra=page("Cluster"))


class ToyStep(Step):
    def __init__(self, cloud: "ToyProvider", planned: PlannedStep, tag: str) -> None:
        self.planned = planned
        self._cloud = cloud
        self._tag = tag
        self._kind, _, self._name = planned.key.partition("/")

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        thing = await self._cloud.thing(self.planned.key)
        return Found({"id": thing["id"]}, thing["tag"] == self._tag) if thing else None

    async def make(self, made: Mapping[str, Made], approval: Approval) -> Made:
        asked = {"kind": self._kind, "name": self._name, "tag": self._tag}
        return {"id": (await self._cloud.ask("POST", "/things", asked))["id"]}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        thing = await self._cloud.thing(self.planned.key)
        if thing is None:
            return Progress(done=False, phase="GONE", failure="it is not there any more")
        return Progress(thing["state"] == "ACTIVE", thing["state"], thing["why"])

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        await self._cloud.ask("DELETE", f"/things/{own['id']}")

    async def is_gone(self, made: Mapping[str, Made], own: Made) -> Progress:
        thing = await self._cloud.thing(self.planned.key)
        return Progress(thing is None, thing["state"] if thing else "")


class ToyProvider:
    def __init__(self, config: ToyConfig) -> None:
        self._config = config

    async def identify(self) -> Identity:
        told = await self.ask("GET", "/whoami")
        return Identity(told["who"], "toy cloud", tuple(told["missing"]))

    async def choices(self, field: str, values: Mapping[str, Value]) -> list[Choice]:
        if field == "region":
            return [Choice("north"), Choice("south")]
        if field == "version":
            return [Choice("1.37"), Choice("1.36", "supported until 2027-02")]
        if field == "pools.size":
            return [
                Choice(name, f"{cpu} vCPU · {memory} GiB · ${price}/h") for name, (cpu, memory, price) in SIZES.items()
            ]
        return []

    async def outline(self, spec: ToySpec) -> Outline:
        prices = (
            Price("control plane", 1, 0.1),
            *(Price(each.size, each.count, SIZES[each.size][2]) for each in spec.pools),
        )
        return Outline(
            "toy",
            spec.name,
            f"{spec.region} · toy cloud",
            tuple(each.planned for each in await self.steps(spec, "")),
            Estimate(prices, "2026-11-01", "the toy's own prices"),
            leaves=("what the cluster itself makes",),
        )

    async def steps(self, spec: ToySpec, work: str) -> Sequence[Step]:
        name = spec.name
        planned = [
            PlannedStep(f"network/{name}", f"Network {name}", "toy:CreateNetwork", {"range": spec.network}, 0.05),
            PlannedStep(f"plane/{name}", f"Control plane {name}", "toy:CreatePlane", {"version": spec.version}, 0.05),
        ]
        planned += [
            PlannedStep(
                f"pool/{pool.name}", f"Pool {pool.name}: {pool.count} x {pool.size}", "toy:CreatePool", {}, 0.05
            )
            for pool in spec.pools
        ]
        if spec.addon:
            planned.append(PlannedStep("addon/dns", "Add-on dns", "toy:CreateAddon", {}, 0.05, optional=True))
        return [ToyStep(self, each, work) for each in planned]

    async def leftovers(self, spec: ToySpec, made: Mapping[str, Made]) -> list[Leftover]:
        found = await self.thing(f"balancer/{spec.name}")
        return [Leftover("load balancer", found["name"])] if found else []

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        told = await self.ask("GET", "/server")
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "clusters": [{"name": cluster, "cluster": {"server": told["server"]}}],
            "users": [{"name": cluster, "user": {"token": told["token"]} if told["token"] else {}}],
        }

    async def versions(self, cluster: str) -> list[Choice]:
        return [Choice("1.38")]

    async def change_outline(self, spec: ToySpec, made: Mapping[str, Made], change: Change) -> Outline:
        steps = await self.change_steps(spec, made, change, "")
        return Outline("toy", spec.name, f"{spec.region} · toy cloud", tuple(each.planned for each in steps))

    async def change_steps(self, spec: ToySpec, made: Mapping[str, Made], change: Change, work: str) -> Sequence[Step]:
        count = f"{change.bounds.least}-to-{change.bounds.most}" if change.bounds else str(change.count)
        what = f"to-{change.version.replace('.', '-')}" if change.version else f"{change.pool}-{count}"
        planned = PlannedStep(
            f"{change.kind.value}/{what}", f"{change.kind.value.title()} {what}", "toy:Change", {}, 0.05
        )
        return [ToyStep(self, planned, work)]

    async def thing(self, what: str) -> dict[str, Any] | None:
        found = await self.ask("GET", f"/things?what={what}")
        return found[0] if found else None

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """Raises: what the toy cloud says, as ours."""
        return await asyncio.to_thread(self._asked, method, path, body)

    def _asked(self, method: str, path: str, body: object) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        headers = {
            "Authorization": f"Bearer {self._config.token.get_secret_value()}",
            "Content-Type": "application/json",
        }
        request = urllib.request.Request(self._config.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                why = json.loads(error.read())["error"]
            if error.code in (429, 503):
                raise TryLater(
                    "The toy cloud is busy", why, retry_after=float(error.headers.get("Retry-After", 0))
                ) from error
            raise ERRORS.get(error.code, ProviderError)("The toy cloud refuses", why) from error
        except OSError as error:
            raise TryLater("The toy cloud does not answer", str(error)) from error
