"""Texts that a person saved by name: known without asking, written through."""

from kubegenie_tui.store.facts import Facts


class Saved:
    """The facts of one scope."""

    def __init__(self, facts: Facts, scope: str) -> None:
        self._facts = facts
        self._scope = scope
        self._texts: dict[str, str] = {}

    async def load(self) -> None:
        """Read them all; before that there are none."""
        self._texts = await self._facts.all(self._scope)

    @property
    def names(self) -> list[str]:
        """Every name, in order."""
        return sorted(self._texts)

    def get(self, name: str) -> str | None:
        """What was saved under a name."""
        return self._texts.get(name)

    async def set(self, name: str, text: str) -> None:
        """Save a text in place of what had its name.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._facts.set(self._scope, name, text)
        self._texts[name] = text

    async def remove(self, name: str) -> bool:
        """Forget what has this name; False when nothing has.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._facts.remove(self._scope, name)
        return self._texts.pop(name, None) is not None
