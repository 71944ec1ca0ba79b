"""How a cluster that was not made here is removed or upgraded: the commands of its cloud's own tool, in their order."""

import re
import shlex
from collections.abc import Iterator

import msgspec

from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.manifest import mapping_at, text_at

NAME, GROUP, LOCATION = "NAME", "GROUP", "LOCATION"
"""What a command before it lists."""
NEW = "new"
"""Name of a pool that is made."""
_ARN = re.compile(r"arn:[^:]+:eks:([^:]+):\d+:cluster/(\S+)")
_GKE = re.compile(r"gke_([^_]+)_([^_]+)_(\S+)")


class _Place(msgspec.Struct):
    """What the cloud calls the cluster; NAME, LOCATION and GROUP where nothing here tells."""

    name: str = NAME
    where: str = LOCATION
    """Region, or the location or resource group."""
    account: str = ""
    """Project or subscription."""


def removal(world: World) -> tuple[str, ...]:
    """What removes the cluster with its nodes; nothing for a provider that is not known."""
    return _joined(_REMOVALS[world.provider](world)) if world.provider else ()


def upgrade(world: World, version: str) -> tuple[str, ...]:
    """What upgrades its control plane, and then its nodes, to a version such as `1.34`; nothing where none is known."""
    return _joined(_UPGRADES[world.provider](world, version)) if world.provider in _UPGRADES else ()


def _joined(commands: Iterator[list[str]]) -> tuple[str, ...]:
    return tuple(" ".join(map(_quoted, each)) for each in commands)


def _quoted(word: str) -> str:
    """As a shell takes it; one with single quotes stands in double ones, where nothing in it means more there."""
    return f'"{word}"' if "'" in word and not set(word) & set('"$`\\!') else shlex.quote(word)


def _labels(world: World, label: str) -> list[str]:
    found = {str(mapping_at(each, "metadata.labels").get(label) or "") for each in world.all("nodes")}
    return sorted(found - {""})


def _identifiers(world: World) -> Iterator[str]:
    return (text_at(each, "spec.providerID") for each in world.all("nodes"))


# EKS


def _eks(world: World) -> _Place:
    for each in world.called:
        if found := _ARN.fullmatch(each):
            return _Place(found[2], found[1])
    for before, each in zip(world.called, world.called[1:], strict=False):
        if before in ("--cluster-name", "--cluster-id", "-i"):
            return _Place(each, world.region)
    names = _labels(world, "alpha.eksctl.io/cluster-name")
    return _Place(names[0] if names else NAME, world.region)


def _eks_removal(world: World) -> Iterator[list[str]]:
    place = _eks(world)
    where = ["--region", place.where]
    if place.name == NAME:
        yield ["aws", "eks", "list-clusters", *where]
    if _labels(world, "alpha.eksctl.io/cluster-name"):
        yield ["eksctl", "delete", "cluster", "--name", place.name, *where]
        return
    for verb in (["delete-nodegroup"], ["wait", "nodegroup-deleted"]):
        for group in _labels(world, "eks.amazonaws.com/nodegroup"):
            yield ["aws", "eks", *verb, "--cluster-name", place.name, "--nodegroup-name", group, *where]
    yield ["aws", "eks", "delete-cluster", "--name", place.name, *where]


def _eks_upgrade(world: World, version: str) -> Iterator[list[str]]:
    place = _eks(world)
    where = ["--region", place.where]
    if place.name == NAME:
        yield ["aws", "eks", "list-clusters", *where]
    yield ["aws", "eks", "update-cluster-version", "--name", place.name, "--kubernetes-version", version, *where]
    yield ["aws", "eks", "wait", "cluster-active", "--name", place.name, *where]
    for group in _labels(world, "eks.amazonaws.com/nodegroup"):
        yield [
            "aws",
            "eks",
            "update-nodegroup-version",
            "--cluster-name",
            place.name,
            "--nodegroup-name",
            group,
            *where,
        ]


# GKE


def _gke(world: World) -> _Place:
    for each in world.called:
        if found := _GKE.fullmatch(each):
            return _Place(found[3], found[2], found[1])
    projects = [each.removeprefix("gce://").split("/")[0] for each in _identifiers(world) if each.startswith("gce://")]
    return _Place(account=projects[0] if projects else "")


def _gke_place(place: _Place) -> list[str]:
    return ["--location", place.where, "--project", place.account]


def _gke_removal(world: World) -> Iterator[list[str]]:
    place = _gke(world)
    if place.name == NAME:
        yield ["gcloud", "container", "clusters", "list", "--project", place.account]
    yield ["gcloud", "container", "clusters", "delete", place.name, *_gke_place(place)]


def _gke_upgrade(world: World, version: str) -> Iterator[list[str]]:
    place = _gke(world)
    if place.name == NAME:
        yield ["gcloud", "container", "clusters", "list", "--project", place.account]
    begin = ["gcloud", "container", "clusters", "upgrade", place.name]
    yield [*begin, "--master", "--cluster-version", version, *_gke_place(place)]
    for pool in _labels(world, "cloud.google.com/gke-nodepool"):
        yield [*begin, "--node-pool", pool, *_gke_place(place)]


# AKS


def _aks(world: World) -> _Place:
    """The resource group of its nodes is named after the cluster and its group, unless somebody chose a name."""
    subscriptions = {each.split("/")[4] for each in _identifiers(world) if each.startswith("azure:///subscriptions/")}
    groups = _labels(world, "kubernetes.azure.com/cluster")
    parts = groups[0].split("_") if groups else []
    name, group = (parts[2], parts[1]) if len(parts) == 4 and parts[0].upper() == "MC" else (NAME, GROUP)
    return _Place(name, group, min(subscriptions, default=""))


def _aks_account(place: _Place) -> list[str]:
    return ["--subscription", place.account] if place.account else []


def _aks_listed(world: World, place: _Place) -> Iterator[list[str]]:
    if place.name == NAME:
        groups = _labels(world, "kubernetes.azure.com/cluster")
        narrowed = ["--query", f"[?nodeResourceGroup=='{groups[0]}']"] if groups else []
        yield ["az", "aks", "list", *narrowed, "--output", "table", *_aks_account(place)]


def _aks_removal(world: World) -> Iterator[list[str]]:
    place = _aks(world)
    yield from _aks_listed(world, place)
    yield ["az", "aks", "delete", "--name", place.name, "--resource-group", place.where, *_aks_account(place)]


def _aks_upgrade(world: World, version: str) -> Iterator[list[str]]:
    place = _aks(world)
    yield from _aks_listed(world, place)
    where = ["--resource-group", place.where, *_aks_account(place)]
    minor = ["--kubernetes-version", version]
    yield ["az", "aks", "upgrade", "--name", place.name, *minor, "--control-plane-only", *where]
    for pool in _labels(world, "kubernetes.azure.com/agentpool"):
        yield ["az", "aks", "nodepool", "upgrade", "--cluster-name", place.name, "--name", pool, *minor, *where]


def tier(world: World) -> tuple[str, ...]:
    """What tells the tier of a cluster of AKS, and how long its version is supported there."""
    place = _aks(world)
    asked = ["--query", "{tier:sku.tier,support:supportPlan}"]
    show = ["az", "aks", "show", "--name", place.name, "--resource-group", place.where, *asked, *_aks_account(place)]
    return _joined(iter([*_aks_listed(world, place), show]))


# New pools


def new_pool(world: World, size: str, count: int, old: str) -> tuple[str, ...]:
    """What makes a pool `new` of so many nodes of a size, and what deletes the old one, where its name is known."""
    return _joined(_NEW_POOLS[world.provider](world, size, count, old)) if world.provider else ()


def _eks_pool(world: World, size: str, count: int, old: str) -> Iterator[list[str]]:
    """A group of nodes needs subnets and a role: those of the old one are shown first."""
    place = _eks(world)
    begin, where = ["--cluster-name", place.name, "--nodegroup-name"], ["--region", place.where]
    if place.name == NAME:
        yield ["aws", "eks", "list-clusters", *where]
    if old:
        yield ["aws", "eks", "describe-nodegroup", *begin, old, *where]
    scaling = ["--scaling-config", f"minSize={count},maxSize={count},desiredSize={count}"]
    needs = ["--subnets", "SUBNETS", "--node-role", "ROLE"]
    yield ["aws", "eks", "create-nodegroup", *begin, NEW, "--instance-types", size, *scaling, *needs, *where]
    if old:
        yield ["aws", "eks", "delete-nodegroup", *begin, old, *where]


def _gke_pool(world: World, size: str, count: int, old: str) -> Iterator[list[str]]:
    place = _gke(world)
    if place.name == NAME:
        yield ["gcloud", "container", "clusters", "list", "--project", place.account]
    begin, where = ["gcloud", "container", "node-pools"], ["--cluster", place.name, *_gke_place(place)]
    yield [*begin, "create", NEW, "--machine-type", size, "--num-nodes", str(count), *where]
    if old:
        yield [*begin, "delete", old, *where]


def _aks_pool(world: World, size: str, count: int, old: str) -> Iterator[list[str]]:
    place = _aks(world)
    yield from _aks_listed(world, place)
    begin = ["az", "aks", "nodepool"]
    where = ["--cluster-name", place.name, "--resource-group", place.where, *_aks_account(place)]
    yield [*begin, "add", "--name", NEW, "--node-vm-size", size, "--node-count", str(count), *where]
    if old:
        yield [*begin, "delete", "--name", old, *where]


_REMOVALS = {"eks": _eks_removal, "gke": _gke_removal, "aks": _aks_removal}
_UPGRADES = {"eks": _eks_upgrade, "gke": _gke_upgrade, "aks": _aks_upgrade}
_NEW_POOLS = {"eks": _eks_pool, "gke": _gke_pool, "aks": _aks_pool}
