"""Ingresses that lead nowhere, and certificates in TLS Secrets that have expired."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.certificates import covers, expiry_of, names_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, texts_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.relations.ingress import backends

KIND = "ingresses.networking.k8s.io"
_CLASSES = "ingressclasses.networking.k8s.io"
_DEFAULT = "ingressclass.kubernetes.io/is-default-class"
_TLS = "kubernetes.io/tls"
_BY_ANNOTATION = "kubernetes.io/ingress.class"
_PATIENCE_SECONDS = 300
_SOON_SECONDS = 7 * 86_400


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Missing backends, missing ports, missing classes, missing and expired certificates."""
    for ingress in snapshot.all(KIND):
        wanted = text_at(ingress, "spec.ingressClassName")
        if wanted and snapshot.is_missing(_CLASSES, "", wanted):
            near = nearest(wanted, snapshot.names(_CLASSES, ""), 0.35)
            why = f'there is no IngressClass "{wanted}"{did_you_mean(near)}'
            found = _finding(
                ingress, "missing-ingress-class", "has no controller", why, "spec.ingressClassName", wanted
            )
            yield msgspec.structs.replace(found, remedy=_of_class(snapshot, ingress, wanted, near))
        elif not wanted and _is_nobodys(snapshot, ingress):
            why = f"it names no class and none is the default; there is {', '.join(snapshot.names(_CLASSES, ''))}"
            yield _finding(
                ingress, "missing-ingress-class", "has no controller", why, "spec.ingressClassName", "none",
                Severity.WARNING,
            )  # fmt: skip
        elif not wanted and (said := _old_class(snapshot, ingress)):
            why = f'there is no IngressClass "{said}"{did_you_mean(nearest(said, snapshot.names(_CLASSES, ""), 0.35))}'
            found = _finding(
                ingress, "missing-ingress-class", "has no controller", why, f"metadata.annotations[{_BY_ANNOTATION}]",
                said, Severity.WARNING,
            )  # fmt: skip
            yield msgspec.structs.replace(found, remedy=_of_old_class(snapshot, ingress, said))
        for field, backend in backends(ingress):
            yield from _backend(snapshot, ingress, field, backend)
        for tls in mappings_at(ingress, "spec.tls"):
            yield from _certificate(snapshot, ingress, tls)
            yield from _other_host(snapshot, ingress, tls)


def _is_nobodys(snapshot: Snapshot, ingress: Manifest) -> bool:
    """Whether no controller takes it: without a class, where there are classes, and still without an address."""
    by_annotation = mapping_at(ingress, "metadata.annotations").get(_BY_ANNOTATION)
    classes = snapshot.all(_CLASSES)
    has_default = any(mapping_at(each, "metadata.annotations").get(_DEFAULT) == "true" for each in classes)
    served = mappings_at(ingress, "status.loadBalancer.ingress")
    return bool(classes) and not (by_annotation or has_default or served)


def _old_class(snapshot: Snapshot, ingress: Manifest) -> str:
    """The class by annotation that nobody has, where there are classes; empty while a controller may yet take it.

    Controllers that go by the annotation alone need no IngressClass, and write down an address.
    """
    said, classes = mapping_at(ingress, "metadata.annotations").get(_BY_ANNOTATION), snapshot.names(_CLASSES, "")
    age = snapshot.now - parse_time(text_at(ingress, "metadata.creationTimestamp"))
    is_taken = bool(mappings_at(ingress, "status.loadBalancer.ingress")) or age < _PATIENCE_SECONDS
    return said if isinstance(said, str) and classes and said not in classes and not is_taken else ""


def _backend(snapshot: Snapshot, ingress: Manifest, field: str, backend: Manifest) -> Iterator[Finding]:
    namespace, name = ref_of(KIND, ingress).namespace, text_at(backend, "name")
    if snapshot.is_missing("services", namespace, name):
        near = nearest(name, snapshot.names("services", namespace))
        why = f'there is no service "{name}"{did_you_mean(near)}'
        what = "leads to a service that does not exist"
        found = _finding(ingress, "missing-backend", what, why, f"{field}.name", name)
        yield msgspec.structs.replace(found, remedy=_of_backend(snapshot, ingress, field, backend, near))
        return
    service = snapshot.get("services", namespace, name)
    if service is None:
        return
    if _has_port(service, backend):
        return
    ports = mappings_at(service, "spec.ports")
    number, called = text_at(backend, "port.number"), text_at(backend, "port.name")
    has = ", ".join(" ".join(filter(None, (text_at(p, "port"), text_at(p, "name")))) for p in ports)
    why = f"service {name} has no port {number or called}; it has {has}"
    found = _finding(
        ingress, "wrong-backend-port", "leads to a port that does not exist", why, f"{field}.port", number or called
    )
    if (at := _at_service(snapshot, service, called, found)) is not None:
        yield at
        return
    yield msgspec.structs.replace(found, remedy=_of_port(ingress, field, backend, ports))


def _at_service(snapshot: Snapshot, service: Manifest, called: str, found: Finding) -> Finding | None:
    """The finding at a service whose only port several ingresses call otherwise than it does, and none as it does."""
    ref, ports = ref_of("services", service), mappings_at(service, "spec.ports")
    asked = [
        (ref_of(KIND, ingress).name, text_at(backend, "port.name") or text_at(backend, "port.number"))
        for ingress in snapshot.within(KIND, ref.namespace)
        for _, backend in backends(ingress)
        if text_at(backend, "name") == ref.name
    ]
    several = len({name for name, _ in asked}) > 1 and {port for _, port in asked} == {called}
    if not called or not several or len(ports) != 1:
        return None
    names = ", ".join(sorted({name for name, _ in asked}))
    why = f"it calls its port {text_at(ports[0], 'name') or 'nothing'}, and ingresses {names} call it {called}"
    field = f"spec.ports[{text_at(ports[0], 'name') or text_at(ports[0], 'port')}].name"
    return msgspec.structs.replace(
        found, title=f"service {ref.name} calls its port otherwise than those who lead to it", cause=why, root=ref,
        field=field, evidence=(*found.evidence, fact("services", service, field)), affected=(*found.affected, ref),
        next_steps=(f"call the port {called}",),
    )  # fmt: skip


def _has_port(service: Manifest, backend: Manifest) -> bool:
    number, called = text_at(backend, "port.number"), text_at(backend, "port.name")
    ports = mappings_at(service, "spec.ports")
    return any(number == text_at(p, "port") if number else called == text_at(p, "name") for p in ports)


def _of_class(snapshot: Snapshot, ingress: Manifest, wanted: str, near: str) -> Remedy | None:
    if not corrections.is_alone(wanted, near, snapshot.names(_CLASSES, ""), 0.35):
        return None
    return Remedy("patch", ref_of(KIND, ingress), patch={"spec": {"ingressClassName": near}})


def _of_old_class(snapshot: Snapshot, ingress: Manifest, said: str) -> Remedy | None:
    names = snapshot.names(_CLASSES, "")
    near = nearest(said, names, 0.35)
    changed = {"metadata": {"annotations": {_BY_ANNOTATION: near}}}
    is_sure = corrections.is_alone(said, near, names, 0.35)
    return Remedy("patch", ref_of(KIND, ingress), patch=changed) if is_sure else None


def _of_backend(
    snapshot: Snapshot, ingress: Manifest, field: str, backend: Manifest, near: str
) -> Remedy | None:  # fmt: skip
    """The service that is near, where it has the port that is asked for."""
    ref = ref_of(KIND, ingress)
    service = snapshot.get("services", ref.namespace, near)
    names = snapshot.names("services", ref.namespace)
    if service is None or not _has_port(service, backend):
        return None
    if not corrections.is_alone(text_at(backend, "name"), near, names):
        return None
    if field.startswith("spec.defaultBackend"):
        return Remedy("patch", ref, patch={"spec": {"defaultBackend": {"service": {"name": near}}}})
    return corrections.of_backend(ref, mappings_at(ingress, "spec.rules"), backend, near)


def _of_port(ingress: Manifest, field: str, backend: Manifest, ports: list[Manifest]) -> Remedy | None:
    """The only port that the service has."""
    ref, number = ref_of(KIND, ingress), number_at(ports[0], "port") if len(ports) == 1 else None
    if not number:
        return None
    if field.startswith("spec.defaultBackend"):
        port = {"number": number, "name": None}
        return Remedy("patch", ref, patch={"spec": {"defaultBackend": {"service": {"port": port}}}})
    return corrections.of_list(
        ref, "spec.rules", mappings_at(ingress, "spec.rules"), backend, {"port": {"number": number}}
    )


def _of_certificate(snapshot: Snapshot, ingress: Manifest, tls: Manifest, near: str) -> Remedy | None:
    """The one Secret with a certificate whose name is near, where nobody is to make the one that is missed."""
    space, name = ref_of(KIND, ingress).namespace, text_at(tls, "secretName")
    secret = snapshot.get("secrets", space, near)
    is_made = any(key.startswith("cert-manager.io/") for key in mapping_at(ingress, "metadata.annotations"))
    if is_made or text_at(secret, "type") != _TLS:
        return None
    if not corrections.is_alone(name, near, snapshot.names("secrets", space)):
        return None
    rows = mappings_at(ingress, "spec.tls")
    return corrections.of_list(ref_of(KIND, ingress), "spec.tls", rows, tls, {"secretName": near})


def _elsewhere(snapshot: Snapshot, name: str) -> str:
    """Where there is such a certificate, which is of no use to an ingress of another namespace."""
    of_name = [each for each in snapshot.all("secrets") if text_at(each, "metadata.name") == name]
    spaces = [ref_of("secrets", each).namespace for each in of_name if text_at(each, "type") == _TLS]
    return f"; there is one in namespace {spaces[0]}, which only ingresses there may use" if len(spaces) == 1 else ""


def _certificate(snapshot: Snapshot, ingress: Manifest, tls: Manifest) -> Iterator[Finding]:
    namespace, name = ref_of(KIND, ingress).namespace, text_at(tls, "secretName")
    if name and snapshot.is_missing("secrets", namespace, name):
        near = nearest(name, snapshot.names("secrets", namespace))
        why = f'there is no Secret "{name}"{did_you_mean(near) or _elsewhere(snapshot, name)}'
        found = _finding(ingress, "missing-certificate", "has no certificate", why, "spec.tls", name, Severity.WARNING)
        yield msgspec.structs.replace(found, remedy=_of_certificate(snapshot, ingress, tls, near))
        return
    secret = snapshot.get("secrets", namespace, name)
    ends = expiry_of(secret) if secret else None
    if secret is None or ends is None or not snapshot.now or ends - snapshot.now > _SOON_SECONDS:
        return
    left = ends - snapshot.now
    when = f"expired {format_age(-left)} ago" if left <= 0 else f"expires in {format_age(left)}"
    severity = Severity.CRITICAL if left <= 0 else Severity.WARNING
    ref = ref_of("secrets", secret)
    title = f"ingress {ref_of(KIND, ingress).name}: its certificate {when}"
    evidence = (fact("secrets", secret, "data[tls.crt]", f"certificate {when}"), fact(KIND, ingress, "spec.tls", name))
    rule, why = (
        "certificate-expired" if left <= 0 else "certificate-expires",
        f"it is in Secret {name}, and nothing has renewed it",
    )
    steps = (
        "renew the certificate",
        "find out why nothing renewed it: describe its Certificate, if cert-manager made it",
    )
    yield Finding(rule, severity, title, why, ref, "data[tls.crt]", evidence, (ref_of(KIND, ingress), ref), 1.0, steps)


def _other_host(snapshot: Snapshot, ingress: Manifest, tls: Manifest) -> Iterator[Finding]:
    """A certificate that is for other hosts than the one it is shown for."""
    ref, name = ref_of(KIND, ingress), text_at(tls, "secretName")
    secret = snapshot.get("secrets", ref.namespace, name)
    names = names_of(secret) if secret is not None else []
    hosts = texts_at(tls, "hosts") or [text_at(rule, "host") for rule in mappings_at(ingress, "spec.rules")]
    wrong = [host for host in hosts if host and names and not any(covers(each, host) for each in names)]
    if secret is None or not wrong:
        return
    root = ref_of("secrets", secret)
    why = f"it is for {', '.join(names)}, and browsers ask for {', '.join(wrong)}"
    evidence = (fact("secrets", secret, "data[tls.crt]", ", ".join(names)), fact(KIND, ingress, "spec.tls", wrong[0]))
    title, step = f"ingress {ref.name}: its certificate is for another host", f"get one for {wrong[0]}"
    yield Finding(
        "certificate-other-host", Severity.WARNING, title, why, root, "data[tls.crt]", evidence, (ref, root), 0.95,
        (step,),
    )  # fmt: skip


def _finding(
    ingress: Manifest, rule: str, what: str, why: str, field: str, value: str, severity: Severity = Severity.CRITICAL
) -> Finding:
    ref = ref_of(KIND, ingress)
    evidence = (fact(KIND, ingress, field, value),)
    step = (f"correct {field}",)
    return Finding(rule, severity, f"ingress {ref.name} {what}", why, ref, field, evidence, (ref,), 0.97, step)
