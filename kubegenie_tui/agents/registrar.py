"""What a person registers, says about clusters, and forgets: kept in the store, in force at once."""

import asyncio
from collections.abc import Awaitable, Callable, Container, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.agents.roster import REGISTERED, Roster
from kubegenie_tui.domain.acting import own_name
from kubegenie_tui.domain.cluster import IMPERSONATED, Registration, owner_of, wrong_name
from kubegenie_tui.domain.endpoint import check_endpoint
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.kubeconfig.loader import load_one

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.store.store import Store


class Registrar:
    """Writes down what the roster reads."""

    def __init__(
        self,
        store: "Store",
        roster: Roster,
        known: Callable[[str], "ClusterAgent"],
        names: Container[str],
        refresh: Callable[[], Awaitable[None]],
    ) -> None:
        """A registrar of one manager.

        Args:
            store: where it is written down.
            roster: what reads it.
            known: the agent of a cluster; raises UsageError when there is none.
            names: those of all clusters there are, always current.
            refresh: takes up what was written down.
        """
        self._store = store
        self._roster = roster
        self._known = known
        self._names = names
        self._refresh = refresh

    async def register(self, file: Path, context: str = "", traits: Traits | None = None) -> str:
        """Remember a cluster of a kubeconfig that is not among the usual ones; its name.

        Raises:
            KubeconfigError: the file or the context cannot be used.
            UsageError: there is a cluster of that name already.
        """
        path = await asyncio.to_thread(lambda: file.expanduser().absolute())
        found = await asyncio.to_thread(load_one, path)
        name = context or found.current or next(iter(found.contexts))
        if name not in found.contexts:
            known = ", ".join(found.contexts)
            raise KubeconfigError(f'There is no context "{name}"', f"the file has: {known}", file=str(path))
        self._require_free(name, "rename the context in the file")
        await self._save(Registration(name, str(path), name), {}, traits or Traits())
        return name

    async def add(self, registration: Registration, secrets: Mapping[str, str], traits: Traits | None = None) -> None:
        """Remember an endpoint, the secrets that are to be kept for it by field, and what is said about it.

        Raises:
            UsageError: it could never work, or there is a cluster of that name already.
            CredentialError: there are secrets, and the safe does not open.
            StoreError: it cannot be stored.
        """
        if wrong := wrong_name(registration.name):
            raise UsageError(f"{wrong[0].upper()}{wrong[1:]}", next_step="choose another name")
        self._require_free(registration.name, "choose another name")
        if registration.endpoint is not None:
            check_endpoint(registration.endpoint)
        await self._save(registration, secrets, traits or Traits())

    def registration(self, name: str) -> Registration:
        """What was registered under a name.

        Raises:
            UsageError: nothing was, or it only points to a kubeconfig.
        """
        self._known(name)
        found = self._roster.registration(name)
        if found is None or found.endpoint is None:
            where = self._known(name).context.file or "the environment"
            raise UsageError(f'How "{name}" is reached is not kept here', f"{where} says it", "change it there")
        return found

    async def replace(self, registration: Registration, secrets: Mapping[str, str]) -> None:
        """Keep another endpoint in place of the one of that name; of the secrets only those that it names.

        Raises:
            UsageError: it could never work, or there is none of that name.
            CredentialError: the safe does not open.
            StoreError: it cannot be stored.
        """
        self.registration(registration.name)
        if registration.endpoint is not None:
            check_endpoint(registration.endpoint)
        await self._store.clusters.save(registration, secrets)
        await self._refresh()

    async def kept(self, registration: Registration) -> dict[str, str]:
        """The secrets that lie in the safe for a registration, by field.

        Raises:
            CredentialError: the safe does not open.
        """
        fields = registration.endpoint.secrets if registration.endpoint else {}
        owner, reveal = owner_of(registration.name), self._store.safe.reveal
        return {field: await reveal(owner, field) for field, where in fields.items() if where.how == "safe"}

    async def say(self, name: str, traits: Traits) -> None:
        """Say this about a cluster from now on; about one that is acted in as somebody else, about that itself.

        Raises:
            UsageError: no cluster has this name.
            StoreError: it cannot be stored.
        """
        self._known(name)
        await self._store.traits.set(own_name(name), traits)
        await self._refresh()

    async def remove(self, name: str) -> None:
        """Forget a registered cluster, also one that another hides, or act as somebody no more.

        Kubeconfigs are never changed.

        Raises:
            UsageError: no cluster has this name, or it comes from a kubeconfig.
        """
        agent = self._known(name)
        if agent.status.source not in (REGISTERED, IMPERSONATED) and self._roster.registration(name) is None:
            where = agent.context.file or "the environment"
            raise UsageError(f'"{name}" was not added here', f"it comes from {where}", "remove it there")
        self._roster.act_no_more(name)
        await self._store.clusters.delete(name)
        if agent.status.source == REGISTERED:
            await self._store.traits.set(name, Traits())
        await self._refresh()

    def _require_free(self, name: str, step: str) -> None:
        if name in self._names:
            raise UsageError(f'There is a cluster named "{name}" already', next_step=step)

    async def _save(self, registration: Registration, secrets: Mapping[str, str], traits: Traits) -> None:
        try:
            await self._store.clusters.add(registration, secrets)
            await self._store.traits.set(registration.name, traits)
        finally:
            await self._refresh()
