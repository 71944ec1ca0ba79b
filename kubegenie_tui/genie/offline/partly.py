"""A question with words around it that ask nothing: `just got in, how is the cluster doing?`."""

import re
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import ALONE, Intent
from kubegenie_tui.genie.offline.parse import names_anything
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import phrases

Understanding = Callable[[Sequence[str]], Awaitable[Intent]]
_BETWEEN = re.compile(r",\s+|(?<=[.!?])\s+|\s+(?:-+|—|–)\s+")
_NAME_LIKE = re.compile(r"\w[-_/.]\w|\w\d")
_MOST_PARTS = 3


async def in_part(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """What the only part of the last sentence asks that is a question; None where the others may matter to it.

    Args:
        sentences: of a conversation, in order; the last one is not understood as a whole.
        directory: what lives in the cluster.
        understood: understands the last of some sentences.
    """
    parts = [part for part in _BETWEEN.split(sentences[-1]) if part.strip()]
    moods = MoodReader(directory, phrases())
    asking = [part for part in parts if moods.reads(part)]
    others = [part for part in parts if part not in asking]
    if len(asking) != 1 or not 1 < len(parts) <= _MOST_PARTS or moods.speaks_of_change(parts):
        return None
    if names_anything(others, directory) or any(_NAME_LIKE.search(part) for part in others):
        return None
    intent = await understood([*sentences[:-1], asking[0]])
    if not intent.verb or intent.verb in ALONE or intent.unknown:
        return None
    left_out = " … ".join(part.strip(" .!?") for part in others)
    note = f"{intent.note} I left out “{left_out}”.".strip()
    return msgspec.structs.replace(intent, note=note)
