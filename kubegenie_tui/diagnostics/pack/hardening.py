"""How much harm could come of what runs: containers that are root on their node, and rights to everything."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.pack.check import WITH_PODS, Check, Fault, of_containers
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.running import has_token
from kubegenie_tui.diagnostics.pack.subject import Part, Subject
from kubegenie_tui.diagnostics.snapshot import ref_of
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.policy_parameters import Parameters

ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
_ADMIN = "cluster-admin"


def _privileged(_: Parameters, part: Part) -> Iterator[Fault]:
    if value_at(part.spec, "securityContext.privileged") is True:
        yield Fault(f"{part.path}.securityContext.privileged", "true", f"{part.word} is privileged: root on its node")


def _unsecured(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    """Pods without a security context; the API server puts an empty one into each, and it says nothing."""
    field = f"{subject.spec_path}.securityContext"
    bare = [part for part in subject.parts if not mapping_at(part.spec, "securityContext")]
    if bare and not subject.is_added and not mapping_at(subject.manifest, field):
        why = f"its pods have no security context, and neither has {bare[0].word}"
        yield Fault(field, "not set", why)


def _account(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """Pods that hold the token of an account which all others of the namespace share."""
    field = f"{subject.spec_path}.serviceAccountName"
    said = text_at(subject.manifest, field)
    if said in ("", "default") and has_token(inventory, subject):
        yield Fault(field, said or "not set", "its pods act as the default service account")


def _of_role(inventory: Inventory, _: Parameters, subject: Subject) -> Iterator[Fault]:
    """Roles to anything at all that somebody has, and bindings of the one that may do anything."""
    if subject.ref.kind == BINDINGS:
        if text_at(subject.manifest, "roleRef.name") == _ADMIN and mappings_at(subject.manifest, "subjects"):
            yield Fault("roleRef.name", _ADMIN, "it gives the right to everything in the namespace")
        return
    bound = inventory.sharing(BINDINGS, _roles_of, (subject.ref.namespace, subject.ref.name))
    for number, rule in enumerate(mappings_at(subject.manifest, "rules") if bound else ()):
        for word in ("verbs", "resources"):
            if "*" in texts_at(rule, word):
                others = tuple(ref_of(BINDINGS, each) for each in bound)
                yield Fault(f"rules[{number}].{word}", "*", f"it is bound, and gives all {word}", others)


def _roles_of(binding: Manifest) -> tuple[tuple[str, str], ...]:
    if text_at(binding, "roleRef.kind") != "Role" or not mappings_at(binding, "subjects"):
        return ()
    return ((text_at(binding, "metadata.namespace"), text_at(binding, "roleRef.name")),)


CHECKS = (
    Check(
        "privileged-container",
        "no container is privileged",
        WITH_PODS,
        of_containers(_privileged),
        "take privileged out of it, and add the capabilities that it needs",
        settings=("exempt_images",),
    ),
    Check(
        "role-of-everything",
        "no role that is bound gives all verbs or all resources",
        (ROLES, BINDINGS),
        _of_role,
        "name the verbs and the resources that are needed",
        beside=(BINDINGS,),
    ),
    Check(
        "default-service-account",
        "no pod acts as the default service account, which all pods share that name none",
        WITH_PODS,
        _account,
        "give it a service account of its own, or set automountServiceAccountToken: false",
        Severity.INFO,
        by_name=True,
    ),
    Check(
        "pod-security-context",
        "each pod, or each of its containers, has a security context",
        WITH_PODS,
        _unsecured,
        "set runAsNonRoot and a seccompProfile in the security context of the pod",
        Severity.INFO,
        by_name=True,
    ),
)
