"""Programs that refuse the certificate of a service which they call: the Secret with it is what has to change."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.calls import service_of
from kubegenie_tui.diagnostics.certificates import covers, expiry_of, names_of
from kubegenie_tui.diagnostics.clues import Clue
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.selectors import matches, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS, references_of

_FIELD = "data[tls.crt]"


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, clue: Clue, evidence: list[Evidence]
) -> Finding | None:
    """The certificate that the pods behind a service show, where it has expired or is for other hosts."""
    meant = service_of(snapshot, ref_of("pods", container.pod).namespace, clue.name) if clue.name else None
    service = snapshot.get(meant.kind, meant.namespace, meant.name) if meant else None
    for secret in _shown(snapshot, service) if service is not None else ():
        rule, why, step = _fault(snapshot, secret, clue.name)
        if rule:
            ref = ref_of("secrets", secret)
            return container_finding(
                snapshot, workload, container,
                rule=rule,
                title=f"container {container.name} crashes: it refuses the certificate of {clue.name}",
                cause=f"{why}; the pods of service {ref_of('services', service or {}).name} show it",
                root=ref,
                field=_FIELD,
                evidence=[*evidence, fact("secrets", secret, _FIELD, why)],
                confidence=0.97,
                next_steps=[step],
            )  # fmt: skip
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
        return "certificate-expired", when, "renew the certificate, and start the pods anew where they keep the old one"
    if names and not any(covers(each, host) for each in names):
        return "certificate-other-host", f"it is for {', '.join(names)}, and not for {host}", f"get one for {host}"
    return "", "", ""
