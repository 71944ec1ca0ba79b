"""A text that asks for several things, one after the other, cut where each begins."""

import re

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.grammar import CHANGES
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR
from kubegenie_tui.genie.wishes.clauses import QUOTE, clause_of, sentences
from kubegenie_tui.genie.wishes.pasted import is_pasted
from kubegenie_tui.genie.wishes.phrases import Phrases

MOST = 6
"""Parts; a text with more is no request of a few things."""
_LONGEST = 600
_SEEN = "usage of"
"""What is looked at where nothing of it is named."""
_MADE = re.compile(
    r"(?P<join>(?:,| and| then|;)+ )(?:then )?(?=an? (?:new )?(?:namespace|deployment|config ?map|secret"
    r"|service ?account|(?:cron ?)?job|pod|pvc)\b)",
    re.IGNORECASE,
)
"""Where one more thing is to be made: `create a namespace demo, then a configmap hello in demo`."""
_CREATE = re.compile(r"(?:please |pls )?(?:create|make|add)\b", re.IGNORECASE)
_PLACED = r"(?<!\w)(?:in|of|for|from|on|describe|about) \S+"
"""What makes a request to see something whole, so that a thing named behind it is another one."""
_NAME = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]")
_WHETHER = re.compile(
    r"(?:then )?(?:tell me|let me know|check|see) (?:if|whether) (?P<it>it|they|\S+)(?: (?:is|are)|'s) (?P<how>.+)",
    re.IGNORECASE,
)


def parts_of(text: str, language: Phrases) -> list[str]:
    """The parts of a text, each beginning with a word for doing or showing; the text as one when it has only one.

    What is quoted or pasted is somebody's text, and is not cut.
    """
    if len(text) > _LONGEST or is_pasted(text) or "\n" in text.strip() or QUOTE in text or sentences(text)[1]:
        return [text]
    text = _MADE.sub(r"\g<join>create ", text) if _CREATE.match(text) else text
    begins = rf"(?:{language.several.begins}|{CHANGES})(?![\w-])"
    joint = rf"(?:\s*[;.!,]\s+|\s+)(?:(?:{language.several.joins})[, ]+)+(?={begins})|\s*[;.!,]\s+(?={begins})"
    joint = rf"{joint}|\?\s+(?=(?:{language.several.begins})(?![\w-]))"
    clause = clause_of(text, language).text
    if not re.match(begins, clause, re.IGNORECASE):
        return [text]
    if re.match(rf"(?:{language.several.begins})(?![\w-])", clause, re.IGNORECASE):
        noun = rf"(?P<before>{_PLACED}),?\s+(?:and|plus|&)\s+(?=(?:{language.several.nouns})(?![\w-]))"
        text = re.sub(noun, r"\g<before>, show ", text, flags=re.IGNORECASE)
    found = [part.strip() for part in re.split(joint, text, flags=re.IGNORECASE)]
    if len(found) > MOST:
        return [text]
    *parts, last = (part for part in found if part)
    return [*parts, _WHETHER.sub(_asked, last)] if parts else [last]


def _asked(match: re.Match[str]) -> str:
    """`tell me if it's healthy` as a question: it puts off nothing."""
    return f"is {'that one' if match['it'].lower() in ('it', 'they') else match['it']} {match['how']}"


def _may_be_a_name(word: str, directory: Directory) -> bool:
    """Whether it is no word with a meaning here, and is spelt as names are."""
    known = word in GRAMMAR or word in directory.kind_words or word in directory
    return not known and _NAME.fullmatch(word) is not None


def shared_parts(text: str, directory: Directory, language: Phrases) -> list[tuple[str, str]]:
    """One text and name for each of several things of which the same is to be seen; one of them has to live."""
    clause = clause_of(text, language).text if "," not in text else text.strip(" .!?")
    match = next((found for each in language.several.shared if (found := each.fullmatch(clause))), None)
    if match is None:
        return []
    said = match.groupdict()
    names = language.several.between.split(said["NAMES"]) if "NAMES" in said else [said["A"], said["B"]]
    names = [name.strip("'\"`,").lower() for name in names]
    missing = [name for name in names if not any(ref.kind != "namespaces" for ref in directory.find(name))]
    if len(missing) == len(names) or not all(_may_be_a_name(name, directory) for name in missing):
        return []
    head = said.get("L") or (f"{said['W']} usage of" if said.get("W") else _SEEN)
    return [(f"{head} {name}{said.get('END') or ''}", name) for name in names]
