"""Names as they are spoken: `the payment api` for `payment-api`, where something live is called so."""

import re

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR

_LONGEST_NAME = 4
"""Words of a name."""
_SHORTEST = 5
"""Letters of a word of grammar that may be part of a name: `report`, and not `me`, `all` or `pods`."""
_LONGEST_TEXT = 600
"""Characters; a longer text is pasted."""
_WORD = re.compile(r"[a-z][a-z0-9]*")
_END = re.compile(r"[,.?!:;]*$|'s$")


def hyphenated(text: str, directory: Directory) -> str:
    """The text with each name in one word. Kinds and live names are never part of another name; verbs begin none."""
    if "\n" in text or len(text) > _LONGEST_TEXT:
        return text
    words, place = text.split(), 0
    while place < len(words):
        for length in range(min(_LONGEST_NAME, len(words) - place), 1, -1):
            name = _name(words[place : place + length], directory)
            if name:
                words[place : place + length] = [name]
                break
        place += 1
    return " ".join(words) if words != text.split() else text


def _name(words: list[str], directory: Directory) -> str:
    """The live name that some words make, with what stands behind it; empty where they make none."""
    ending = _END.search(words[-1])
    tail = ending[0] if ending else ""
    parts = [*words[:-1], words[-1].removesuffix(tail)]
    name = "-".join(parts).lower()
    is_numbered = parts[0].lower() in directory.kind_words and all(part.isdigit() for part in parts[1:])
    if name in directory and is_numbered:
        return f"{name}{tail}"
    if any(not _WORD.fullmatch(part.lower()) or _means(part.lower(), directory) for part in parts):
        return ""
    if parts[0].lower() in GRAMMAR or any(part.lower() in GRAMMAR and len(part) < _SHORTEST for part in parts):
        return ""
    if name not in directory and len(parts[-1]) > _SHORTEST:
        name = name.removesuffix("s")
    return f"{name}{tail}" if name in directory else ""


def _means(word: str, directory: Directory) -> bool:
    """Whether a word has a meaning of its own."""
    return word in directory or word in directory.kind_words or word in directory.namespaces
