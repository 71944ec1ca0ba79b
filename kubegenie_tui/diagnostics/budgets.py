"""Disruption budgets that no eviction can pass: a node with such a pod cannot be drained."""

from collections import Counter
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.corrections import of_label
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.selectors import near_label, selects_nothing, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects

BUDGETS = "poddisruptionbudgets.policy"
_FAILED = "SyncFailed"
_UNSCALED = ("jobs.batch", "daemonsets.apps")
"""Kinds with pods, and without a number of replicas to be set."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Budgets that allow no disruption although every pod of theirs is healthy, and those that are about no pod."""
    for budget in snapshot.all(BUDGETS):
        expected, healthy = (
            number_at(budget, "status.expectedPods") or 0,
            number_at(budget, "status.currentHealthy") or 0,
        )
        if not expected and (found := _of_nothing(snapshot, budget)) is not None:
            yield found
        if (found := _uncounted(snapshot, budget)) is not None:
            yield found
        elif expected and healthy >= expected and number_at(budget, "status.disruptionsAllowed") == 0:
            yield _finding(budget, expected)
    spaces = Counter(ref_of(BUDGETS, budget).namespace for budget in snapshot.all(BUDGETS))
    for space in (name for name, number in spaces.items() if number > 1):
        yield from _overlapping(snapshot, space)


def _overlapping(snapshot: Snapshot, space: str) -> Iterator[Finding]:
    """Of each two that select the same pods, the one about more workloads, else the younger.

    The API server evicts no pod that has two.

    Source: k8s.io/kubernetes/pkg/registry/core/pod/storage/eviction.go.
    """
    told: set[str] = set()
    made = list(templates(snapshot, space))

    def rank(budget: Manifest) -> tuple[int, str, str]:
        wide = sum(_is_about(budget, labels) for _, _, labels in made)
        return wide, text_at(budget, "metadata.creationTimestamp"), text_at(budget, "metadata.name")

    for kind, item, labels in made:
        both = sorted((each for each in snapshot.within(BUDGETS, space) if _is_about(each, labels)), key=rank)
        if len(both) > 1 and (root := ref_of(BUDGETS, both[-1])).name not in told:
            told.add(root.name)
            names = " and ".join(ref_of(BUDGETS, each).name for each in both)
            yield Finding(
                "budgets-overlap", Severity.WARNING, f"disruption budget {root.name} is about pods of another one",
                f"{names} select the pods of {Workload(kind, item, '').word}, and no pod with two budgets is evicted",
                root, "spec.selector", tuple(fact(BUDGETS, each, "spec.selector") for each in both),
                tuple(ref_of(BUDGETS, each) for each in both), 0.95, ("keep one of them",),
            )  # fmt: skip


def held_by(snapshot: Snapshot, pod: Manifest) -> list[Manifest]:
    """The budgets of a pod that let none of theirs go."""
    own = snapshot.within(BUDGETS, ref_of("pods", pod).namespace)
    held = [each for each in own if number_at(each, "status.disruptionsAllowed") == 0]
    return [each for each in held if _is_about(each, labels_of(pod))]


def limit_of(budget: Manifest) -> str:
    """The field that says how many may be missing, or have to be there."""
    return "spec.maxUnavailable" if text_at(budget, "spec.maxUnavailable") else "spec.minAvailable"


def _is_about(budget: Manifest, labels: dict[str, str]) -> bool:
    """An empty selector selects every pod."""
    selector = value_at(budget, "spec.selector")
    return selector == {} or selects(selector, labels)


def _of_nothing(snapshot: Snapshot, budget: Manifest) -> Finding | None:
    """A warning when a slip in a label is to be seen; its pods may also come later."""
    ref, selector = ref_of(BUDGETS, budget), mapping_at(budget, "spec.selector")
    if not selector or not selects_nothing(snapshot, ref.namespace, selector):
        return None
    near = near_label(snapshot, ref.namespace, selector)
    has = f"; the pods of {near.word} have {near.key}={near.value}" if near else ""
    evidence = (fact(BUDGETS, budget, "spec.selector"), *((near.proof,) if near else ()))
    return Finding(
        "budget-selects-nothing", Severity.WARNING if near else Severity.NOTICE,
        f"disruption budget {ref.name} protects no pod", f"no pod has the labels it selects{has}", ref, "spec.selector",
        evidence, (ref,), 0.9 if near else 0.7, ("let the selector name labels that the pods have",),
        of_label(ref, "spec.selector", near.key, near.value) if near and near.is_alone else None,
    )  # fmt: skip


def _uncounted(snapshot: Snapshot, budget: Manifest) -> Finding | None:
    """A budget in shares, or of how many may be missing, with pods of what has no number of replicas.

    Source: k8s.io/kubernetes/pkg/controller/disruption/disruption.go, getExpectedPodCount.
    """
    told = next((each for each in mappings_at(budget, "status.conditions") if text_at(each, "reason") == _FAILED), {})
    if text_at(told, "status") != "False":
        return None
    ref, said = ref_of(BUDGETS, budget), text_at(told, "message")
    others = tuple(_unscaled(snapshot, budget))
    which = f"; it selects pods of {', '.join(each.words for each in others)}" if others else ""
    evidence = (fact(BUDGETS, budget, "spec.selector"), fact(BUDGETS, budget, "status.conditions", said))
    return Finding(
        "budget-uncounted", Severity.WARNING, f"disruption budget {ref.name} allows no eviction",
        f"its pods cannot be counted: {said}{which}", ref, "spec.selector", evidence, (ref, *others), 0.95,
        ("let the selector leave out what is not scaled, or give minAvailable as a number of pods",),
    )  # fmt: skip


def _unscaled(snapshot: Snapshot, budget: Manifest) -> Iterator[ObjectRef]:
    """What a budget is about, and has no number of replicas to count by."""
    found: dict[ObjectRef, None] = {}
    for pod in snapshot.within("pods", ref_of(BUDGETS, budget).namespace):
        kind, item = snapshot.owner_of(pod) or ("pods", pod)
        is_alone = kind == "pods" and not mappings_at(pod, "metadata.ownerReferences")
        if (is_alone or kind in _UNSCALED) and _is_about(budget, labels_of(pod)):
            found[ref_of(kind, item)] = None
    yield from found


def _finding(budget: Manifest, expected: int) -> Finding:
    ref, field = ref_of(BUDGETS, budget), limit_of(budget)
    why = f"all of its {expected} pods are healthy, and it lets none of them go"
    evidence = (fact(BUDGETS, budget, field), fact(BUDGETS, budget, "status.disruptionsAllowed", "0"))
    return Finding(
        "budget-blocks", Severity.NOTICE, f"disruption budget {ref.name} allows no eviction", why, ref, field, evidence,
        (ref,), 0.9, ("allow one pod to be missing, or run one more",),
    )  # fmt: skip
