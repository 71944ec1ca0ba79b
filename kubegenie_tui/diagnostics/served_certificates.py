"""Programs that refuse the certificate of a service which they call: the Secret with it is what has to change."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.calls import calls_of, service_of
from kubegenie_tui.diagnostics.certificates import covers, expiry_of, names_of
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.selectors import matches, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

_FIELD = "data[tls.crt]"
_EXPIRED = "certificate-expired"


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """The certificate that the pods behind a service show, where it has expired or is for other hosts.

    Of a program that names no host, each that its variables name is looked at; nothing is said where several may be.
    """
    hosts = [clue.name] if clue.name else list(dict.fromkeys(call.host for call in calls_of(snapshot, workload)))
    faults = [fault for host in hosts if (fault := _of_host(snapshot, container, host, is_told=bool(clue.name)))]
    if len({ref_of("secrets", secret) for secret, *_ in faults}) != 1:
        return None
    secret, host, service, rule, why, step = faults[0]
    return container_finding(
        snapshot, workload, container,
        rule=rule,
        title=f"container {container.name} crashes: it refuses the certificate of {host}",
        cause=f"{why}; the pods of service {service.name} show it",
        root=ref_of("secrets", secret),
        field=_FIELD,
        evidence=[*evidence, fact("secrets", secret, _FIELD, why)],
        confidence=0.97,
        next_steps=[step],
    )  # fmt: skip


def _of_host(
    snapshot: Snapshot, container: Container, host: str, *, is_told: bool
) -> tuple[Manifest, str, ObjectRef, str, str, str] | None:
    """The Secret, the host, its service, then rule, cause and next step; of a host that is a guess, the time only."""
    meant = service_of(snapshot, ref_of("pods", container.pod).namespace, host)
    service = snapshot.get(meant.kind, meant.namespace, meant.name) if meant else None
    for secret in _shown(snapshot, service) if service is not None else ():
        rule, why, step = _fault(snapshot, secret, host)
        if rule and service is not None and (is_told or rule == _EXPIRED):
            return secret, host, ref_of("services", service), rule, why, step
    return None


def _shown(snapshot: Snapshot, service: Manifest) -> Iterator[Manifest]:
    """The Secrets that what is behind a service reads."""
    selector, space = mapping_at(service, "spec.selector"), ref_of("services", service).namespace
    for kind, item, labels in templates(snapshot, space) if selector else ():
        for reference in references_of(mapping_at(item, TEMPLATE_PATHS[kind])) if matches(selector, labels) else ():
            secret = snapshot.get("secrets", space, reference.name)
            if reference.kind == "secrets" and secret is not None:
                yield secret


def _fault(snapshot: Snapshot, secret: Manifest, host: str) -> tuple[str, str, str]:
    """Rule, cause and next step; empty where the certificate does."""
    ends, names = expiry_of(secret), names_of(secret)
    if ends is not None and 0 < ends < snapshot.now:
        when = f"its certificate expired {format_age(snapshot.now - ends)} ago"
        return _EXPIRED, when, "renew the certificate, and start the pods anew where they keep the old one"
    if names and not any(covers(each, host) for each in names):
        return "certificate-other-host", f"it is for {', '.join(names)}, and not for {host}", f"get one for {host}"
    return "", "", ""
