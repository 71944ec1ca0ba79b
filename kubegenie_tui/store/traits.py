"""What a person says about clusters, by the cluster's name."""

from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.traits import Traits

if TYPE_CHECKING:
    from kubegenie_tui.store.facts import Facts

SCOPE = "cluster-traits"


class KeptTraits:
    """Kept whether or not there is such a cluster just now: a kubeconfig may come back."""

    def __init__(self, facts: "Facts") -> None:
        self._facts = facts

    async def all(self) -> dict[str, Traits]:
        """Those of every cluster about which something is said.

        Raises:
            StoreError: they cannot be read.
        """
        found = await self._facts.all(SCOPE)
        return {name: msgspec.json.decode(text, type=Traits) for name, text in found.items()}

    async def set(self, name: str, traits: Traits) -> None:
        """Say this from now on.

        Raises:
            StoreError: it cannot be stored.
        """
        if traits == Traits():
            await self._facts.remove(SCOPE, name)
        else:
            await self._facts.set(SCOPE, name, msgspec.json.encode(traits).decode())
