"""What is asked for within a text that tells other things too: without plain statements, else without longer talk."""

import re
from collections.abc import Awaitable, Callable, Sequence

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.parse import names_anything
from kubegenie_tui.genie.wishes.moods import MoodReader, ends_as_question
from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.statements import Statements
from kubegenie_tui.genie.wishes.topics import of_marked

_ITS = re.compile(r"\bits?\b", re.IGNORECASE)


async def asked_around(
    sentences: Sequence[str],
    intent: Intent,
    directory: Directory,
    focus: Focus,
    understood: Callable[[Sequence[str]], Awaitable[Intent]],
) -> Intent | None:
    """What the last sentence asks for beside what it tells; None where that is nothing surer than the whole.

    Args:
        sentences: those of the conversation.
        intent: what the last one was taken for as a whole.
        directory: what lives in the cluster.
        focus: what the person looks at.
        understood: what the last of some sentences asks for.
    """
    text, statements = sentences[-1], Statements(directory, phrases())
    if plain := statements.without(text):
        again = await understood([*sentences[:-1], *plain])
        if is_clear(again) and (not is_clear(intent) or _is_surer(again, intent, plain, focus, directory)):
            return again
    if (plain := statements.without_talk(text)) and not ends_as_question(text, phrases()):
        again = await understood([*sentences[:-1], *plain])
        if again.wish is not None and again.wish.outcome == "write":
            return again
    return None


def is_clear(intent: Intent) -> bool:
    """Whether it is what was asked for, and no more than what a name alone leads to."""
    if intent.wish is not None:
        return intent.wish.outcome in ("write", "ambiguous")
    return bool(intent.verb) and not intent.unknown and intent.verb not in ("change", "describe")


def _is_surer(again: Intent, intent: Intent, plain: Sequence[str], focus: Focus, directory: Directory) -> bool:
    """Whether what is asked beside a statement that names nothing is surer than what the whole was taken for."""
    if len(plain) > 1:
        return False
    if again.wish is not None:
        return names_anything(list(plain), directory) or (focus.selected is not None and _is_of_marked(plain[0]))
    is_about_nothing = not (intent.wish or intent.name or intent.owner or intent.namespace)
    return is_about_nothing and MoodReader(directory, phrases()).reads(plain[0])


def _is_of_marked(text: str) -> bool:
    """Whether it says what to do, and no name: the row that is marked is meant."""
    return of_marked(text, phrases()) != text or _ITS.search(text) is not None
