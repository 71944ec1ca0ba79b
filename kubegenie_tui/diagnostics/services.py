"""Services without a pod behind them, or that send traffic to a port nobody opened."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.diagnostics import corrections, strangers
from kubegenie_tui.diagnostics.build import event_fact, fact, last_event
from kubegenie_tui.diagnostics.pods import Workload, declared_ports, workload_of
from kubegenie_tui.diagnostics.selectors import lacked_label, selected_pods, templates, will_be_selected
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.quantity import parse_time

WRONG_PORT = "service-wrong-port"
_OWN_PORT = re.compile(r"(?:(?:HTTP|SERVER|LISTEN|APP|SERVICE|CONTAINER)_?)?PORT")
"""Variables that tell a program where to listen."""
_SELECTING = {
    "services": "spec.selector", "poddisruptionbudgets.policy": "spec.selector.matchLabels",
    "networkpolicies.networking.k8s.io": "spec.podSelector.matchLabels",
}  # fmt: skip
"""Where others say which pods they are about."""
_ADDRESS_SECONDS, _LATE_SECONDS = 30, 300
"""A load balancer may take so long until it is worth a notice, and a warning."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Services with a selector that selects nothing, and target ports that the pods do not have."""
    for service in snapshot.all("services"):
        selector = mapping_at(service, "spec.selector")
        if not selector or text_at(service, "spec.type") == "ExternalName":
            continue
        pods = selected_pods(snapshot, service)
        if pods:
            found = strangers.explain(snapshot, service, pods)
            yield from [found] if found is not None else _unknown_ports(snapshot, service, pods)
        elif not will_be_selected(snapshot, ref_of("services", service).namespace, selector):
            yield _selects_nothing(snapshot, service, selector)
        if (
            text_at(service, "spec.type") == "LoadBalancer"
            and (found := _without_address(snapshot, service)) is not None
        ):
            yield found


def _without_address(snapshot: Snapshot, service: Manifest) -> Finding | None:
    """A load balancer that nobody provides; a notice while a cloud may still be at it."""
    age = snapshot.now - parse_time(text_at(service, "metadata.creationTimestamp"))
    if mappings_at(service, "status.loadBalancer.ingress") or age < _ADDRESS_SECONDS:
        return None
    ref, event = (
        ref_of("services", service),
        last_event(snapshot, service, "SyncLoadBalancerFailed", "AllocationFailed"),
    )
    said = text_at(event, "message") if event else "no controller of this cluster has given it an address"
    evidence = (
        fact("services", service, "status.loadBalancer", "no ingress"),
        *((event_fact(event),) if event else ()),
    )
    severity = Severity.WARNING if event or age > _LATE_SECONDS else Severity.NOTICE
    return Finding(
        "load-balancer-pending", severity, f"service {ref.name} waits for an address", said, ref, "spec.type",
        evidence, (ref,), 0.8, ("run a load balancer's controller, or use another type of service",),
    )  # fmt: skip


def _selects_nothing(snapshot: Snapshot, service: Manifest, selector: dict[str, Any]) -> Finding:
    ref = ref_of("services", service)
    near = _nearest_labels(snapshot, service, selector)
    evidence = [fact("services", service, "spec.selector", _pairs(selector))]
    why = f"no pod has the labels {_pairs(selector)}"
    field, step, confidence = "spec.selector", "let the selector name labels that the pods have", 0.8
    remedy: Remedy | None = None
    if near is not None:
        proof, key, value, word, is_alone = near
        evidence.append(proof)
        why += f"; the pods of {word} have {key}={value}"
        if (labelled := _at_template(snapshot, service, selector, key, word)) is not None:
            return labelled
        field, step, confidence = f"spec.selector.{key}", f"select {key}={value}", 0.95
        wrong = dict.fromkeys(each for each in selector if key not in selector and f"{each}=" not in proof.value)
        remedy = Remedy("patch", ref, patch={"spec": {"selector": {**wrong, key: value}}}) if is_alone else None
    elif (lacked := lacked_label(snapshot, ref.namespace, selector)) is not None:
        key, word, proof = lacked
        evidence.append(proof)
        why += f"; the pods of {word} have all of them but {key}"
        field, step, confidence = f"spec.selector.{key}", f"leave {key} out, or give the pods that label", 0.9
    return Finding(
        "service-selects-nothing", Severity.CRITICAL, f"service {ref.name} has no endpoints", why, ref, field,
        tuple(evidence), (ref,), confidence, (step,), remedy,
    )  # fmt: skip


def _at_template(
    snapshot: Snapshot, service: Manifest, selector: dict[str, Any], key: str, word: str
) -> Finding | None:
    """The finding at the template whose label others too want otherwise: a budget, a policy or another service."""
    ref, wanted = ref_of("services", service), str(selector.get(key, ""))
    others = [
        (kind, item)
        for kind, path in _SELECTING.items()
        for item in snapshot.within(kind, ref.namespace)
        if item is not service and mapping_at(item, path).get(key) == wanted
    ]
    for kind, item, labels in templates(snapshot, ref.namespace):
        own = ref_of(kind, item)
        is_meant = word == f"{kind.partition('.')[0].removesuffix('s')} {own.name}" and kind != "pods"
        if others and wanted and is_meant and key not in mapping_at(item, "spec.selector.matchLabels"):
            told = ", ".join(each.words for each in (ref, *(ref_of(*other) for other in others)))
            field, has = f"spec.template.metadata.labels.{key}", labels.get(key, "none")
            return Finding(
                "service-selects-nothing", Severity.CRITICAL, f"service {ref.name} has no endpoints",
                f"the pods of {word} have {key}={has}, and {told} select {key}={wanted}", own, field,
                (fact("services", service, "spec.selector", _pairs(selector)), fact(kind, item, field, has)),
                (ref, own), 0.95, (f"give the pods of {word} {key}={wanted}",),
            )  # fmt: skip
    return None


def _nearest_labels(
    snapshot: Snapshot, service: Manifest, selector: dict[str, Any]
) -> tuple[Evidence, str, str, str, bool] | None:
    """The workload most probably meant: its labels as evidence, the key to change with its value, and its name.

    Last whether no other labels are meant as probably.
    """
    best: tuple[float, Evidence, str, str, str] | None = None
    rivals = set[tuple[float, str, str]]()
    for kind, item, labels in templates(snapshot, ref_of("services", service).namespace):
        missed = {key: str(value) for key, value in selector.items() if labels.get(key) != str(value)}
        if len(missed) != 1:
            continue
        [(key, wanted)] = missed.items()
        score, right_key = _likeness(key, wanted, labels, selector, ref_of(kind, item).name, service)
        rivals.add((score, right_key, labels.get(right_key, "")))
        if score >= 0.6 and (best is None or score > best[0]):
            path = "metadata.labels" if kind == "pods" else "spec.template.metadata.labels"
            word = f"{kind.partition('.')[0].removesuffix('s')} {ref_of(kind, item).name}"
            best = score, fact(kind, item, path, _pairs(labels)), right_key, labels[right_key], word
    if best is None:
        return None
    return *best[1:], [score for score, _, _ in rivals].count(best[0]) == 1


def _likeness(
    key: str, wanted: str, labels: dict[str, str], selector: dict[str, Any], workload: str, service: Manifest
) -> tuple[float, str]:
    """How likely a selector with one wrong pair means these labels, and the key it means."""
    others = {each: value for each, value in labels.items() if each not in selector}
    right_key = (
        key if key in labels else nearest(key, others, 0.3) or next((k for k, v in others.items() if v == wanted), "")
    )
    if not right_key:
        return 0.0, ""
    same_name = workload == text_at(service, "metadata.name")
    near = labels[right_key] == wanted or bool(nearest(wanted, [labels[right_key]], 0.35))
    if right_key != key and not near:
        return 0.0, ""
    return 0.6 * near + 0.4 * same_name + 0.3 * (len(selector) > 1), right_key


def sends_astray(snapshot: Snapshot, service: Manifest) -> bool:
    """Whether it sends to ports that its pods do not have."""
    pods = selected_pods(snapshot, service)
    return bool(pods) and any(found.rule == WRONG_PORT for found in _unknown_ports(snapshot, service, pods))


def _unknown_ports(snapshot: Snapshot, service: Manifest, pods: list[Manifest]) -> Iterator[Finding]:
    workload = workload_of(snapshot, pods[0])
    containers, declared = mappings_at(workload.pod_spec, "containers"), declared_ports(workload)
    numbers = [number_at(port, "containerPort") for port in declared]
    names = [text_at(port, "name") for port in declared]
    ports = mappings_at(service, "spec.ports")
    unsure = _is_unsure(service, [port.get("targetPort", port.get("port")) for port in ports], [*numbers, *names])
    for port in ports:
        target = port.get("targetPort", port.get("port"))
        if isinstance(target, str) and containers and target not in names:
            yield _port_finding(service, workload, port, str(target), names, numbers, Severity.CRITICAL)
        elif isinstance(target, int) and numbers and target not in numbers:
            yield _port_finding(service, workload, port, str(target), names, numbers, unsure)
        elif isinstance(target, int) and not numbers and (heard := _heard_at(workload)) and target != heard:
            found = _port_finding(service, workload, port, str(target), [""], [heard], unsure)
            yield msgspec.structs.replace(found, cause=found.cause.replace(" declare ", " are told to listen on "))
        elif other := _other_protocol(port, declared, target):
            yield _protocol_finding(service, workload, port, other)


def _heard_at(workload: Workload) -> int:
    """The one port of its only container that both its variable and its readiness probe tell; 0 where they do not.

    Without both a number says little: probes may have ports of their own.
    """
    containers = mappings_at(workload.pod_spec, "containers")
    if len(containers) != 1:
        return 0
    probe, variables = mapping_at(containers[0], "readinessProbe"), mappings_at(containers[0], "env")
    probed = number_at(probe, "httpGet.port") or number_at(probe, "tcpSocket.port") or 0
    told = [text_at(each, "value") for each in variables if _OWN_PORT.fullmatch(text_at(each, "name"))]
    return probed if told == [str(probed)] else 0


def _is_unsure(service: Manifest, targets: list[object], declared: list[int | str | None]) -> Severity:
    """How loud to tell of a number that no pod declares: it may be open all the same, as when others are declared.

    Who calls a headless service calls the pods themselves, by whatever port.
    """
    known = any(target in declared for target in targets) or text_at(service, "spec.clusterIP") == "None"
    return Severity.NOTICE if known else Severity.WARNING


def _other_protocol(port: Manifest, declared: list[Manifest], target: object) -> str:
    """The protocol that the pods declare for a port when it is not the one the service sends."""
    same = [each for each in declared if target in (number_at(each, "containerPort"), text_at(each, "name"))]
    protocols = {text_at(each, "protocol") or "TCP" for each in same}
    sent = text_at(port, "protocol") or "TCP"
    return next(iter(protocols)) if len(protocols) == 1 and sent not in protocols else ""


def _protocol_finding(service: Manifest, workload: Workload, port: Manifest, other: str) -> Finding:
    ref, sent = ref_of("services", service), text_at(port, "protocol") or "TCP"
    field = f"spec.ports[{text_at(port, 'name') or text_at(port, 'port')}].protocol"
    evidence = (
        fact("services", service, field, sent),
        fact(workload.kind, workload.manifest, "containerPorts", f"{other} {text_at(port, 'port')}"),
    )
    why = f"it sends {sent}, and the pods of {workload.word} listen for {other} there"
    title = f"service {ref.name} sends another protocol than its pods listen for"
    step = (f"set the port's protocol to {other}",)
    remedy = _to_protocol(service, port, other)
    return Finding(
        "service-wrong-protocol", Severity.WARNING, title, why, ref, field, evidence, (ref,), 0.85, step, remedy
    )


def _to_protocol(service: Manifest, port: Manifest, other: str) -> Remedy | None:
    """What the pods say; not TCP, which is what they are taken to say where they say nothing."""
    ports, number = mappings_at(service, "spec.ports"), port.get("port")
    is_there = any(text_at(each, "protocol") == other and each.get("port") == number for each in ports)
    if other == "TCP" or is_there or text_at(service, "spec.type") == "LoadBalancer":
        return None
    return corrections.of_list(ref_of("services", service), "spec.ports", ports, port, {"protocol": other})


def _port_finding(
    service: Manifest, workload: Workload, port: Manifest, target: str, names: list[str], numbers: list[int | None],
    severity: Severity,
) -> Finding:  # fmt: skip
    ref = ref_of("services", service)
    which = text_at(port, "name") or text_at(port, "port")
    has = ", ".join(f"{number} ({name})" if name else str(number) for number, name in zip(numbers, names, strict=True))
    field = f"spec.ports[{which}].targetPort"
    evidence = (
        fact("services", service, field, target),
        fact(workload.kind, workload.manifest, "containerPorts", has or "none"),
    )
    why = f"it sends to port {target}, the pods of {workload.word} declare {has or 'no ports'}"
    step = f"set targetPort to {numbers[0]}" if numbers else "declare the port by that name in the pods"
    confidence = 0.95 if severity is Severity.CRITICAL else 0.75
    title = f"service {ref.name} sends to a port that its pods do not have"
    remedy = _to_the_only_port(service, port, numbers)
    return Finding(WRONG_PORT, severity, title, why, ref, field, evidence, (ref,), confidence, (step,), remedy)


def _to_the_only_port(service: Manifest, port: Manifest, numbers: list[int | None]) -> Remedy | None:
    """Where the pods declare one port, it is the one that is meant."""
    if len(numbers) != 1:
        return None
    ports = [
        {**each, "targetPort": numbers[0]} if each == port else each for each in mappings_at(service, "spec.ports")
    ]
    return Remedy("patch", ref_of("services", service), patch={"spec": {"ports": ports}})


def _pairs(labels: dict[str, Any]) -> str:
    return ", ".join(f"{key}={value}" for key, value in labels.items())
