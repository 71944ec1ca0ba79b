"""Custom kinds that nobody can read, for the webhook that converts their versions does not answer.

Source: Kubernetes' documentation, "Versions in CustomResourceDefinitions", webhook conversion.
"""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.pods import is_ready
from kubegenie_tui.diagnostics.selectors import asleep, selected_pods
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.finding import Evidence, Finding, Severity
from kubegenie_tui.domain.manifest import mapping_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.object_ref import ObjectRef

_REFUSED = re.compile(
    r"conversion webhook for (?P<version>[^\s,]+), Kind=(?P<kind>\w+) failed: "
    r"Post \"https://(?P<service>[\w-]+)\.(?P<space>[\w-]+)\.svc\b[^\"]*\": (?P<error>.+)"
)
_FIELD = "spec.conversion.webhook.clientConfig.service"
_Root = tuple[ObjectRef, str, str]


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """One finding a kind; at the service's workload or the service where the definition is right."""
    for kind_id, said in snapshot.failed.items():
        if (match := _REFUSED.search(said)) is not None:
            yield _finding(snapshot, ObjectRef(DEFINITIONS, kind_id), match)


def _finding(snapshot: Snapshot, definition: ObjectRef, match: re.Match[str]) -> Finding:
    service = ObjectRef("services", match["service"], match["space"])
    root, field, why = _root(snapshot, definition, service) or (definition, _FIELD, match["error"])
    title = f"objects of kind {match['kind']} cannot be read: the webhook that converts them does not answer"
    evidence = (
        Evidence(definition, _FIELD, f"{service.namespace}/{service.name}"),
        Evidence(definition, f"answer to a list of {match['version']}", match["error"]),
    )
    affected = tuple(dict.fromkeys((definition, service, root)))
    step = f"let {root.name} answer, or correct {_FIELD} of {definition.name}"
    return Finding(
        "conversion-webhook-down", Severity.CRITICAL, title, why, root, field, evidence, affected, 0.95, (step,)
    )


def _root(snapshot: Snapshot, definition: ObjectRef, ref: ObjectRef) -> _Root | None:
    """What to change, its field and why; None where the answer alone tells."""
    if snapshot.is_missing("services", ref.namespace, ref.name):
        near = nearest(ref.name, snapshot.names("services", ref.namespace))
        return definition, _FIELD, f"there is no service {ref.namespace}/{ref.name}{did_you_mean(near)}"
    service = snapshot.get("services", ref.namespace, ref.name)
    if service is None or not mapping_at(service, "spec.selector"):
        return None
    if (sleeper := asleep(snapshot, service)) is not None:
        return ref_of(*sleeper), "spec.replicas", f"{ref_of(*sleeper).name}, which answers for it, is scaled to 0"
    if not any(map(is_ready, selected_pods(snapshot, service))):
        return ref, "", f"no pod behind service {ref.namespace}/{ref.name} is ready"
    return None
