"""Pods that are never made: the API server refuses them to their controller."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics import corrections, webhooks
from kubegenie_tui.diagnostics.build import event_fact, fact, last_event, severity_of
from kubegenie_tui.diagnostics.pods import Workload, is_ready
from kubegenie_tui.diagnostics.selectors import selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_CONTROLLERS = ("replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch")
_QUOTA = re.compile(r"exceeded quota: ([\w.-]+), requested: (\S+), used: (\S+), limited: (\S+)")
_WEBHOOK_DOWN = re.compile(r'failed calling webhook "([\w.-]+)".*?https://([\w-]+)\.([\w-]+)\.svc\b.*?": (.+)')
_CLAIM_LEAVES = re.compile(r"pvc ([\w.-]+) is being deleted")
_RANGE = re.compile(
    r"(?:minimum|maximum) (\S+) usage per .*?\bis \S+, but (?:(request|limit) is|no)|(?:minimum|maximum) \w+ usage per"
    r"|max limit to request ratio"
)
_SECURITY = re.compile(r'containers? "([^"]+)"[^()]*? must (?:not )?set (securityContext(?:\.\w+)*)')
_HOST_SPACE = re.compile(r"host namespaces \((host\w+)=true")
_VOLUME = re.compile(r'volumes? "([^"]+)"')
_ABOVE_LIMIT = re.compile(
    r'spec\.(containers|initContainers)\[(\d+)\]\.resources\.requests: Invalid value: "([^"]+)": '
    r"must be less than or equal to ([\w./-]+) limit of (\S+)"
)
_CLASSES = {
    "PriorityClass": ("priorityclasses.scheduling.k8s.io", "priorityClassName"),
    "RuntimeClass": ("runtimeclasses.node.k8s.io", "runtimeClassName"),
}
_OF_CLASSES = ("missing-priority-class", "missing-runtime-class")
_Cause = tuple[str, str, ObjectRef, str, list[Evidence], str]


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Controllers whose pods are refused and that still lack pods."""
    for kind in _CONTROLLERS:
        for controller in snapshot.all(kind):
            refusal = _refusal(snapshot, kind, controller)
            if refusal is not None:
                yield _explain(snapshot, _top(snapshot, kind, controller), *refusal)


def _refusal(snapshot: Snapshot, kind: str, controller: Manifest) -> tuple[str, Evidence] | None:
    for condition in mappings_at(controller, "status.conditions"):
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            said = text_at(condition, "message")
            return said, fact(kind, controller, "status.conditions[ReplicaFailure]", said)
    if _has_all(kind, controller):
        return None
    event = last_event(snapshot, controller, "FailedCreate")
    return (text_at(event, "message"), event_fact(event)) if event else None


def _has_all(kind: str, controller: Manifest) -> bool:
    if kind == "jobs.batch":
        return bool(number_at(controller, "status.active") or number_at(controller, "status.succeeded"))
    wanted = number_at(controller, "status.desiredNumberScheduled" if kind.startswith("daemon") else "spec.replicas")
    has = number_at(controller, "status.currentNumberScheduled" if kind.startswith("daemon") else "status.replicas")
    return (has or 0) >= (wanted or 0)


def _top(snapshot: Snapshot, kind: str, controller: Manifest) -> Workload:
    owner = snapshot.owner_of(controller)
    if owner is not None and owner[0] in TEMPLATE_PATHS:
        kind, controller = owner
    return Workload(kind, controller, TEMPLATE_PATHS[kind])


def _explain(snapshot: Snapshot, workload: Workload, said: str, proof: Evidence) -> Finding:
    rule, cause, root, field, more, step = _cause(snapshot, workload, said)
    title = f"{workload.word}: its pods cannot be created"
    severity, affected = severity_of(snapshot, workload), tuple(dict.fromkeys((workload.ref, proof.ref)))
    remedy = _other_account(snapshot, workload) if rule == "missing-service-account" else None
    remedy = _other_class(snapshot, workload, said) if rule in _OF_CLASSES else remedy
    return Finding(rule, severity, title, cause, root, field, (proof, *more), affected, 0.96, (step,), remedy)


def _other_account(snapshot: Snapshot, workload: Workload) -> Remedy | None:
    name = text_at(workload.pod_spec, "serviceAccountName")
    names = snapshot.names("serviceaccounts", workload.ref.namespace)
    near = nearest(name, names)
    return corrections.of_account(workload, near) if corrections.is_alone(name, near, names) else None


def _other_class(snapshot: Snapshot, workload: Workload, said: str) -> Remedy | None:
    """The one class that is near, where the template still names the one that is missed."""
    word, name = _class_in(said)
    kind, field = _CLASSES[word]
    names = snapshot.names(kind, "")
    near, is_current = nearest(name, names), text_at(workload.pod_spec, field) == name
    is_alone = is_current and corrections.is_alone(name, near, names)
    return corrections.of_template(workload, {field: near}) if is_alone else None


def _cause(snapshot: Snapshot, workload: Workload, said: str) -> _Cause:
    namespace, spec = workload.ref.namespace, workload.spec_path
    if match := _QUOTA.search(said):
        return _quota(snapshot, namespace, match)
    if match := re.search(r"failed quota: ([\w.-]+): must specify ([\w.,]+)", said):
        step = f"set {match[2]} in the containers, or make a LimitRange that gives defaults"
        why = f"the quota {match[1]} wants every container to say {match[2]}"
        return "quota-needs-resources", why, workload.ref, _resources(workload, match[2].split(",")[0]), [], step
    if match := re.search(
        r'serviceaccount "?([\w.-]+)"? not found|service account [\w.-]+/([\w.-]+) was not found', said
    ):
        return _account(snapshot, workload, match[1] or match[2])
    if (found := _class(snapshot, workload, said)) is not None:
        return found
    if "violates PodSecurity" in said:
        step = "give the containers the security context that the level asks for"
        why = said.partition("is forbidden: ")[2] or said
        return "pod-security", why, workload.ref, f"{spec}{_insecure(workload, said)}", [], step
    if match := _RANGE.search(said):
        return _in_thousandths(snapshot, namespace, said) or _out_of_range(workload, said, match)
    if (match := _ABOVE_LIMIT.search(said)) and (found := _above_a_default(workload, *match.groups())) is not None:
        return found
    if (found := _by_webhook(snapshot, workload, said) or _leaving_claim(namespace, said)) is not None:
        return found
    return "pod-refused", said, workload.ref, spec, [], "mend what the API server complains about"


def _by_webhook(snapshot: Snapshot, workload: Workload, said: str) -> _Cause | None:
    if match := _WEBHOOK_DOWN.search(said):
        return _webhook_down(snapshot, match)
    if "admission webhook" in said:
        step = "satisfy the policy that the webhook enforces"
        return "webhook-denied", said, workload.ref, workload.spec_path, [], step
    return None


def _leaving_claim(namespace: str, said: str) -> _Cause | None:
    match = _CLAIM_LEAVES.search(said)
    if match is None:
        return None
    claim = ObjectRef("persistentvolumeclaims", match[1], namespace)
    step = f"wait until {match[1]} is gone: it is made anew then"
    return "claim-unbound", f"its claim {match[1]} is being deleted", claim, "metadata.finalizers", [], step


def _out_of_range(workload: Workload, said: str, match: re.Match[str]) -> _Cause:
    why, step = said.partition("is forbidden: ")[2] or said, "stay within the LimitRange, or widen it"
    wrong = f"{match[2]}s.{match[1]}" if match[1] else ""
    return "limit-range", why, workload.ref, _resources(workload, wrong), [], step


def _in_thousandths(snapshot: Snapshot, namespace: str, said: str) -> _Cause | None:
    """A LimitRange whose bound of memory is in thousandths of a byte: `512m`, where `512Mi` was meant."""
    for limits in snapshot.all("limitranges"):
        for number, item in enumerate(mappings_at(limits, "spec.limits")):
            for bound in ("max", "min"):
                value = text_at(item, f"{bound}.memory")
                if text_at(limits, "metadata.namespace") == namespace and value.endswith("m") and value in said:
                    field = f"spec.limits[{number}].{bound}.memory"
                    why = f"{value} of memory are thousandths of a byte; {value[:-1]}Mi is what people write"
                    proof = fact("limitranges", limits, field)
                    return "limit-range", why, ref_of("limitranges", limits), field, [proof], f"write {value[:-1]}Mi"
    return None


def _above_a_default(workload: Workload, list_name: str, at: str, request: str, what: str, limit: str) -> _Cause | None:
    """A request without a limit of its own, above the one that a LimitRange gives by default."""
    containers = mappings_at(workload.pod_spec, list_name)
    container = containers[int(at)] if int(at) < len(containers) else {}
    resources, name = mapping_at(container, "resources"), text_at(container, "name")
    if text_at(resources, f"requests.{what}") != request or what in mapping_at(resources, "limits"):
        return None
    field = f"{workload.spec_path}.{list_name}[{name}].resources"
    why = f"container {name} requests {request} of {what} and says no limit; a LimitRange gives it one of {limit}"
    step = f"give it a {what} limit of its own, of {request} or more"
    return "limit-range", why, workload.ref, field, [fact(workload.kind, workload.manifest, field)], step


def _insecure(workload: Workload, said: str) -> str:
    """What a pod security level complains about first, as a path below the pod spec; empty where that is not told."""
    if match := _HOST_SPACE.search(said):
        return f".{match[1]}"
    if match := _SECURITY.search(said):
        inits = [text_at(each, "name") for each in mappings_at(workload.pod_spec, "initContainers")]
        return f".{'initContainers' if match[1] in inits else 'containers'}[{match[1]}].{match[2]}"
    return f".volumes[{match[1]}]" if (match := _VOLUME.search(said)) else ""


def _resources(workload: Workload, which: str = "") -> str:
    """Where its containers say their resources; of the only one by name. `which`: such as `limits.memory`."""
    names = [text_at(each, "name") for each in mappings_at(workload.pod_spec, "containers")]
    which = f"requests.{which}" if which in ("cpu", "memory") else which
    is_one = which.startswith(("limits.", "requests."))
    path = f"{workload.spec_path}.containers{f'[{names[0]}]' if len(names) == 1 else ''}.resources"
    return f"{path}.{which}" if is_one else path


def _class(snapshot: Snapshot, workload: Workload, said: str) -> _Cause | None:
    """A class that pods name and the cluster does not have: PriorityClass or RuntimeClass."""
    word, name = _class_in(said)
    if not word:
        return None
    kind, field = _CLASSES[word]
    near = nearest(name, snapshot.names(kind, ""))
    why, path = f'there is no {word} "{name}"{did_you_mean(near)}', f"{workload.spec_path}.{field}"
    step = f"use {near}" if near else f"name a class that exists, or create {name}"
    more = [fact(workload.kind, workload.manifest, path)]
    return f"missing-{word.lower().removesuffix('class')}-class", why, workload.ref, path, more, step


def _class_in(said: str) -> tuple[str, str]:
    """The kind and the name of the class that is missed, as the API server says it; empty for none."""
    match = re.search(r'no (PriorityClass) with name ([\w.-]+)|(RuntimeClass) "([\w.-]+)" not found', said)
    return (match[1] or match[3], match[2] or match[4]) if match else ("", "")


def _quota(snapshot: Snapshot, namespace: str, match: re.Match[str]) -> _Cause:
    name, requested, used, limited = match.groups()
    resource = limited.rstrip(",").split(",")[0].partition("=")[0]
    ref = ObjectRef("resourcequotas", name, namespace)
    quota = snapshot.get("resourcequotas", namespace, name)
    more = [fact("resourcequotas", quota, "status.used", used.rstrip(","))] if quota else []
    asked, in_use = requested.rstrip(","), used.rstrip(",")
    why = f"the quota {name} is used up: in use {in_use}, allowed {limited}, and {asked} more is asked for"
    return "quota-exceeded", why, ref, f"spec.hard.{resource}", more, "raise the quota, or lower requests or replicas"


def _webhook_down(snapshot: Snapshot, match: re.Match[str]) -> _Cause:
    """The service behind it, or the configuration that calls it when there is no such service."""
    name, service, namespace, error = match.groups()
    why = f"the admission webhook {name} must be asked about every pod, and it does not answer: {error}"
    step = f"mend service {namespace}/{service}, or remove the webhook's configuration when its product is gone"
    gone = snapshot.is_missing("services", namespace, service) or error.endswith("not found")
    found = next((each for each in webhooks.called(snapshot) if each.name == name), None)
    called = snapshot.get("services", namespace, service)
    if found is not None and gone:
        return "webhook-down", why, found.ref, found.field, [found.fact], step
    if found is None or called is None or any(map(is_ready, selected_pods(snapshot, called))):
        return "webhook-down", why, ObjectRef("services", service, namespace), "", [], step
    root, field, reason, step = webhooks.behind(snapshot, found, called)
    return "webhook-down", f"{why}; {reason}", root, field, [found.fact], step


def _account(snapshot: Snapshot, workload: Workload, name: str) -> _Cause:
    namespace = workload.ref.namespace
    near = nearest(name, snapshot.names("serviceaccounts", namespace))
    why = f'there is no service account "{name}"{did_you_mean(near)}'
    root = workload.ref if near else ObjectRef("serviceaccounts", name, namespace)
    step = f"use {near}, or create {name}" if near else f"create the service account {name}"
    return "missing-service-account", why, root, f"{workload.spec_path}.serviceAccountName" if near else "", [], step
