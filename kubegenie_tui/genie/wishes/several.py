"""A text that asks for several things, one after the other, cut where each begins."""

import re

from kubegenie_tui.genie.offline.grammar import CHANGES
from kubegenie_tui.genie.wishes.clauses import QUOTE, clause_of, sentences
from kubegenie_tui.genie.wishes.pasted import is_pasted
from kubegenie_tui.genie.wishes.phrases import Phrases

MOST = 6
"""Parts; a text with more is no request of a few things."""
_LONGEST = 600


def parts_of(text: str, language: Phrases) -> list[str]:
    """The parts of a text, each beginning with a word for doing or showing; the text as one when it has only one.

    What is quoted or pasted is somebody's text, and is not cut.
    """
    if len(text) > _LONGEST or is_pasted(text) or "\n" in text.strip() or QUOTE in text or sentences(text)[1]:
        return [text]
    begins = rf"(?:{language.several.begins}|{CHANGES})(?![\w-])"
    joint = rf"(?:\s*[;.!,]\s+|\s+)(?:(?:{language.several.joins})[, ]+)+(?={begins})|\s*[;.!,]\s+(?={begins})"
    if not re.match(begins, clause_of(text, language).text, re.IGNORECASE):
        return [text]
    found = [part.strip() for part in re.split(joint, text, flags=re.IGNORECASE)]
    return [part for part in found if part] if len(found) <= MOST else [text]
