"""What a relation is: the words for it, and one link from an object to another."""

from enum import Enum

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef


class Relation(Enum):
    """How another object stands to this one, in the order in which they are told."""

    OWNER = "Owner"
    OWNED = "Owns"
    TARGET = "Scales"
    POD = "Pods"
    SERVICE = "Services"
    ROUTE = "Ingresses and routes"
    GATEWAY = "Gateways"
    CONFIG = "Config maps"
    SECRET = "Secrets"  # noqa: S105 - the title of a group
    STORAGE = "Storage"
    SCALER = "Autoscalers"
    BUDGET = "Disruption budgets"
    POLICY = "Network policies"
    ACCOUNT = "Service account"
    BINDING = "Bindings"
    ROLE = "Role"
    SUBJECT = "Subjects"
    NODE = "Nodes"
    CLASS = "Classes"
    USER = "Used by"


INCOMING = {
    "services": Relation.SERVICE,
    "ingresses.networking.k8s.io": Relation.ROUTE,
    "httproutes.gateway.networking.k8s.io": Relation.ROUTE,
    "grpcroutes.gateway.networking.k8s.io": Relation.ROUTE,
    "horizontalpodautoscalers.autoscaling": Relation.SCALER,
    "poddisruptionbudgets.policy": Relation.BUDGET,
    "networkpolicies.networking.k8s.io": Relation.POLICY,
    "rolebindings.rbac.authorization.k8s.io": Relation.BINDING,
    "clusterrolebindings.rbac.authorization.k8s.io": Relation.BINDING,
}
"""What the source of a link is to its end, by kind id; whatever else refers to an object uses it."""


class Link(msgspec.Struct, frozen=True):
    """One object refers to another."""

    relation: Relation
    """What the end is to the object that refers to it."""
    ref: ObjectRef
    """The end; the kind is an id, or `Kind.group` where only an owner reference tells it."""
    how: str
    """The field that says so."""


class Twig(msgspec.Struct, frozen=True):
    """One related object, and what is reached through it."""

    ref: ObjectRef
    how: str
    there: bool | None = None
    """Whether it exists; None when that was not looked at."""
    health: Health = Health.UNKNOWN
    status: str = ""
    """Its state in a word; empty when it has none or was not read."""
    twigs: tuple["Twig", ...] = ()


class Branch(msgspec.Struct, frozen=True):
    """The objects that stand in one relation to the subject."""

    relation: Relation
    twigs: tuple[Twig, ...]
    incoming: bool
    """Whether these refer to the subject, rather than the subject to them."""


class Relations(msgspec.Struct, frozen=True):
    """All that is known of how one object hangs together with others."""

    subject: Twig
    branches: tuple[Branch, ...]
    notes: tuple[str, ...] = ()
    """What could not be looked at, in words."""
