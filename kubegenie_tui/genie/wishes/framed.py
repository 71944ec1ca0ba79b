"""A text that is no request as a whole: in quotes or brackets, taken back at its end, or said to somebody by name.

It is looked at before anything is taken off the text: what stands within may be a whole wish.
"""

import re

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.phrases import Phrases

_PAIRS = {"'": "'", '"': '"', "`": "`", "‘": "’", "“": "”", "„": "“", "«": "»", "»": "«", "(": ")", "[": "]", "<": ">"}
_AROUND = " \t\n.,;:!?"
_BRACKETED = re.compile(r"[(\[<]([^()\[\]<>]+)[)\]>]")
_SHORTEST = 2
"""Words: one in quotes is a name."""


def is_framed(text: str, directory: Directory, language: Phrases) -> bool:
    """Whether nothing is to be proposed from a text, whatever it wishes for.

    Args:
        text: all that was said.
        directory: what lives in the cluster.
        language: how people speak.
    """
    tells = language.framed
    if _is_enclosed(text) or tells.begins.match(text.lstrip()) or tells.ends.search(text):
        return True
    if any(tells.bracket.fullmatch(found.strip(_AROUND)) for found in _BRACKETED.findall(text)):
        return True
    called = tells.call.match(text)
    return called is not None and _is_somebody((called["WHO"] or called["WHO2"]).strip("@"), directory, language)


def _is_enclosed(text: str) -> bool:
    """Whether one pair of quotes or brackets holds all of it."""
    text = text.strip(_AROUND)
    end = _PAIRS.get(text[:1], "")
    if not end or not text.endswith(end) or len(text[1:-1].split()) < _SHORTEST:
        return False
    within = re.sub(r"(?<=\w)['’](?=\w)", "", text[1:-1])
    return end not in within and text[0] not in within


def _is_somebody(word: str, directory: Directory, language: Phrases) -> bool:
    """Whether a word in front of a request is a name of somebody else."""
    known = word.lower() in GRAMMAR or word.lower() in directory or word.lower() in directory.kind_words
    is_polite = language.polite.match(f"{word}, x") is not None
    return not (known or is_polite or language.framed.us.fullmatch(word))
