"""A text that asks for several things: each is understood as a sentence after those before it, or none of them is."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from kubegenie_tui.genie.offline.changing import intent_of
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.parse import parse
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.several import parts_of, shared_parts
from kubegenie_tui.genie.wishes.wish import Wish

Understanding = Callable[[Directory, Sequence[str]], Awaitable[Intent]]
_OF_ONE = frozenset({"logs", "rollout-status", "rollout-history"})
"""What is asked of the thing that was to be changed, where nothing else is named."""
_SHOWN = frozenset({
    "list", "count", "get", "describe", "logs", "events", "top", "why", "overview", "open", "uses", "needs", "related",
    "rollout-status", "rollout-history", "who-can", "can-i", "whoami", "explain", "where-am-i",
})  # fmt: skip
"""What may be asked for beside something else."""


async def several_in(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """The first of the things that the last sentence asks for, with the others; None when it asks for one.

    Args:
        sentences: of a conversation, in order.
        directory: what lives in the cluster.
        understood: understands the last of some sentences as one.
    """
    language, said = phrases(), [*sentences[:-1]]
    parts, moods = parts_of(sentences[-1], language), MoodReader(directory, language)
    if len(parts) < 2:
        return await _shared(sentences, directory, understood)
    if not moods.are_plain(parts):
        return None
    found: list[Intent] = []
    for part in parts:
        said.append(part)
        intent = await understood(directory, said)
        if intent.choices:
            return intent
        is_loose = bool(found) and not intent.wish and not _is_about_something(part, directory)
        if not _is_clear(intent) or (is_loose and not (found[-1].wish and intent.verb in _OF_ONE and intent.name)):
            return None
        directory = _foreseen(directory, intent)
        found.append(intent)
    shown = [part for part, intent in zip(parts, found, strict=True) if not intent.wish]
    if len(shown) < len(parts) and not all(_is_plain(part, directory) for part in shown):
        return None
    last = max((at for at, intent in enumerate(found) if intent.wish), default=-1)
    if last >= 0 and (moods.is_question(sentences[-1]) or any(moods.asks(part) for part in parts[:last])):
        return None
    return _together(found)


async def _shared(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """The same of several things: `compare cpu of web and cart`, `logs of web and cart`."""
    found: list[Intent] = []
    for part, name in shared_parts(sentences[-1], directory, phrases()):
        intent = await understood(directory, [*sentences[:-1], part])
        if intent.choices:
            return intent
        owner = intent.owner.name if intent.owner else ""
        is_it = name in (intent.name, owner, intent.unknown) or bool(intent.note and intent.name)
        if intent.verb not in _SHOWN or not is_it:
            return None
        found.append(intent)
    return _together(found) if found else None


def _is_clear(intent: Intent) -> bool:
    if intent.unknown:
        return False
    return bool(intent.targets) if intent.verb == "change" else intent.verb in _SHOWN


def _is_about_something(part: str, directory: Directory) -> bool:
    """Whether it is a request of its own, and no more about the one before: `and sort them`, `and find errors`."""
    asked = parse(part, directory)
    return bool((asked.verb or asked.kind) and (asked.names or asked.kind or asked.points or asked.namespace))


def _is_plain(part: str, directory: Directory) -> bool:
    """Whether each word of a request to see something has a part in it: beside a change, none is passed over."""
    words = [word.strip(",.!?:").lower() for word in part.split()]
    known = phrases().several.plain | directory.kind_words.keys()
    return all(not word or word in known or word in directory or word[0].isdigit() for word in words)


def _foreseen(directory: Directory, intent: Intent) -> Directory:
    """The names that live once it is done."""
    steps = intent.wish.steps if intent.wish else ()
    made = [step.ref for step in steps if step.verb == "create"]
    return directory.with_planned(made) if made else directory


def _together(found: Sequence[Intent]) -> Intent:
    """One intent of several; changes alone are one wish."""
    wishes = [intent.wish for intent in found if intent.wish]
    if len(wishes) < len(found):
        return msgspec.structs.replace(found[0], also=tuple(found[1:]))
    return intent_of(Wish("write", wishes[0].verb, tuple(step for wish in wishes for step in wish.steps)))
