"""Services that select no pods: another name for a host, or addresses that somebody has to write down."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.calls import calls, service_of
from kubegenie_tui.diagnostics.clues import read_clue
from kubegenie_tui.diagnostics.corrections import is_alone
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.ingress import backend_services

_SLICES, _INGRESSES = "endpointslices.discovery.k8s.io", "ingresses.networking.k8s.io"
_OF = "kubernetes.io/service-name"
"""The label by which a slice says whose it is."""
_OF_THE_SERVER = ("default", "kubernetes")
"""The API server's own service, whose addresses it keeps itself."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Names that lead to no service, and services without any address."""
    called = {
        (ref_of(_INGRESSES, ingress).namespace, name)
        for ingress in snapshot.all(_INGRESSES)
        for name in backend_services(ingress)
    }
    for service in snapshot.all("services"):
        if text_at(service, "spec.type") == "ExternalName":
            yield from _leads_nowhere(snapshot, service)
        elif not mapping_at(service, "spec.selector") and has_no_address(snapshot, service):
            ref = ref_of("services", service)
            yield _without_address(snapshot, service, (ref.namespace, ref.name) in called)
        elif not mapping_at(service, "spec.selector") and (slices := _slices_of(snapshot, service)):
            yield from _of_other_ports(service, slices)


def called_namespaces(snapshot: Snapshot) -> set[str]:
    """Namespaces in which a service is called by a workload, or by another name for it."""
    meant = [service_of(snapshot, call.namespace, call.host) for call in calls(snapshot)]
    meant += [
        service_of(snapshot, ref_of("services", each).namespace, text_at(each, "spec.externalName"))
        for each in snapshot.all("services")
        if ".svc" in text_at(each, "spec.externalName")
    ]
    return {ref.namespace for ref in meant if ref is not None and snapshot.get("namespaces", "", ref.namespace)}


def logged_namespaces(snapshot: Snapshot) -> set[str]:
    """Namespaces with a service that a program names in the log of its end: it may know it from a Secret."""
    clues = [(space, read_clue(lines)) for (space, _, _), lines in snapshot.logs.items()]
    meant = [service_of(snapshot, space, clue.name) for space, clue in clues if clue is not None and clue.name]
    return {ref.namespace for ref in meant if ref is not None and snapshot.get("namespaces", "", ref.namespace)}


def _leads_nowhere(snapshot: Snapshot, service: Manifest) -> Iterator[Finding]:
    """To itself, or to a service of the cluster that does not exist."""
    ref, host, remedy = ref_of("services", service), text_at(service, "spec.externalName"), None
    meant = service_of(snapshot, ref.namespace, host) if ".svc" in host else None
    if meant is None:
        return
    if meant == ref:
        why = "it is another name for itself"
    elif (ring := _ring(snapshot, ref, meant)) is not None:
        if ring[0] != ref:
            return  # told of once
        why = f"it leads round in a ring: {' -> '.join(each.name for each in (*ring, ref))}"
    elif snapshot.is_missing("services", meant.namespace, meant.name):
        near = nearest(meant.name, (names := _others(snapshot, ref, meant.namespace)))
        remedy = _renamed(ref, host, meant.name, near) if is_alone(meant.name, near, names) else None
        why = f'there is no service "{meant.name}" in namespace {meant.namespace}{did_you_mean(near)}'
    else:
        return
    evidence = (fact("services", service, "spec.externalName"),)
    title, step = f"service {ref.name} leads nowhere", "correct spec.externalName"
    yield Finding(
        "external-name", Severity.WARNING, title, why, ref, "spec.externalName", evidence, (ref,), 0.95, (step,), remedy
    )


def _others(snapshot: Snapshot, ref: ObjectRef, namespace: str) -> list[str]:
    """The services of a namespace that another name may lead to."""
    names = snapshot.names("services", namespace)
    return [each for each in names if (namespace, each) != (ref.namespace, ref.name)]


def _renamed(ref: ObjectRef, host: str, wrong: str, right: str) -> Remedy | None:
    """The same host with another service."""
    first, dot, rest = host.partition(".")
    changed = {"spec": {"externalName": f"{right}{dot}{rest}"}}
    return Remedy("patch", ref, patch=changed) if first == wrong else None


def _ring(snapshot: Snapshot, ref: ObjectRef, meant: ObjectRef) -> tuple[ObjectRef, ...] | None:
    """The other names that a name leads to until it comes round, the first by name in front; None where it ends."""
    ring = [ref]
    while meant != ref:
        service = snapshot.get("services", meant.namespace, meant.name)
        host = text_at(service, "spec.externalName") if service else ""
        following = service_of(snapshot, meant.namespace, host) if ".svc" in host else None
        if following is None or meant in ring:
            return None
        ring.append(meant)
        meant = following
    first = ring.index(min(ring, key=str))
    return (*ring[first:], *ring[:first])


def has_no_address(snapshot: Snapshot, service: Manifest) -> bool:
    """Whether it is certain that no slice holds an address for it."""
    ref = ref_of("services", service)
    if (ref.namespace, ref.name) == _OF_THE_SERVER or not snapshot.is_whole(_SLICES, ref.namespace):
        return False
    return not any(mappings_at(each, "endpoints") for each in _slices_of(snapshot, service))


def _slices_of(snapshot: Snapshot, service: Manifest) -> list[Manifest]:
    ref = ref_of("services", service)
    return [each for each in snapshot.within(_SLICES, ref.namespace) if _whose(each) == ref.name]


def misses_its_ports(snapshot: Snapshot, service: Manifest) -> bool:
    """Whether the addresses that somebody wrote down for a service are none of its ports."""
    is_bare = not mapping_at(service, "spec.selector")
    return is_bare and any(_of_other_ports(service, _slices_of(snapshot, service)))


def _of_other_ports(service: Manifest, slices: list[Manifest]) -> Iterator[Finding]:
    """Addresses whose ports have other names than those of the service, by which these are told apart.

    Source: Kubernetes' documentation, "EndpointSlices": a port's name must match that of the service's port.
    """
    wanted = [text_at(port, "name") for port in mappings_at(service, "spec.ports")]
    given = {text_at(port, "name") for each in slices for port in mappings_at(each, "ports")}
    if not wanted or not given or given & set(wanted):
        return
    ref, root, field = ref_of("services", service), ref_of(_SLICES, slices[0]), "ports[0].name"
    has, wants = (", ".join(each or '""' for each in names) for names in (sorted(given), wanted))
    evidence = (fact(_SLICES, slices[0], field, has), fact("services", service, "spec.ports", wants))
    yield Finding(
        "service-without-selector", Severity.WARNING, f"service {ref.name} has no addresses for its ports",
        f"the ports of EndpointSlice {root.name} are called {has}, and those of the service {wants}", root, field,
        evidence, (ref,), 0.9, (f"call the port of the EndpointSlice {wants}, as the service does",),
    )  # fmt: skip


def _whose(slice_: Manifest) -> str:
    return str(mapping_at(slice_, "metadata.labels").get(_OF, ""))


def _stray(snapshot: Snapshot, service: ObjectRef) -> Manifest | None:
    """Addresses that by their name are those of the service, and by their label of one that does not exist."""
    for item in snapshot.within(_SLICES, service.namespace):
        whose, name = _whose(item), ref_of(_SLICES, item).name
        is_lost = not whose or snapshot.is_missing("services", service.namespace, whose)
        is_meant = name == service.name or name.startswith(f"{service.name}-") or nearest(whose, [service.name])
        if is_lost and is_meant and mappings_at(item, "endpoints"):
            return item
    return None


def _without_address(snapshot: Snapshot, service: Manifest, is_called: bool) -> Finding:
    """A warning when an ingress leads there; others may get their addresses from a controller in time."""
    ref, root, field = ref_of("services", service), ref_of("services", service), "spec.selector"
    why, step = "nobody has written down addresses for it", "give it a selector, or an EndpointSlice with its addresses"
    evidence = [fact("services", service, "spec.selector", "none")]
    if (stray := _stray(snapshot, ref)) is not None:
        root, field = ref_of(_SLICES, stray), f"metadata.labels[{_OF}]"
        whose = _whose(stray)
        for_whom = f'service "{whose}", which does not exist' if whose else "no service, as it has no such label"
        why = f"the addresses of EndpointSlice {root.name} are for {for_whom}"
        step = f"label the EndpointSlice {_OF}={ref.name} if its addresses are meant"
        evidence.append(fact(_SLICES, stray, field, whose or "none"))
    return Finding(
        "service-without-selector", Severity.WARNING if is_called else Severity.NOTICE,
        f"service {ref.name} has no endpoints", f"it has no selector, and {why}", root, field, tuple(evidence), (ref,),
        0.85, (step,),
    )  # fmt: skip
