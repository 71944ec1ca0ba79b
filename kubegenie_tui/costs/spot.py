"""Workloads that would bear to lose a machine, and pay for one that is not taken away."""

import shlex
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.costs.machines import SPOT_LABELS, Machine
from kubegenie_tui.costs.world import World, requested
from kubegenie_tui.diagnostics.placement import untolerated
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb

LEAST = 1.0
"""US dollars a month: what saves less is not worth a word."""
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_TAINTS = {"aks": [("kubernetes.azure.com/scalesetpriority", "spot")]}
"""What keeps pods off spot machines. Source: learn.microsoft.com/azure/aks/spot-node-pool; the others set no taint."""


def spot_candidates(world: World) -> Iterator[Advice]:
    """Deployments of several ready pods without volumes of their own, on machines that have a spot price."""
    machines = {each.name: each for each in world.machines}
    for deployment in world.all("deployments.apps"):
        replicas = number_at(deployment, "status.readyReplicas") or 0
        if replicas < 2 or _keeps_something(deployment):
            continue
        pods = list(_pods_of(world, deployment))
        saved = [_saved(pod, machines.get(text_at(pod, "spec.nodeName"))) for pod in pods]
        known = [each for each in saved if each is not None]
        month = monthly(sum(known)) or 0.0
        if len(known) < 2 or month < LEAST:
            continue
        ref = ObjectRef(
            "deployments.apps", text_at(deployment, "metadata.name"), text_at(deployment, "metadata.namespace")
        )
        yield Advice(
            "spot-candidate",
            f"Deployment {ref.namespace}/{ref.name} could run on spot machines",
            ref,
            (
                f"{replicas} pods are ready, and none keeps anything on a volume",
                f"{len(known)} of them run on machines that are not spot",
            ),
            month,
            "make a pool of spot machines, let it prefer them, and keep a budget for disruptions",
            tuple(_preferring(deployment, ref, world.provider)),
        )


def without_spot_prices(world: World) -> Iterator[str]:
    """The command that fetches them, for each region where machines that are not spot have no price as spot at all."""
    regular = [each for each in world.machines if each.provider and not each.spot]
    known = {_place(each) for each in regular if each.price is not None and each.price.spot_hourly is not None}
    for provider, region in sorted({_place(each) for each in regular} - known):
        yield shlex.join(["kubegenie", "costs", "refresh", provider, *(["--region", region] if region else [])])


def _place(machine: Machine) -> tuple[str, str]:
    return machine.provider, machine.region


def _preferring(deployment: Manifest, ref: ObjectRef, provider: str) -> Iterator[Step]:
    """A preference and no demand: where there is no spot machine, its pods run where they did."""
    spec = mapping_at(deployment, "spec.template.spec")
    there = mappings_at(spec, f"affinity.nodeAffinity.{_PREFERRED}")
    labels = SPOT_LABELS.get(provider, {}).items()
    wanted = [{"weight": 100, "preference": {"matchExpressions": [_has(*label)]}} for label in labels]
    changed: dict[str, Any] = {}
    if missing := [each for each in wanted if each not in there]:
        changed["affinity"] = {"nodeAffinity": {_PREFERRED: [*there, *missing]}}
    taints = [{"key": key, "value": value, "effect": "NoSchedule"} for key, value in _TAINTS.get(provider, ())]
    if kept_off := untolerated({"spec": spec}, {"spec": {"taints": taints}}):
        borne = [{"operator": "Equal", **each} for each in kept_off]
        changed["tolerations"] = [*mappings_at(spec, "tolerations"), *borne]
    if changed:
        yield Step(Verb.PATCH, ref, {"spec": {"template": {"spec": changed}}})


def _has(key: str, value: str) -> Manifest:
    return {"key": key, "operator": "In", "values": [value]}


def _saved(pod: Manifest, machine: Machine | None) -> float | None:
    """US dollars an hour: the pod's share of its machine, by what it asks for, at the difference of the two prices."""
    if machine is None or machine.spot or machine.price is None or machine.price.spot_hourly is None:
        return None
    cpu, memory = requested(pod)
    share = max(cpu / machine.cpu if machine.cpu else 0, memory / machine.memory if machine.memory else 0)
    return min(1.0, share) * (machine.price.hourly - machine.price.spot_hourly)


def _pods_of(world: World, deployment: Manifest) -> Iterator[Manifest]:
    own = text_at(deployment, "metadata.uid")
    sets = {text_at(each, "metadata.uid") for each in world.all("replicasets.apps") if own in _owners(each)}
    return (pod for pod in world.running if sets & set(_owners(pod)))


def _owners(manifest: Manifest) -> list[str]:
    return [text_at(each, "uid") for each in mappings_at(manifest, "metadata.ownerReferences")]


def _keeps_something(workload: Manifest) -> bool:
    volumes = mappings_at(workload, "spec.template.spec.volumes")
    return any("persistentVolumeClaim" in each or "hostPath" in each for each in volumes)
