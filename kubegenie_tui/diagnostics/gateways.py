"""Gateways without a class, and routes that lead to no gateway, no service or no port of one.

Source: Gateway API, GatewayClass, Gateway, HTTPRoute: https://gateway-api.sigs.k8s.io/reference/spec/.
"""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects

_GROUP = "gateway.networking.k8s.io"
CLASSES, GATEWAYS = f"gatewayclasses.{_GROUP}", f"gateways.{_GROUP}"
GRANTS = f"referencegrants.{_GROUP}"
ROUTES = tuple(f"{word}routes.{_GROUP}" for word in ("http", "grpc", "tcp", "tls", "udp"))


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """What is certainly not there, or not open to a route's namespace."""
    for found in snapshot.all(CLASSES):
        if not any(text_at(each, "type") == "Accepted" and _is_told(each) for each in _conditions(found)):
            ref, field = ref_of(CLASSES, found), "spec.controllerName"
            why = f"no controller {text_at(found, field)} has taken it on"
            yield Finding(
                "gateway-class-unclaimed", Severity.NOTICE, f"gateway class {ref.name} is nobody's", why, ref, field,
                (fact(CLASSES, found, field),), (ref,), 0.8, ("install that controller, or name another class",),
            )  # fmt: skip
    for gateway in snapshot.all(GATEWAYS):
        yield from _class(snapshot, gateway)
        yield from _certificates(snapshot, gateway)
    for kind in ROUTES:
        for route in snapshot.all(kind):
            yield from _parents(snapshot, kind, route)
            yield from _backends(snapshot, kind, route)


def _class(snapshot: Snapshot, gateway: Manifest) -> Iterator[Finding]:
    """The class of a gateway, where it does not exist."""
    name, names = text_at(gateway, "spec.gatewayClassName"), snapshot.names(CLASSES, "")
    if not name or not snapshot.is_missing(CLASSES, "", name):
        return
    near = nearest(name, names, 0.35)
    why, field = f'there is no GatewayClass "{name}"{did_you_mean(near)}', "spec.gatewayClassName"
    found = _finding(GATEWAYS, gateway, "missing-gateway-class", "has no controller", why, field, name)
    if corrections.is_alone(name, near, names, 0.35):
        found = msgspec.structs.replace(
            found, remedy=Remedy("patch", found.root, patch={"spec": {"gatewayClassName": near}})
        )
    yield found


def _certificates(snapshot: Snapshot, gateway: Manifest) -> Iterator[Finding]:
    """The Secrets of its listeners that do not exist."""
    for row, listener in enumerate(mappings_at(gateway, "spec.listeners")):
        for column, each in enumerate(mappings_at(listener, "tls.certificateRefs")):
            space, name = text_at(each, "namespace") or ref_of(GATEWAYS, gateway).namespace, text_at(each, "name")
            if text_at(each, "kind") in ("", "Secret") and snapshot.is_missing("secrets", space, name):
                near = nearest(name, snapshot.names("secrets", space))
                why = f'there is no Secret "{name}"{did_you_mean(near)}'
                field = f"spec.listeners[{row}].tls.certificateRefs[{column}].name"
                found = _finding(GATEWAYS, gateway, "missing-certificate", "has no certificate", why, field, name)
                remedy = _of_certificate(snapshot, gateway, space, each, near)
                yield msgspec.structs.replace(found, severity=Severity.WARNING, remedy=remedy)


def _of_certificate(snapshot: Snapshot, gateway: Manifest, space: str, named: Manifest, near: str) -> Remedy | None:
    """The one Secret with a certificate whose name is near, where nobody is to make the one that is missed."""
    is_made = any(key.startswith("cert-manager.io/") for key in mapping_at(gateway, "metadata.annotations"))
    if is_made or text_at(snapshot.get("secrets", space, near), "type") != "kubernetes.io/tls":
        return None
    if not corrections.is_alone(text_at(named, "name"), near, snapshot.names("secrets", space)):
        return None
    listeners = mappings_at(gateway, "spec.listeners")
    return corrections.of_list(ref_of(GATEWAYS, gateway), "spec.listeners", listeners, named, {"name": near})


def _conditions(item: Manifest) -> list[Manifest]:
    return mappings_at(item, "status.conditions")


def _is_told(condition: Manifest) -> bool:
    """Whether a controller has said something, be it no."""
    return text_at(condition, "status") in ("True", "False")


def _parents(snapshot: Snapshot, kind: str, route: Manifest) -> Iterator[Finding]:
    own = ref_of(kind, route).namespace
    for number, parent in enumerate(mappings_at(route, "spec.parentRefs")):
        if text_at(parent, "kind") not in ("", "Gateway"):
            continue
        space, name = text_at(parent, "namespace") or own, text_at(parent, "name")
        gateway = snapshot.get(GATEWAYS, space, name)
        field = f"spec.parentRefs[{number}].name"
        if snapshot.is_missing(GATEWAYS, space, name):
            near = nearest(name, snapshot.names(GATEWAYS, space), 0.35)
            why = f'there is no Gateway "{name}" in {space}{did_you_mean(near)}'
            found = _finding(kind, route, "missing-gateway", "has no gateway", why, field, name)
            if corrections.is_alone(name, near, snapshot.names(GATEWAYS, space), 0.35):
                parents = mappings_at(route, "spec.parentRefs")
                remedy = corrections.of_list(found.root, "spec.parentRefs", parents, parent, {"name": near})
                found = msgspec.structs.replace(found, remedy=remedy)
            yield found
        elif gateway is not None and not any(
            _admits(snapshot, listener, space, own) for listener in _listeners(gateway, parent)
        ):
            yield _refused(snapshot, kind, route, number, gateway)


def _refused(snapshot: Snapshot, kind: str, route: Manifest, number: int, gateway: Manifest) -> Finding:
    """What it asks for may be there and closed, or not be there at all."""
    parent, name = mappings_at(route, "spec.parentRefs")[number], text_at(gateway, "metadata.name")
    what, path = "is let in by no gateway", f"spec.parentRefs[{number}]"
    if _listeners(gateway, parent):
        why = (
            f"no listener of gateway {name} that it asks for takes routes of namespace {ref_of(kind, route).namespace}"
        )
        found = _finding(kind, route, "gateway-refuses", what, why, f"{path}.name", name)
        return _at_the_door(snapshot, found, gateway, _listeners(gateway, parent)[0])
    field = "sectionName" if text_at(parent, "sectionName") else "port"
    wanted, key = text_at(parent, field), "name" if field == "sectionName" else "port"
    has = ", ".join(text_at(each, key) for each in mappings_at(gateway, "spec.listeners"))
    why = f"gateway {name} has no listener {wanted}; it has {has or 'none'}"
    found = _finding(kind, route, "gateway-refuses", what, why, f"{path}.{field}", wanted)
    names = [text_at(each, key) for each in mappings_at(gateway, "spec.listeners")]
    near = nearest(wanted, names, 0.35) if key == "name" else ""
    if not corrections.is_alone(wanted, near, names, 0.35):
        return found
    parents = mappings_at(route, "spec.parentRefs")
    remedy = corrections.of_list(found.root, "spec.parentRefs", parents, parent, {field: near})
    return msgspec.structs.replace(found, remedy=remedy)


def _at_the_door(snapshot: Snapshot, found: Finding, gateway: Manifest, listener: Manifest) -> Finding:
    """What keeps a route out: its namespace where another has the labels that are asked for, else the gateway."""
    field, own = f"spec.listeners[{text_at(listener, 'name')}].allowedRoutes.namespaces", found.root.namespace
    selector = mapping_at(listener, "allowedRoutes.namespaces.selector")
    asked = text_at(listener, "allowedRoutes.namespaces.from") or "Same"
    root, proof = ref_of(GATEWAYS, gateway), fact(GATEWAYS, gateway, field, asked)
    if asked == "Selector":
        proof = fact(GATEWAYS, gateway, f"{field}.selector", selector)
        if any(selects(selector, labels_of(each)) for each in snapshot.all("namespaces")):
            root, field = ObjectRef("namespaces", own), "metadata.labels"
    evidence, affected = (*found.evidence, proof), tuple(dict.fromkeys((*found.affected, root)))
    step = f"let {root.name} admit it: see {field}"
    return msgspec.structs.replace(
        found, root=root, field=field, evidence=evidence, affected=affected, next_steps=(step,)
    )


def _listeners(gateway: Manifest, parent: Manifest) -> list[Manifest]:
    """Those that a route asks for: by section, by port, or all of them."""
    section, port = text_at(parent, "sectionName"), text_at(parent, "port")
    return [
        listener
        for listener in mappings_at(gateway, "spec.listeners")
        if section in ("", text_at(listener, "name")) and port in ("", text_at(listener, "port"))
    ]


def _admits(snapshot: Snapshot, listener: Manifest, space: str, own: str) -> bool:
    allowed = mapping_at(listener, "allowedRoutes.namespaces")
    source = text_at(allowed, "from") or "Same"
    if source in ("Same", "None"):
        return source == "Same" and space == own
    namespace = snapshot.get("namespaces", "", own)
    if source != "Selector" or namespace is None:
        return True
    return selects(allowed.get("selector"), labels_of(namespace))


def _backends(snapshot: Snapshot, kind: str, route: Manifest) -> Iterator[Finding]:
    own = ref_of(kind, route).namespace
    for row, rule in enumerate(mappings_at(route, "spec.rules")):
        for column, backend in enumerate(mappings_at(rule, "backendRefs")):
            if text_at(backend, "kind") not in ("", "Service"):
                continue
            space, name = text_at(backend, "namespace") or own, text_at(backend, "name")
            field, service = f"spec.rules[{row}].backendRefs[{column}]", snapshot.get("services", space, name)
            if snapshot.is_missing("services", space, name):
                near = nearest(name, snapshot.names("services", space))
                why, what = (
                    f'there is no service "{name}"{did_you_mean(near)}',
                    "leads to a service that does not exist",
                )
                found = _finding(kind, route, "missing-backend", what, why, f"{field}.name", name)
                remedy = _of_backend(snapshot, ref_of(kind, route), route, backend, near)
                yield msgspec.structs.replace(found, remedy=remedy)
            elif not _is_granted(snapshot, kind, own, space, name):
                why = f"namespace {space} has no ReferenceGrant that lets routes of {own} lead to its service {name}"
                what = "leads to a service that it may not use"
                found = _finding(kind, route, "reference-not-granted", what, why, f"{field}.namespace", space)
                yield _at_grant(snapshot, kind, own, found, space, name)
            elif service is not None and (why := _lacks_port(service, text_at(backend, "port"))):
                what, port = "leads to a port that does not exist", text_at(backend, "port")
                found = _finding(kind, route, "wrong-backend-port", what, why, f"{field}.port", port)
                yield msgspec.structs.replace(found, remedy=_of_port(ref_of(kind, route), route, backend, service))


def _of_backend(
    snapshot: Snapshot, ref: ObjectRef, route: Manifest, backend: Manifest, near: str
) -> Remedy | None:  # fmt: skip
    """The service of its own namespace that is near, where it has the port that is asked for."""
    service, names = snapshot.get("services", ref.namespace, near), snapshot.names("services", ref.namespace)
    is_here = text_at(backend, "namespace") in ("", ref.namespace) and service is not None
    if not is_here or service is None or _lacks_port(service, text_at(backend, "port")):
        return None
    if not corrections.is_alone(text_at(backend, "name"), near, names):
        return None
    return corrections.of_backend(ref, mappings_at(route, "spec.rules"), backend, near)


def _of_port(ref: ObjectRef, route: Manifest, backend: Manifest, service: Manifest) -> Remedy | None:
    """The only port that the service has."""
    ports = [number_at(each, "port") for each in mappings_at(service, "spec.ports")]
    rules = mappings_at(route, "spec.rules")
    return corrections.of_list(ref, "spec.rules", rules, backend, {"port": ports[0]}) if len(ports) == 1 else None


def _is_granted(snapshot: Snapshot, kind: str, own: str, space: str, name: str) -> bool:
    """Whether a route may lead to a service, as far as the grants of its namespace are known."""
    if space == own or not snapshot.is_whole(GRANTS, space) or snapshot.is_nowhere(space):
        return True
    return any(
        any(_is_grantee(each, kind, own) for each in mappings_at(grant, "spec.from"))
        and any(
            text_at(e, "kind") == "Service" and text_at(e, "name") in ("", name) for e in mappings_at(grant, "spec.to")
        )
        for grant in snapshot.within(GRANTS, space)
    )


def _at_grant(snapshot: Snapshot, kind: str, own: str, found: Finding, space: str, name: str) -> Finding:
    """The finding at the grant for this service that names a namespace which does not exist, where there is one."""
    for grant in snapshot.within(GRANTS, space):
        if not any(text_at(each, "name") in ("", name) for each in mappings_at(grant, "spec.to")):
            continue
        for number, source in enumerate(mappings_at(grant, "spec.from")):
            other = text_at(source, "namespace")
            if snapshot.is_nowhere(other) and _is_grantee({**source, "namespace": own}, kind, own):
                ref, field = ref_of(GRANTS, grant), f"spec.from[{number}].namespace"
                why = f"ReferenceGrant {ref.name} of {space} is for {other}, a namespace that does not exist"
                evidence = (*found.evidence, fact(GRANTS, grant, field, other))
                return msgspec.structs.replace(
                    found, cause=why, root=ref, field=field, evidence=evidence, affected=(*found.affected, ref),
                    next_steps=(f"let it be for {own}",),
                )  # fmt: skip
    return found


def _is_grantee(source: Manifest, kind: str, own: str) -> bool:
    return text_at(source, "namespace") == own and f"{text_at(source, 'kind').lower()}s" == kind.partition(".")[0]


def _lacks_port(service: Manifest, port: str) -> str:
    """Why a port leads nowhere; empty when it is one of the service's."""
    ports = [text_at(each, "port") for each in mappings_at(service, "spec.ports")]
    name = text_at(service, "metadata.name")
    return "" if not port or port in ports else f"service {name} has no port {port}; it has {', '.join(ports)}"


def _finding(kind: str, item: Manifest, rule: str, what: str, why: str, field: str, value: str) -> Finding:
    ref = ref_of(kind, item)
    title = f"{text_at(item, 'kind').lower() or 'route'} {ref.name} {what}"
    evidence, step = (fact(kind, item, field, value),), (f"correct {field}",)
    return Finding(rule, Severity.CRITICAL, title, why, ref, field, evidence, (ref,), 0.95, step)
