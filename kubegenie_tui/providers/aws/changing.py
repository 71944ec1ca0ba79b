"""Clusters that exist already: their control plane and node groups upgraded, a node group scaled."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Change, Estimate, PlannedStep, Progress, WorkKind
from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.providers.aws.blueprint import UNKNOWN_WORK
from kubegenie_tui.providers.aws.cloud import Answer, Cloud
from kubegenie_tui.providers.aws.cluster_steps import CLUSTER, POOL, Part
from kubegenie_tui.providers.aws.steps import AwsStep
from kubegenie_tui.providers.aws.versions import as_choice, following, number, versions
from kubegenie_tui.providers.making import DONE, Approval, Choice, Found, Made, Outline
from kubegenie_tui.providers.price_sheet import Line, load_sheet

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_spec import EksPool, EksSpec

_ENDED_BADLY = ("Failed", "Cancelled")
_SKEW = "Add-ons stay at their versions: update those that the new version asks for"


async def newer_versions(cloud: Cloud, cluster: str) -> list[Choice]:
    """What the control plane can be upgraded to: EKS goes one minor version at a time."""
    now = (await cloud.read(CLUSTER.describe, name=cluster))["cluster"]["version"]
    return [as_choice(each) for each in await versions(cloud) if each["clusterVersion"] == following(now)]


async def change_outline(cloud: Cloud, spec: "EksSpec", made: Mapping[str, Made], change: Change) -> Outline:
    """What a change would do, after a look at the cluster.

    Raises:
        SpecRefused: it cannot be done.
        ProviderError: it cannot be looked up, or the cluster is not the one that was made.
    """
    seen = (await cloud.read(CLUSTER.describe, name=spec.name))["cluster"]
    if seen["arn"] != made.get("cluster", {}).get("arn"):
        raise ProviderError(f"{spec.name} is another cluster than the one that was made", seen["arn"])
    if change.kind is WorkKind.UPGRADE:
        await _check_version(cloud, seen, change.version)
        return _outline(spec, list(_upgraded(cloud, spec, change.version, UNKNOWN_WORK)), None, (_SKEW,))
    pool, now = await _pool_now(cloud, spec, change)
    wanted = _scaling(change, now)
    warnings = change.bounds.effect(now["desiredSize"]) if change.bounds is not None else ()
    step = _scaled(cloud, spec, pool, wanted, UNKNOWN_WORK)
    return _outline(spec, [step], _estimate(spec, pool, wanted["desiredSize"]), warnings)


def _outline(
    spec: "EksSpec", steps: "list[ChangeStep]", estimate: Estimate | None, warnings: tuple[str, ...]
) -> Outline:
    planned = tuple(each.planned for each in steps)
    return Outline("eks", spec.name, spec.region, planned, estimate, warnings=warnings)


async def change_steps(cloud: Cloud, spec: "EksSpec", change: Change, work: str) -> list["ChangeStep"]:
    """The steps of a change: the control plane, then the pools; or one pool.

    Raises:
        SpecRefused: there is no such pool.
        ProviderError: it cannot be looked up.
    """
    if change.kind is WorkKind.SCALE:
        pool, now = await _pool_now(cloud, spec, change)
        return [_scaled(cloud, spec, pool, _scaling(change, now), work)]
    return list(_upgraded(cloud, spec, change.version, work))


async def _check_version(cloud: Cloud, seen: Mapping[str, Any], wanted: str) -> None:
    now = str(seen["version"])
    if number(wanted) <= number(now):
        raise SpecRefused(f"It is at {now} already", "EKS does not go back", field="version")
    if wanted != following(now):
        why, step = "EKS goes one minor version at a time", f"upgrade to {following(now)} first"
        raise SpecRefused(f"{wanted} is too far from {now}", why, step, field="version")
    if wanted not in {each["clusterVersion"] for each in await versions(cloud)}:
        raise SpecRefused(f"EKS has no Kubernetes {wanted}", "", "choose one of those it has", field="version")


def _upgraded(cloud: Cloud, spec: "EksSpec", version: str, work: str) -> Iterator["ChangeStep"]:
    which = {"name": spec.name}
    request = {**which, "version": version}
    title = f"Control plane to {version}"
    planned = PlannedStep("upgrade/cluster", title, "eks:UpdateClusterVersion", request, usual_seconds=600)
    yield ChangeStep(cloud, work, planned, CLUSTER, which)
    for pool in spec.pools:
        which = {"clusterName": spec.name, "nodegroupName": pool.name}
        request = {**which, "version": version}
        title = f"Node pool {pool.name} to {version}"
        planned = PlannedStep(
            f"upgrade/pool/{pool.name}", title, "eks:UpdateNodegroupVersion", request, usual_seconds=900
        )
        yield ChangeStep(cloud, work, planned, POOL, which)


async def _pool_now(cloud: Cloud, spec: "EksSpec", change: Change) -> tuple["EksPool", Mapping[str, int]]:
    """A pool, and what it has now: its bounds may be others than it was made with."""
    pool = _pool(spec, change.pool)
    seen = (await cloud.read(POOL.describe, clusterName=spec.name, nodegroupName=pool.name))[POOL.answer]
    return pool, seen["scalingConfig"]


def _scaling(change: Change, now: Mapping[str, int]) -> dict[str, int]:
    """The bounds and the number that a pool is to have: bounds that are one number move with it."""
    if change.bounds is not None:
        bounds, count = change.bounds, change.bounds.nearest(now["desiredSize"])
        return {"minSize": bounds.least, "maxSize": bounds.most, "desiredSize": count}
    count, low, high = change.count, now["minSize"], now["maxSize"]
    if low == high:
        low = high = count
    return {"minSize": min(low, count), "maxSize": max(high, count, 1), "desiredSize": count}


def _scaled(cloud: Cloud, spec: "EksSpec", pool: "EksPool", wanted: dict[str, int], work: str) -> "ChangeStep":
    which = {"clusterName": spec.name, "nodegroupName": pool.name}
    request = {**which, "scalingConfig": wanted}
    low, high = wanted["minSize"], wanted["maxSize"]
    within = f", between {low} and {high}" if low != high else ""
    title = f"Node pool {pool.name} to {wanted['desiredSize']} x {pool.size}{within}"
    planned = PlannedStep(f"scale/{pool.name}", title, "eks:UpdateNodegroupConfig", request, usual_seconds=120)
    return ChangeStep(cloud, work, planned, POOL, which)


def _pool(spec: "EksSpec", name: str) -> "EksPool":
    for each in spec.pools:
        if each.name == name:
            return each
    have = ", ".join(each.name for each in spec.pools)
    raise SpecRefused(f"There is no pool {name}", f"there are {have}" if have else "there are none", field="pool")


def _estimate(spec: "EksSpec", pool: "EksPool", count: int) -> Estimate:
    sheet = load_sheet("eks")
    price = sheet.node(spec.region, pool.size)
    known = price.hourly if price and not pool.spot else None
    return sheet.estimate([Line(f"{pool.name}: {pool.size}", count, known)], spec.region)


class ChangeStep(AwsStep):
    """An update, which AWS keeps under an id. It is there when things are as wanted, or on their way."""

    def __init__(self, cloud: Cloud, work: str, planned: PlannedStep, part: Part, which: dict[str, str]) -> None:
        super().__init__(cloud, work, planned)
        self._part = part
        self._which = which
        self._updated = {"name": which.get("clusterName", which.get("name", ""))}
        if part is POOL:
            self._updated["nodegroupName"] = which["nodegroupName"]

    async def find(self, made: Mapping[str, Made]) -> Found | None:
        """The update that is under way, or nothing to do: in this order, for it may end between the two looks."""
        for identity in await self.cloud.all("eks:ListUpdates", "updateIds", **self._updated):
            update = await self._update(identity)
            if update["status"] == "InProgress" and self._is_this(update):
                return Found({"update": identity}, ours=True)
        seen = (await self.cloud.read(self._part.describe, **self._which))[self._part.answer]
        return Found({}, ours=True) if self._as_wanted(seen) else None

    def told(self, answer: Answer) -> Made:
        """The id of the update."""
        return {"update": answer["update"]["id"]}

    async def look(self, made: Mapping[str, Made], own: Made) -> Progress:
        """By the status of the update, with AWS's own words when it failed."""
        if "update" not in own:
            return DONE
        update = await self._update(own["update"])
        status = str(update["status"])
        if status in _ENDED_BADLY:
            errors = "; ".join(f"{each['errorCode']}: {each['errorMessage']}" for each in update.get("errors", ()))
            return Progress(done=False, phase=status, failure=errors or f"the update is {status.lower()}")
        return DONE if status == "Successful" else Progress(done=False, phase=status)

    async def remove(self, made: Mapping[str, Made], own: Made, approval: Approval) -> None:
        """A change is not undone: EKS does not go back to an older version, and pools are scaled by another change."""

    async def _update(self, identity: str) -> Mapping[str, Any]:
        answer = await self.cloud.read("eks:DescribeUpdate", updateId=identity, **self._updated)
        update: Mapping[str, Any] = answer["update"]
        return update

    def _as_wanted(self, seen: Mapping[str, Any]) -> bool:
        wanted = self.planned.request
        if "version" in wanted:
            return bool(number(seen["version"]) >= number(wanted["version"]) and seen["status"] == "ACTIVE")
        now: Mapping[str, int] = seen["scalingConfig"]
        return all(now.get(key) == value for key, value in wanted["scalingConfig"].items())

    def _is_this(self, update: Mapping[str, Any]) -> bool:
        told = {each["type"]: each["value"] for each in update.get("params", ())}
        if "version" in self.planned.request:
            return bool(told.get("Version") == self.planned.request["version"])
        wanted = self.planned.request["scalingConfig"]
        return all(told.get(f"{key[0].upper()}{key[1:]}") == str(value) for key, value in wanted.items())
