"""Tools that repeat what they are told."""

from typing import Any

from kubegenie_tui.mcp.offer import Offer, Said

ECHO = Offer("echo", "Says it again.", {"type": "object", "properties": {"text": {"type": "string"}}}, reads=True)


class Echo:
    instructions = "Speak to it."

    def __init__(self) -> None:
        self.clients: list[str] = []

    async def offers(self) -> list[Offer]:
        return [ECHO]

    async def call(self, name: str, arguments: dict[str, Any], client: str) -> Said:
        self.clients.append(client)
        return Said(f"{name}: {arguments['text']}") if "text" in arguments else Said("error: nothing to say", ok=False)
