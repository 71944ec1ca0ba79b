"""Clusters as a person sees them in the list."""

from enum import Enum
from fnmatch import fnmatchcase

import msgspec

from kubegenie_tui.domain.acting import acting_as, own_name
from kubegenie_tui.domain.concern import Concern
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.traits import Traits

IMPERSONATED = "impersonated"
"""The source of a cluster that is another one as somebody else: see `domain.acting`."""


class Reach(Enum):
    """Whether we can talk to a cluster."""

    UNTRIED = "not tried yet"
    CONNECTING = "connecting"
    READY = "healthy"
    DEGRADED = "degraded"
    UNREACHABLE = "unreachable"
    DENIED = "denied"
    UNUSABLE = "unusable"
    """Not the cluster: what the kubeconfig says of it."""

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return {
            Reach.UNTRIED: Health.UNKNOWN,
            Reach.CONNECTING: Health.PROGRESSING,
            Reach.READY: Health.OK,
            Reach.DEGRADED: Health.WARN,
            Reach.UNREACHABLE: Health.BAD,
            Reach.DENIED: Health.BAD,
            Reach.UNUSABLE: Health.BAD,
        }[self]


class ClusterStatus(msgspec.Struct, frozen=True):
    """One line of the cluster list."""

    name: str
    """The context's name: unique among the registered clusters."""
    server: str
    """URL of the API server."""
    source: str = "kubeconfig"
    """Where the registration comes from: kubeconfig, in-cluster, demo, manual, impersonated."""
    user: str = ""
    identity: str = ""
    """Whom the server takes us for, as it says itself; empty while it has not."""
    reach: Reach = Reach.UNTRIED
    version: str = ""
    """`v1.37.2`, empty when unknown."""
    nodes: int | None = None
    nodes_ready: int | None = None
    pods: int | None = None
    pods_running: int | None = None
    problems: int | None = None
    """Pods that are failing or warn."""
    latency_ms: float | None = None
    """Round trip of the last `/readyz`, milliseconds."""
    error: KubeGenieError | None = None
    concerns: tuple[Concern, ...] = ()
    """What the last check found that wants looking after, the worst first."""
    namespace: str = ""
    """Where to begin: what the person says, else the context; empty for none."""
    checked_at: float = 0.0
    """Seconds since the epoch."""
    unverified: bool = False
    """Whether anybody on the way is taken for it: its certificate is not checked, as is wanted, or it has none."""
    read_only: bool = False
    protected: bool = False
    """Whether every change needs one tier more care."""
    origin: str = ""
    """What a registered cluster was found by; empty for one that was described by hand."""
    traits: Traits = Traits()
    """What the person says about it."""

    @property
    def is_impersonated(self) -> bool:
        """Whether it is one of the others, as somebody else."""
        return self.source == IMPERSONATED


class SecretPlace(msgspec.Struct, frozen=True):
    """A Secret that leads to a cluster."""

    cluster: str
    """The one that it lies in."""
    namespace: str
    name: str
    key: str = ""
    """Where in it; empty where that can be told."""


LONGEST_NAME = 253
"""As long as a name in Kubernetes may be."""


class Registration(msgspec.Struct, frozen=True):
    """A cluster that a person added: a pointer into a kubeconfig, or an endpoint; never its secrets."""

    name: str
    """Unique among the registered clusters."""
    kubeconfig: str = ""
    """Absolute path of the file; empty for an endpoint."""
    context: str = ""
    """The context's name in that file."""
    endpoint: Endpoint | None = None
    origin: str = ""
    """What it was found by: the name of a provider; empty when it was described by hand."""
    secret: SecretPlace | None = None
    """Where its endpoint comes from, and is looked up again."""


def wrong_name(text: str) -> str:
    """What is wrong with a name for a cluster, in words; empty when nothing is."""
    if not text.strip():
        return "the cluster needs a name"
    if text != text.strip() or text != plain(text):
        return "the name has blanks around it, or characters that nobody can see"
    if len(text) > LONGEST_NAME:
        return f"the name is longer than {LONGEST_NAME} characters"
    if acting := acting_as(text):
        return f'"{text}" would mean the cluster {acting.cluster} as the user {acting.user}'
    return ""


def owner_of(name: str) -> str:
    """Whose the secrets of a registered cluster are, in the safe."""
    return f"cluster:{name}"


def is_meant(name: str, pattern: str) -> bool:
    """Whether a pattern such as `prod-*` means the cluster of this name, whoever is acted as there.

    Its whole name always does.
    """
    return any(each == pattern or fnmatchcase(each, pattern) for each in (name, own_name(name)))
