"""Admission webhooks whose service is missing, or has no pod that could answer."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import is_ready, labels_of
from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects

CONFIGURATIONS = tuple(
    f"{word}webhookconfigurations.admissionregistration.k8s.io" for word in ("validating", "mutating")
)


class Called(msgspec.Struct, frozen=True):
    """One webhook that calls a service of the cluster."""

    kind: str
    configuration: Manifest
    webhook: Manifest

    @property
    def name(self) -> str:
        """The webhook's name, as refusals tell it."""
        return text_at(self.webhook, "name")

    @property
    def ref(self) -> ObjectRef:
        """Its configuration."""
        return ref_of(self.kind, self.configuration)

    @property
    def service(self) -> ObjectRef:
        """Whom it calls."""
        called = mapping_at(self.webhook, "clientConfig.service")
        return ObjectRef("services", text_at(called, "name"), text_at(called, "namespace"))

    @property
    def field(self) -> str:
        """Where it names the service."""
        return f"webhooks[{self.name}].clientConfig.service"

    @property
    def fact(self) -> Evidence:
        """Whom it calls, as evidence."""
        return fact(self.kind, self.configuration, self.field, f"{self.service.namespace}/{self.service.name}")


def called(snapshot: Snapshot) -> Iterator[Called]:
    """Every webhook that calls a service."""
    for kind in CONFIGURATIONS:
        for configuration in snapshot.all(kind):
            for webhook in mappings_at(configuration, "webhooks"):
                if mapping_at(webhook, "clientConfig.service"):
                    yield Called(kind, configuration, webhook)


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that cannot be answered; a notice where failures are ignored."""
    for each in called(snapshot):
        ref, service = each.service, snapshot.get("services", each.service.namespace, each.service.name)
        if snapshot.is_missing("services", ref.namespace, ref.name):
            near = nearest(ref.name, snapshot.names("services", ref.namespace))
            why = f"there is no service {ref.namespace}/{ref.name}{did_you_mean(near)}"
            step = "correct the service, or remove the configuration"
            yield _finding(snapshot, each, each.ref, each.field, why, step)
        elif service is not None and _is_unanswered(snapshot, service):
            why = f"no pod behind service {ref.namespace}/{ref.name} is ready"
            yield _finding(snapshot, each, ref, "", why, f"find out why: why is service {ref.name} failing?")


def _is_unanswered(snapshot: Snapshot, service: Manifest) -> bool:
    """Whether it is certain that no pod answers: a service may have endpoints that it does not select."""
    by_labels = bool(mapping_at(service, "spec.selector")) and text_at(service, "spec.type") != "ExternalName"
    return by_labels and not any(is_ready(pod) for pod in selected_pods(snapshot, service))


def _asking(snapshot: Snapshot, each: Called) -> list[ObjectRef]:
    """The namespaces about whose objects it is asked."""
    selector = mapping_at(each.webhook, "namespaceSelector")
    found = [item for item in snapshot.all("namespaces") if not selector or selects(selector, labels_of(item))]
    return [ref_of("namespaces", item) for item in found]


def _finding(snapshot: Snapshot, each: Called, root: ObjectRef, field: str, why: str, step: str) -> Finding:
    fails = text_at(each.webhook, "failurePolicy") in ("", "Fail")
    says = fact(each.kind, each.configuration, f"webhooks[{each.name}].failurePolicy", "Fail" if fails else "Ignore")
    title = f"admission webhook {each.name} does not answer, " + (
        "so what it is asked about is refused" if fails else "so it checks nothing"
    )
    severity = Severity.CRITICAL if fails else Severity.NOTICE
    affected = (each.ref, *_asking(snapshot, each))
    return Finding("webhook-down", severity, title, why, root, field, (each.fact, says), affected, 0.95, (step,))
