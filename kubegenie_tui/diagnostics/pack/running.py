"""How pods run: the token they are given, terminals, probes, how many there are, and that some of them stay."""

import math
from collections.abc import Iterator

from kubegenie_tui.diagnostics.pack.check import WITH_PODS, Check, Fault, of_containers
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Part, Subject
from kubegenie_tui.diagnostics.snapshot import ref_of
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at, value_at
from kubegenie_tui.domain.policy_parameters import Parameters
from kubegenie_tui.domain.relations.label_selector import selects

SCALERS = "horizontalpodautoscalers.autoscaling"
BUDGETS = "poddisruptionbudgets.policy"
_SERVING = tuple(kind for kind in WITH_PODS if not kind.endswith(".batch"))
"""Kinds whose pods are to run on; a job's come to an end, and are asked nothing."""
_COUNTED = ("deployments.apps", "statefulsets.apps", "replicasets.apps")
_TARGETS = {"Deployment": "deployments.apps", "StatefulSet": "statefulsets.apps"}
_HANDLERS = frozenset({"httpGet", "tcpSocket", "exec", "grpc"})


def _token(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """A token that is mounted because it is said, because the pod has it, or because nothing says otherwise.

    Source: Kubernetes' documentation, "Configure Service Accounts for Pods": what the pod says wins.
    """
    if has_token(inventory, subject):
        field = f"{subject.spec_path}.automountServiceAccountToken"
        shown = "true" if value_at(subject.manifest, field) else "not set"
        yield Fault(field, shown, "its pods are given the token of their service account")


def has_token(inventory: Inventory, subject: Subject) -> bool:
    """Whether pods are given the token of their service account."""
    said = value_at(subject.manifest, f"{subject.spec_path}.automountServiceAccountToken")
    unsaid = subject.mounts_token() or (subject.ref.kind != "pods" and inventory.mounts_by_default(subject))
    return not subject.is_added and (said is True or (said is None and unsaid))


def _terminal(_: Parameters, part: Part) -> Iterator[Fault]:
    for field in ("stdin", "tty"):
        if value_at(part.spec, field) is True:
            yield Fault(f"{part.path}.{field}", "true", f"{part.word} keeps {field} open")


def _probes(parameters: Parameters, part: Part) -> Iterator[Fault]:
    for probe in parameters.probes:
        if not _HANDLERS.intersection(mapping_at(part.spec, probe)):
            yield Fault(f"{part.path}.{probe}", "not set", f"{part.word} has no {probe}")


def _replicas(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    count, allowed = number_at(subject.manifest, "spec.replicas"), parameters.replicas
    if count is not None and not allowed.least <= count <= allowed.most:
        yield Fault("spec.replicas", str(count), f"it wants {count} replicas, which is not {allowed}")


def _autoscaler(inventory: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    scaler, allowed = subject.manifest, parameters.autoscaler_replicas
    said = number_at(scaler, "spec.minReplicas")
    least, most = 1 if said is None else said, number_at(scaler, "spec.maxReplicas") or 0
    if least < allowed.least:
        yield Fault("spec.minReplicas", str(least), f"it may go down to {least} replicas, which is not {allowed}")
    if most > allowed.most:
        yield Fault("spec.maxReplicas", str(most), f"it may go up to {most} replicas, which is not {allowed}")
    if most - least < parameters.autoscaler_spread:
        why = (
            f"it may move between {least} and {most} replicas, which is less than {parameters.autoscaler_spread} apart"
        )
        yield Fault("spec.maxReplicas", str(most), why)
    target, name = text_at(scaler, "spec.scaleTargetRef.kind"), text_at(scaler, "spec.scaleTargetRef.name")
    kind = _TARGETS.get(target, "")
    if inventory.has(kind) and inventory.get(kind, subject.ref.namespace, name) is None:
        yield Fault("spec.scaleTargetRef.name", name, f"its target, {target} {name}, does not exist")


def _budget(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    most = value_at(subject.manifest, "spec.maxUnavailable")
    if most in (0, "0", "0%"):
        yield Fault("spec.maxUnavailable", str(most), "it lets no pod be missing, so that no node can be drained")


def _budgeted(inventory: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    """Budgets that let nobody go, and workloads of which a budget wants every pod to stay."""
    if subject.ref.kind == BUDGETS:
        yield from _budget(inventory, parameters, subject)
        return
    replicas = number_at(subject.manifest, "spec.replicas")
    for budget in inventory.sharing(BUDGETS, _namespaces, subject.ref.namespace) if replicas else ():
        if not _is_for(budget, subject):
            continue
        least = _count(value_at(budget, "spec.minAvailable"), replicas or 0)
        if least >= (replicas or 0):
            ref = ref_of(BUDGETS, budget)
            why = f"budget {ref.name} wants {least} pods to stay, and it has {replicas}"
            yield Fault("spec.replicas", str(replicas), why, (ref,))


def _namespaces(item: Manifest) -> tuple[str, ...]:
    return (text_at(item, "metadata.namespace"),)


def _is_for(budget: Manifest, subject: Subject) -> bool:
    selector = mapping_at(budget, "spec.selector")
    return not selector or selects(selector, subject.pod_labels)


def _count(said: object, replicas: int) -> int:
    """A number of pods, or a share of them, rounded up as the disruption controller does; -1 for nothing."""
    if isinstance(said, int):
        return said
    if isinstance(said, str) and said.endswith("%"):
        return math.ceil(replicas * float(said[:-1]) / 100)
    return -1


CHECKS = (
    Check(
        "automount-serviceaccount-token",
        "no pod is given the token of its service account unasked",
        WITH_PODS,
        _token,
        "set automountServiceAccountToken: false, unless the program calls the API server",
    ),
    Check(
        "disallow-interactive",
        "no container keeps a terminal or its standard input open",
        WITH_PODS,
        of_containers(_terminal),
        "take stdin and tty out of it",
        settings=("exempt_images",),
    ),
    Check(
        "required-probes",
        "each container that serves has the wanted probes",
        _SERVING,
        of_containers(_probes, "containers"),
        "give the container the probe",
        settings=("probes", "exempt_images"),
        unset=lambda parameters: not parameters.probes,
    ),
    Check(
        "replica-limit",
        "each Deployment has as many replicas as is allowed",
        ("deployments.apps",),
        _replicas,
        "scale it, or let the range be another",
        Severity.INFO,
        settings=("replicas",),
    ),
    Check(
        "horizontal-pod-autoscaler",
        "each autoscaler moves within the allowed range, has room to move, and a target that exists",
        (SCALERS,),
        _autoscaler,
        "change its least or most replicas, or its target",
        settings=("autoscaler_replicas", "autoscaler_spread"),
        beside=tuple(_TARGETS.values()),
    ),
    Check(
        "pod-disruption-budget",
        "each disruption budget lets at least one pod go",
        (BUDGETS, *_COUNTED),
        _budgeted,
        "allow one pod to be missing, or run one more",
    ),
)
