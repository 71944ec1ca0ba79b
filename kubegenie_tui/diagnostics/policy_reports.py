"""What policy engines such as Kyverno report of objects that break a policy and were let in all the same.

Source: Kubernetes Policy Working Group, PolicyReport API.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import KIND_IDS, Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef

_REPORTS = ("policyreports.wgpolicyk8s.io", "policyreports.reports.x-k8s.io")
_BROKEN = frozenset({"fail", "error"})


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Each object with its broken policies, as a notice: it runs."""
    for kind in _REPORTS:
        for report in snapshot.all(kind):
            broken = [each for each in mappings_at(report, "results") if text_at(each, "result") in _BROKEN]
            if broken:
                about = [mapping_at(report, "scope"), *mappings_at(broken[0], "resources")]
                yield _finding(kind, report, next(filter(None, about), {}), broken)


def _finding(kind: str, report: Manifest, subject: Manifest, broken: list[Manifest]) -> Finding:
    ref = ref_of(kind, report)
    word, name = text_at(subject, "kind"), text_at(subject, "name")
    root = ObjectRef(KIND_IDS.get(word, f"{word.lower()}s"), name, ref.namespace) if name else ref
    policies = ", ".join(dict.fromkeys(text_at(each, "policy") for each in broken))
    said = text_at(broken[0], "message") or f"it breaks {policies}"
    evidence = (fact(kind, report, "results", f"{policies}: {text_at(broken[0], 'result')}"),)
    title = f"{word.lower() or 'report'} {root.name} breaks the policy {policies}"
    step = "change what the policy names, or except the object from it"
    return Finding("policy-reported", Severity.NOTICE, title, said, root, "", evidence, (root, ref), 0.9, (step,))
