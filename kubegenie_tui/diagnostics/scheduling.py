"""Pods that no node takes: the scheduler's message, explained with what the nodes have."""

import re
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.diagnostics import device_claims, replacements
from kubegenie_tui.diagnostics.bound_claims import on_lost_nodes
from kubegenie_tui.diagnostics.build import fact, severity_of
from kubegenie_tui.diagnostics.calls import workloads
from kubegenie_tui.diagnostics.placement import fitting_nodes, is_cordoned, unknown_topologies, untolerated
from kubegenie_tui.diagnostics.pods import Workload, labels_of, live_pods, workload_of
from kubegenie_tui.diagnostics.remedies import fit, uncordon
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.unbound_claims import unbound
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_bytes, format_cpu, parse_quantity

_SHORT = {
    "cpu": "insufficient-cpu", "memory": "insufficient-memory", "ephemeral-storage": "ephemeral-storage",
}  # fmt: skip
_OTHER = "insufficient-resource"
_RUNTIMES, _OF_RUNTIME = "runtimeclasses.node.k8s.io", "scheduling.nodeSelector"
_OPEN = "uncordon a node; whether its maintenance is over is yours to judge"
_OF_OTHERS = ("claim-in-use", "anti-affinity", "host-port-taken")
"""What other pods hold: more nodes that are kept for others change nothing in that."""
_FEWER = "or run as many as fit; whether they are enough is yours to judge"
_UNBOUND = ("unbound immediate PersistentVolumeClaims", "didn't find available persistent volumes to bind")
_LEAVING = re.compile(r'persistentvolumeclaim "([\w.-]+)" is being deleted')
_PER_REASON = re.compile(r"(\d+) (?=Insufficient|node\(s\)|Too many|cannot allocate)")

_PLAIN_REASONS = (
    (
        "didn't match pod affinity rules",
        "pod-affinity",
        "its affinity rules leave no node: none runs a pod that it must share a node or a zone with",
        "affinity.podAffinity",
        "correct the labels that it looks for, or prefer instead of require",
    ),
    (
        "anti-affinity",
        "anti-affinity",
        "its anti-affinity rules leave no node: each already runs a pod that it must not share a node with",
        "affinity",
        "add nodes, or prefer instead of require",
    ),
    (
        r"volume node affinity conflict|match PersistentVolume's node affinity",
        "volume-elsewhere",
        "its volume exists in another zone or on another node than those that could take the pod",
        "volumes",
        "add a node where the volume is, or make the claim anew where the nodes are",
    ),
    (
        "topology spread constraints",
        "topology-spread",
        "its topology spread constraints leave no node: one more pod there would be too uneven",
        "topologySpreadConstraints",
        "add nodes, raise maxSkew, or let it schedule anyway",
    ),
    (
        "ReadWriteOncePod access mode already in-use",
        "claim-in-use",
        "another pod uses its claim, which is ReadWriteOncePod: one pod alone may use it",
        "volumes",
        "run one pod with the strategy Recreate, or use a claim that is ReadWriteMany",
    ),
    (
        "free ports",
        "host-port-taken",
        "the host port it wants is taken on every node",
        "containers",
        "leave the host port out and use a Service, or free the port",
    ),
    (
        "cannot allocate all claims",
        "insufficient-resource",
        "no node has the devices free that it claims",
        "resourceClaims",
        "free such a device, or add a node that has one",
    ),
    ("Too many pods", "too-many-pods", "the nodes run as many pods as they may", "", "add a node, or remove pods"),
)
"""By words of the scheduler, a pattern: rule, cause, field of the pod spec, next step."""

_OF_CONDITIONS = {
    f"node.kubernetes.io/{word}": (rule, condition)
    for word, rule, condition in (
        ("not-ready", "node-not-ready", "Ready"),
        ("unreachable", "node-not-ready", "Ready"),
        ("memory-pressure", "node-pressure", "MemoryPressure"),
        ("disk-pressure", "node-pressure", "DiskPressure"),
        ("pid-pressure", "node-pressure", "PIDPressure"),
        ("network-unavailable", "node-pressure", "NetworkUnavailable"),
    )
}
"""Taints that the node controller sets for a condition, with the rule and the condition."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Pending pods that the scheduler could not place, or that wait for a scheduling gate."""
    for pod in live_pods(snapshot):
        condition = _not_scheduled(pod)
        if condition is not None and not any(device_claims.lacking(snapshot, pod)):
            yield _explain(snapshot, workload_of(snapshot, pod), pod, condition)
    for workload in workloads(snapshot):
        name, field = text_at(workload.pod_spec, "nodeName"), f"{workload.spec_path}.nodeName"
        if name and snapshot.is_missing("nodes", "", name):
            near = nearest(name, snapshot.names("nodes", ""))
            yield Finding(
                "missing-node", Severity.CRITICAL, f"{workload.word}: its pods are bound to a node that does not exist",
                f'there is no node "{name}"{did_you_mean(near)}', workload.ref, field,
                (fact(workload.kind, workload.manifest, field, name),), (workload.ref,), 0.95,
                ("leave nodeName out, and select nodes by their labels",),
                replacements.of_node(snapshot, workload, name, near),
            )  # fmt: skip


def _not_scheduled(pod: Manifest) -> Manifest | None:
    for condition in mappings_at(pod, "status.conditions"):
        if condition.get("type") == "PodScheduled" and condition.get("status") == "False":
            return condition
    return None


def _explain(snapshot: Snapshot, workload: Workload, pod: Manifest, condition: Manifest) -> Finding:
    said = text_at(condition, "message")
    rule, cause, root, field, more, step = _cause(snapshot, workload, pod, said)
    affected = tuple(dict.fromkeys((workload.ref, ref_of("pods", pod))))
    fewer = fit(snapshot, workload, rule)
    return Finding(
        rule,
        severity_of(snapshot, workload),
        f"{workload.word}: pod {text_at(pod, 'metadata.name')} cannot be placed on any node",
        cause,
        root,
        field,
        (fact("pods", pod, "status.conditions[PodScheduled]", said), *more),
        affected,
        0.93,
        (step, *((_FEWER,) if fewer else ())),
        fewer or uncordon(snapshot, pod, root) or replacements.of_place(snapshot, workload, rule, said),
    )


_Cause = tuple[str, str, ObjectRef, str, list[Evidence], str]


def _cause(snapshot: Snapshot, workload: Workload, pod: Manifest, said: str) -> _Cause:
    """Rule, cause, root, field, evidence and next step of the reason that keeps most nodes away."""
    if match := replacements.NO_CLAIM.search(said):
        claim = ObjectRef("persistentvolumeclaims", match[1], ref_of("pods", pod).namespace)
        if near := replacements.other_claim(snapshot, claim):
            field = f"{workload.spec_path}.volumes"
            return "missing-claim", f"{said}{did_you_mean(near)}", workload.ref, field, [], f"use the claim {near}"
        return "missing-claim", f"{said}", claim, "", [], f"create the claim {match[1]}, or name another one"
    if match := _LEAVING.search(said):
        claim = ObjectRef("persistentvolumeclaims", match[1], ref_of("pods", pod).namespace)
        step = f"wait until {match[1]} is gone, and make it anew"
        return "claim-unbound", f"its claim {match[1]} is being deleted", claim, "", [], step
    if any(words in said for words in _UNBOUND):
        return unbound(snapshot, workload, pod)
    if "SchedulingGated" in said or mappings_at(pod, "spec.schedulingGates"):
        gates = ", ".join(text_at(gate, "name") for gate in mappings_at(pod, "spec.schedulingGates"))
        field = f"{workload.spec_path}.schedulingGates"
        return "scheduling-gated", f"it waits for {gates}", workload.ref, field, [], "remove the gate"
    fitting = fitting_nodes(snapshot, pod)
    if "missing required label" in said and (keys := unknown_topologies(snapshot, pod)):
        field, why = f"{workload.spec_path}.topologySpreadConstraints", f"no node has a label {keys[0]} to spread over"
        return "topology-spread", why, workload.ref, field, [], "spread over a label that the nodes have"
    if (closed := _closed(said, fitting)) is not None:
        return closed
    taint = re.search(r"untolerated taint(?:\(s\))? ?\{([^}]*)\}|untolerated taint", said)
    open_nodes = [node for node in fitting if not is_cordoned(node) and not untolerated(pod, node)]
    selector = re.search(r"didn't match Pod's node affinity/selector", said)
    by_nodes = _by_nodes(snapshot, workload, pod, said, taint, None if fitting else selector)
    kept = [node for node in fitting if any(not _is_of_control_plane(each) for each in untolerated(pod, node))]
    nodes, most = open_nodes or snapshot.all("nodes"), len(kept) if taint else 0
    found = None if not open_nodes and by_nodes else _taken(workload, pod, said, nodes, most)
    cause = found or by_nodes or _by_nodes(snapshot, workload, pod, said, taint, selector)
    if cause is not None:
        return (_went_with_its_node(snapshot, pod) if cause[0] == "volume-elsewhere" else None) or cause
    return "unschedulable", said, workload.ref, workload.spec_path, [], "compare the pod's demands with the nodes"


def _went_with_its_node(snapshot: Snapshot, pod: Manifest) -> _Cause | None:
    if (lost := on_lost_nodes(snapshot, pod)) is None:
        return None
    volume, nodes = lost
    ref, field, names = ref_of("persistentvolumes", volume), "spec.nodeAffinity", ", ".join(nodes)
    why = f"its volume {ref.name} is on {names}, and there is no such node"
    step = "bring the node back, or make the volume and its claim anew on one that exists"
    return "volume-elsewhere", why, ref, field, [fact(ref.kind, volume, field, names)], step


def _by_nodes(
    snapshot: Snapshot, workload: Workload, pod: Manifest, said: str,
    taint: re.Match[str] | None, selector: re.Match[str] | None,
) -> _Cause | None:  # fmt: skip
    """The taint or the labels that keep it from most nodes, as far as the scheduler speaks of them."""
    if selector and (not taint or _count(said, selector) >= _count(said, taint)):
        return _selector(snapshot, workload, pod)
    return _taint(workload, pod, fitting_nodes(snapshot, pod), said, taint) if taint else None


def _is_of_control_plane(taint: Manifest) -> bool:
    """Whether it keeps everybody away on purpose."""
    return text_at(taint, "key") in ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master")


def _taken(workload: Workload, pod: Manifest, said: str, open_nodes: list[Manifest], most: int) -> _Cause | None:
    """What keeps the pod from most of the nodes that are open to it; None when their taints do so with more nodes.

    `most`: how many nodes their taints keep away.
    """
    counted: list[tuple[int, int, _Cause]] = []
    for short in re.finditer(r"Insufficient ([\w./-]*\w)", said):
        cause = _insufficient(workload, pod, short[1], open_nodes)
        counted.append((_count(said, short), -len(counted), cause))
    for words, rule, why, field, step in _PLAIN_REASONS:
        if match := re.search(words, said):
            path = f"{workload.spec_path}.{_field_of(rule, pod, field)}".rstrip(".")
            counted.append((_count(said, match), -len(counted), (rule, why, workload.ref, path, [], step)))
    worst = max(counted, key=lambda each: each[:2], default=None)
    return worst[2] if worst and (worst[0] >= most or worst[2][0] in _OF_OTHERS) else None


def _count(said: str, match: re.Match[str]) -> int:
    """How many nodes a reason keeps away: the number before it."""
    numbers = _PER_REASON.findall(said[: match.end()])
    return int(numbers[-1]) if numbers else 1


def _insufficient(workload: Workload, pod: Manifest, resource: str, nodes: list[Manifest]) -> _Cause:
    """`nodes`: those that could take the pod if they had enough."""
    wanted = _requested(pod, resource)
    largest = max(nodes, key=lambda node: _allocatable(node, resource), default=None)
    field = f"{workload.spec_path}.containers[{_greediest(pod, resource)}].resources.requests.{resource}"
    asked = _shown(resource, wanted)
    evidence = [fact(workload.kind, workload.manifest, field, asked)]
    rule, why = _SHORT.get(resource, _OTHER), f"no node has {asked} {resource} left"
    step = f"free some {resource}, add a node, or lower the request"
    if largest is not None:
        most = _allocatable(largest, resource)
        evidence.append(fact("nodes", largest, f"status.allocatable.{resource}", _shown(resource, most)))
        if wanted > most:
            rule = rule if rule == _OTHER else "request-too-large"
            has = f"no node has more than {_shown(resource, most)}" if most else "no node has any"
            why, step = (
                f"it asks for {asked} {resource}, and {has}",
                f"lower the {resource} request, or add a larger node",
            )
    return rule, why, workload.ref, field, evidence, step


def _selector(snapshot: Snapshot, workload: Workload, pod: Manifest) -> _Cause:
    wanted: dict[str, Any] = mapping_at(pod, "spec.nodeSelector")
    field = f"{workload.spec_path}.nodeSelector"
    for key, value in wanted.items() if snapshot.is_whole("nodes") else ():
        present = {labels_of(node).get(key, "") for node in snapshot.all("nodes")} - {""}
        if value in present:
            continue
        near = nearest(str(value), present, 0.4) if present else ""
        has = f"; nodes have {key}={', '.join(sorted(present))}" if present else f"; no node has a label {key}"
        step = f"select {key}={near}" if near else f"label a node: {key}={value}"
        if (runtime := _runtime_asking(snapshot, workload, pod, key)) is not None:
            at = f"{_OF_RUNTIME}.{key}"
            why = f"no node has the label {key}={value}{has}; its RuntimeClass asks for it"
            return "node-selector", why, ref_of(_RUNTIMES, runtime), at, [fact(_RUNTIMES, runtime, _OF_RUNTIME)], step
        proof = [fact(workload.kind, workload.manifest, field, f"{key}={value}")]
        return "node-selector", f"no node has the label {key}={value}{has}", workload.ref, f"{field}.{key}", proof, step
    if wanted:
        pairs = ", ".join(f"{key}={value}" for key, value in wanted.items())
        return (
            "node-selector",
            f"no node has all of {pairs}",
            workload.ref,
            field,
            [],
            "label a node so, or change the selector",
        )
    field = f"{workload.spec_path}.affinity.nodeAffinity"
    return (
        "node-affinity",
        "no node satisfies its node affinity",
        workload.ref,
        field,
        [],
        "label a node, or change the affinity",
    )


def _runtime_asking(snapshot: Snapshot, workload: Workload, pod: Manifest, key: str) -> Manifest | None:
    """The RuntimeClass that puts a label into the selectors of the pods that use it, where their template does not."""
    runtime = snapshot.get(_RUNTIMES, "", text_at(pod, "spec.runtimeClassName"))
    is_own = key in mapping_at(workload.pod_spec, "nodeSelector")
    return None if is_own or key not in mapping_at(runtime, _OF_RUNTIME) else runtime


def _closed(said: str, fitting: list[Manifest]) -> _Cause | None:
    """The cordoned nodes, where no other node would do."""
    cordoned = [node for node in fitting if is_cordoned(node)]
    if not cordoned or len(cordoned) < len(fitting) or not re.search(r"unschedulable|untolerated taint", said):
        return None
    names = ", ".join(text_at(node, "metadata.name") for node in cordoned)
    proof = [fact("nodes", node, "spec.unschedulable", "true") for node in cordoned[:3]]
    ref = ref_of("nodes", cordoned[0])
    return "node-cordoned", f"cordoned: {names}", ref, "spec.unschedulable", proof, _OPEN


def _taint(
    workload: Workload, pod: Manifest, fitting: list[Manifest], said: str, match: re.Match[str] | None
) -> _Cause:
    """The taint that the scheduler names, or those of the nodes that would do otherwise."""
    named = (match[1] if match and match[1] else "").rstrip(": ").strip()
    keeping = [(node, taint) for node in fitting for taint in untolerated(pod, node)]
    unwell = [(node, taint) for node, taint in keeping if text_at(taint, "key") in _OF_CONDITIONS]
    if unwell and len({id(node) for node, _ in unwell}) == len({id(node) for node, _ in keeping}):
        return _unwell(*unwell[0])
    taints = dict.fromkeys(_taint_text(taint) for _, taint in keeping)
    proof = [fact("nodes", node, "spec.taints", _taint_text(taint)) for node, taint in keeping[:3]]
    why = f"it does not tolerate the taint {named or ', '.join(taints) or said}"
    field = f"{workload.spec_path}.tolerations"
    return "untolerated-taint", why, workload.ref, field, proof, "tolerate it, or remove the taint"


def _unwell(node: Manifest, taint: Manifest) -> _Cause:
    """A node that has its taint for a condition of its own."""
    rule, condition = _OF_CONDITIONS[text_at(taint, "key")]
    proof = [fact("nodes", node, "spec.taints", _taint_text(taint))]
    ref, step = ref_of("nodes", node), "find out what is wrong with the node"
    return (
        rule,
        f"the node {ref.name} is kept free: {_taint_text(taint)}",
        ref,
        f"status.conditions[{condition}]",
        proof,
        step,
    )


def _taint_text(taint: Manifest) -> str:
    value = text_at(taint, "value")
    return f"{text_at(taint, 'key')}{f'={value}' if value else ''}:{text_at(taint, 'effect')}"


def _field_of(rule: str, pod: Manifest, field: str) -> str:
    """The field of the pod spec that a reason is about; a selector is easier to change than where a volume is."""
    if rule == "volume-elsewhere" and mapping_at(pod, "spec.nodeSelector"):
        return "nodeSelector"
    if rule == "anti-affinity" and mapping_at(pod, "spec.affinity.podAntiAffinity"):
        return "affinity.podAntiAffinity"
    return _ports_field(pod) if rule == "host-port-taken" else field


def _ports_field(pod: Manifest) -> str:
    """Of the container that wants a port of the host."""
    for container in mappings_at(pod, "spec.containers"):
        for place, port in enumerate(mappings_at(container, "ports")):
            if port.get("hostPort"):
                return f"containers[{text_at(container, 'name')}].ports[{place}].hostPort"
    return "containers"


def _greediest(pod: Manifest, resource: str) -> str:
    """The container that requests the most."""
    containers = mappings_at(pod, "spec.containers")
    return text_at(max(containers, key=lambda each: _asked(each, resource), default={}), "name")


def _asked(container: Manifest, resource: str) -> float:
    quantity = mapping_at(container, "resources.requests").get(resource)
    return parse_quantity(str(quantity)) if quantity else 0.0


def _requested(pod: Manifest, resource: str) -> float:
    return sum(_asked(container, resource) for container in mappings_at(pod, "spec.containers"))


def _allocatable(node: Manifest, resource: str) -> float:
    quantity = mapping_at(node, "status.allocatable").get(resource)
    return parse_quantity(str(quantity)) if quantity else 0.0


def _shown(resource: str, value: float) -> str:
    if resource == "cpu":
        return format_cpu(value * 1000)
    return format_bytes(value) if resource in ("memory", "ephemeral-storage") else f"{value:g}"
