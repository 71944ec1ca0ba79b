"""Custom resources that are unwell because of another object: they are handed to the fault of that one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from kubegenie_tui.diagnostics import conditions, unmade
from kubegenie_tui.diagnostics import custom_references as references
from kubegenie_tui.diagnostics.gateways import ROUTES
from kubegenie_tui.diagnostics.references import WORDS
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_CUSTOM = ("condition-false", "missing-reference")
_MENTIONED = re.compile(r"\b([A-Z][A-Za-z]+)(?:/| ['\"]?)(?:([a-z0-9.-]+)/)?([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)")
"""`Deployment/shop/web`, as Flux and Argo CD name what they wait for; `MachineDeployment web`, as Cluster API does."""
_OF_JOBS = frozenset({"cronjob-suspended", "cronjob-never-due", "cronjob-deadline", "job-failed", "job-suspended"})
"""Rules whose root is a job that does not do its work."""
_RUNS_OUT = ("certificate-expired", "certificate-expires")
_LACKS = ("missing-secret", "missing-certificate", *_RUNS_OUT)
"""Rules about a Secret whose maker may have left it as it is."""
_NEVER_MADE = frozenset({"missing-configmap", "missing-secret", "missing-service-account", "missing-claim"})
"""Rules about an object that an installer may have been meant to bring."""
_VAGUE = 0.5


def extended(finding: Finding, more: Iterable[ObjectRef]) -> Finding:
    """A finding that affects more."""
    affected = tuple(dict.fromkeys((*finding.affected, *more)))
    return msgspec.structs.replace(finding, affected=affected) if len(affected) > len(finding.affected) else finding


def without_followers(snapshot: Snapshot, found: list[Finding]) -> list[Finding]:
    """Each chain of unwell custom resources once, at its beginning; and once what another rule tells of a field."""
    told = {(f.root, f.field) for f in found if f.rule not in _CUSTOM}
    routes = {ref for f in found if f.rule not in _CUSTOM for ref in f.affected if ref.kind in ROUTES}
    found = [f for f in found if f.rule not in _CUSTOM or ((f.root, f.field) not in told and f.root not in routes)]
    for source in [f.affected[0] for f in found if f.rule in _CUSTOM]:
        follower = next((f for f in found if f.rule in _CUSTOM and f.affected[0] == source), None)
        if follower is None:
            continue
        behind = next((f for f in found if _is_behind(snapshot, f, follower)), None)
        if behind is not None:
            whole = extended(_clearer(behind, follower), (*follower.affected, follower.root))
            whole = msgspec.structs.replace(whole, severity=max(behind.severity, follower.severity))
            found = [whole if f is behind else f for f in found if f is not follower]
    return found


def without_what_was_not_made(snapshot: Snapshot, found: list[Finding]) -> list[Finding]:
    """Hand what a Secret or ConfigMap breaks to the custom resource or the job that should have made or renewed it."""
    made = _made(snapshot) if any(f.rule in _LACKS for f in found) else {}
    for maker in [f for f in found if f.rule in _CUSTOM or f.rule in _OF_JOBS]:
        lacking = [f for f in found if f is not maker and _should_have_made(snapshot, made, maker, f)]
        if lacking:
            more = [ref for f in lacking for ref in (*f.affected, f.root)]
            worst = max(maker.severity, *(f.severity for f in lacking))
            cause = "; ".join((maker.cause, *_left_undone(maker, lacking)))
            evidence = (*maker.evidence, *(f.evidence[0] for f in lacking if f.rule in _RUNS_OUT))
            whole = msgspec.structs.replace(extended(maker, more), severity=worst, cause=cause, evidence=evidence)
            found = [whole if f is maker else f for f in found if f not in lacking]
    return found


def _left_undone(maker: Finding, lacking: Sequence[Finding]) -> list[str]:
    """What a job was to make, in words; what runs out because it is not renewed."""
    if maker.rule in _OF_JOBS:
        first = lacking[0].root
        return [f"it was to make {WORDS[first.kind]} {first.name}"]
    return [each.title for each in lacking if each.rule in _RUNS_OUT]


def _made(snapshot: Snapshot) -> dict[ObjectRef, list[tuple[str, Manifest]]]:
    """The custom resources that make each Secret."""
    found: defaultdict[ObjectRef, list[tuple[str, Manifest]]] = defaultdict(list)
    for kind in snapshot.kinds():
        for item in snapshot.all(kind) if "." in kind else ():
            if (secret := conditions.made_by(snapshot, ref_of(kind, item))) is not None:
                found[secret].append((kind, item))
    return found


def _should_have_made(
    snapshot: Snapshot, made: Mapping[ObjectRef, Sequence[tuple[str, Manifest]]], maker: Finding, lacking: Finding
) -> bool:
    """Whether the maker, or what it keeps from its work without that being told yet, makes what is lacking."""
    if maker.rule in _OF_JOBS:
        return _names_unmade(snapshot, maker.root, lacking.root)
    secrets = (conditions.made_by(snapshot, source) for source in maker.affected)
    first, makers = maker.affected[0], made.get(lacking.root, ()) if lacking.rule in _LACKS else ()
    if any(_lacks(lacking, secret) for secret in secrets if secret is not None) or any(
        _names(snapshot, ref_of(kind, item), item, first) for kind, item in makers
    ):
        return True
    if lacking.rule not in _NEVER_MADE:
        return False
    is_named = unmade.is_named_for(snapshot, lacking.root, first)
    is_of_it = is_named and any(_is_below(snapshot, ref, first) for ref in lacking.affected)
    return (is_named and not is_of_it) or unmade.was_to_install(snapshot, maker.root, lacking)


def _names_unmade(snapshot: Snapshot, job: ObjectRef, missing: ObjectRef) -> bool:
    """Whether the command of a job, or a variable that it is given, names what is not there."""
    item = snapshot.get(job.kind, job.namespace, job.name)
    if item is None or missing.kind not in ("secrets", "configmaps") or missing.namespace != job.namespace:
        return False
    containers = mappings_at(item, f"{TEMPLATE_PATHS[job.kind]}.containers") if job.kind in TEMPLATE_PATHS else []
    words = [str(part) for each in containers for key in ("command", "args") for part in each.get(key) or ()]
    words += [text_at(variable, "value") for each in containers for variable in mappings_at(each, "env")]
    name = re.compile(rf"(?<![\w.-]){re.escape(missing.name)}(?![\w.-])")
    return snapshot.is_missing(missing.kind, missing.namespace, missing.name) and any(map(name.search, words))


def _lacks(finding: Finding, secret: ObjectRef) -> bool:
    if finding.rule not in _LACKS or finding.root.namespace != secret.namespace:
        return False
    return finding.root == secret or any(each.value == secret.name for each in finding.evidence)


def _is_behind(snapshot: Snapshot, other: Finding, follower: Finding) -> bool:
    """Whether the other fault is that of an object which the follower names, waits for, or was made by."""
    source = follower.affected[0]
    item = snapshot.get(source.kind, source.namespace, source.name)
    if other is follower or item is None:
        return False
    if other.rule in _CUSTOM:
        return other.affected[0] != source and _is_behind_custom(snapshot, other, follower, item)
    if follower.rule != "condition-false":
        return False
    told = set(_mentioned(follower, source.namespace))
    return _is_below(snapshot, other.root, source) or any(_key(ref) in told for ref in (other.root, *other.affected))


def _is_behind_custom(snapshot: Snapshot, other: Finding, follower: Finding, item: Manifest) -> bool:
    """The same of another custom resource; `item`: the one that follows."""
    source, first = follower.affected[0], other.affected[0]
    if other.rule == "missing-reference" != follower.rule and other.root == follower.root != source:
        return True
    if _makes(snapshot, first, source) or (_tells_more(other, follower) and _is_below(snapshot, first, source)):
        return True
    if (owner := snapshot.owner_of(item)) is not None:
        is_made = first == ref_of(*owner) and not _tells_more(follower, other)
        return is_made and not _names(snapshot, ref_of(*owner), owner[1], source)
    if follower.rule != "condition-false":
        return False
    named = any(_names(snapshot, source, item, ref) for ref in other.affected)
    return named or _key(first) in set(_mentioned(follower, source.namespace))


def _tells_more(finding: Finding, other: Finding) -> bool:
    """Whether it alone of the two knows what is wrong, where the other one only says that it is unwell."""
    misses, unwell = (
        f.rule == "missing-reference" or f.root != f.affected[0] or f.field.startswith("spec.")
        for f in (finding, other)
    )
    return misses and not unwell


def _key(ref: ObjectRef) -> tuple[str, str, str]:
    return ref.kind.partition(".")[0], ref.namespace, ref.name


def _makes(snapshot: Snapshot, ref: ObjectRef, made: ObjectRef) -> bool:
    """Whether a HelmRelease has written down that it makes a chart, which it does not own."""
    item = snapshot.get(ref.kind, ref.namespace, ref.name)
    return item is not None and text_at(item, "status.helmChart") == f"{made.namespace}/{made.name}"


def _is_below(snapshot: Snapshot, ref: ObjectRef, top: ObjectRef) -> bool:
    """Whether an object was made by another, or by what that has made."""
    item = snapshot.get(ref.kind, ref.namespace, ref.name)
    while item is not None and (owner := snapshot.owner_of(item)) is not None:
        if ref_of(*owner) == top:
            return True
        item = owner[1]
    return False


def _names(snapshot: Snapshot, ref: ObjectRef, item: Manifest, wanted: ObjectRef) -> bool:
    return any(target == wanted for target, _ in references.targets(snapshot, ref.kind, item))


def _mentioned(finding: Finding, namespace: str) -> Iterator[tuple[str, str, str]]:
    for kind, space, name in _MENTIONED.findall(finding.cause):
        yield f"{kind.lower()}s", space or namespace, name


def _clearer(behind: Finding, follower: Finding) -> Finding:
    """With the words of the follower where it alone knows why."""
    if behind.confidence > _VAGUE or follower.confidence <= behind.confidence or behind.rule not in _CUSTOM:
        return behind
    evidence = (*behind.evidence, *follower.evidence)
    return msgspec.structs.replace(behind, cause=follower.cause, evidence=evidence, confidence=follower.confidence)
