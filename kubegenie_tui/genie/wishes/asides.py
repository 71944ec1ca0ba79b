"""What stands before what is asked to see: `don't touch web, show its logs`, `before I delete web, show its logs`.

Neither is a wish: what is not to be done, nor the time of a change that is only spoken of.
"""

import re

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.moods import MoodReader
from kubegenie_tui.genie.wishes.phrases import Phrases

_LONGEST = 600
"""Characters; a longer text is no request to see something."""
_PUNCTUATION = ",.:;?!\"'`"


def without_aside(text: str, directory: Directory, language: Phrases) -> list[str]:
    """What is asked to see, after a sentence about the object that the aside names; else the text as it is.

    What is left speaks of no change, so that nothing can be proposed of it.
    """
    match = language.aside.fullmatch(" ".join(text.split())) if len(text) <= _LONGEST else None
    moods = MoodReader(directory, language)
    if match is None or not moods.reads(match["rest"]):
        return [text]
    if moods.speaks_of_change([match["rest"]]) or moods.asks_how(match["rest"]):
        return [text]
    return [*_about(match["about"], directory), match["rest"]]


def left_out_of(text: str, language: Phrases) -> str:
    """That nothing is known of the time that a text speaks of, as a sentence; empty where it speaks of none."""
    match = language.aside.fullmatch(" ".join(text.split())) if len(text) <= _LONGEST else None
    if match is None or not match["when"] or match["when"].lower() == "before":
        return ""
    return f"I do not know when that was, so I left out “{match['aside']}{match['about']}”."


def _about(words: str, directory: Directory) -> list[str]:
    """A sentence about the only live thing among some words."""
    named = [word for each in words.split() if (word := each.strip(_PUNCTUATION).lower()) in directory]
    things = [word for word in named if any(ref.kind != "namespaces" for ref in directory.find(word))]
    if len(things) != 1:
        return []
    said = [re.sub(rf"^{re.escape(things[0])}$", f"describe {things[0]}", each) for each in words.lower().split()]
    return [" ".join(said[said.index(f"describe {things[0]}") :])]
