"""What is granted to everybody: rights of those who did not log in, and a default role that may redirect traffic."""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.pack.check import Check, Fault
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Subject
from kubegenie_tui.domain.finding import Severity
from kubegenie_tui.domain.manifest import mappings_at, text_at, texts_at
from kubegenie_tui.domain.policy_parameters import Parameters

ROLES = "clusterroles.rbac.authorization.k8s.io"
BINDINGS = ("clusterrolebindings.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io")
_DEFAULT_ROLE = "system:aggregate-to-edit"
_STRANGERS = frozenset({"system:anonymous", "system:unauthenticated"})
_WRITES = ("create", "patch", "update")


def _endpoints(_: Inventory, __: Parameters, subject: Subject) -> Iterator[Fault]:
    """Who may write Endpoints can lead the traffic of a Service anywhere. Source: CVE-2021-25740."""
    if subject.ref.name != _DEFAULT_ROLE:
        return
    for number, rule in enumerate(mappings_at(subject.manifest, "rules")):
        verbs = [verb for verb in texts_at(rule, "verbs") if verb in (*_WRITES, "*")]
        if verbs and {"endpoints", "*"}.intersection(texts_at(rule, "resources")):
            yield Fault(f"rules[{number}].verbs", ", ".join(verbs), f"it lets all editors {', '.join(verbs)} Endpoints")


def _strangers(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    role = text_at(subject.manifest, "roleRef.name")
    if role in parameters.anonymous_roles:
        return
    for number, each in enumerate(mappings_at(subject.manifest, "subjects")):
        name = text_at(each, "name")
        if name in _STRANGERS:
            yield Fault(f"subjects[{number}].name", name, f"it gives the role {role} to those who did not log in")


CHECKS = (
    Check(
        "block-endpoint-default-role",
        "the default role for editors does not let them write Endpoints",
        (ROLES,),
        _endpoints,
        "take endpoints out of the rule, and annotate the role with rbac.authorization.kubernetes.io/autoupdate=false",
        Severity.WARNING,
    ),
    Check(
        "disallow-anonymous",
        "no role is bound to those who did not log in",
        BINDINGS,
        _strangers,
        "take the subject out of the binding",
        Severity.WARNING,
        settings=("anonymous_roles",),
    ),
)
