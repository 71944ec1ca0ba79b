"""Who asks and what they may: users by token or impersonation, and RBAC over the roles that the cluster holds."""

from collections.abc import Iterable, Iterator

from multidict import CIMultiDictProxy

from kubegenie_tui.demo.api.request import Call, User
from kubegenie_tui.demo.api.statuses import Refusal, forbidden
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, namespace_of

GROUPS = {
    "platform-admin": ("sre", "system:masters"),
    "developer": ("developers",),
    "viewer": ("viewers",),
    "nobody": (),
}
"""The users of every demo cluster, each with the token `USER-token`, and their groups."""

RBAC = "rbac.authorization.k8s.io"
OPEN: tuple[Object, ...] = (
    {
        "verbs": ["create"],
        "apiGroups": ["authorization.k8s.io"],
        "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    },
    {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
)
"""What everybody may: ask about themselves (the ClusterRole system:basic-user)."""


def user_of(cluster: Cluster, headers: CIMultiDictProxy[str]) -> User:
    """The user of a request; without credentials the cluster's default user.

    Raises:
        Refusal: 401 for a token that nobody has.
    """
    kind, _, token = headers.get("Authorization", "").partition(" ")
    user = cluster.default_user
    if kind:
        user = token.strip().removesuffix("-token")
        if kind.lower() != "bearer" or user not in GROUPS:
            raise Refusal(401, "Unauthorized", "Unauthorized")
    return user_named(headers.get("Impersonate-User", user), headers.getall("Impersonate-Group", ()))


def user_named(name: str, groups: Iterable[str] = ()) -> User:
    """A user in these groups, in those of the demo when there are none, and in `system:authenticated`."""
    return User(name, (*(groups or GROUPS.get(name, ())), "system:authenticated"))


def authorize(cluster: Cluster, call: Call) -> None:
    """Let a call pass that its user may make.

    Raises:
        Refusal: 403, with the words of a kube-apiserver.
    """
    resource, sub = call.resource, call.subresource
    if allowed(cluster, call.user, call.verb, resource.group, _path(resource.plural, sub), call.namespace, call.name):
        return
    scope = f'in the namespace "{call.namespace}"' if call.namespace else "at the cluster scope"
    raise forbidden(
        resource,
        call.name,
        f'User "{call.user.name}" cannot {call.verb} resource "{_path(resource.plural, sub)}" '
        f'in API group "{resource.group}" {scope}',
    )


def allowed(cluster: Cluster, user: User, verb: str, group: str, resource: str, namespace: str, name: str) -> bool:
    """Whether RBAC lets a user do this; `resource` may carry a subresource."""
    if "system:masters" in user.groups:
        return True
    return any(_grants(rule, verb, group, resource, name) for rule in rules(cluster, user, namespace))


def rules(cluster: Cluster, user: User, namespace: str) -> Iterator[Object]:
    """The rules that hold for a user in a namespace; with an empty one, those for the whole cluster."""
    if "system:masters" in user.groups:
        yield {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    yield from OPEN
    bindings = list(cluster.list(f"clusterrolebindings.{RBAC}"))
    if namespace:
        bindings += cluster.list(f"rolebindings.{RBAC}", namespace)
    for binding in bindings:
        if any(_is_subject(subject, user) for subject in binding.get("subjects") or ()):
            reference = binding["roleRef"]
            where = namespace_of(binding) if reference["kind"] == "Role" else ""
            role = cluster.get(f"{reference['kind'].lower()}s.{RBAC}", reference["name"], where)
            yield from (role or {}).get("rules") or ()


def _is_subject(subject: Object, user: User) -> bool:
    return (subject["kind"] == "User" and subject["name"] == user.name) or (
        subject["kind"] == "Group" and subject["name"] in user.groups
    )


def _grants(rule: Object, verb: str, group: str, resource: str, name: str) -> bool:
    _, _, sub = resource.partition("/")
    wanted = {resource, "*"} | ({f"*/{sub}"} if sub else set())
    return (
        bool({verb, "*"} & set(rule["verbs"]))
        and bool({group, "*"} & set(rule.get("apiGroups") or ()))
        and bool(wanted & set(rule.get("resources") or ()))
        and (not rule.get("resourceNames") or name in rule["resourceNames"])
    )


def _path(plural: str, subresource: str) -> str:
    return f"{plural}/{subresource}" if subresource else plural
