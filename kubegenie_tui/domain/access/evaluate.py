"""Decides requests by a policy, and turns the question round: who may do this, and what may this one do."""

from collections.abc import Iterator

import msgspec

from kubegenie_tui.domain.access.policy import MASTERS, Binding, Policy, Role, Rule, Subject, Who


class Request(msgspec.Struct, frozen=True):
    """One thing that somebody wants to do."""

    verb: str
    resource: str = ""
    """`pods`; with a subresource `pods/exec`."""
    group: str = ""
    """API group, empty for the core group."""
    namespace: str = ""
    """Empty for all of them, and for objects without one."""
    name: str = ""
    """Empty for all objects."""
    url: str = ""
    """A path that is no resource, in place of all of the above but the verb."""


class Grant(msgspec.Struct, frozen=True):
    """Why something is allowed."""

    binding: Binding | None
    """None for a right that no binding gives: membership in `system:masters`."""
    role: Role
    rule: Rule
    subject: Subject


def allows(rule: Rule, request: Request) -> bool:
    """Whether a rule allows a request.

    Source: RuleAllows in plugin/pkg/auth/authorizer/rbac/rbac.go.
    """
    if not _has(rule.verbs, request.verb):
        return False
    if request.url:
        return any(_url_matches(pattern, request.url) for pattern in rule.urls)
    if not _has(rule.groups, request.group) or not _has_resource(rule.resources, request.resource):
        return False
    return not rule.names or request.name in rule.names


def _has(allowed: tuple[str, ...], wanted: str) -> bool:
    return "*" in allowed or wanted in allowed


def _has_resource(allowed: tuple[str, ...], wanted: str) -> bool:
    _, slash, subresource = wanted.partition("/")
    return _has(allowed, wanted) or (bool(slash) and f"*/{subresource}" in allowed)


def _url_matches(pattern: str, url: str) -> bool:
    if pattern in ("*", url):
        return True
    return pattern.endswith("*") and url.startswith(pattern.rstrip("*"))


def decide(policy: Policy, who: Who, request: Request) -> Grant | None:
    """The first reason why somebody may do something; None when they may not.

    Only RBAC is decided here: a cluster may have other authorizers, such as that of nodes, or a webhook.
    """
    if MASTERS in who.groups:
        return _master()
    return next((grant for grant in grants_of(policy, who, request.namespace) if allows(grant.rule, request)), None)


def grants_of(policy: Policy, who: Who, namespace: str, *, everywhere: bool = False) -> Iterator[Grant]:
    """Every rule that holds for somebody in a namespace; those of the whole cluster come first.

    Args:
        policy: the roles and bindings.
        who: somebody.
        namespace: empty for what holds in all namespaces at once.
        everywhere: those that hold in any one namespace as well.
    """
    if MASTERS in who.groups:
        yield _master()
    for binding in sorted(policy.bindings, key=lambda each: (bool(each.namespace), each.namespace, each.name)):
        if binding.namespace not in ("", namespace) and not everywhere:
            continue
        subject = next((subject for subject in binding.subjects if who.is_meant(subject)), None)
        role = policy.roles.get(binding.role)
        if subject is not None and role is not None:
            for rule in role.rules:
                yield Grant(binding, role, rule, subject)


def who_can(policy: Policy, request: Request) -> list[Grant]:
    """Every subject that may do something, with the first reason for each; sorted by kind and name."""
    found: dict[Subject, Grant] = {}
    for binding in sorted(policy.bindings, key=lambda each: (bool(each.namespace), each.name)):
        role = policy.roles.get(binding.role)
        if role is None or binding.namespace not in ("", request.namespace):
            continue
        rule = next((rule for rule in role.rules if allows(rule, request)), None)
        for subject in binding.subjects if rule is not None else ():
            found.setdefault(subject, Grant(binding, role, rule or Rule(()), subject))
    found.setdefault(Subject("Group", MASTERS), _master())
    order = {"User": 0, "Group": 1, "ServiceAccount": 2}
    return sorted(found.values(), key=lambda each: (order.get(each.subject.kind, 3), str(each.subject)))


def bound(policy: Policy, kind: str) -> Iterator[Grant]:
    """Every binding of every subject of a kind, with the role that it leads to; no rule is told."""
    for binding in sorted(policy.bindings, key=lambda each: (bool(each.namespace), each.namespace, each.name)):
        role = policy.roles.get(binding.role) or Role(binding.role[1], binding.role[0], ())
        for subject in binding.subjects:
            if subject.kind == kind:
                yield Grant(binding, role, Rule(()), subject)


def _master() -> Grant:
    everything = Rule(("*",), ("*",), ("*",), (), ("*",))
    return Grant(None, Role(MASTERS, "", (everything,)), everything, Subject("Group", MASTERS))
