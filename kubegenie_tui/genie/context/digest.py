"""A conversation in short under fixed headings, made without a model: what was asked, found and made; what is open."""

import re
from collections.abc import Iterable, Sequence

from kubegenie_tui.domain.conversation import MADE, NOT_MADE, PROPOSED, SEEN, Message

HEADINGS = ("Asked", "Found", "Looked up", "Made")
_LINES = (12, 4, 1)
"""The latest of each heading; fewer where there is little room."""
_CHARACTERS = 240
"""Of one line."""
_ENDED = re.compile(rf"^(?:{MADE}|{NOT_MADE}): (.*)", re.MULTILINE)
_PROPOSED = re.compile(rf"^{PROPOSED}(.*)", re.MULTILINE)


def fitting(said: Sequence[Message], room: int) -> str:
    """The messages in short within so many characters, or in the fewest words."""
    digests = (digest(said, most) for most in _LINES)
    return next((each for each in digests if len(each) <= room), digest(said, _LINES[-1]))


def digest(said: Sequence[Message], most: int = _LINES[0]) -> str:
    """The messages in short; what a heading has more of than `most` lines is counted."""
    found: dict[str, list[str]] = {heading: [] for heading in HEADINGS}
    for message in said:
        if message.role == "user":
            found["Asked"].append(_line(message.text))
        elif message.role == "tool":
            found["Looked up"].append(_line(message.tool))
        elif _ENDED.match(message.text) or message.text.startswith(SEEN):
            found["Made"].append(_line(message.text))
        else:
            found["Found"].append(_line(message.text))
    return "\n".join(line for heading in HEADINGS for line in _section(heading, found[heading], most))


def _section(heading: str, lines: list[str], most: int) -> Iterable[str]:
    lines = list(dict.fromkeys(lines))
    if lines:
        left_out = len(lines) - most
        yield f"{heading}:" if left_out <= 0 else f"{heading} ({left_out} earlier ones left out):"
        yield from (f"- {line}" for line in lines[-most:])


def pinned(said: Sequence[Message]) -> str:
    """What is never left out: what the conversation began with, and the plans that wait."""
    first = next((_line(message.text) for message in said if message.role == "user"), "")
    waiting = [f"Proposed, and neither made nor refused yet: {_line(title)}" for title in open_plans(said)]
    return "\n".join([f"It began with: {first}", *waiting])


def open_plans(said: Sequence[Message]) -> list[str]:
    """Titles of the plans that were proposed last, in one answer, and of which nobody said yet how they ended."""
    ended: list[str] = []
    for text in (message.text for message in reversed(said) if message.role == "assistant"):
        ended += _ENDED.findall(text)
        if titles := _PROPOSED.findall(text):
            return [title for title in titles if not any(how.startswith(f"{title}. ") for how in ended)]
    return []


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _CHARACTERS else f"{line[: _CHARACTERS - 1]}…"
