"""How careful a change must be: computed from its steps and what the server says of them, never by a model."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.changes.retention import claims_lost
from kubegenie_tui.domain.cluster import is_meant
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.diff import is_so_already
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.plan import Plan, Step, StepPreview, Tier, Verb
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

MOST_OBJECTS = 5
"""More than these at once are destructive whatever is done to them."""
MOST_MORE = 50
"""Replicas that are added at once and still count as reversible: what they take is taken from others."""
MOST_TIMES = 10
"""Times as many as there were that still count as that."""
_REPLICAS = {"horizontalpodautoscalers.autoscaling": "spec.maxReplicas", "jobs.batch": "spec.parallelism"}
"""Where a kind says how many it makes; `spec.replicas` for any other."""
_DESTRUCTIVE = {
    "namespaces": "a namespace and everything in it",
    "persistentvolumes": "a volume and its data",
    "persistentvolumeclaims": "a volume and its data",
    DEFINITIONS: "a kind and every object of it",
    "secrets": "a Secret",
}
_DISRUPTIVE_GROUPS = frozenset(
    {"networking.k8s.io", "policy.networking.k8s.io", "cilium.io", "projectcalico.org", "crd.projectcalico.org"}
    | {"security.istio.io", "policy.linkerd.io", "rbac.authorization.k8s.io", "policy"}
)
_DISRUPTIVE_KINDS = frozenset(
    f"{plural}.crd.antrea.io"
    for plural in ("networkpolicies", "clusternetworkpolicies", "groups", "clustergroups", "tiers")
)
"""Of a group that also has kinds which allow and forbid nothing; groups and tiers are parts of its policies."""
_ALWAYS_CAREFUL = frozenset(
    {"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies", "apiservices"}
)
_AT_ONCE = "it deletes without waiting for the program to end"
Judged = tuple[Tier, str]


def tier_of(plan: Plan, steps: Sequence[StepPreview], protected: Sequence[str]) -> tuple[Tier, tuple[str, ...]]:
    """The tier of a plan and the reasons for it, the gravest first; objects that are so already carry no weight.

    What whoever made the plan says of it is told at any tier: nothing else tells that.

    Args:
        plan: what is wanted.
        steps: what the server says it would do.
        protected: patterns of clusters (`prod-*`) where everything is one tier up.
    """
    changed = [step for step in steps if step.step.force or not is_so_already(step)]
    judged = [judgement for step in changed for judgement in _of_step(step)]
    if plan.disrupts:
        judged.append((Tier.DISRUPTIVE, plan.disrupts))
    if destroys := plan.destroys or ("it empties a node" if _empties_a_node(steps) else ""):
        judged.append((Tier.DESTRUCTIVE, destroys))
    if len(changed) > MOST_OBJECTS:
        judged.append((Tier.DESTRUCTIVE, f"{len(changed)} objects at once"))
    tier = max((tier for tier, _ in judged), default=Tier.REVERSIBLE)
    reasons = [reason for level, reason in sorted(judged, key=lambda each: -each[0]) if level is tier]
    reasons += [plan.disrupts] if plan.disrupts else []
    is_protected = any(is_meant(plan.cluster, pattern) for pattern in protected)
    for why in (plan.raised, f"{plan.cluster} is protected" if is_protected else ""):
        if why:
            tier = Tier(min(tier + 1, Tier.DESTRUCTIVE))
            reasons.insert(0, why)
    return tier, tuple(dict.fromkeys(reasons))


def _empties_a_node(steps: Sequence[StepPreview]) -> bool:
    evicts = any(each.step.subresource == "eviction" for each in steps)
    return evicts and any(each.step.ref.kind == "nodes" for each in steps)


def _of_step(preview: StepPreview) -> Iterator[Judged]:
    step = preview.step
    yield from _of_place(preview)
    if step.force:
        yield Tier.DESTRUCTIVE, "it takes fields from those who own them"
    if lost := claims_lost(preview):
        yield Tier.DESTRUCTIVE, lost
    if step.verb is Verb.DELETE:
        yield _deletion(step)
    elif step.subresource == "eviction":
        yield (Tier.DESTRUCTIVE, _AT_ONCE) if step.grace == 0 else (Tier.DISRUPTIVE, "a pod is stopped")
    elif step.subresource == "ephemeralcontainers":
        yield Tier.DISRUPTIVE, "the container stays in its pod until the pod ends"
    elif preview.after is not None:
        yield from _growth(step.ref.kind, preview.before, preview.after)
        if preview.before is not None:
            yield from _change(preview)
            yield from _change_of_kind(step.ref.kind, preview.before, preview.after)


def _of_place(preview: StepPreview) -> Iterator[Judged]:
    """What makes any change grave: where it is made, and of what kind."""
    ref = preview.step.ref
    plural, _, group = ref.kind.partition(".")
    if ref.namespace == "kube-system":
        yield Tier.DESTRUCTIVE, "it is in kube-system"
    if not ref.namespace and ref.kind != "nodes" and not _makes_a_namespace(preview):
        yield Tier.DESTRUCTIVE, "it concerns the whole cluster"
    if ref.kind == "secrets":
        yield Tier.DESTRUCTIVE, "it concerns a Secret"
    if group in _DISRUPTIVE_GROUPS or ref.kind in _DISRUPTIVE_KINDS:
        yield Tier.DISRUPTIVE, f"{plural} decide who may reach what"
    if plural in _ALWAYS_CAREFUL:
        yield Tier.DESTRUCTIVE, f"{plural} rule every request to the cluster"


def _makes_a_namespace(preview: StepPreview) -> bool:
    makes = preview.step.verb in (Verb.CREATE, Verb.APPLY)
    return makes and preview.before is None and preview.step.ref.kind == "namespaces"


def _deletion(step: Step) -> Judged:
    if step.ref.kind in _DESTRUCTIVE:
        return Tier.DESTRUCTIVE, f"it deletes {_DESTRUCTIVE[step.ref.kind]}"
    if step.grace == 0:
        return Tier.DESTRUCTIVE, _AT_ONCE
    if step.ref.kind == "nodes":
        return Tier.DESTRUCTIVE, "it deletes a node"
    return Tier.DISRUPTIVE, "it deletes an object"


def _growth(kind: str, before: Manifest | None, after: Manifest) -> Iterator[Judged]:
    """A jump in how many there are, or may be: a slip of a digit, or somebody else's wish."""
    path = _REPLICAS.get(kind, "spec.replicas")
    was, will = number_at(before, path) or 0, number_at(after, path) or 0
    if will - was > MOST_MORE or (was and will > was * MOST_TIMES):
        yield Tier.DISRUPTIVE, f"it goes from {was} to {will} replicas at once"


def _change(preview: StepPreview) -> Iterator[Judged]:
    before, after = preview.before, preview.after
    if value_at(before, "metadata.finalizers") != value_at(after, "metadata.finalizers"):
        yield Tier.DESTRUCTIVE, "it changes finalizers"
    if value_at(before, "spec.selector") != value_at(after, "spec.selector"):
        yield Tier.DISRUPTIVE, "it changes which pods are meant"
    was, will = number_at(before, "spec.replicas"), number_at(after, "spec.replicas")
    if was and will is not None and will < was:
        what = "it stops every pod" if will == 0 else f"it stops {was - will} of {was} pods"
        yield (Tier.DISRUPTIVE if will == 0 else Tier.REVERSIBLE), what
    if _images(before) != _images(after):
        yield Tier.DISRUPTIVE, "it replaces the image"
    if mapping_at(before, "spec.template") != mapping_at(after, "spec.template"):
        yield _replacement(before)


def _replacement(before: Manifest | None) -> Judged:
    """What becomes of the pods of a workload whose template changes."""
    if text_at(before, "spec.updateStrategy.type") == "OnDelete":
        return Tier.REVERSIBLE, "its pods stay as they are until they are deleted"
    if text_at(before, "spec.strategy.type") == "Recreate" and number_at(before, "spec.replicas") != 0:
        return Tier.DISRUPTIVE, "it stops every pod before it starts others"
    return Tier.REVERSIBLE, "it replaces pods one after the other"


def _change_of_kind(kind: str, before: Manifest, after: Manifest) -> Iterator[Judged]:
    """What is grave for objects of one kind only."""
    reclaim, asked = "spec.persistentVolumeReclaimPolicy", "spec.resources.requests.storage"
    if kind == "nodes" and _stopping(after) - _stopping(before):
        yield Tier.DISRUPTIVE, "pods that do not tolerate the taint are stopped"
    if kind == "persistentvolumes" and text_at(after, reclaim) == "Delete" != text_at(before, reclaim):
        yield Tier.DESTRUCTIVE, "its data go with its claim from then on"
    if kind == "persistentvolumeclaims" and text_at(after, asked) != text_at(before, asked):
        yield Tier.DISRUPTIVE, "a volume that has grown cannot shrink"
    if kind == "jobs.batch" and (stopped := _pods_stopped(before, after)):
        yield Tier.DISRUPTIVE, f"it stops {stopped} running pod{'s' if stopped > 1 else ''}"


def _pods_stopped(before: Manifest, after: Manifest) -> int:
    """How many running pods of a Job are deleted: all when it is suspended, else those above its parallelism."""
    allowed = number_at(after, "spec.parallelism")
    most = 0 if value_at(after, "spec.suspend") is True else 1 if allowed is None else allowed
    return max(0, (number_at(before, "status.active") or 0) - most)


def _stopping(node: Manifest) -> set[tuple[str, str]]:
    """Key and value of the taints that no pod stays with unless it tolerates them."""
    taints = mappings_at(node, "spec.taints")
    return {(text_at(each, "key"), text_at(each, "value")) for each in taints if each.get("effect") == "NoExecute"}


def _images(manifest: object) -> list[object]:
    specs = [mapping_at(manifest, path) for path in dict.fromkeys(TEMPLATE_PATHS.values())]
    lists = (spec.get(name) for spec in specs for name in ("containers", "initContainers"))
    return [each.get("image") for found in lists if isinstance(found, list) for each in found if isinstance(each, dict)]
