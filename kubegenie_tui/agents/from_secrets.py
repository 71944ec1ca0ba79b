"""Clusters whose way in lies in a Secret of another one: registered from it, and followed when it changes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.domain.cluster import ClusterStatus, Reach, Registration, SecretPlace
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.providers.describing import Described

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.agents.registrar import Registrar

_log = logging.getLogger(__name__)
_LOST = (Reach.DENIED, Reach.UNREACHABLE)
"""What may mean that the Secret says something else by now."""


async def look_into(agent: "ClusterAgent", place: SecretPlace) -> tuple[Described, str]:
    """The cluster that a Secret leads to, and what it is called.

    Raises:
        KubeGenieError: it cannot be read, or leads to none.
    """
    from kubegenie_tui.providers.secret_kubeconfig import cluster_in, name_in

    secret = await agent.get(agent.kinds.resolve("secrets"), place.name, place.namespace)
    return await asyncio.to_thread(cluster_in, secret, place.key), name_in(secret)


async def register_from(agent: "ClusterAgent", place: SecretPlace, registrar: "Registrar", name: str = "") -> str:
    """Register that cluster; its credentials go into the safe, which must be open. The name it gets.

    Raises:
        KubeGenieError: it cannot be read or used, or the name is taken.
    """
    (endpoint, secrets), called = await look_into(agent, place)
    made = Registration(name or called, endpoint=endpoint, origin=f"of {place.cluster}", secret=place)
    await registrar.add(made, secrets)
    return made.name


class Followers:
    """Reads a Secret again when the cluster that it leads to is lost, once for every check that says so."""

    def __init__(
        self,
        registrar: "Registrar",
        registration: Callable[[str], Registration | None],
        open_cluster: Callable[[str], Awaitable["ClusterAgent"]],
        duties: Duties,
    ) -> None:
        """Followers of one manager.

        Args:
            registrar: keeps what a Secret says now.
            registration: what was registered under a name.
            open_cluster: the agent of a cluster, ready to be asked.
            duties: where they run.
        """
        self._registrar = registrar
        self._registration = registration
        self._open = open_cluster
        self._duties = duties
        self._seen: dict[str, float] = {}
        self._over = False

    def stop(self) -> None:
        """Follow nothing any more."""
        self._over = True

    def hear(self, status: ClusterStatus) -> None:
        """A cluster may have been lost."""
        registration = self._registration(status.name)
        lost = not self._over and status.reach in _LOST
        if not lost or registration is None or registration.secret is None:
            return
        if self._seen.get(status.name) != status.checked_at:
            self._seen[status.name] = status.checked_at
            self._duties.start(f"secret of {status.name}", lambda: self._follow(registration))

    async def _follow(self, registration: Registration) -> None:
        assert registration.secret is not None
        try:
            mother = await self._open(registration.secret.cluster)
            (endpoint, secrets), _ = await look_into(mother, registration.secret)
            if await self._says_otherwise(registration, endpoint, secrets):
                await self._registrar.replace(replace(registration, endpoint=endpoint), secrets)
        except KubeGenieError as error:
            _log.info("The Secret of %s cannot be followed: %s", registration.name, error)

    async def _says_otherwise(self, registration: Registration, endpoint: Endpoint, secrets: dict[str, str]) -> bool:
        before = registration.endpoint
        if before is None or replace(before, saved=endpoint.saved) != endpoint:
            return True
        return secrets != await self._registrar.kept(registration)
