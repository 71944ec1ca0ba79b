"""Results kept whole beyond what a model is sent of them, so that it can look into the rest."""

import re
from collections.abc import Awaitable, Callable, Sequence
from itertools import count

from kubegenie_tui.domain.errors import UsageError

RESULT_CHARACTERS = 8_000
"""The longest text of one result: what a model is sent, and what a person unfolds."""
MOST_CHARACTERS = 48_000_000
"""Of all that is in memory; the oldest give way."""
_NOTE_CHARACTERS = 160
_MOST_NAMES = 40
"""That are told of where another was asked for."""
_NAMED = re.compile(r"`recall` of (r\d+)\b")
Fetch = Callable[[str], Awaitable[str]]
"""The stored text of this name; raises UsageError where there is none any more."""


class Kept:
    """Masked texts of one conversation by their name, `r1` and so on, those of earlier days among them."""

    def __init__(self, earlier: Sequence[str] = (), fetch: Fetch | None = None) -> None:
        """Begin, or go on.

        Args:
            earlier: names of what is stored already; new ones go on after them.
            fetch: brings what is stored; None where nothing is.
        """
        self._texts: dict[str, str] = {}
        self._stored = dict.fromkeys(earlier)
        self._fresh: dict[str, None] = {}
        self._fetch = fetch
        self._numbers = count(1 + max((int(name[1:]) for name in earlier if name[1:].isdecimal()), default=0))
        self._size = 0

    def keep(self, text: str, name: str = "") -> str:
        """Keep a text; the name under which it is found again, one of its own unless it is given."""
        name = name or f"r{next(self._numbers)}"
        self._size -= len(self._texts.pop(name, ""))
        self._texts[name] = text
        self._fresh[name] = None
        self._size += len(text)
        while self._size > MOST_CHARACTERS and len(self._texts) > 1:
            self._size -= len(self._texts.pop(next(iter(self._texts))))
        return name

    def to_be_stored(self) -> dict[str, str]:
        """What was kept since this was asked last."""
        fresh = {name: self._texts[name] for name in self._fresh if name in self._texts}
        self._fresh.clear()
        self._stored |= dict.fromkeys(fresh)
        return fresh

    async def text(self, name: str) -> str:
        """A text as it was kept.

        Raises:
            UsageError: nothing is kept under this name, or no longer.
            StoreError: it cannot be read.
        """
        if name in self._texts:
            return self._texts[name]
        if self._fetch is not None and name in self._stored:
            return await self._fetch(name)
        known = ", ".join(list(self._stored | dict.fromkeys(self._texts))[-_MOST_NAMES:])
        raise UsageError(f'No result "{name}" is kept', next_step=f"kept: {known or 'nothing'}; or look it up again")

    def cut(
        self, text: str, limit: int = RESULT_CHARACTERS, *, ends_matter: bool = False, name: str = "", part: str = ""
    ) -> str:
        """`text` where it is short enough; else a part of it, cut between lines, and the name of the whole.

        Args:
            text: the whole.
            limit: characters that are shown.
            ends_matter: whether the last lines are shown, as of a log; the first line stays in any case.
            name: under which it is kept; one of its own unless it is given.
            part: what is shown of it, where that is known: YAML or JSON that was shrunk to `room_in(limit)`.
        """
        if len(text) <= limit:
            return text
        name, room = self.keep(text, name), room_in(limit)
        if part:
            return _noted(part, f"{len(part):,} characters shown of {len(text):,}; `recall` of {name} finds the rest")
        shown = _last_lines(text, room) if ends_matter else first_lines(text, room)
        of = f"{len(shown):,} of {len(text):,} characters shown"
        note = f"(truncated: {of}; `recall` of {name} finds the rest, by grep or by lines)"
        if not ends_matter:
            return f"{shown}\n{note}"
        head, _, rest = shown.partition("\n")
        return f"{head}\n{note}\n{rest}"


def names_in(text: str) -> list[str]:
    """The names under which a text says that its rest is kept."""
    return _NAMED.findall(text)


def room_in(limit: int) -> int:
    """Characters for what is shown of a text that is longer than a limit."""
    return max(0, limit - _NOTE_CHARACTERS)


def _noted(part: str, said: str) -> str:
    """With a note that leaves it readable: a comment of YAML, a line before JSON."""
    if part.lstrip()[:1] in ("{", "["):
        return f"(shortened: {said}, by path, grep or lines)\n{part}"
    return f"{part}\n# (shortened: {said}, by path, grep or lines)"


def first_lines(text: str, room: int) -> str:
    """As many whole lines from the beginning as fit; a line that alone is too long is cut."""
    return text[:room].rpartition("\n")[0] or text[:room]


def _last_lines(text: str, room: int) -> str:
    head = text[:room].partition("\n")[0]
    tail = text[len(text) - max(0, room - len(head) - 1) :]
    return f"{head}\n{tail.partition(chr(10))[2] or tail}"


def bounded(text: str, limit: int = RESULT_CHARACTERS) -> str:
    """`text` cut at a line's end, saying so, for a person."""
    if len(text) <= limit:
        return text
    kept = first_lines(text, limit - _NOTE_CHARACTERS)
    return f"{kept}\n(truncated: {len(kept):,} of {len(text):,} characters shown; ask for less at once)"
