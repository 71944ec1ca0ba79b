"""What the objects of a change count as towards quotas: themselves, and what workloads make.

Source: Kubernetes documentation of resource quotas; names are those of `spec.hard`.
"""

from collections.abc import Collection, Iterator
from math import ceil
from typing import NamedTuple

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.plan import StepPreview
from kubegenie_tui.domain.pod_resources import LIMITS, REQUESTS, Amounts, amount, asked_by_pod
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

NAMED = frozenset(
    {
        *("pods", "services", "configmaps", "secrets", "persistentvolumeclaims"),
        *("replicationcontrollers", "resourcequotas"),
    }
)
"""Kinds that quotas also know by their plain name."""
_SHORT = ("cpu", "memory", "ephemeral-storage")
"""What is meant as requests where nothing is said."""
REPLICATED = frozenset({"deployments.apps", "statefulsets.apps", "replicasets.apps"})
"""Kinds that keep as many pods as `spec.replicas` says."""
_ENDED = frozenset({"Succeeded", "Failed"})
CLASS = ".storageclass.storage.k8s.io/"


class Charge(NamedTuple):
    """So much more (or less) of what a quota counts."""

    amounts: Amounts
    pod: Manifest | None = None
    """The spec of the pods that it is for; None for other objects."""
    passing: bool = False
    """Only while pods are replaced."""


class Place(NamedTuple):
    """What of a namespace decides how much a change counts as."""

    claims: Collection[str] = ()
    """Names of the claims that are there."""
    storage_class: str = ""
    """That of claims which name none."""


def charges_of(step: StepPreview, place: Place) -> Iterator[Charge]:
    """What a step adds to what is used, and what it gives back."""
    kind, before, after = step.step.ref.kind, step.before, step.after
    if step.step.subresource == "eviction" or (after is None and _is_replaced(before)):
        return
    for manifest, sign in ((before, -1), (after, 1)):
        if manifest is not None:
            for charge in _standing(kind, manifest, place.storage_class):
                yield charge._replace(amounts={name: sign * value for name, value in charge.amounts.items()})
    if after is not None:
        yield from _made_beside(kind, before, after, place)


def _is_replaced(manifest: Manifest | None) -> bool:
    owners = mappings_at(manifest, "metadata.ownerReferences")
    return text_at(manifest, "kind") == "Pod" and any(owner.get("controller") is True for owner in owners)


def _standing(kind: str, manifest: Manifest, storage_class: str) -> Iterator[Charge]:
    """An object, and the pods that it keeps running."""
    pod = mapping_at(manifest, TEMPLATE_PATHS.get(kind, ""))
    if kind == "pods":
        ended = text_at(manifest, "status.phase") in _ENDED
        yield Charge({"count/pods": 1} if ended else _of_pods(1, pod), pod)
        return
    own: Amounts = {f"count/{kind}": 1}
    if kind in NAMED:
        own[kind] = 1
    if kind == "services":
        own |= _of_service(manifest)
    if kind == "persistentvolumeclaims":
        own |= _of_claims(1, mapping_at(manifest, "spec"), storage_class)
    yield Charge(own)
    if number := pods_kept(kind, manifest):
        yield Charge(_of_pods(number, pod), pod)


def pods_kept(kind: str, manifest: Manifest) -> int | None:
    """How many pods a workload keeps running; None where that cannot be told before it is there."""
    if kind in REPLICATED:
        replicas = number_at(manifest, "spec.replicas")
        return 1 if replicas is None else replicas
    if kind == "daemonsets.apps":
        return number_at(manifest, "status.desiredNumberScheduled")
    if kind == "jobs.batch":
        ended = [each for each in mappings_at(manifest, "status.conditions") if each.get("status") == "True"]
        if value_at(manifest, "spec.suspend") or any(each.get("type") in ("Complete", "Failed") for each in ended):
            return 0
        parallel, wanted = number_at(manifest, "spec.parallelism"), number_at(manifest, "spec.completions")
        return min(1 if parallel is None else parallel, 2**31 if wanted is None else wanted)
    return 0


def _made_beside(kind: str, before: Manifest | None, after: Manifest, place: Place) -> Iterator[Charge]:
    """What a change of a workload makes: another ReplicaSet, pods ahead of those they replace, claims."""
    number = pods_kept(kind, after) or 0
    if kind == "deployments.apps":
        template = mapping_at(after, "spec.template")
        if before is None or mapping_at(before, "spec.template") != template:
            yield Charge({"count/replicasets.apps": 1})
            surge = _surge(after, number) if before is not None else 0
            if surge:
                pod = mapping_at(template, "spec")
                yield Charge(_of_pods(surge, pod), pod, passing=True)
    if kind == "statefulsets.apps":
        name, first = text_at(after, "metadata.name"), number_at(after, "spec.ordinals.start") or 0
        for claim in mappings_at(after, "spec.volumeClaimTemplates"):
            names = (f"{text_at(claim, 'metadata.name')}-{name}-{first + each}" for each in range(number))
            missing = sum(each not in place.claims for each in names)
            if missing:
                yield Charge(_of_claims(missing, mapping_at(claim, "spec"), place.storage_class))


def _surge(deployment: Manifest, replicas: int) -> int:
    if text_at(deployment, "spec.strategy.type") == "Recreate":
        return 0
    said = value_at(deployment, "spec.strategy.rollingUpdate.maxSurge")
    said = "25%" if said is None else said
    return ceil(replicas * amount(str(said)[:-1]) / 100) if str(said).endswith("%") else int(amount(said))


def _of_pods(number: int, spec: Manifest) -> Amounts:
    found: Amounts = {"pods": number, "count/pods": number}
    for name, value in asked_by_pod(spec, REQUESTS).items():
        found[f"requests.{name}"] = number * value
        if name in _SHORT or name.startswith("hugepages-"):
            found[name] = number * value
    return found | {f"limits.{name}": number * value for name, value in asked_by_pod(spec, LIMITS).items()}


def _of_service(manifest: Manifest) -> Amounts:
    """A load balancer has ports on nodes too, unless it is told to do without."""
    kind, ports = text_at(manifest, "spec.type"), len(mappings_at(manifest, "spec.ports"))
    if kind == "NodePort":
        return {"services.nodeports": ports}
    if kind != "LoadBalancer":
        return {}
    if value_at(manifest, "spec.allocateLoadBalancerNodePorts") is False:
        ports = sum(bool(each.get("nodePort")) for each in mappings_at(manifest, "spec.ports"))
    return {"services.loadbalancers": 1, "services.nodeports": ports}


def _of_claims(number: int, spec: Manifest, storage_class: str) -> Amounts:
    storage = number * amount(mapping_at(spec, "resources.requests").get("storage", 0))
    found: Amounts = {
        **{"persistentvolumeclaims": number, "count/persistentvolumeclaims": number},
        "requests.storage": storage,
    }
    if name := text_at(spec, "storageClassName") or storage_class:
        found |= {f"{name}{CLASS}requests.storage": storage, f"{name}{CLASS}persistentvolumeclaims": number}
    return found
