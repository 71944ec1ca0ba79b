"""Which distributions of other people a person allowed, each pinned to the files that it had then."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubegenie_tui.store.facts import Facts

_SCOPE = "plugins.allowed"


class Pins:
    """Digests by distribution. What cannot be read is not allowed."""

    def __init__(self, facts: "Facts") -> None:
        self._facts = facts

    async def all(self) -> "Mapping[str, str]":
        """Every pin, by distribution.

        Raises:
            StoreError: they cannot be read.
        """
        return await self._facts.all(_SCOPE)

    async def set(self, distribution: str, digest: str) -> None:
        """Remember that a person allowed these files.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._facts.set(_SCOPE, distribution, digest)
