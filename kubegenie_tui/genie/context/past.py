"""What was said before this turn: the latest turns as they were, what is older summed up."""

from collections.abc import Callable, Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.genie.context.digest import fitting, pinned
from kubegenie_tui.genie.context.kept import names_in
from kubegenie_tui.genie.todo import open_list
from kubegenie_tui.llm.backend import Wire
from kubegenie_tui.llm.told import in_turns

LAST_TURNS = 2
"""Turns that stay whole as long as they fit."""
_LONGEST = 6_000
"""Characters of one message, where the whole does not fit."""
_MOST_SUMMARIES = 50
_MOST_RECALLABLE = 12
BY_APP = "(The app itself said this, without a model. It quotes the cluster:)"
"""What a model is told before words of the app."""
Between = Callable[[str], str]
"""Puts marks around a text that holds words of a cluster."""


class Summaries:
    """Summaries of conversations by what they cover, so that one is made once; in memory only."""

    def __init__(self) -> None:
        self._texts: dict[tuple[int, float, str], str] = {}

    def latest(self, said: Sequence[Message]) -> tuple[int, str]:
        """How many messages from the beginning are summed up, and the summary; 0 and nothing without one."""
        for count in range(len(said), 0, -1):
            if (text := self._texts.get(_place(said, count))) is not None:
                return count, text
        return 0, ""

    def keep(self, said: Sequence[Message], count: int, text: str) -> None:
        """The first `count` messages are summed up."""
        if len(self._texts) >= _MOST_SUMMARIES:
            del self._texts[next(iter(self._texts))]
        self._texts[_place(said, count)] = text


def _place(said: Sequence[Message], count: int) -> tuple[int, float, str]:
    return count, said[count - 1].at, said[count - 1].text


class Past:
    """The messages of one conversation before the question of now."""

    def __init__(self, history: Sequence[Message], summaries: Summaries) -> None:
        self._said = [message for message in history if message.text]
        self._summaries = summaries
        self._covered, self.summary = summaries.latest(self._said)

    @property
    def size(self) -> int:
        """Characters that are told; look-ups of earlier turns are not, for the cluster has moved on."""
        short = len(pinned(self._said)) + len(self.summary) if self.summary else 0
        return short + self._size_from(self._covered)

    def older(self, last: int = LAST_TURNS) -> list[Message]:
        """What could be summed up and is not yet, so that so many turns stay as they are."""
        return self._said[self._covered : self._end(last)]

    def all_older(self, last: int = LAST_TURNS) -> list[Message]:
        """What could be summed up, from the beginning."""
        return self._said[: self._end(last)]

    def _end(self, last: int) -> int:
        if not last:
            return len(self._said)
        questions = [place for place, message in enumerate(self._said) if message.role == "user"]
        return max(self._covered, questions[-last] if len(questions) >= last else 0)

    @property
    def todo(self) -> str:
        """The list that the model keeps, while something of it is left to be done."""
        return open_list(self._said)

    @property
    def recallable(self) -> str:
        """The latest results that were told in part, each with its look-up, a line each; empty without one."""
        looked = [(name, each.tool) for each in self._said if each.role == "tool" for name in names_in(each.text)]
        return "\n".join(f"{name}: {tool}" for name, tool in looked[-_MOST_RECALLABLE:])

    def sum_up(self, text: str, last: int = LAST_TURNS) -> None:
        """All but the last turns are told in these words from now on."""
        self._covered, self.summary = self._end(last), text
        self._summaries.keep(self._said, self._covered, text)

    def told(self, room: int, between: Between = str) -> tuple[str, list[Wire]]:
        """What is told of it within about so many characters.

        In short what is summed up or does not fit, empty where nothing is; then the latest messages as they were,
        oldest first, beginning with a question. What the app itself said quotes the cluster: it stands `between` marks.
        """
        start, left_out, longest = self._covered, "", None if self.size <= room else _LONGEST
        if longest and self._size_from(start, longest) > room:
            room //= 2
            start = self._begin(room)
            left_out = fitting(self._said[self._covered : start], room)
        short = "\n".join(filter(None, (self.summary, left_out)))
        latest = in_turns(_plain(self._said[start:], between, longest))
        return f"{pinned(self._said)}\n{short}" if short else "", latest

    def _begin(self, room: int) -> int:
        """The place of the first question from which on the messages fit."""
        start = len(self._said)
        for place in range(len(self._said) - 1, self._covered - 1, -1):
            room -= sum(len(each["content"]) for each in _plain(self._said[place : place + 1], longest=_LONGEST))
            if room < 0:
                break
            if self._said[place].role == "user":
                start = place
        return start

    def _size_from(self, place: int, longest: int | None = None) -> int:
        return sum(len(message["content"]) for message in _plain(self._said[place:], longest=longest))


def _plain(said: Sequence[Message], between: Between = str, longest: int | None = None) -> list[Wire]:
    spoken = [message for message in said if message.role != "tool"]
    return [{"role": message.role, "content": _content(message, between, longest)} for message in spoken]


def _content(message: Message, between: Between, longest: int | None) -> str:
    is_cut = longest is not None and len(message.text) > longest
    text = f"{message.text[:longest]}… (cut)" if is_cut else message.text
    return f"{BY_APP}\n{between(text)}" if message.is_of_app else text
