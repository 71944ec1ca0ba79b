"""What the views of one object need of a cluster: a part of ClusterAgent, small enough to be played in tests."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, Protocol

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows

if TYPE_CHECKING:
    from kubegenie_tui.kube.objects import ObjectList


class LiveLease(Protocol):
    """A hold on live rows."""

    @property
    def live(self) -> LiveRows:
        """The rows."""

    @property
    def release(self) -> Callable[[], None]:
        """Let go."""


class ClusterSource(Protocol):
    """Objects, their events and their logs; each method as in `agents.cluster_agent.ClusterAgent`."""

    @property
    def name(self) -> str:
        """The cluster's name."""

    @property
    def status(self) -> ClusterStatus:
        """How the cluster is."""

    @property
    def kinds(self) -> KindIndex:
        """What the cluster serves."""

    def watch(self, kind: Kind, namespace: str = "") -> LiveLease:
        """Live rows of a kind."""

    async def get(self, kind: Kind, name: str, namespace: str = "") -> dict[str, Any]:
        """One whole object."""

    async def list_objects(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
    ) -> "ObjectList":
        """Whole objects."""

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        """Events about one object."""

    def logs(
        self,
        namespace: str,
        pod: str,
        container: str,
        *,
        follow: bool = False,
        previous: bool = False,
        tail: int | None = None,
        since_seconds: int | None = None,
        timestamps: bool = False,
    ) -> AsyncIterator[list[str]]:
        """A container's log in batches of lines."""
