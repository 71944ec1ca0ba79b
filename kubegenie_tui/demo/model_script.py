"""What the scripted model says: turns in order, or by rules on the last question."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec


class Call(msgspec.Struct, frozen=True):
    """A tool call the model makes."""

    name: str
    arguments: dict[str, Any] | str
    """An object, or raw text to send malformed JSON."""
    id: str = ""
    """Empty: the server makes one up."""


class Fault(msgspec.Struct, frozen=True):
    """How a turn goes wrong."""

    what: Literal["status", "cut", "garbage", "silent", "unfinished"]
    """An HTTP error; a connection cut in mid-stream; a chunk that is no JSON; silence after `after` pieces until the
    client goes; a clean end without a finish reason."""
    status: int = 500
    body: Any = ""
    """JSON value or plain text of an HTTP error."""
    headers: dict[str, str] = {}
    after: int = 1
    """Pieces sent before it happens."""


class Turn(msgspec.Struct, frozen=True):
    """One answer of the model."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    input_tokens: int = 100
    output_tokens: int = 20
    piece: int = 4
    """Characters of text or arguments in one delta."""
    packet: int = 0
    """Bytes of one write to the socket, to split characters and lines; 0 writes whole events."""
    finish: str = ""
    """Empty: `tool_calls` with calls, else `stop`."""
    fault: Fault | None = None


Script = Callable[[dict[str, Any]], Turn]
"""From a request's body to the answer."""


def in_order(*turns: Turn) -> Script:
    """The turns one after the other; then the last one again and again."""
    left = list(turns)

    def answer(_: dict[str, Any]) -> Turn:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer
