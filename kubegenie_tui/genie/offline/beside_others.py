"""What a part of a text asks to see, where the text as a whole asks for nothing: `web must stay. Can I see its pods?`.

Nothing can be proposed of such a part, whatever stands beside it.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import ALONE, Intent
from kubegenie_tui.genie.offline.parse import is_question, names_anything
from kubegenie_tui.genie.wishes.clauses import QUOTE, sentences
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import phrases

_BETWEEN = re.compile(
    r",\s+(?:and |but |so )?|(?<=[\w)%])[.!?;:…]+(?=\s|$)|\s[-–—]+\s|\s+(?=because\s)|\s(?:but|so)\s", re.IGNORECASE
)
_TAG = re.compile(
    r"(?:is|are|was|were|did|does|do|has|have|had|should|can|could|will|would) (?:not )?"
    r"(?:it|they|he|she|we|you|that)\W*",
    re.IGNORECASE,
)
"""Asks for assent alone: `web was scaled yesterday, wasn't it?`."""
_ONLY = re.compile(r"^(?:only|just|simply|merely)\s+(?:the\s+)?", re.IGNORECASE)
_WANTS = re.compile(
    r"\b(?:i|we)(?: would|'d)? (?:only |just |simply |rather |really )+(?:want|need|like|care|wish)\b"
    r"(?: to (?:see|know|get|have|read|check|find|look (?:at|into)) | (?!to )\w)",
    re.IGNORECASE,
)
_NOTHING_SEEN = (ALONE - {"where-am-i", "whoami", "kinds", "clusters"}) | {"", "describe", "change"}
"""What is no look-up, or no more than what a name alone leads to."""
_LONGEST = 600
"""Characters."""
_MOST_PARTS = 6

Understanding = Callable[[Sequence[str]], Awaitable[Intent]]


async def seen_beside(said: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """What the only part of the last text asks that asks to see something; None where there is none, or several.

    Args:
        said: the texts of a conversation, in order.
        directory: what lives in the cluster.
        understood: understands the last of some texts.
    """
    text, moods = said[-1], MoodReader(directory, phrases())
    told, quoted = sentences(text)
    if len(text) > _LONGEST or "\n" in text.strip() or any(_is_doubtful(each, moods) for each in told):
        return None
    parts = [part.strip() for each in told for part in _BETWEEN.split(each) if part.strip()]
    if not 1 < len(parts) <= _MOST_PARTS:
        return None
    found = []
    for at, part in enumerate(parts):
        if _TAG.fullmatch(part) or QUOTE in part or not (_asks_to_see(part, moods) or is_question(part, directory)):
            continue
        intent = await understood([*said[:-1], *_about(parts[:at], directory), part])
        if quoted and not (names_anything([part], directory) and not moods.speaks_of_change([part])):
            continue
        is_about_something = intent.kind or not names_anything([each for each in parts if each != part], directory)
        if intent.verb not in _NOTHING_SEEN and is_about_something and not intent.unknown:
            found.append((intent, part))
    return _noted(found[0][0], [each for each in parts if each != found[0][1]]) if len(found) == 1 else None


def _noted(intent: Intent, others: Sequence[str]) -> Intent:
    left_out = " … ".join(part.strip(" .!?") for part in others)
    return msgspec.structs.replace(intent, note=f"{intent.note} I left out “{left_out}”.".strip())


def only_told_of(sentence: str, directory: Directory) -> bool:
    """Whether a change is spoken of that somebody told of or supposes, or that is over, and nothing else."""
    moods = MoodReader(directory, phrases())
    if is_question(sentence, directory):
        return False
    if not moods.speaks_of_change([sentence]) or moods.reads(sentence) or moods.asks(sentence):
        return False
    return phrases().moods.told.search(sentence) is not None or not moods.are_plain([sentence])


def _asks_to_see(part: str, moods: MoodReader) -> bool:
    """Whether a part of a text asks to see something, or tells that we want something."""
    part = _ONLY.sub("", part)
    return moods.reads(part) or _WANTS.search(part) is not None or phrases().moods.wants.search(part) is not None


def _is_doubtful(sentence: str, moods: MoodReader) -> bool:
    """Whether it asks how, or begins to suppose, so that nothing beside it is asked for as it stands."""
    return moods.asks_how(sentence) or phrases().moods.supposes.match(sentence) is not None


def _about(parts: Sequence[str], directory: Directory) -> list[str]:
    """A sentence about the only live thing that some parts name."""
    words = dict.fromkeys(word.strip("'\"()").lower() for part in parts for word in part.split())
    named = [word for word in words if any(ref.kind != "namespaces" for ref in directory.find(word))]
    return [f"describe {named[0]}"] if len(named) == 1 else []
