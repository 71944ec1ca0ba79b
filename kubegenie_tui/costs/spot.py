"""Workloads that would bear to lose a machine, and pay for one that is not taken away."""

from collections.abc import Iterator

from kubegenie_tui.costs.machines import Machine
from kubegenie_tui.costs.world import World, requested
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

LEAST = 1.0
"""US dollars a month: what saves less is not worth a word."""


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
            "make a pool of spot machines, and let it prefer that by a node affinity; keep a budget for disruptions",
        )


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
