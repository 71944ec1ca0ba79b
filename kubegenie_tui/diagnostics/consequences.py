"""What suffers from a fault elsewhere: it is handed to the fault behind it, which is as bad as what it does."""

import re
from collections import defaultdict

import msgspec

from kubegenie_tui.diagnostics.followers import extended
from kubegenie_tui.diagnostics.pods import is_ready, labels_of
from kubegenie_tui.diagnostics.selectors import matches, selected_pods, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

STUCK = "stuck-terminating"
_CLAIM = "claim-unbound"
_RULES = frozenset({"dependency-down", _CLAIM, "webhook-down", "conversion-webhook-down", "api-service-down", STUCK})
"""Rules whose root may itself suffer from another fault, which then is the real one."""
_OF_THE_UNMADE = frozenset({"missing-configmap", "missing-secret"})
"""Rules about an object that a program in the cluster may have been meant to make."""
_SYMPTOMS = frozenset({"crash-loop", "readiness-probe-fails", "liveness-probe-fails", "startup-probe-fails"})
"""Rules that tell how a program fails, whether they know why or not."""
_SURE = 0.8
"""How sure the cause of a symptom must be not to be handed to another fault."""
_MAY_NOT_MAKE = re.compile(
    r"may not create (?P<kinds>\w+)|cannot create resource \"(?P<resource>\w+)\""
    r"|(?P<named>\w+) \"(?P<name>[\w.-]+)\" is forbidden"
)
"""Of a kind, or of one object that is looked for before it is made."""
_OF_SLEEPERS = ("webhook-down", "conversion-webhook-down")
_NOT_MADE = frozenset(
    {
        _CLAIM,
        "daemonset-nowhere",
        "limit-range",
        "missing-priority-class",
        "missing-runtime-class",
        "missing-service-account",
        "pod-refused",
        "pod-security",
        "quota-exceeded",
        "quota-needs-resources",
        "rollout-paused",
        "webhook-denied",
        "webhook-down",
    }
)
"""Rules that tell why a workload has no pods at all, or none of its newest template."""


def with_services(snapshot: Snapshot, found: list[Finding]) -> list[Finding]:
    """Add to each finding the services that have no ready pod because of it."""
    down = _down(snapshot)
    return [extended(f, [service for ref in f.affected for service in _of(down, f, ref)]) for f in found]


def _of(down: dict[ObjectRef, list[ObjectRef]], finding: Finding, ref: ObjectRef) -> list[ObjectRef]:
    return down.get(ref, []) if ref.kind == "pods" or finding.rule in _NOT_MADE else []


def _down(snapshot: Snapshot) -> dict[ObjectRef, list[ObjectRef]]:
    """The services without a ready pod, by each of their pods; by the workloads that should make them some."""
    down: defaultdict[ObjectRef, list[ObjectRef]] = defaultdict(list)
    for service in snapshot.all("services"):
        ref, pods = ref_of("services", service), selected_pods(snapshot, service)
        if any(is_ready(pod) for pod in pods):
            continue
        for pod in (*pods, *_leaving(snapshot, service)):
            down[ref_of("pods", pod)].append(ref)
        for kind, item, labels in () if pods else templates(snapshot, ref.namespace):
            if matches(mapping_at(service, "spec.selector"), labels):
                down[ref_of(kind, item)].append(ref)
    return down


def _leaving(snapshot: Snapshot, service: Manifest) -> list[Manifest]:
    """The pods of a service that are to go: as long as one does, no other of its name can come."""
    selector, space = mapping_at(service, "spec.selector"), ref_of("services", service).namespace
    pods = (pod for pod in snapshot.within("pods", space) if text_at(pod, "metadata.deletionTimestamp"))
    return [pod for pod in pods if matches(selector, labels_of(pod))]


def without_consequences(found: list[Finding]) -> list[Finding]:
    """Hand what a consequence affects to the worst fault behind it, with its severity."""
    for _ in range(3):
        for symptom in filter(_is_consequence, found):
            behind = [f for f in found if _is_behind(f, symptom)]
            if behind:
                real = max(behind, key=lambda f: f.severity)
                found = [_with(f, symptom) if f is real else f for f in found if f is not symptom]
    return found


def _with(real: Finding, symptom: Finding) -> Finding:
    whole = extended(real, (*symptom.affected, symptom.root))
    words = _log_of(symptom) if _is_unexplained(symptom) else ()
    severity, evidence = max(real.severity, symptom.severity), (*real.evidence, *words)
    return msgspec.structs.replace(whole, severity=severity, evidence=evidence)


def _log_of(finding: Finding) -> tuple[Evidence, ...]:
    return tuple(each for each in finding.evidence if each.field.startswith("log of "))


def _is_consequence(finding: Finding) -> bool:
    waits_for_another = finding.rule == "init-waits" and finding.root not in finding.affected
    return finding.rule in _RULES or waits_for_another or finding.rule in _OF_THE_UNMADE or _is_unexplained(finding)


def _is_unexplained(finding: Finding) -> bool:
    return finding.rule in _SYMPTOMS and finding.confidence < _SURE


def _is_behind(finding: Finding, symptom: Finding) -> bool:
    """Whether a fault explains a symptom; what does not go away explains nothing but what else does not."""
    if _is_unexplained(symptom):
        is_held = finding.rule == "rollout-paused" and finding.root in symptom.affected
        return is_held or _is_named(finding, symptom)
    if finding is symptom or (finding.rule == _CLAIM and symptom.rule == STUCK):
        return False
    if finding.rule == STUCK and symptom.rule != STUCK:
        return _holds_up(finding.root, symptom) and _affects(finding, symptom)
    if finding.rule == "scaled-to-zero" and symptom.rule in _OF_SLEEPERS and finding.root == symptom.root:
        return False  # the symptom says of the same field why it matters
    if symptom.rule in _OF_THE_UNMADE:
        return _could_not_make(finding, symptom.root)
    return _affects(finding, symptom)


def _is_named(finding: Finding, symptom: Finding) -> bool:
    """Whether the log of a symptom that nobody explains names what a fault of the same namespace is about."""
    own, space = (symptom.root, *symptom.affected), symptom.root.namespace
    if finding.root.namespace != space or finding.root in own:
        return False
    said = " ".join(each.value for each in _log_of(symptom))
    told = [ref for ref in (finding.root, *finding.affected) if ref.name in said and ref not in own]
    return any(_stands_in(ref, said) for ref in told)


def _stands_in(ref: ObjectRef, said: str) -> bool:
    """Whether a name is there, alone if it is one of several parts, else behind the word for its kind."""
    name = rf"{re.escape(ref.name)}(?![\w-])"
    is_telling = "-" in ref.name and re.search(rf"(?<![\w.-]){name}", said)
    return bool(is_telling or re.search(rf"\b{ref.noun}s?[/ :=]+[\"']?{name}", said, re.IGNORECASE))


def _affects(finding: Finding, symptom: Finding) -> bool:
    space = symptom.root.name if symptom.root.kind == "namespaces" else ""
    is_within = bool(space) and finding.rule == STUCK and finding.root.namespace == space
    return finding.root == symptom.root or symptom.root in finding.affected or is_within


def _holds_up(held: ObjectRef, symptom: Finding) -> bool:
    """Whether what does not go away keeps others waiting: a pod, a claim, what is in a namespace that is to go."""
    if symptom.rule == _CLAIM:
        return held == symptom.root
    return symptom.rule == "dependency-down" and (held.kind == "pods" or symptom.root.kind == "namespaces")


def _could_not_make(finding: Finding, unmade: ObjectRef) -> bool:
    """Whether it tells that a program of the same namespace may not make objects of this kind, which then lacks."""
    spaces = {ref.namespace for ref in finding.affected}
    if finding.rule != "not-allowed" or unmade.namespace not in spaces:
        return False
    refused = [match.groupdict() for match in _MAY_NOT_MAKE.finditer(finding.cause)]
    kinds = {each["kinds"] or each["resource"] for each in refused}
    return unmade.kind in kinds or any((each["named"], each["name"]) == (unmade.kind, unmade.name) for each in refused)
