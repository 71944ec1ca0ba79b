"""What a service account lacks: the role without the verb, the binding that names somebody else, or no binding."""

import re

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at, texts_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef

ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
_REFUSED = re.compile(
    r'User "system:serviceaccount:(?P<space>[^:"]+):(?P<account>[^"]+)" cannot (?P<verb>\w+) '
    r'resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"'
)
"""How an API server words it (k8s.io/apiserver, responsewriters.forbiddenMessage)."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, line: str, evidence: list[Evidence]
) -> Finding | None:
    """The role or binding to change, for a refusal in the words of an API server; None where it says otherwise."""
    refused = _REFUSED.search(line)
    if refused is None or ROLES not in snapshot.kinds():
        return None
    space, account = refused["space"], refused["account"]
    bound = [each for each in _of(snapshot, BINDINGS, space) if _names(each, account, space)]
    roles = [role for each in bound if (role := _role_of(snapshot, each))]
    if roles:
        root, field, step = ref_of(ROLES, roles[0]), _rule_of(roles[0], refused), "add the verb to the role"
        facts = [fact(ROLES, roles[0], "rules", _told(roles[0]))]
    elif (binding := _mistaken(snapshot, space, account)) is not None:
        root, field, step = ref_of(BINDINGS, binding), _slip(binding, account), "correct the subject of the binding"
        facts = [fact(BINDINGS, binding, "subjects", _subjects(binding))]
    else:
        root = ObjectRef(BINDINGS, account, space)
        field, step, facts = "metadata.name", "bind a role that allows it to the service account", []
    lacks = f"service account {account} may not {refused['verb']} {refused['resource']}"
    return container_finding(
        snapshot, workload, container,
        rule="not-allowed",
        title=f"container {container.name} crashes: {lacks}",
        cause=line,
        root=root,
        field=field,
        evidence=[*evidence, *facts],
        confidence=0.9,
        next_steps=[step],
    )  # fmt: skip


def _of(snapshot: Snapshot, kind: str, space: str) -> list[Manifest]:
    return [each for each in snapshot.all(kind) if text_at(each, "metadata.namespace") == space]


def _names(binding: Manifest, account: str, space: str) -> bool:
    return any(
        text_at(subject, "kind") == "ServiceAccount"
        and text_at(subject, "name") == account
        and text_at(subject, "namespace") in ("", space)
        for subject in mappings_at(binding, "subjects")
    )


def _role_of(snapshot: Snapshot, binding: Manifest) -> Manifest | None:
    if text_at(binding, "roleRef.kind") != "Role":
        return None
    return snapshot.get(ROLES, text_at(binding, "metadata.namespace"), text_at(binding, "roleRef.name"))


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


def _mistaken(snapshot: Snapshot, space: str, account: str) -> Manifest | None:
    """A binding to an account of another namespace, or to one that is not there and whose name is like this one's."""
    for binding in _of(snapshot, BINDINGS, space):
        named = [text_at(each, "name") for each in _accounts(binding)]
        if account in named:
            return binding
        lost = [name for name in named if snapshot.is_missing("serviceaccounts", space, name)]
        if lost and nearest(account, lost):
            return binding
    return None
