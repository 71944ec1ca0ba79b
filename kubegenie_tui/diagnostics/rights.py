"""What a service account lacks: the role without the verb, the binding that names somebody else, or no binding."""

import re
from collections.abc import Iterable

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.clues import message_of
from kubegenie_tui.diagnostics.pods import Container, Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef

ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
CLUSTER_ROLES, CLUSTER_BINDINGS = f"cluster{ROLES}", f"cluster{BINDINGS}"
_ACCOUNTS = "serviceaccounts"
BUILT_IN = "kubernetes.io/bootstrapping"
"""The label of what an API server makes at its start."""
_REFUSED = re.compile(
    r'User "system:serviceaccount:(?P<space>[^:"]+):(?P<account>[^"]+)" cannot (?P<verb>\w+) '
    r'resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"(?: in the namespace "(?P<where>[^"]+)")?'
)
"""How an API server words it (k8s.io/apiserver, responsewriters.forbiddenMessage)."""
_NAMED = re.compile(r"system:serviceaccount:(?P<space>[\w.-]+):(?P<account>[\w.-]*\w)")
_OF_CLUSTER = "at the cluster scope"
_OF_KUBERNETES = frozenset({"cluster-admin", "admin", "edit", "view"})


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, line: str, evidence: list[Evidence]
) -> Finding | None:
    """The role or binding to change, for a refusal in the words of an API server; None where it says otherwise."""
    refused = _REFUSED.search(line)
    if ROLES not in snapshot.kinds():
        return None
    if refused is None:
        return _binding_of(snapshot, workload, container, line, evidence)
    space, account = refused["space"], refused["account"]
    root, field, step, facts = _cause(snapshot, space, account, refused, _OF_CLUSTER in line)
    remedy = _corrected(snapshot, root, field, space, account)
    lacks = f"service account {account} may not {refused['verb']} {refused['resource']}"
    found = container_finding(
        snapshot, workload, container,
        rule="not-allowed",
        title=f"container {container.name} crashes: {lacks}",
        cause=line,
        root=root,
        field=field,
        evidence=[*evidence, *facts],
        confidence=0.9 if _is_all_read(snapshot, refused["where"] or space, _OF_CLUSTER in line) else 0.6,
        next_steps=[step],
    )  # fmt: skip
    return msgspec.structs.replace(found, remedy=remedy)


def refused_in(lines: Iterable[str]) -> set[str]:
    """The namespaces in which an API server has refused something, in its own words."""
    return {match["where"] for line in lines for match in _REFUSED.finditer(message_of(line)) if match["where"]}


def _binding_of(
    snapshot: Snapshot, workload: Workload, container: Container, line: str, evidence: list[Evidence]
) -> Finding | None:
    """The binding with a slip, for a refusal in a program's own words that names the account; None where none has."""
    said = _NAMED.search(line)
    if said is None:
        return None
    space, account = said["space"], said["account"]
    for kind, bindings in (
        (BINDINGS, _of(snapshot, BINDINGS, space)),
        (CLUSTER_BINDINGS, snapshot.all(CLUSTER_BINDINGS)),
    ):
        if any(_names(each, account, space) for each in bindings):
            return None
        if (mistaken := _mistaken(snapshot, bindings, space, account)) is not None:
            remedy = _corrected(snapshot, ref_of(kind, mistaken), _slip(mistaken, account), space, account)
            found = container_finding(
                snapshot, workload, container,
                rule="not-allowed",
                title=f"container {container.name} crashes: service account {account} is not allowed what it asks for",
                cause=line,
                root=ref_of(kind, mistaken),
                field=_slip(mistaken, account),
                evidence=[*evidence, fact(kind, mistaken, "subjects", _subjects(mistaken))],
                confidence=0.9,
                next_steps=["correct the subject of the binding"],
            )  # fmt: skip
            return msgspec.structs.replace(found, remedy=remedy)
    return None


def _cause(
    snapshot: Snapshot, space: str, account: str, refused: re.Match[str], of_cluster: bool
) -> tuple[ObjectRef, str, str, list[Evidence]]:
    """Root, field, next step and evidence. What is refused for the whole cluster, no RoleBinding can allow."""
    where = refused["where"] or space
    own, wide = _of(snapshot, BINDINGS, where), snapshot.all(CLUSTER_BINDINGS)
    kinds = ((CLUSTER_BINDINGS, wide),) if of_cluster else ((BINDINGS, own), (CLUSTER_BINDINGS, wide))
    bound = [(kind, each) for kind, bindings in kinds for each in bindings if _names(each, account, space)]
    for _, binding in bound:
        if (found := _role_of(snapshot, binding)) is not None:
            kind, role = found
            facts = [fact(kind, role, "rules", _told(role))]
            return ref_of(kind, role), _rule_of(role, refused), "add the verb to the role", facts
    for kind, binding in bound:
        if _is_of_no_role(snapshot, binding):
            step = "make the role that the binding names, or the binding anew with one that is there"
            return ref_of(kind, binding), "roleRef.name", step, [fact(kind, binding, "roleRef.name")]
    for kind, bindings in kinds:
        if (mistaken := _mistaken(snapshot, bindings, space, account)) is not None:
            facts = [fact(kind, mistaken, "subjects", _subjects(mistaken))]
            return ref_of(kind, mistaken), _slip(mistaken, account), "correct the subject of the binding", facts
    unread = next(((kind, each, ref) for kind, each in bound if (ref := _unread_role(snapshot, each))), None)
    if unread is not None:
        kind, binding, ref = unread
        step = "see whether the role, which could not be read, allows it"
        return ref, "rules", step, [fact(kind, binding, "roleRef.name")]
    return _unbound(own if of_cluster else [], where, account, of_cluster)


def _unbound(
    own: list[Manifest], space: str, account: str, of_cluster: bool
) -> tuple[ObjectRef, str, str, list[Evidence]]:
    """Where no role is bound to the account: for what is of the whole cluster, one for its namespace is too narrow."""
    narrow = next((each for each in own if _names(each, account, space)), None)
    if narrow is not None:
        facts = [fact(BINDINGS, narrow, "roleRef.name")]
        return ref_of(BINDINGS, narrow), "kind", "bind the role by a ClusterRoleBinding", facts
    step = "bind a role that allows it to the service account"
    return (
        ObjectRef(*((CLUSTER_BINDINGS, account) if of_cluster else (BINDINGS, account, space))),
        "metadata.name",
        step,
        [],
    )


def _of(snapshot: Snapshot, kind: str, space: str) -> list[Manifest]:
    return [each for each in snapshot.all(kind) if text_at(each, "metadata.namespace") == space]


def _names(binding: Manifest, account: str, space: str) -> bool:
    return any(
        text_at(subject, "kind") == "ServiceAccount"
        and text_at(subject, "name") == account
        and text_at(subject, "namespace") in ("", space)
        for subject in mappings_at(binding, "subjects")
    )


def _role_of(snapshot: Snapshot, binding: Manifest) -> tuple[str, Manifest] | None:
    """The role with its kind, where it is one that may be changed."""
    of_space = text_at(binding, "roleRef.kind") == "Role"
    kind, space = (ROLES, text_at(binding, "metadata.namespace")) if of_space else (CLUSTER_ROLES, "")
    role = snapshot.get(kind, space, text_at(binding, "roleRef.name"))
    return (kind, role) if role is not None and BUILT_IN not in labels_of(role) else None


def _is_all_read(snapshot: Snapshot, space: str, of_cluster: bool) -> bool:
    """Whether every binding and role that could allow it is here."""
    wide = all(snapshot.is_whole(kind) for kind in (CLUSTER_BINDINGS, CLUSTER_ROLES))
    return wide and (of_cluster or all(snapshot.is_whole(kind, space) for kind in (BINDINGS, ROLES)))


def _unread_role(snapshot: Snapshot, binding: Manifest) -> ObjectRef | None:
    """The role of a binding that may be there and is not here; those that come with Kubernetes may not be changed."""
    name, of_space = text_at(binding, "roleRef.name"), text_at(binding, "roleRef.kind") == "Role"
    ref = ObjectRef(ROLES, name, text_at(binding, "metadata.namespace")) if of_space else ObjectRef(CLUSTER_ROLES, name)
    is_known = snapshot.get(ref.kind, ref.namespace, name) or snapshot.is_missing(ref.kind, ref.namespace, name)
    return None if is_known or name in _OF_KUBERNETES or name.startswith("system:") else ref


def _is_of_no_role(snapshot: Snapshot, binding: Manifest) -> bool:
    of_space = text_at(binding, "roleRef.kind") == "Role"
    where = (ROLES, text_at(binding, "metadata.namespace")) if of_space else (CLUSTER_ROLES, "")
    return snapshot.is_missing(*where, text_at(binding, "roleRef.name"))


def _rule_of(role: Manifest, refused: re.Match[str]) -> str:
    """The rule about the resource, where there is one without the verb."""
    for number, rule in enumerate(mappings_at(role, "rules")):
        if refused["resource"] in texts_at(rule, "resources") and refused["group"] in texts_at(rule, "apiGroups"):
            return f"rules[{number}].verbs"
    return "rules"


def _told(role: Manifest) -> str:
    return "; ".join(
        f"{', '.join(texts_at(rule, 'verbs'))} {', '.join(texts_at(rule, 'resources'))}"
        for rule in mappings_at(role, "rules")
    )


def _accounts(binding: Manifest) -> list[Manifest]:
    return [each for each in mappings_at(binding, "subjects") if each.get("kind") == "ServiceAccount"]


def _subjects(binding: Manifest) -> str:
    named = ((text_at(each, "namespace"), text_at(each, "name")) for each in mappings_at(binding, "subjects"))
    return ", ".join("/".join(filter(None, each)) for each in named)


def _slip(binding: Manifest, account: str) -> str:
    """The field of the subject that is wrong: its namespace where the name is right."""
    subjects = mappings_at(binding, "subjects")
    at = next((n for n, each in enumerate(subjects) if text_at(each, "name") == account), None)
    return "subjects[0].name" if at is None else f"subjects[{at}].namespace"


def _corrected(snapshot: Snapshot, binding: ObjectRef, field: str, space: str, account: str) -> Remedy | None:
    """The account in place of one that does not exist and whose name is near, or that is named in another namespace."""
    item = snapshot.get(binding.kind, binding.namespace, binding.name)
    if item is None or not field.startswith("subjects["):
        return None
    subjects, changed = mappings_at(item, "subjects"), list[Manifest]()
    names = snapshot.names(_ACCOUNTS, space)
    for subject in subjects:
        name, there = text_at(subject, "name"), text_at(subject, "namespace") or binding.namespace or space
        is_lost = text_at(subject, "kind") == "ServiceAccount" and snapshot.is_missing(_ACCOUNTS, there, name)
        is_near = name == account or (there == space and corrections.is_alone(name, account, names))
        new = {"name": account} | ({"namespace": space} if text_at(subject, "namespace") else {})
        changed += [{**subject, **new} if is_lost and is_near else subject]
    is_one = sum(old != new for old, new in zip(subjects, changed, strict=True)) == 1
    return Remedy("patch", binding, patch={"subjects": changed}) if is_one and account in names else None


def _mistaken(snapshot: Snapshot, bindings: list[Manifest], space: str, account: str) -> Manifest | None:
    """A binding to an account of another namespace, or to one that is not there and whose name is like this one's."""
    for binding in bindings:
        named = [text_at(each, "name") for each in _accounts(binding)]
        if account in named and not _names(binding, account, space):
            return binding
        lost = [name for name in named if snapshot.is_missing(_ACCOUNTS, space, name)]
        if lost and nearest(account, lost):
            return binding
    return None
