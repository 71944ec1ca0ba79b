"""Containers that crash because another service does not answer: which one, and what is wrong with it."""

import re

import msgspec

from kubegenie_tui.diagnostics import (
    addresses,
    asleep_services,
    node_dns,
    own_address,
    policies,
    policies_outward,
    services,
    set_services,
    unmade,
)
from kubegenie_tui.diagnostics.bare_services import has_no_address, misses_its_ports
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.calls import calls_of, service_of
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.corrections import is_alone
from kubegenie_tui.diagnostics.pods import Container, Workload, is_ready
from kubegenie_tui.diagnostics.selectors import asleep, selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.diagnostics.tellers import told_to_it, who_says
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.relations.pod_spec import references_of

_OF_ANYTHING = frozenset({0, 80, 443, 3000, 5000, 8000, 8080, 8443, 9090})
"""Ports that say nothing of what a service is."""
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_SETS = "statefulsets.apps"
_ASKED_IN_VAIN = re.compile(r"\blookup \S+(?: on \S+)?: [^\n]*(?:i/o timeout|connection refused|timed out)")
"""How Go says that no DNS answered."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """The service the log names: unknown, without that port, or without a ready pod."""
    if not clue.name or clue.name in own_address.NAMES:
        return own_address.explain(snapshot, workload, container, clue, evidence)
    if clue.port == policies.DNS or _ASKED_IN_VAIN.search(clue.line):
        return policies.explain(snapshot, workload, container, None, policies.DNS, evidence)
    namespace, name = _service_name(snapshot, ref_of("pods", container.pod).namespace, clue.name)
    service, by_name = snapshot.get("services", namespace, name), clue.about == "host"
    if service is None:
        return _beyond_services(snapshot, workload, container, clue, evidence)
    if by_name and (found := _unresolved(snapshot, workload, container, evidence)):
        return found
    if by_name and (group := set_services.without_member(snapshot, service, clue.name)) is not None:
        return _no_member(snapshot, workload, container, clue, evidence, group)
    ports = [number_at(port, "port") for port in mappings_at(service, "spec.ports")]
    if clue.port and clue.port not in ports:
        return _wrong_port(snapshot, workload, container, clue, evidence, service)
    if by_name and text_at(service, "spec.type") == "ExternalName":
        return _other_name(snapshot, workload, container, evidence, service)
    if _may_be_served(snapshot, service):
        return _cut_off(snapshot, workload, container, clue, evidence, service)
    return _unserved(snapshot, workload, container, evidence, service)


def _unserved(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], service: Manifest
) -> Finding:
    """Why nobody is behind a service: the version that it selects or all that it selects rests, or nothing is ready."""
    if asleep_services.other_version(snapshot, service) is not None:
        why = "leads to a version that is scaled to 0"
        return _down(snapshot, workload, container, evidence, service, why, "behind which an old version runs no pods")
    if (sleeper := asleep(snapshot, service)) is not None:
        return _needs_asleep(snapshot, workload, container, evidence, service, sleeper)
    is_empty = "behind which nothing is ready"
    return _down(snapshot, workload, container, evidence, service, "has no ready pod", is_empty)


def _unresolved(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence]
) -> Finding | None:
    """Why the name of a service that is there is not known: another DNS is asked, or none can be."""
    found = node_dns.explain(snapshot, workload, container, evidence)
    return found or policies.explain(snapshot, workload, container, None, policies.DNS, evidence)


def _cut_off(
    snapshot: Snapshot,
    workload: Workload,
    container: Container,
    clue: Clue,
    evidence: list[Evidence],
    service: Manifest,
) -> Finding | None:
    """What keeps calls from a service that has ready pods: its own port, or a policy; None where that is not seen."""
    is_astray = services.sends_astray(snapshot, service) or misses_its_ports(snapshot, service)
    if clue.about == "refused" and is_astray:
        return _down(
            snapshot, workload, container, evidence, service, "does not reach its pods", "which misses its pods"
        )
    in_the_way = clue.about == "timeout"
    return policies.explain(snapshot, workload, container, service, clue.port, evidence) if in_the_way else None


def _down(
    snapshot: Snapshot,
    workload: Workload,
    container: Container,
    evidence: list[Evidence],
    service: Manifest,
    why: str,
    cause: str,
) -> Finding:
    name = ref_of("services", service).name
    return container_finding(
        snapshot, workload, container,
        rule="dependency-down",
        title=f"container {container.name} crashes: service {name} {why}",
        cause=f"it needs service {name}, {cause}",
        root=ref_of("services", service),
        evidence=[*evidence, fact("services", service, "spec.selector")],
        confidence=0.85,
        next_steps=[f"find out why {name} is down: why is service {name} failing?"],
    )  # fmt: skip


def _beyond_services(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """What is called is no service that is known here: a far one, an address outside, or a name that leads nowhere."""
    namespace, name = _service_name(snapshot, ref_of("pods", container.pod).namespace, clue.name)
    if clue.about == "timeout":
        far = policies.called(snapshot, namespace, name) or _told_to_call(snapshot, workload, clue)
        if far is not None:
            return policies.explain(snapshot, workload, container, far, clue.port, evidence)
        return policies_outward.explain(snapshot, workload, container, (clue.name, clue.port), evidence)
    promised = set_services.explain(snapshot, workload, container, clue, evidence)
    return promised or _unknown(snapshot, workload, container, clue, evidence, namespace, name)


def _no_member(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence], group: Manifest
) -> Finding:
    """A pod of a StatefulSet by a number that it does not have."""
    held, name = set_services.members(group), ref_of(_SETS, group).name
    field, where, proof = who_says(snapshot, workload, container, clue.name)
    return container_finding(
        snapshot, workload, container,
        rule="unknown-host",
        title=f"container {container.name} crashes: the host {clue.name} does not exist",
        cause=f"the pods of statefulset {name} are {name}-{held[0]} to {name}-{held[-1]}",
        root=where,
        field=field,
        evidence=[*evidence, fact(_SETS, group, "spec.replicas", str(len(held))), *proof],
        confidence=0.85,
        next_steps=[f"correct {field}, or scale {name} up"],
    )  # fmt: skip


def _other_name(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], service: Manifest
) -> Finding:
    """A service that stands for a host which nobody knows."""
    ref, field = ref_of("services", service), "spec.externalName"
    return container_finding(
        snapshot, workload, container,
        rule="dependency-down",
        title=f"container {container.name} crashes: service {ref.name} stands for a host that does not exist",
        cause=f"nobody knows {text_at(service, field)}, for which service {ref.name} stands",
        root=ref,
        field=field,
        evidence=[*evidence, fact("services", service, field)],
        confidence=0.85,
        next_steps=[f"correct {field} of service {ref.name}"],
    )  # fmt: skip


def _told_to_call(snapshot: Snapshot, workload: Workload, clue: Clue) -> Manifest | None:
    """The one service that the workload's variables name with the port, where its log has a mere address."""
    if not _ADDRESS.fullmatch(clue.name) or not clue.port:
        return None
    meant = {service_of(snapshot, call.namespace, call.host) for call in calls_of(snapshot, workload)
             if call.port == clue.port}  # fmt: skip
    found = [policies.called(snapshot, ref.namespace, ref.name) for ref in meant if ref is not None]
    return found[0] if len(meant) == len(found) == 1 else None


def up_since(snapshot: Snapshot, namespace: str, clue: Clue) -> int:
    """Since when the service that a log line names has ready pods, and the port; 0 when it is not up."""
    service = snapshot.get("services", *_service_name(snapshot, namespace, clue.name)) if clue.name else None
    ports = [number_at(port, "port") for port in mappings_at(service, "spec.ports")]
    if service is None or (clue.port and clue.port not in ports):
        return 0
    return min((_ready_since(pod) for pod in selected_pods(snapshot, service) if is_ready(pod)), default=0)


def _ready_since(pod: Manifest) -> int:
    told = next(each for each in mappings_at(pod, "status.conditions") if each.get("type") == "Ready")
    return parse_time(text_at(told, "lastTransitionTime")) or 1


def _may_be_served(snapshot: Snapshot, service: Manifest) -> bool:
    """By ready pods; one that selects none, by addresses that somebody wrote down or a host outside."""
    if mapping_at(service, "spec.selector"):
        return any(is_ready(pod) for pod in selected_pods(snapshot, service))
    return text_at(service, "spec.type") == "ExternalName" or not has_no_address(snapshot, service)


def _needs_asleep(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], service: Manifest,
    sleeper: tuple[str, Manifest],
) -> Finding:  # fmt: skip
    kind, item = sleeper
    root, name = ref_of(kind, item), ref_of("services", service).name
    found = container_finding(
        snapshot, workload, container,
        rule="dependency-asleep",
        title=f"container {container.name} crashes: {root.name}, which it needs, is scaled to 0",
        cause=f"it needs service {name}, and what is behind it runs no pods",
        root=root,
        field="spec.replicas",
        evidence=[*evidence, fact(kind, item, "spec.replicas", "0")],
        confidence=0.95,
        next_steps=[f"scale {root.name} up; whether it rests on purpose is yours to judge"],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=Remedy("scale", root, {"replicas": "1"}))


def _service_name(snapshot: Snapshot, namespace: str, host: str) -> tuple[str, str]:
    """Namespace and name of the service that a host name, or a cluster address, means."""
    for service in (*snapshot.all("services"), *snapshot.all_nearby("services")):
        if host == text_at(service, "spec.clusterIP"):
            return ref_of("services", service).namespace, ref_of("services", service).name
    if (meant := service_of(snapshot, namespace, host)) is not None:
        return meant.namespace, meant.name
    parts = host.split(".")
    return (parts[1] if len(parts) > 1 else namespace), parts[0]


def _in_leaving_space(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence], namespace: str, name: str
) -> Finding | None:
    """A service that went with its namespace, which cannot be made anew before it is gone."""
    space = snapshot.get("namespaces", "", namespace)
    asked = text_at(space, "metadata.deletionTimestamp")
    if space is None or not asked:
        return None
    return container_finding(
        snapshot, workload, container,
        rule="dependency-down",
        title=f"container {container.name} crashes: namespace {namespace}, with service {name}, is being deleted",
        cause=f"it needs service {name} of namespace {namespace}, which was deleted and is not gone yet",
        root=ref_of("namespaces", space),
        field="metadata.finalizers",
        evidence=[*evidence, fact("namespaces", space, "metadata.deletionTimestamp", asked)],
        confidence=0.9,
        next_steps=[f"wait until {namespace} is gone, then make it and the service anew"],
    )  # fmt: skip


def _unknown(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence],
    namespace: str, name: str,
) -> Finding | None:  # fmt: skip
    if clue.about != "host" or "services" not in snapshot.kinds():
        return None
    if (found := unmade.service(snapshot, workload, container, evidence, namespace, name)) is not None:
        return found
    if (found := _in_leaving_space(snapshot, workload, container, evidence, namespace, name)) is not None:
        return found
    names = snapshot.names("services", namespace)
    near = nearest(name, names)
    said = re.search(rf"(?<![\w.-]){re.escape(clue.name)}:(\d{{2,5}})\b", clue.line)
    port = int(said[1]) if said else clue.port
    only = "" if near else _only_one_at(snapshot, namespace, port)
    far = "" if near or only or clue.name != name else _elsewhere(snapshot, namespace, name)
    instead = near or only or far
    field, where, proof = who_says(snapshot, workload, container, clue.name)
    found = container_finding(
        snapshot, workload, container,
        rule="unknown-host",
        title=f"container {container.name} crashes: the host {clue.name} does not exist",
        cause=_not_there(snapshot, namespace, name)
        + (f'; the one with port {port} is "{only}"' if only else did_you_mean(near))
        + (f"; there is {far}" if far else ""),
        root=where,
        field=field,
        evidence=[*evidence, *proof],
        confidence=0.9 if near or far else 0.8 if snapshot.is_missing("services", namespace, name) else 0.6,
        next_steps=[f"let it use {instead}" if instead else f"create the service {name}, or correct the host's name"],
    )  # fmt: skip
    sure = near if is_alone(name, near, names) else only if _begin_alike(name, only) else ""
    sure = sure or (far if where == workload.ref else "")
    is_read = bool(sure) and _is_read(workload, container, where)
    remedy = addresses.of_host(snapshot, workload, where, field, (name, sure)) if is_read else None
    return msgspec.structs.replace(found, remedy=remedy)


def _begin_alike(name: str, only: str) -> bool:
    """Whether one of two names begins with the other: `pgsql`, where `pg` alone has the port."""
    return bool(only) and (name.startswith(only) or only.startswith(name))


def _is_read(workload: Workload, container: Container, where: ObjectRef) -> bool:
    """Whether a container reads what tells it the address: its own workload, or a ConfigMap that it names."""
    named = {(r.kind, r.name) for r in references_of(workload.pod_spec) if r.container in ("", container.name)}
    return where == workload.ref or (where.kind == "configmaps" and (where.kind, where.name) in named)


def _not_there(snapshot: Snapshot, namespace: str, name: str) -> str:
    if snapshot.is_nowhere(namespace):
        return (
            f'there is no namespace "{namespace}"{did_you_mean(nearest(namespace, snapshot.names("namespaces", "")))}'
        )
    if not snapshot.is_missing("services", namespace, name):
        return f"nobody knows the name, as its log says; the services of namespace {namespace} could not be read"
    return f'there is no service "{name}" in namespace {namespace}'


def _elsewhere(snapshot: Snapshot, namespace: str, name: str) -> str:
    """The one service of that name that another namespace has, as it is called from here: `db.data`."""
    known = (*snapshot.all("services"), *snapshot.all_nearby("services"))
    spaces = {ref.namespace for each in known if (ref := ref_of("services", each)).name == name}
    return f"{name}.{spaces.pop()}" if len(spaces - {namespace}) == len(spaces) == 1 else ""


def _only_one_at(snapshot: Snapshot, namespace: str, port: int) -> str:
    """The one service of a namespace with a port that tells what it serves; it may be what is meant."""
    having = [
        ref_of("services", each).name
        for each in snapshot.within("services", namespace)
        if port not in _OF_ANYTHING and port in [number_at(has, "port") for has in mappings_at(each, "spec.ports")]
    ]
    return having[0] if len(having) == 1 else ""


def _wrong_port(
    snapshot: Snapshot,
    workload: Workload,
    container: Container,
    clue: Clue,
    evidence: list[Evidence],
    service: Manifest,
) -> Finding:
    numbers = [number_at(port, "port") or 0 for port in mappings_at(service, "spec.ports")]
    ports = list(map(str, numbers))
    field, where, proof = who_says(snapshot, workload, container, f"{clue.name}:{clue.port}")
    if not proof and (said := told_to_it(snapshot, workload, container, str(clue.port), is_all=True)) is not None:
        field, where, proof = said[0], said[1], [said[2]]
    found = container_finding(
        snapshot, workload, container,
        rule="wrong-port",
        title=f"container {container.name} crashes: service {ref_of('services', service).name} has no port {clue.port}",
        cause=f"the service listens on {', '.join(ports)}",
        root=where,
        field=field,
        evidence=[*evidence, fact("services", service, "spec.ports", ", ".join(ports)), *proof],
        confidence=0.9,
        next_steps=[f"let it use port {ports[0]}" if ports else "give the service that port"],
    )  # fmt: skip
    told, is_read = (clue.name, clue.port), _is_read(workload, container, where)
    remedy = addresses.of_port(snapshot, workload, where, field, told, numbers) if is_read else None
    return msgspec.structs.replace(found, remedy=remedy)
