"""One turn as a model is told of it, with what was said before, within the room there is."""

import json
import secrets

from kubegenie_tui.genie.beside import TOLD
from kubegenie_tui.genie.context.kept import Kept, first_lines, room_in
from kubegenie_tui.genie.context.past import Past
from kubegenie_tui.genie.context.shrinking import looks_structured, shrunk
from kubegenie_tui.genie.todo import TODO
from kubegenie_tui.llm.backend import Wire

PAST_PART = 0.25
"""The part of the room that the past may take; what is longer is summed up."""
_AGAIN = "(the same was looked up again later: see there)"
_HEAD_CHARACTERS = 200
_LEAST_RESULT = 400
"""Characters of a result that are told however little room there is."""


class Transcript:
    """What grows while a turn goes on."""

    def __init__(self, past: Past, question: str, kept: Kept, beside: str = "") -> None:
        """A turn that begins; `beside`: a text that was given with the question."""
        self.past = past
        self._kept = kept
        self.mark = secrets.token_hex(4)
        """Stands around every result, so that no text of a cluster can pretend to be the end of one."""
        asked = f"{question}\n\n{TOLD}\n{self._between(beside)}" if beside else question
        self._turn: list[Wire] = [{"role": "user", "content": asked}]
        self._lists: set[str] = set()
        """Ids of the calls that wrote the list of what is to be done."""
        self.last_words = ""
        """What the model is told after the last result."""

    @property
    def question(self) -> str:
        """What this turn answers."""
        return str(self._turn[0]["content"])

    def add(self, message: Wire) -> None:
        """Go on: an answer of the model, or the result of a look-up."""
        self._turn.append(message)
        calls = message.get("tool_calls", ())
        self._lists |= {call["id"] for call in calls if call["function"]["name"] == TODO}

    def told(self, system: str, room: int) -> list[Wire]:
        """The messages of a request of at most so many characters, if the question and the rules leave that room."""
        if todo := self.past.todo:
            system = f"{system}\n\nYour list (`{TODO}`) when this turn began:\n{self._between(todo)}"
        short, past = self.past.told(int((room - len(system)) * PAST_PART), self._between)
        if short:
            system = f"{system}\n\nWhat was said before in this conversation, in short:\n{self._between(short)}"
        self._fit(room - len(system) - sum(len(message["content"]) for message in past))
        marked = [self._marked(message) if message["role"] == "tool" else message for message in self._turn]
        if self.last_words:
            marked[-1] = {**marked[-1], "content": f"{marked[-1]['content']}\n{self.last_words}"}
        return [{"role": "system", "content": system}, *past, *marked]

    def _marked(self, result: Wire) -> Wire:
        return {**result, "content": self._between(result["content"])}

    def _between(self, text: str) -> str:
        return f"<data {self.mark}>\n{text}\n</data {self.mark}>"

    def _fit(self, room: int) -> None:
        """Make the turn fit: what was looked up twice is told once, old results give way, the last ones are cut.

        The latest list of what is to be done stays as it is.
        """
        self._drop_repeated()
        results = [place for place, message in enumerate(self._turn) if message["role"] == "tool"]
        lists = [place for place in results if self._turn[place]["tool_call_id"] in self._lists]
        results = [place for place in results if place not in lists[-1:]]
        for place in results[:-1]:
            if self._size() <= room:
                return
            self._turn[place] = {**self._turn[place], "content": self._head_of(self._turn[place]["content"])}
        if results and self._size() > room:
            last = self._turn[results[-1]]["content"]
            limit = max(_LEAST_RESULT, room - (self._size() - len(last)))
            part = shrunk(last, room_in(limit)) if looks_structured(last) and len(last) > limit else ""
            self._turn[results[-1]] = {**self._turn[results[-1]], "content": self._kept.cut(last, limit, part=part)}

    def _size(self) -> int:
        return sum(len(message["content"] or "") + _size_of_calls(message) for message in self._turn)

    def _drop_repeated(self) -> None:
        calls = {
            call["id"]: same_call(call["function"]["name"], call["function"]["arguments"])
            for message in self._turn
            for call in message.get("tool_calls", ())
        }
        seen: set[str] = set()
        for place in range(len(self._turn) - 1, -1, -1):
            message = self._turn[place]
            if message["role"] == "tool" and (call := calls.get(message["tool_call_id"])):
                if call in seen:
                    self._turn[place] = {**message, "content": _AGAIN}
                seen.add(call)

    def _head_of(self, content: str) -> str:
        if len(content) <= 2 * _HEAD_CHARACTERS:
            return content
        head = first_lines(content.partition("\n")[0], _HEAD_CHARACTERS)
        return f"{head}\n(left out to save room; `recall` of {self._kept.keep(content)} has it)"


def same_call(name: str, arguments: str) -> str:
    """The same text for the same look-up, however its arguments are written."""
    try:
        return f"{name} {json.dumps(json.loads(arguments), sort_keys=True)}"
    except ValueError:
        return f"{name} {arguments}"


def _size_of_calls(message: Wire) -> int:
    return sum(len(call["function"]["arguments"]) for call in message.get("tool_calls", ()))
