"""What is served: tools as data, and who carries a call out."""

from typing import Any, Protocol

import msgspec


class Offer(msgspec.Struct, frozen=True):
    """One tool."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON schema of an object."""
    reads: bool
    """Whether it only reads."""


class Said(msgspec.Struct, frozen=True):
    """What a call brought."""

    text: str
    ok: bool = True


class Tools(Protocol):
    """Whoever has the tools."""

    @property
    def instructions(self) -> str:
        """What a model has to know of them all."""
        ...

    async def offers(self) -> list[Offer]:
        """The tools."""
        ...

    async def call(self, name: str, arguments: dict[str, Any], client: str) -> Said:
        """Do what a call asks for; a failure is said and not raised.

        Args:
            name: of a tool, or of none.
            arguments: as they came.
            client: what the program that calls names itself, empty when it does not say.
        """
        ...
