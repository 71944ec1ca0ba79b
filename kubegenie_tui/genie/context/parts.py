"""Parts of what a model is told that can be summed up, and a turn's own part as it was looked up."""

from collections.abc import Callable, Sequence

import msgspec

from kubegenie_tui.domain.conversation import LookUp, Message, Record
from kubegenie_tui.genie.context.digest import SUM_UP
from kubegenie_tui.genie.context.kept import first_lines
from kubegenie_tui.llm.backend import Wire

_READ = 2_000
"""Characters of a result that are read to sum it up; the model has seen the rest."""


class Part(msgspec.Struct, frozen=True):
    """What is to be told in fewer words."""

    call_id: str
    what: str
    """`the conversation so far`."""
    left: str
    """What stays as it is."""
    before: str
    """The summary that is there already."""
    messages: Sequence[Message]
    everything: Sequence[Message]
    """The same from the beginning."""
    stand_in: Callable[[str], None]
    """Has a text told instead from now on."""

    @property
    def label(self) -> str:
        """What is done with it, for the person."""
        return f"{SUM_UP}{self.what}"


class Looked:
    """What was said and looked up in a turn, as it was before anything of it gave way."""

    def __init__(self) -> None:
        self._calls: dict[str, str] = {}
        self._messages: list[Message] = []

    def add(self, message: Wire) -> None:
        """A message of the turn."""
        for call in message.get("tool_calls", ()):
            self._calls[call["id"]] = f"{call['function']['name']} {call['function']['arguments']}"
        self._messages.append(self._as_message(message))

    def said(self, but: int) -> list[Message]:
        """All but so many of the last messages, each result with its beginning."""
        return self._messages[: len(self._messages) - but]

    def _as_message(self, message: Wire) -> Message:
        if message["role"] != "tool":
            return Message("assistant", message["content"] or "", 0.0)
        text = first_lines(message["content"], _READ) if len(message["content"]) > _READ else message["content"]
        brought = LookUp(summary=text.partition("\n")[0])
        call = self._calls.get(message["tool_call_id"], "")
        return Message("tool", text, 0.0, call, record=Record(look_up=brought))
