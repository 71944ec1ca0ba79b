"""Admission webhooks whose service is missing, or has no pod that could answer."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import is_ready, labels_of
from kubegenie_tui.diagnostics.selectors import asleep, matches, selected_pods, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, texts_at
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
            yield _finding(snapshot, each, *behind(snapshot, each, service))


def behind(snapshot: Snapshot, each: Called, service: Manifest) -> tuple[ObjectRef, str, str, str]:
    """The object to change where nothing answers, its field, why, and what to do."""
    ref = each.service
    if (sleeper := asleep(snapshot, service)) is not None:
        root = ref_of(*sleeper)
        return root, "spec.replicas", f"{root.name}, which answers for it, is scaled to 0", f"scale {root.name} up"
    if asks_about_itself(snapshot, each, service):
        why = f"it is asked about the very pods that would answer for it, those of service {ref.namespace}/{ref.name}"
        step = f"leave namespace {ref.namespace} out of its namespaceSelector"
        return each.ref, f"webhooks[{each.name}].namespaceSelector", why, step
    why = f"no pod behind service {ref.namespace}/{ref.name} is ready"
    return ref, "", why, f"find out why: why is service {ref.name} failing?"


def asks_about_itself(snapshot: Snapshot, each: Called, service: Manifest) -> bool:
    """Whether its own pods cannot be made because of it: there is none, and it must be asked about each."""
    namespace = snapshot.get("namespaces", "", each.service.namespace)
    if namespace is None or not _must_be_asked(each) or selected_pods(snapshot, service):
        return False
    for_spaces, for_objects = (mapping_at(each.webhook, key) for key in ("namespaceSelector", "objectSelector"))
    makers = [
        labels
        for kind, item, labels in templates(snapshot, each.service.namespace)
        if matches(mapping_at(service, "spec.selector"), labels) and number_at(item, "spec.replicas") != 0
    ]
    is_here = not for_spaces or selects(for_spaces, labels_of(namespace))
    return is_here and any(not for_objects or selects(for_objects, labels) for labels in makers)


def _must_be_asked(each: Called) -> bool:
    """Whether no pod is made unless it says yes."""
    rules = mappings_at(each.webhook, "rules")
    is_asked = any(
        {"pods", "*", "*/*"} & set(texts_at(rule, "resources")) and {"CREATE", "*"} & set(texts_at(rule, "operations"))
        for rule in rules
    )
    return is_asked and text_at(each.webhook, "failurePolicy") in ("", "Fail")


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
