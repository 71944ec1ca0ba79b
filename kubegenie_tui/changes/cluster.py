"""What the gate needs of a cluster: as much of `agents.ClusterAgent` as it touches."""

from typing import Protocol

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.kube.client import Client


class WritableCluster(Protocol):
    """One live cluster that may be changed."""

    @property
    def name(self) -> str:
        """The cluster's name."""
        ...

    @property
    def client(self) -> Client:
        """Its API server, as the person's user."""
        ...

    @property
    def kinds(self) -> KindIndex:
        """What it serves."""
        ...

    @property
    def status(self) -> ClusterStatus:
        """How it is, and whether it may only be read."""
        ...

    async def learn_kinds(self) -> None:
        """Ask now what it serves; `kinds` knows it then.

        Raises:
            ClusterError, CredentialError, KubeconfigError: it cannot be asked.
        """
        ...
