"""Network policies that let no packet through where a program waited for an answer in vain.

Source: Kubernetes' documentation, NetworkPolicy: a pod that a policy selects for a direction may talk only as one of
them allows; an empty list of peers or of ports allows every one.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.diagnostics import peers
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload, labels_of, workload_of
from kubegenie_tui.diagnostics.selectors import WORKLOADS, matches, selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, texts_at
from kubegenie_tui.domain.relations.label_selector import selects

POLICIES = "networkpolicies.networking.k8s.io"
DNS = 53
_SYSTEM = "kube-system"


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, service: Manifest | None, port: int,
    evidence: list[Evidence],
) -> Finding | None:  # fmt: skip
    """The policy that is in the way to a service, or to the cluster's DNS when there is none."""
    shut = in_the_way(snapshot, container.pod, service, port)
    if shut is None:
        return None
    policy, field = shut
    goal = "the cluster's DNS" if service is None else f"service {ref_of('services', service).name}"
    found = container_finding(
        snapshot, workload, container,
        rule="policy-blocks",
        title=f"container {container.name} crashes: a network policy keeps it from {goal}",
        cause=f"{'egress' if field.startswith('spec.egress') else 'ingress'} to port {port} is in no rule",
        root=ref_of(POLICIES, policy),
        field=field,
        evidence=[*evidence, fact(POLICIES, policy, field.partition("[")[0], told(policy, field))],
        confidence=0.85,
        next_steps=[f"let the policy allow port {port}" if service is None else f"let the policy allow it to {goal}"],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=peers.remedy(snapshot, policy, field))


def in_the_way(snapshot: Snapshot, pod: Manifest, service: Manifest | None, port: int) -> tuple[Manifest, str] | None:
    """The policy that keeps a pod from a service, or from the cluster's DNS when there is none, and its field."""
    if service is not None and _is_nearby(snapshot, service) and not _knows_ports(snapshot, pod, service):
        return None
    found = _shut(snapshot, pod, service, port)
    return _shut_in(snapshot, pod, service, port) if found is None and service is not None else found


def called(snapshot: Snapshot, namespace: str, name: str) -> Manifest | None:
    """A service that is called, be it in a namespace that is not asked about."""
    there = (each for each in snapshot.nearby("services", namespace) if text_at(each, "metadata.name") == name)
    return snapshot.get("services", namespace, name) or next(there, None)


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Services to which the policies of their pods let nobody in, by none of their ports."""
    for service in snapshot.all("services"):
        ports, pods = mappings_at(service, "spec.ports"), selected_pods(snapshot, service)
        policies = list(selecting(snapshot, pods[0], "Ingress")) if pods and ports else []
        if policies and not any(
            _lets_in(policies, _target_ports(snapshot, service, number_at(port, "port") or 0, pods[0]))
            for port in ports
        ):
            yield _closed(service, policies)


def _lets_in(policies: list[Manifest], ports: set[int | str]) -> bool:
    return any(allows_port(rule, ports) for policy in policies for rule in mappings_at(policy, "spec.ingress"))


def _closed(service: Manifest, policies: list[Manifest]) -> Finding:
    """The policy to change: one that opens another port, else one that is about these pods alone.

    One that shuts a whole namespace is meant to, and worth a notice.
    """
    ref, names = ref_of("services", service), ", ".join(ref_of(POLICIES, each).name for each in policies)
    policy = max(policies, key=_nearness)
    field = "spec.ingress[0].ports" if mappings_at(policy, "spec.ingress") else "spec.ingress"
    ports = ", ".join(text_at(port, "port") for port in mappings_at(service, "spec.ports"))
    root, shown = ref_of(POLICIES, policy), fact("services", service, "spec.ports", ports)
    return Finding(
        "policy-closes",
        Severity.WARNING if any(_nearness(policy)) else Severity.NOTICE,
        f"nobody can reach service {ref.name}: network policies let nothing in",
        f"no rule of {names} lets anybody in to port {ports}",
        root,
        field,
        (fact(POLICIES, policy, "spec.ingress", told(policy, "spec.ingress")), shown),
        (ref, root),
        0.8,
        (f"let {root.name} allow who needs {ref.name}",),
    )


def _nearness(policy: Manifest) -> tuple[bool, bool]:
    return bool(mappings_at(policy, "spec.ingress")), bool(mapping_at(policy, "spec.podSelector"))


def _shut(snapshot: Snapshot, pod: Manifest, service: Manifest | None, port: int) -> tuple[Manifest, str] | None:
    """The egress policy of a pod that is nearest to its goal, when none of them lets it out to there."""
    policies = list(selecting(snapshot, pod, "Egress"))
    goals = [] if service is None else _goals(snapshot, service)
    if not policies or (service is not None and not goals):
        return None
    ports: set[int | str] = {port} if service is None else _target_ports(snapshot, service, port, goals[0])
    for policy in policies:
        for rule in mappings_at(policy, "spec.egress"):
            out = _reaches_dns(snapshot, policy, rule) if service is None else allows_port(rule, ports)
            if out and (service is None or any(_has_peer(snapshot, policy, rule, "to", goal) for goal in goals)):
                return None
    offers = [offer for policy in policies for offer in _offers(snapshot, policy, goals, ports)]
    _, policy, field = max(offers, key=lambda each: each[0])
    return policy, field


def _offers(
    snapshot: Snapshot, policy: Manifest, goals: list[Manifest], ports: set[int | str]
) -> Iterator[tuple[tuple[int, bool], Manifest, str]]:
    """How near each rule of a policy is to letting out to a goal: to it by another port, or to others by its port.

    A rule for DNS is for that alone, whomever it lets out to.
    """
    rules, is_own = mappings_at(policy, "spec.egress"), bool(mapping_at(policy, "spec.podSelector"))
    yield (int(bool(rules)), is_own), policy, "spec.egress"
    for number, rule in enumerate(rules if goals else ()):
        peers = mappings_at(rule, "to")
        if {text_at(each, "port") for each in mappings_at(rule, "ports")} == {str(DNS)}:
            continue
        if peers and any(_has_peer(snapshot, policy, rule, "to", goal) for goal in goals):
            yield (3, is_own), policy, f"spec.egress[{number}].ports[0].port"
        elif peers and mappings_at(rule, "ports") and allows_port(rule, ports):
            yield (2, is_own), policy, f"spec.egress[{number}].to[0]"


def _reaches_dns(snapshot: Snapshot, policy: Manifest, rule: Manifest) -> bool:
    """Whether a rule lets out to the cluster's DNS, which is in a namespace of its own."""
    peers, spaces = mappings_at(rule, "to"), snapshot.all("namespaces")
    if not allows_port(rule, {DNS}) or text_at(policy, "metadata.namespace") == _SYSTEM:
        return allows_port(rule, {DNS})
    serving = [each for each in spaces if ref_of("", each).name == _SYSTEM or "dns" in ref_of("", each).name]
    meant = spaces if mappings_at(rule, "ports") else serving
    return not peers or any(
        "ipBlock" in peer or ("namespaceSelector" in peer and (not spaces or any(_is_in(peer, each) for each in meant)))
        for peer in peers
    )


def _is_in(peer: Manifest, namespace: Manifest) -> bool:
    return _selects(mapping_at(peer, "namespaceSelector"), labels_of(namespace))


def _shut_in(snapshot: Snapshot, pod: Manifest, service: Manifest, port: int) -> tuple[Manifest, str] | None:
    """The ingress policy of the pods of a service, when none of them lets this pod in; the nearest to doing so."""
    goals = _goals(snapshot, service)
    policies = [policy for goal in goals[:1] for policy in selecting(snapshot, goal, "Ingress")]
    ports = _target_ports(snapshot, service, port, goals[0]) if policies else set()
    nearest: tuple[int, Manifest, str] | None = None
    for policy in policies:
        rules = mappings_at(policy, "spec.ingress")
        offers = [(0, policy, "spec.ingress")] if not rules else []
        for number, rule in enumerate(rules):
            peer, opened = _has_peer(snapshot, policy, rule, "from", pod), allows_port(rule, ports)
            if peer and opened:
                return None
            field = f"spec.ingress[{number}].{'ports[0].port' if peer else _first_peer(rule)}"
            offers.append((1 + peer + opened, policy, field))
        nearest = max([*offers, *([nearest] if nearest else [])], key=lambda each: each[0])
    return (nearest[1], nearest[2]) if nearest else None


def _first_peer(rule: Manifest) -> str:
    peer = next(iter(mappings_at(rule, "from")), {})
    return f"from[0].{'namespaceSelector' if 'namespaceSelector' in peer else 'podSelector'}"


def _goals(snapshot: Snapshot, service: Manifest) -> list[Manifest]:
    """The pods behind a service; of one in a namespace that is not asked about, pods as its workloads make them.

    Without such a workload: a pod as its selector wants it, of which nothing more is known.
    """
    if not _is_nearby(snapshot, service):
        return selected_pods(snapshot, service)
    space, selector = ref_of("services", service).namespace, mapping_at(service, "spec.selector")
    made = [
        {"metadata": {"namespace": space, "labels": labels}, "spec": spec}
        for labels, spec in _templates_nearby(snapshot, space)
        if matches(selector, labels)
    ]
    return made or ([{"metadata": {"namespace": space, "labels": selector}}] if selector else [])


def _templates_nearby(snapshot: Snapshot, namespace: str) -> Iterator[tuple[dict[str, str], Manifest]]:
    for kind in WORKLOADS:
        for item in snapshot.nearby(kind, namespace):
            yield labels_of(mapping_at(item, "spec.template")), mapping_at(item, "spec.template.spec")


def _is_nearby(snapshot: Snapshot, service: Manifest) -> bool:
    return any(each is service for each in snapshot.nearby("services", ref_of("services", service).namespace))


def _knows_ports(snapshot: Snapshot, pod: Manifest, service: Manifest) -> bool:
    """Whether its ports are known by number and by name, or nobody calls them by a name."""
    if all("spec" in goal for goal in _goals(snapshot, service)):
        return True
    space = ref_of("services", service).namespace
    guards = (*selecting(snapshot, pod, "Egress"), *snapshot.nearby(POLICIES, space))
    rules = [rule for each in guards for side in ("ingress", "egress") for rule in mappings_at(each, f"spec.{side}")]
    called = [port.get("targetPort") for port in mappings_at(service, "spec.ports")]
    opened = [port.get("port") for rule in rules for port in mappings_at(rule, "ports")]
    return not any(isinstance(port, str) for port in (*called, *opened))


def selecting(snapshot: Snapshot, pod: Manifest, direction: str) -> Iterator[Manifest]:
    """The policies of a pod for a direction, `Ingress` or `Egress`."""
    space, labels = ref_of("pods", pod).namespace, labels_of(pod)
    for policy in (*snapshot.within(POLICIES, space), *snapshot.nearby(POLICIES, space)):
        types = texts_at(policy, "spec.policyTypes") or ["Ingress"]
        if direction in types and _selects(mapping_at(policy, "spec.podSelector"), labels):
            yield policy


def _selects(selector: dict[str, Any], labels: dict[str, str]) -> bool:
    """Whether a label selector of a policy matches; an empty one matches everything."""
    return not selector or selects(selector, labels)


def _has_peer(snapshot: Snapshot, policy: Manifest, rule: Manifest, side: str, pod: Manifest) -> bool:
    """Whether a rule is about this pod; addresses are taken to be."""
    peers = mappings_at(rule, side)
    return not peers or any("ipBlock" in peer or _is_peer(snapshot, policy, peer, pod) for peer in peers)


def _is_peer(snapshot: Snapshot, policy: Manifest, peer: Manifest, pod: Manifest) -> bool:
    """By namespace, where that is known, and by labels."""
    space = ref_of("pods", pod).namespace
    namespace = snapshot.get("namespaces", "", space)
    if "namespaceSelector" in peer:
        is_there = namespace is None or _is_in(peer, namespace)
    else:
        is_there = space == text_at(policy, "metadata.namespace")
    return is_there and _selects(mapping_at(peer, "podSelector"), labels_of(pod))


def allows_port(rule: Manifest, ports: set[int | str]) -> bool:
    """Whether a rule opens one of these ports; one without ports opens all."""
    opened = mappings_at(rule, "ports")
    return not opened or any("port" not in each or each["port"] in ports or _in_range(each, ports) for each in opened)


def _in_range(opened: Manifest, ports: set[int | str]) -> bool:
    first, last = number_at(opened, "port"), number_at(opened, "endPort")
    return first is not None and last is not None and any(isinstance(p, int) and first <= p <= last for p in ports)


def _target_ports(snapshot: Snapshot, service: Manifest, port: int, pod: Manifest) -> set[int | str]:
    """What the pods behind a service's port call it, by number and by name; of all its ports for 0."""
    sent = [each for each in mappings_at(service, "spec.ports") if not port or number_at(each, "port") == port]
    wanted = {each.get("targetPort") or each.get("port") or port for each in sent} or {port}
    lists = [mappings_at(workload_of(snapshot, pod).pod_spec, name) for name in ("containers", "initContainers")]
    declared = [each for containers in lists for one in containers for each in mappings_at(one, "ports")]
    same = [each for each in declared if wanted & {each.get("containerPort"), each.get("name")}]
    return wanted | {value for each in same for value in (each.get("containerPort"), each.get("name")) if value}


def told(policy: Manifest, field: str) -> str:
    """The rules at a field, as evidence."""
    rules = mappings_at(policy, field.partition("[")[0])
    return "; ".join(str(rule) for rule in rules) or "no rule: nothing is allowed"
