"""Roles and bindings as the RBAC authorizer of an API server reads them.

Source: plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers.go of Kubernetes.
"""

from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.relations.label_selector import selects

MASTERS = "system:masters"
"""Whoever is in this group may do everything, whatever the roles say."""


class Rule(msgspec.Struct, frozen=True):
    """What one rule of a role allows."""

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    """API groups, empty text for the core group."""
    resources: tuple[str, ...] = ()
    """`pods`, `pods/exec`, `*`, `*/scale`."""
    names: tuple[str, ...] = ()
    """The only objects it is for, none for all."""
    urls: tuple[str, ...] = ()
    """Paths that are no resources: `/healthz`, `/metrics/*`."""


class Role(msgspec.Struct, frozen=True):
    """A Role or a ClusterRole."""

    name: str
    namespace: str
    """Empty for a ClusterRole."""
    rules: tuple[Rule, ...]
    parts: tuple[str, ...] = ()
    """The ClusterRoles that an aggregated one is made of."""


class Subject(msgspec.Struct, frozen=True):
    """A user, a group or a service account."""

    kind: str
    """`User`, `Group`, `ServiceAccount`."""
    name: str
    namespace: str = ""
    """Of a service account."""

    def __str__(self) -> str:
        if self.kind == "ServiceAccount":
            return f"sa:{self.namespace}/{self.name}"
        return f"{'u' if self.kind == 'User' else 'g'}:{self.name}"


class Binding(msgspec.Struct, frozen=True):
    """A RoleBinding or a ClusterRoleBinding."""

    name: str
    namespace: str
    """Where it gives what its role allows, empty for everywhere."""
    role: tuple[str, str]
    """Namespace (empty for a ClusterRole) and name."""
    subjects: tuple[Subject, ...]

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Identity(msgspec.Struct, frozen=True):
    """Whom a server takes us for."""

    username: str
    uid: str = ""
    groups: tuple[str, ...] = ()


class Who(msgspec.Struct, frozen=True):
    """Somebody who sends requests."""

    user: str
    """Empty for somebody of whom only groups are known."""
    groups: frozenset[str] = frozenset()

    @classmethod
    def of(cls, subject: Subject) -> "Who":
        """What the server takes a subject for: everybody who is authenticated has a group or more."""
        everybody = "system:authenticated"
        match subject.kind:
            case "Group":
                return cls("", frozenset({subject.name, everybody}))
            case "ServiceAccount":
                accounts = ("system:serviceaccounts", f"system:serviceaccounts:{subject.namespace}")
                user = f"system:serviceaccount:{subject.namespace}:{subject.name}"
                return cls(user, frozenset({*accounts, everybody}))
        return cls(subject.name, frozenset({everybody}))

    def is_meant(self, subject: Subject) -> bool:
        """Whether a binding's subject means this one."""
        match subject.kind:
            case "User":
                return bool(self.user) and subject.name == self.user
            case "Group":
                return subject.name in self.groups
            case "ServiceAccount":
                return (
                    bool(subject.namespace) and self.user == f"system:serviceaccount:{subject.namespace}:{subject.name}"
                )
        return False


class Policy(msgspec.Struct, frozen=True):
    """All roles and bindings of a cluster, or those that could be read."""

    roles: dict[tuple[str, str], Role]
    """By namespace (empty for ClusterRoles) and name."""
    bindings: tuple[Binding, ...]


def policy_of(
    roles: Iterable[Manifest] = (),
    cluster_roles: Iterable[Manifest] = (),
    role_bindings: Iterable[Manifest] = (),
    cluster_role_bindings: Iterable[Manifest] = (),
) -> Policy:
    """A policy from manifests as the server sent them."""
    whole = list(cluster_roles)
    known = [_role(item) for item in roles] + [_cluster_role(item, whole) for item in whole]
    bindings = [_binding(item) for item in (*role_bindings, *cluster_role_bindings)]
    return Policy({(role.namespace, role.name): role for role in known}, tuple(bindings))


def rules_of(items: Iterable[Manifest]) -> tuple[Rule, ...]:
    """Rules of a role, or of the status of a SelfSubjectRulesReview."""
    return tuple(
        Rule(
            tuple(texts_at(rule, "verbs")),
            tuple(texts_at(rule, "apiGroups")),
            tuple(texts_at(rule, "resources")),
            tuple(texts_at(rule, "resourceNames")),
            tuple(texts_at(rule, "nonResourceURLs")),
        )
        for rule in items
    )


def _role(item: Manifest) -> Role:
    return Role(
        text_at(item, "metadata.name"), text_at(item, "metadata.namespace"), rules_of(mappings_at(item, "rules"))
    )


def _cluster_role(item: Manifest, all_roles: list[Manifest]) -> Role:
    """The server's controller has filled an aggregated role already; its parts only tell where a rule comes from."""
    parts = tuple(sorted(set(_parts(item, all_roles))))
    return Role(text_at(item, "metadata.name"), "", rules_of(mappings_at(item, "rules")), parts)


def _parts(item: Manifest, all_roles: list[Manifest]) -> Iterator[str]:
    for selector in mappings_at(item, "aggregationRule.clusterRoleSelectors"):
        for other in all_roles:
            if other is not item and selects(selector, mapping_at(other, "metadata.labels")):
                yield text_at(other, "metadata.name")


def _binding(item: Manifest) -> Binding:
    namespace = text_at(item, "metadata.namespace")
    is_cluster_role = text_at(item, "roleRef.kind") == "ClusterRole"
    role = ("" if is_cluster_role else namespace, text_at(item, "roleRef.name"))
    subjects = tuple(
        Subject(
            text_at(subject, "kind"),
            text_at(subject, "name"),
            (text_at(subject, "namespace") or namespace) if text_at(subject, "kind") == "ServiceAccount" else "",
        )
        for subject in mappings_at(item, "subjects")
    )
    return Binding(text_at(item, "metadata.name"), namespace, role, subjects)
