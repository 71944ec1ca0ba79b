"""Sentences that the phrases of a language match, made from their patterns."""

import re
from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from kubegenie_tui.genie.languages.language import Language, Phrase

SLOTS = {
    "T": "web", "PLACE": "in shop", "KIND": "configmap", "W": "x1", "W2": "x2", "W3": "shop", "N": "2", "N2": "5",
    "N3": "80", "PAIRS": "a=b",
}  # fmt: skip
"""What stands in each slot."""


def wished(language: Language) -> Iterator[tuple[Phrase, str]]:
    """Each wish, in the fewest words and in the most."""
    return ((phrase, said) for phrase in language.wishes for said in samples(phrase))


def asked(language: Language) -> Iterator[tuple[Phrase, str]]:
    """Each question, in the fewest words and in the most."""
    return ((phrase, said) for phrase in language.questions for said in samples(phrase))


def samples(phrase: Phrase) -> list[str]:
    """The shortest sentence that a phrase matches, and the one with all that it may have."""
    tree = _parser.parse(phrase.says.pattern)
    names = {number: name for name, number in phrase.says.groupindex.items()}
    said = [_said(tree, names, most=most).strip() for most in (False, True)]
    assert all(phrase.says.fullmatch(each) for each in said), said
    return list(dict.fromkeys(said))


def _said(tree: Any, names: dict[int, str], *, most: bool) -> str:
    return "".join(_part(str(what), told, names, most=most) for what, told in tree)


def _part(what: str, told: Any, names: dict[int, str], *, most: bool) -> str:
    if what == "LITERAL":
        return chr(told)
    if what == "BRANCH":
        return _said(told[1][-1 if most else 0], names, most=most)
    if what == "SUBPATTERN":
        return SLOTS[names[told[0]]] if told[0] in names else _said(told[3], names, most=most)
    if what == "MAX_REPEAT":
        return _said(told[2], names, most=most) * (1 if most else told[0])
    assert what == "IN", what
    return chr(next(value for kind, value in told if str(kind) == "LITERAL"))


def gaps(said: str) -> list[tuple[str, str]]:
    """The places between the words of a sentence, before the first and behind the last: what is before, and behind."""
    ends = [0, *(match.end() for match in re.finditer(r"\S+", said))]
    return [(said[:end], said[end:].strip()) for end in ends]
