"""A subscription of Azure as a fake keeps it: each thing is a model of Azure's libraries, so that fields are real."""

import base64
import itertools
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml
from azure.mgmt.containerservice import models as aks
from azure.mgmt.resource.resources import models as arm

from kubegenie_tui.domain.creation import StepState, Work

SUBSCRIPTION = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"
SUB = f"/subscriptions/{SUBSCRIPTION}"
VERSIONS = ("1.32.7", "1.33.5", "1.34.1")
CERTIFICATE = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n").decode()
_MARKS = itertools.count(1)


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.headers = status, code, message, headers


class Thing(msgspec.Struct):
    """A cluster, a pool or a group, and what will become of it when it has been looked at so many times."""

    model: Any
    looks: int = 0
    ends: str = "Succeeded"

    @property
    def state(self) -> str:
        return str(self.model["properties"]["provisioningState"])

    def begin(self, state: str, looks: int, ends: str = "Succeeded") -> None:
        self.looks, self.ends = looks, ends
        self.model["properties"]["provisioningState"] = state

    @property
    def busy(self) -> bool:
        return self.looks > 0


class World:
    """All that is in the subscription."""

    def __init__(self) -> None:
        self.registered = "NotRegistered"
        self.groups: dict[str, Thing] = {}
        self.clusters: dict[str, Thing] = {}
        """By `group/name`."""
        self.pools: dict[str, Thing] = {}
        """By `group/cluster/name`."""
        self.others: list[arm.GenericResourceExpanded] = []
        """What else lies in groups."""
        self.gigabytes: dict[str, int] = {}
        """Sizes of disks among that, by id."""
        self.looks = 1
        """How often a thing is looked at before it is what it will be."""
        self.failing: dict[str, tuple[str, str]] = {}
        """Clusters and pools that will fail, by name: code and message."""
        self.cores = 100
        """Quota: nodes that may be had."""
        self.server: dict[str, str] = {}
        """How the API server of every cluster is reached, as a kubeconfig says it; by its name when empty."""

    @property
    def inventory(self) -> set[str]:
        """All that is there, but for groups that AKS made."""
        groups = {f"group {name}" for name in self.groups if not name.startswith("MC_")}
        return groups | {f"cluster {key}" for key in self.clusters} | {f"pool {key}" for key in self.pools}

    def put_group(self, name: str, body: dict[str, Any]) -> arm.ResourceGroup:
        made = arm.ResourceGroup({"id": f"{SUB}/resourceGroups/{name}", "name": name, **body})
        require_known(made)
        made["properties"] = {"provisioningState": "Succeeded"}
        self.groups[name] = Thing(made)
        return made

    def delete_group(self, name: str) -> None:
        _of(self.groups, name, "ResourceGroupNotFound").begin("Deleting", self.looks, "gone")

    def resources(self, group: str) -> list[arm.GenericResourceExpanded]:
        """What lies in a group, pools excepted: they are part of their cluster."""
        kind = "Microsoft.ContainerService/managedClusters"
        clusters = [
            arm.GenericResourceExpanded(
                {"id": each.model.id, "name": each.model.name, "type": kind, "tags": each.model.tags}
            )
            for key, each in self.clusters.items()
            if key.startswith(f"{group}/")
        ]
        return clusters + [each for each in self.others if f"/resourceGroups/{group}/" in str(each.id)]

    def put_cluster(self, group: str, name: str, body: dict[str, Any], conditions: dict[str, str]) -> Thing:
        sent = aks.ManagedCluster(body)
        require_known(sent)
        key = f"{group}/{name}"
        there = self.clusters.get(key)
        _require_condition(there.model.get("eTag") if there else None, conditions)
        self._require_idle(key)
        return self._upgrade(there, sent) if there else self._create(key, sent)

    def _create(self, key: str, sent: aks.ManagedCluster) -> Thing:
        group, name = key.split("/")
        if group not in self.groups:
            raise Refused(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        wanted = sent["properties"]
        version = wanted.setdefault("kubernetesVersion", VERSIONS[1])
        if version not in VERSIONS:
            raise Refused(400, "K8sVersionNotSupported", f"Version {version} is not supported in this region.")
        profiles = [dict(each) for each in wanted.pop("agentPoolProfiles")]
        if not any(each["mode"] == "System" for each in profiles):
            raise Refused(400, "BadRequest", "There must be at least one system agent pool.")
        self._require_quota(sum(each["count"] for each in profiles))
        host = f"{wanted['dnsPrefix']}-0a1b2c3d.hcp.{sent['location']}.azmk8s.io"
        nodes = f"MC_{group}_{name}_{sent['location']}"
        sent["id"] = f"{SUB}/resourceGroups/{group}/providers/Microsoft.ContainerService/managedClusters/{name}"
        sent["name"], sent["eTag"] = name, str(next(_MARKS))
        access = wanted.get("apiServerAccessProfile") or {}
        address = "privateFQDN" if access.get("enablePrivateCluster") else "fqdn"
        wanted.update({address: host, "nodeResourceGroup": nodes, "currentKubernetesVersion": version})
        thing = self.clusters[key] = Thing(sent)
        thing.begin("Creating", self.looks)
        self.put_group(nodes, {"location": sent["location"]})
        for profile in profiles:
            self._begin_pool(f"{key}/{profile.pop('name')}", profile, version)
        self._doom(thing, name)
        return thing

    def _upgrade(self, thing: Thing, sent: aks.ManagedCluster) -> Thing:
        version = sent["properties"]["kubernetesVersion"]
        if version not in VERSIONS:
            raise Refused(400, "K8sVersionNotSupported", f"Version {version} is not supported in this region.")
        thing.model["properties"]["kubernetesVersion"] = version
        thing.model["eTag"] = str(next(_MARKS))
        thing.begin("Upgrading", self.looks)
        self._doom(thing, str(thing.model["name"]))
        return thing

    def delete_cluster(self, group: str, name: str) -> Thing:
        key = f"{group}/{name}"
        thing = _of(self.clusters, key)
        self._require_idle(key)
        thing.begin("Deleting", self.looks, "gone")
        return thing

    def put_pool(self, cluster: str, name: str, body: dict[str, Any], conditions: dict[str, str]) -> Thing:
        sent = aks.AgentPool(body)
        require_known(sent)
        owner, key = _of(self.clusters, cluster), f"{cluster}/{name}"
        there = self.pools.get(key)
        _require_condition(there.model["properties"].get("eTag") if there else None, conditions)
        self._require_idle(cluster)
        wanted = sent["properties"]
        version = wanted.get("orchestratorVersion") or owner.model["properties"]["kubernetesVersion"]
        if version > owner.model["properties"]["kubernetesVersion"]:
            raise Refused(400, "NodePoolVersionTooNew", "A pool cannot be newer than its control plane.")
        least, most = wanted.get("minCount"), wanted.get("maxCount")
        if wanted.get("enableAutoScaling") and not least <= wanted["count"] <= most:
            why = f"Count {wanted['count']} is not between minCount {least} and maxCount {most}."
            raise Refused(400, "InvalidParameter", why)
        had = there.model["properties"]["count"] if there else 0
        self._require_quota(max(0, wanted["count"] - had))
        thing = self._begin_pool(key, dict(wanted), version, "Updating" if there else "Creating")
        self._doom(thing, name)
        return thing

    def delete_pool(self, cluster: str, name: str) -> Thing:
        thing = _of(self.pools, f"{cluster}/{name}", "NotFound")
        self._require_idle(cluster)
        thing.begin("Deleting", self.looks, "gone")
        return thing

    def look(self, things: dict[str, Thing], key: str, code: str = "ResourceNotFound") -> Any:
        """The model of a thing, after it came one look further."""
        thing = _of(things, key, code)
        if thing.busy:
            thing.looks -= 1
        elif thing.ends == "gone":
            self._forget(things, key)
            raise Refused(404, code, f"{key} was not found.")
        elif thing.state != thing.ends:
            self._settle(things, key, thing)
        return thing.model

    def upgrades(self, cluster: str) -> aks.ManagedClusterUpgradeProfile:
        version = _of(self.clusters, cluster).model["properties"]["kubernetesVersion"]
        newer = [{"kubernetesVersion": each} for each in VERSIONS if each > version]
        profile = {"kubernetesVersion": version, "osType": "Linux", "upgrades": newer[::-1]}
        return aks.ManagedClusterUpgradeProfile(
            {"properties": {"controlPlaneProfile": profile, "agentPoolProfiles": []}}
        )

    def credentials(self, cluster: str) -> aks.CredentialResults:
        """A kubeconfig as Azure hands it out: with a certificate, or for Entra with a program of Azure's."""
        model = _of(self.clusters, cluster).model
        plugin = {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": "kubelogin", "args": ["get-token"]}
        key = {"client-certificate-data": CERTIFICATE, "client-key-data": "c2VjcmV0LWtleQ=="}
        user = {"exec": plugin} if model["properties"].get("aadProfile") else key
        host = model["properties"].get("fqdn") or model["properties"]["privateFQDN"]
        document = {
            "clusters": [{"name": "c", "cluster": self.server or {"server": f"https://{host}:443"}}],
            "users": [{"name": "u", "user": user}],
        }
        text = base64.b64encode(yaml.safe_dump(document).encode()).decode()
        return aks.CredentialResults({"kubeconfigs": [{"name": "clusterUser", "value": text}]})

    def _begin_pool(self, key: str, properties: dict[str, Any], version: str, state: str = "Creating") -> Thing:
        name = key.rpartition("/")[2]
        asked = {**properties, "orchestratorVersion": version, "eTag": str(next(_MARKS))}
        model = aks.AgentPool({"id": f"{SUB}/agentPools/{name}", "name": name, "properties": asked})
        require_known(model)
        thing = self.pools[key] = Thing(model)
        thing.begin(state, self.looks)
        return thing

    def _doom(self, thing: Thing, name: str) -> None:
        if name in self.failing:
            code, message = self.failing[name]
            thing.ends = "Failed"
            thing.model["properties"]["status"] = {"provisioningError": {"code": code, "message": message}}

    def _settle(self, things: dict[str, Thing], key: str, thing: Thing) -> None:
        thing.model["properties"]["provisioningState"] = thing.ends
        if things is self.clusters:
            known = thing.model["properties"]
            known["currentKubernetesVersion"] = known["kubernetesVersion"]
            for pool in _within(self.pools, key):
                pool.begin(thing.ends, 0, thing.ends)

    def _forget(self, things: dict[str, Thing], key: str) -> None:
        thing = things.pop(key)
        if things is self.clusters:
            self.groups.pop(thing.model["properties"]["nodeResourceGroup"], None)
            self.pools = {each: pool for each, pool in self.pools.items() if not each.startswith(f"{key}/")}
        if things is self.groups:
            for each in [each for each in self.clusters if each.startswith(f"{key}/")]:
                self._forget(self.clusters, each)

    def _require_idle(self, cluster: str) -> None:
        """One operation at a time is what a cluster takes; each refusal is time that passes."""
        working = [self.clusters[cluster]] if cluster in self.clusters else []
        busy = [each for each in [*working, *_within(self.pools, cluster)] if each.busy]
        for each in busy:
            each.looks -= 1
        if busy:
            message = "Another operation is in progress, retry later."
            raise Refused(409, "OperationNotAllowed", message, Retry_After="0")

    def _require_quota(self, more: int) -> None:
        used = sum(each.model["properties"]["count"] for each in self.pools.values())
        if used + more > self.cores:
            message = f"Insufficient regional vcpu quota left: {self.cores - used}, requested {more}."
            raise Refused(400, "ErrCode_InsufficientVCPUQuota", message)


def on_record(work: Work) -> set[str]:
    """What a work on the cluster shop says there is, in the words of the inventory: the first pool comes with it."""
    made = {each.key for each in work.steps if each.made and each.state is not StepState.REMOVED}
    things = {
        "group": {"group shop-aks"},
        "cluster": {"cluster shop-aks/shop", "pool shop-aks/shop/system"},
    }
    pools = {f"pool shop-aks/shop/{key.removeprefix('pool/')}" for key in made if key.startswith("pool/")}
    return pools.union(*(things.get(key, set()) for key in made))


def _require_condition(mark: str | None, conditions: dict[str, str]) -> None:
    if (conditions.get("If-None-Match") == "*" and mark is not None) or (
        "If-Match" in conditions and conditions["If-Match"].strip('"') != mark
    ):
        raise Refused(412, "PreconditionFailed", "The condition of the request is not met.")


def _within(things: dict[str, Thing], above: str) -> list[Thing]:
    return [each for key, each in things.items() if key.startswith(f"{above}/")]


def _of(things: dict[str, Thing], key: str, code: str = "ResourceNotFound") -> Thing:
    if key not in things:
        raise Refused(404, code, f"{key} was not found.")
    return things[key]


def require_known(model: Any) -> None:
    """Raise when something was sent that the API does not know."""
    if stray := sorted(_unknown(model)):
        raise Refused(400, "InvalidParameter", f"Unknown: {', '.join(stray)}")


def _unknown(model: Any) -> Iterator[str]:
    fields = {field._rest_name: name for name, field in model._attr_to_rest_field.items()}
    for key in model:
        if key not in fields:
            yield f"{type(model).__name__}.{key}"
            continue
        value = getattr(model, fields[key])
        for each in value if isinstance(value, list) else [value]:
            if hasattr(each, "_attr_to_rest_field"):
                yield from _unknown(each)


def disks(world: World, group: str) -> list[arm.GenericResource]:
    """The disks in a group: in different case and with their sizes, as Azure's service for them lists them."""
    found = [each for each in world.resources(group) if each.type == "Microsoft.Compute/disks"]
    return [
        arm.GenericResource(
            {
                "id": str(each.id).replace("/resourceGroups/", "/resourcegroups/"),
                "name": each.name,
                "location": each.location,
                "sku": each.sku,
                "properties": {"diskSizeGB": world.gigabytes.get(str(each.id), 0)},
            }
        )
        for each in found
    ]


def lay(
    world: World, group: str, kind: str, name: str, tags: dict[str, str], sku: str = "", gigabytes: int = 0
) -> None:
    """Put something of others into a group."""
    path = f"{SUB}/resourceGroups/{group}/providers/{kind}/{name}"
    told = {"id": path, "name": name, "type": kind, "tags": tags, "location": "westeurope"}
    world.others.append(arm.GenericResourceExpanded({**told, **({"sku": {"name": sku}} if sku else {})}))
    world.gigabytes[path] = gigabytes
