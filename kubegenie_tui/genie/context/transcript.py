"""One turn as a model is told of it, with what was said before, within the room there is."""

import json
import secrets
from collections.abc import Sequence
from functools import partial

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.genie.beside import TOLD
from kubegenie_tui.genie.context.kept import Kept, first_lines, room_in
from kubegenie_tui.genie.context.parts import Looked, Part
from kubegenie_tui.genie.context.past import LAST_TURNS, Past
from kubegenie_tui.genie.context.shrinking import looks_structured, shrunk
from kubegenie_tui.genie.todo import TODO
from kubegenie_tui.llm.backend import Wire

_PAST_PART = 0.25
"""The part of the room that is the past's, however much the turn would take."""
_WORTH = 2_000
"""Characters that are summed up at least: a summary would not be shorter."""
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
        self.question = f"{question}\n\n{TOLD}\n{self._between(beside)}" if beside else question
        """What this turn answers."""
        self._turn: list[Wire] = [{"role": "user", "content": self.question}]
        self._lists: set[str] = set()
        """Ids of the calls that wrote the list of what is to be done."""
        self._looked = Looked()
        self._summary = self._list = ""
        self._summaries = 0
        self.last_words = ""
        """What the model is told after the last result."""

    def add(self, message: Wire) -> None:
        """Go on: an answer of the model, or the result of a look-up."""
        self._turn.append(message)
        self._looked.add(message)
        calls = message.get("tool_calls", ())
        self._lists |= {call["id"] for call in calls if call["function"]["name"] == TODO}

    def told(self, system: str, room: int) -> list[Wire]:
        """The messages of a request of at most so many characters, if the question and the rules leave that room."""
        system = self._with_notes(system)
        free = room - len(system)
        short, past = self.past.told(max(int(free * _PAST_PART), free - self._size()), self._between)
        if short:
            system = f"{system}\n\nWhat was said before in this conversation, in short:\n{self._between(short)}"
        self._fit(room - len(system) - sum(len(message["content"]) for message in past))
        marked = [self._marked(message) if message["role"] == "tool" else message for message in self._turn]
        if self.last_words:
            marked[-1] = {**marked[-1], "content": f"{marked[-1]['content']}\n{self.last_words}"}
        return [{"role": "system", "content": system}, *past, *marked]

    def is_over(self, system: str, room: int) -> bool:
        """Whether it does not fit though what was looked up twice is told once, and old results by their first line."""
        self._drop_repeated()
        room -= len(self._with_notes(system)) + self.past.size
        self._give_way([place for place in self._results if place < self._last_round], room)
        return self._size() > room

    def part_to_sum_up(self) -> Part | None:
        """What gives way next: turns before the last two; then what is longer, those or this turn; None for nothing."""
        of_turn = self._size(self._earlier)
        of_past = [last for last in (LAST_TURNS, 1, 0) if _size_of_said(self.past.older(last)) >= _WORTH]
        if of_past and (of_past[0] == LAST_TURNS or of_turn < _WORTH or self.past.size >= of_turn):
            return self._part_of_past(of_past[0])
        return self._part_of_turn() if of_turn >= _WORTH else None

    def _part_of_past(self, last: int) -> Part:
        left = ("nothing of it", "the last turn stays as it was", "the last turns stay as they were")[last]
        older, everything = self.past.older(last), self.past.all_older(last)
        stand_in = partial(self.past.sum_up, last=last)
        return Part(self._next_id(), "the conversation so far", left, self.past.summary, older, everything, stand_in)

    def _part_of_turn(self) -> Part:
        asked, everything = (
            Message("user", self.question, 0.0),
            self._looked.said(but=len(self._turn) - self._last_round),
        )
        messages = [asked, *everything[-len(self._earlier) :]]
        label, left = "this turn so far", "the last look-ups stay as they were"
        return Part(self._next_id(), label, left, self._summary, messages, [asked, *everything], self._sum_up)

    def _next_id(self) -> str:
        self._summaries += 1
        return f"summary-{self._summaries}"

    def _sum_up(self, text: str) -> None:
        """The rounds before the last one are told in these words from now on; the list stays as it was."""
        lists = [each["content"] for each in self._turn if each.get("tool_call_id") in self._lists]
        self._list = lists[-1] if lists else self._list
        told = f"{text}\n\nYour list (`{TODO}`):\n{self._list}" if self._list else text
        del self._turn[1 : 1 + len(self._earlier)]
        self._summary = text
        asked = f"{self.question}\n\nWhat you did and found in this turn so far, in short:\n{self._between(told)}"
        self._turn[0] = {**self._turn[0], "content": asked}

    def _with_notes(self, system: str) -> str:
        """The rules, with the list that is not done and the results of earlier turns that can be looked into."""
        if todo := self.past.todo:
            system = f"{system}\n\nYour list (`{TODO}`) when this turn began:\n{self._between(todo)}"
        if kept := self.past.recallable:
            system = f"{system}\n\nResults of earlier turns, as old as these, for `recall`:\n{self._between(kept)}"
        return system

    @property
    def _earlier(self) -> list[Wire]:
        """The rounds before the last one."""
        return self._turn[1 : self._last_round]

    @property
    def _last_round(self) -> int:
        """Where the last answer of the model that asks for look-ups stands; 1 without one."""
        rounds = (place for place in range(len(self._turn) - 1, 0, -1) if self._turn[place].get("tool_calls"))
        return next(rounds, 1)

    @property
    def _results(self) -> list[int]:
        """The places of the results, without that of the latest list, which stays as it is."""
        results = [place for place, message in enumerate(self._turn) if message["role"] == "tool"]
        lists = [place for place in results if self._turn[place]["tool_call_id"] in self._lists]
        return [place for place in results if place not in lists[-1:]]

    def _marked(self, result: Wire) -> Wire:
        return {**result, "content": self._between(result["content"])}

    def _between(self, text: str) -> str:
        return f"<data {self.mark}>\n{text}\n</data {self.mark}>"

    def _fit(self, room: int) -> None:
        """Make the turn fit: what was looked up twice is told once, old results give way, the last ones are cut."""
        self._drop_repeated()
        results = self._results
        self._give_way(results[:-1], room)
        if results and self._size() > room:
            last = self._turn[results[-1]]["content"]
            limit = max(_LEAST_RESULT, room - (self._size() - len(last)))
            part = shrunk(last, room_in(limit)) if looks_structured(last) and len(last) > limit else ""
            self._turn[results[-1]] = {**self._turn[results[-1]], "content": self._kept.cut(last, limit, part=part)}

    def _give_way(self, results: Sequence[int], room: int) -> None:
        """Tell results by their first line, the oldest first, until the turn fits."""
        for place in results:
            if self._size() <= room:
                return
            self._turn[place] = {**self._turn[place], "content": self._head_of(self._turn[place]["content"])}

    def _size(self, messages: Sequence[Wire] | None = None) -> int:
        counted = self._turn if messages is None else messages
        return sum(len(message["content"] or "") + _size_of_calls(message) for message in counted)

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


def _size_of_said(said: Sequence[Message]) -> int:
    return sum(len(message.text) for message in said if message.role != "tool")


def same_call(name: str, arguments: str) -> str:
    """The same text for the same look-up, however its arguments are written."""
    try:
        return f"{name} {json.dumps(json.loads(arguments), sort_keys=True)}"
    except ValueError:
        return f"{name} {arguments}"


def _size_of_calls(message: Wire) -> int:
    return sum(len(call["function"]["arguments"]) for call in message.get("tool_calls", ()))
