"""Calls by a JSON schema that the server holds its model to: the answer is a call or a text, and nothing else."""

import json
import re
from collections.abc import Collection
from typing import Any

from kubegenie_tui.llm.backend import CallReady, Wire
from kubegenie_tui.llm.hearing import CallHearing, as_call
from kubegenie_tui.llm.loose_json import read_loose
from kubegenie_tui.llm.spoken import broken_in, calls_of_value

_ANSWER = re.compile(r'\s*(?:```(?:json)?\s*)?\{\s*"answer"\s*:\s*"')
_JSON = re.compile(r"\s*(?:`|\{|\Z)")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[^u])")
_HIGH, _LOW = re.compile(r"\\u[dD][89abAB]"), re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[0-9a-fA-F]{4}")

HOW = """Reply with one JSON object and nothing else. To use a tool: {"call": {"name": "…", "arguments": {…}}}
You get its result and go on. When you know enough: {"answer": "…"}, the answer in Markdown as one JSON string."""


def response_format(tools: list[Wire]) -> Wire:
    """What the server is told: one of the calls, or an answer."""
    shared: dict[str, Any] = {}
    calls = []
    for tool in tools:
        parameters = dict(tool["function"].get("parameters") or {"type": "object"})
        shared |= parameters.pop("$defs", {})
        named = {"name": {"const": tool["function"]["name"]}, "arguments": parameters}
        calls.append(_object(named))
    one_of = [_object({"call": {"anyOf": calls}}), _object({"answer": {"type": "string"}})]
    schema: Wire = {"anyOf": one_of} | ({"$defs": shared} if shared else {})
    return {"type": "json_schema", "json_schema": {"name": "turn", "schema": schema}}


def _object(properties: Wire) -> Wire:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def written(name: str, arguments: str) -> str:
    """A call as the model is reminded of it."""
    return json.dumps({"call": {"name": name, "arguments": _value(arguments)}}, ensure_ascii=False)


def _value(arguments: str) -> Any:
    try:
        return read_loose(arguments)
    except ValueError:
        return arguments


class SchemaHearing:
    """The text of `answer` streams out as it comes."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._held = ""
        self._answering = False
        self._is_over = False
        self._prose: CallHearing | None = None

    @property
    def was_ignored(self) -> bool:
        """Whether the server let its model say what it liked."""
        return self._prose is not None

    def take(self, piece: str) -> str:
        """The part of the answer that is certain now."""
        if self._prose is not None:
            return self._prose.take(piece)
        self._held += piece
        if self._answering:
            return self._decoded()
        if begun := _ANSWER.match(self._held):
            self._answering, self._held = True, self._held[begun.end() :]
            return self._decoded()
        if _JSON.match(self._held):
            return ""
        self._prose = CallHearing(self._names)
        return self._prose.take(self._held)

    def end(self) -> tuple[str, list[CallReady]]:
        """What is left: a call, or an answer that did not stream."""
        if self._prose is not None:
            return self._prose.end()
        if self._answering:
            return "", []
        try:
            value = read_loose(self._held.strip().removeprefix("```json").strip("`\n "))
        except ValueError:
            value = None
        if calls := calls_of_value(value, self._names):
            return "", [as_call(call) for call in calls]
        if isinstance(value, dict) and isinstance(value.get("answer"), str):
            return value["answer"], []
        if value is None and (cut := broken_in(self._held, self._names)):
            return "", [as_call(call) for call in cut]
        self._prose = CallHearing(self._names)
        said = self._prose.take(self._held)
        rest, found = self._prose.end()
        return said + rest, found

    def _decoded(self) -> str:
        """The characters of the JSON string that are complete."""
        said = ""
        while self._held and not self._is_over:
            if self._held[0] == '"':
                self._is_over = True
            elif self._held[0] != "\\":
                plain = re.match(r'[^"\\]+', self._held)
                assert plain is not None
                said += self._cut(plain.end())
            else:
                escape = (_HIGH.match(self._held) and _LOW.match(self._held)) or _whole_escape(self._held)
                if escape is None:
                    break
                said += str(json.loads(f'"{self._cut(escape.end())}"'))
        return said

    def _cut(self, length: int) -> str:
        front, self._held = self._held[:length], self._held[length:]
        return front


def _whole_escape(text: str) -> "re.Match[str] | None":
    """An escape that needs nothing of what follows."""
    return None if _HIGH.match(text) else _ESCAPE.match(text)
