"""What a model is told of the conversation so far, and of this turn's results, within a budget."""

import secrets
from collections.abc import Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.llm.backend import Wire

HISTORY_CHARACTERS = 24_000
"""Of what was said in earlier turns; look-ups of earlier turns are not told, for the cluster has moved on."""
TURN_CHARACTERS = 120_000
"""Of this turn's results."""
_LONGEST = 6_000
_KEPT_RESULTS = 4


class Transcript:
    """One turn as a model is told of it, with what was said before."""

    def __init__(self, history: Sequence[Message], question: str) -> None:
        self._history = history
        self._turn: list[Wire] = [{"role": "user", "content": question}]
        self.mark = secrets.token_hex(4)
        """Stands around every result, so that no text of a cluster can pretend to be the end of one."""
        self.last_words = ""
        """What the model is told after the last result."""

    def add(self, message: Wire) -> None:
        """Go on: an answer of the model, or the result of a look-up."""
        self._turn.append(message)

    def told(self, system: str, room: float = 1.0) -> list[Wire]:
        """The messages of a request. `room`: the part of the budget that may be used."""
        turn = shrunk(self._turn, int(TURN_CHARACTERS * room), max(1, round(_KEPT_RESULTS * room)))
        marked = [self._marked(message) if message["role"] == "tool" else message for message in turn]
        if self.last_words:
            marked[-1] = {**marked[-1], "content": f"{marked[-1]['content']}\n{self.last_words}"}
        past = remembered(self._history, int(HISTORY_CHARACTERS * room))
        return [{"role": "system", "content": system}, *past, *marked]

    def _marked(self, result: Wire) -> Wire:
        return {**result, "content": f"<data {self.mark}>\n{result['content']}\n</data {self.mark}>"}


def remembered(history: Sequence[Message], budget: int = HISTORY_CHARACTERS) -> list[Wire]:
    """The latest turns that fit the budget, oldest first, beginning with a question."""
    kept: list[Wire] = []
    for message in reversed([message for message in history if message.role != "tool" and message.text]):
        text = message.text if len(message.text) <= _LONGEST else f"{message.text[:_LONGEST]}… (cut)"
        budget -= len(text)
        if budget < 0:
            break
        kept.append({"role": message.role, "content": text})
    kept.reverse()
    kept = _in_turns(kept)
    while kept and kept[0]["role"] != "user":
        del kept[0]
    return kept


def _in_turns(messages: list[Wire]) -> list[Wire]:
    """One message for what the same side said in a row: some servers want question and answer to alternate."""
    turns: list[Wire] = []
    for message in messages:
        if turns and turns[-1]["role"] == message["role"]:
            turns[-1] = {**message, "content": f"{turns[-1]['content']}\n\n{message['content']}"}
        else:
            turns.append(message)
    return turns


def shrunk(messages: list[Wire], budget: int, keep: int) -> list[Wire]:
    """The messages with the oldest results left out where all of them would be too much; the latest `keep` stay."""
    results = [number for number, message in enumerate(messages) if message["role"] == "tool"]
    size = sum(len(messages[number]["content"]) for number in results)
    fitting = list(messages)
    for number in results[:-keep]:
        if size <= budget:
            break
        head = messages[number]["content"].partition("\n")[0][:200]
        fitting[number] = {**messages[number], "content": f"{head}\n(left out to save room; ask again if needed)"}
        size -= len(messages[number]["content"])
    return fitting
