"""Results kept whole beyond what a model is sent of them, so that it can look into the rest."""

from itertools import count

from kubegenie_tui.domain.errors import UsageError

RESULT_CHARACTERS = 8_000
"""The longest text of one result: what a model is sent, and what a person unfolds."""
MOST_CHARACTERS = 48_000_000
"""Of all that is kept; the oldest give way."""
_NOTE_CHARACTERS = 160


class Kept:
    """Masked texts by their name, `r1` and so on; in memory only."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._numbers = count(1)
        self._size = 0

    def keep(self, text: str, name: str = "") -> str:
        """Keep a text; the name under which it is found again, one of its own unless it is given."""
        name = name or f"r{next(self._numbers)}"
        self._size -= len(self._texts.pop(name, ""))
        self._texts[name] = text
        self._size += len(text)
        while self._size > MOST_CHARACTERS and len(self._texts) > 1:
            self._size -= len(self._texts.pop(next(iter(self._texts))))
        return name

    def text(self, name: str) -> str:
        """A text as it was kept.

        Raises:
            UsageError: nothing is kept under this name, or no longer.
        """
        if name not in self._texts:
            known = ", ".join(self._texts) or "nothing"
            raise UsageError(f'No result "{name}" is kept', next_step=f"kept: {known}; or look it up again")
        return self._texts[name]

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
