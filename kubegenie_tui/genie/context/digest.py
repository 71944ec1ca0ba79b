"""A conversation in short under fixed headings, the same whether a model sums it up or nobody does."""

import re
from collections.abc import Iterable, Sequence

from kubegenie_tui.domain.conversation import MADE, NOT_MADE, PROPOSED, SEEN, LookUp, Message
from kubegenie_tui.genie.todo import TODO, open_items

GOAL, FACTS, RULED_OUT, CHANGES, OPEN = HEADINGS = (
    "Goal",
    "Established facts",
    "Ruled out",
    "Changes made",
    "Open questions",
)
SUM_UP = "sum up "
"""Begins what is told of a part that is being summed up."""
_LINES = (12, 4, 1)
"""The latest of each heading; fewer where there is little room."""
_CHARACTERS = 240
"""Of one line."""
_ENDED = re.compile(rf"^(?:{MADE}|{NOT_MADE}): (.*)", re.MULTILINE)
_PROPOSED = re.compile(rf"^{PROPOSED}(.*)", re.MULTILINE)
_HEADING = re.compile(rf"[\s#*_\d.]*({'|'.join(HEADINGS)})[\s*_]*(?::[\s*_]*(.*))?$", re.IGNORECASE)
_RULES_OUT = frozenset({"diagnose"})
"""Tools of which no finding means that there is no fault."""


def fitting(said: Sequence[Message], room: int) -> str:
    """The messages in short within so many characters, or in the fewest words."""
    digests = (digest(said, most) for most in _LINES)
    return next((each for each in digests if len(each) <= room), digest(said, _LINES[-1]))


def digest(said: Sequence[Message], most: int = _LINES[0]) -> str:
    """The messages in short; what a heading has more of than `most` lines is counted."""
    found: dict[str, list[str]] = {heading: [] for heading in HEADINGS}
    for message in said:
        look_up = _look_up_of(message)
        is_list = look_up is not None and look_up.name == TODO
        if message.text and not is_list and not message.tool.startswith(SUM_UP):
            found[_heading_of(message)].append(_told(message))
    found[OPEN] = [*open_plans(said), *open_items(said), *_unanswered(said)]
    return "\n".join(line for heading in HEADINGS for line in _section(heading, found[heading], most))


def arranged(summary: str) -> str:
    """What a model summed up, each heading once and in their order; what stands under none counts as a fact."""
    found: dict[str, list[str]] = {heading: [] for heading in HEADINGS}
    heading, names = FACTS, {each.lower(): each for each in HEADINGS}
    for line in filter(str.strip, summary.splitlines()):
        begun = _HEADING.match(line)
        heading = names[begun[1].lower()] if begun else heading
        found[heading] += filter(None, [begun[2] if begun else line.rstrip()])
    return "\n".join(line for each in HEADINGS if found[each] for line in (f"{each}:", *found[each]))


def _heading_of(message: Message) -> str:
    look_up = _look_up_of(message)
    if message.role == "user":
        return GOAL
    if look_up is not None and look_up.ok and look_up.name in _RULES_OUT and not look_up.findings:
        return RULED_OUT
    is_end = bool(_ENDED.match(message.text)) or message.text.startswith(SEEN)
    return CHANGES if message.role == "assistant" and is_end else FACTS


def _told(message: Message) -> str:
    """One message in a line; of a look-up what it brought in short."""
    look_up = _look_up_of(message)
    if message.role != "tool":
        return _line(message.text)
    brought = look_up.summary if look_up is not None else ""
    return _line(f"{message.tool}: {brought}" if brought else f"looked up: {message.tool}")


def _look_up_of(message: Message) -> LookUp | None:
    return message.record.look_up if message.record is not None else None


def _unanswered(said: Sequence[Message]) -> list[str]:
    """The last question, where nothing was said after it."""
    last = next((each for each in reversed(said) if each.role != "tool"), None)
    return [_line(last.text)] if last is not None and last.role == "user" else []


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
