"""What the scripted model says: turns in order, or by rules on the last question."""

import json
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

    what: Literal["status", "cut", "garbage", "silent", "unfinished", "error"]
    """An HTTP error; a connection cut in mid-stream; a chunk that is no JSON; silence after `after` pieces until the
    client goes; a clean end without a finish reason; an error that is an event of the stream."""
    status: int = 500
    body: Any = ""
    """JSON value or plain text of the error."""
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


EXCUSE = "I am a language model and cannot look at anything."
Script = Callable[[dict[str, Any]], Turn]
"""From a request's body to the answer."""


def in_order(*turns: Turn) -> Script:
    """The turns one after the other; then the last one again and again."""
    left = list(turns)

    def answer(_: dict[str, Any]) -> Turn:
        return left.pop(0) if len(left) > 1 else left[0]

    return answer


def spoken(turn: Turn, heard: dict[str, Any]) -> Turn:
    """The turn as a model says it that hears of no tools: by a schema, in its text, or as an excuse."""
    if "tools" in heard:
        return turn
    if "response_format" in heard:
        if turn.calls:
            return msgspec.structs.replace(turn, text=json.dumps({"call": _named(turn.calls[0])}), calls=())
        return msgspec.structs.replace(turn, text=json.dumps({"answer": turn.text}, ensure_ascii=False))
    if not turn.calls:
        return turn
    told_how = "```tool" in str(heard["messages"][0]["content"])
    blocks = [f"```tool\n{json.dumps(_named(call))}\n```" for call in turn.calls]
    text = "\n".join([turn.text, *blocks]).strip() if told_how else EXCUSE
    return msgspec.structs.replace(turn, text=text, calls=())


def _named(call: Call) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments}
