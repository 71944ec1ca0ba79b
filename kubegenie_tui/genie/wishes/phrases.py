"""The phrase tables of a language, made ready: patterns that a clause must match whole."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from kubegenie_tui.genie.offline.grammar import CHANGES

_DIGITS = r"\d+"
_QUANTITY = r"\d+(?:\.\d+)?(?:m|ki|mi|gi|ti|k|g|t)?b?|\d*\.\d+"
_MARK = r"[\w./-]"
_MACROS = {
    "T": r"(?P<T>.+?)",
    "PODS": r"(?:replicas?|pods?|copies|copy|instances?)",
    "I": r"(?P<I>\S+)",
    "C": rf"(?P<C>{_MARK}+)",
    "Q": rf"(?P<Q>{_QUANTITY})",
    "R": r"(?P<R>memory|mem|ram|cpu)",
    "LR": r"(?P<LR>limits?|requests?)",
    "ENV": r"(?P<ENV>[A-Za-z_][\w.-]*=\S*(?: (?:and )?[A-Za-z_][\w.-]*=\S*)*)",
    "EK": r"(?P<K>[A-Za-z_][\w.]*)",
    "LK": rf"(?P<K>{_MARK}+)",
    "V": r"(?P<V>\S+)",
    "PAIRS": rf"(?P<PAIRS>{_MARK}+=\S*(?:,? (?:and )?(?:{_MARK}+=\S*|{_MARK}+-))*)",
    "KA": rf"(?P<KA>{_MARK}+)-",
    "P": r"(?P<P>\d+)",
    "TP": r"(?P<TP>[\w-]+)",
    "ST": r"(?P<ST>clusterip|nodeport|loadbalancer|load balancer|node port)",
    "REV": r"(?:revision|version|release|rev) (?:number )?#?(?P<REV>\d+|one|two|three|four|five|six|seven|eight|nine)",
    "QM": r"(?P<QM>\d+(?:\.\d+)?(?:ki|mi|gi|mb|gb|m|g))",
    "TAINTS": r"(?P<TAINTS>[\w./-]+(?:=[\w.-]*)?:[A-Za-z]+(?: [\w./-]+(?:=[\w.-]*)?:[A-Za-z]+)*)",
    "BEFORE": r"(?:previous|last|earlier|prior|former|old)(?: working| good| known good)?"
    r"(?: one| revision| version| release| image| state| deployment)?",
    "J": r"(?P<J>\ue001)",
    "CMD": r"(?P<CMD>.+?)",
    "LP": r"(?P<LP>\d+)",
    "PC": r"(?P<PC>\d+)(?: ?(?:%|percent))?",
}


class Form(msgspec.Struct, frozen=True):
    """A way to say a wish."""

    verb: str
    pattern: re.Pattern[str]
    sets: dict[str, Any]
    kinds: tuple[str, ...]
    """Only about these kinds; any that can do it when empty."""


class Words(msgspec.Struct, frozen=True):
    """Words with a part in a clause."""

    verbs: frozenset[str]
    """First words in which a slip is mended."""
    fillers: frozenset[str]
    pronouns: frozenset[str]
    prepositions: frozenset[str]
    pointed: frozenset[str]
    """Nouns that a pronoun may stand before: `that one`."""
    namespaces: frozenset[str]
    """Words for a namespace."""


class Moods(msgspec.Struct, frozen=True):
    """What tells that a sentence is no wish to be granted."""

    change: re.Pattern[str]
    """A word for changing something, in any of its forms."""
    reads: re.Pattern[str]
    """Begins a sentence that asks to see something."""
    denies: re.Pattern[str]
    """Begins one that forbids."""
    how_to: re.Pattern[str]
    """Begins one that asks how, or whether."""
    told: re.Pattern[str]
    """Tells that what stands beside may be somebody else's words."""

    negated: re.Pattern[str]
    asks: re.Pattern[str]
    supposes: re.Pattern[str]
    waits: re.Pattern[str]
    past: re.Pattern[str]


class Phrases(msgspec.Struct, frozen=True):
    """All tables of one language."""

    forms: tuple[Form, ...]
    polite: re.Pattern[str]
    polite_end: re.Pattern[str]
    reason: re.Pattern[str]
    correction: re.Pattern[str]
    minds: re.Pattern[str]
    """Asks whether one would mind doing what its gerund says."""
    asks_politely: re.Pattern[str]
    """Makes a request of what ends with a question mark."""
    amen: re.Pattern[str]
    """What only repeats that it is to be done."""
    numbers: dict[str, int]
    moods: Moods
    too_much: frozenset[str]
    words: Words


@cache
def phrases(language: str = "en") -> Phrases:
    """The tables of a language, read once."""
    told = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    numbers: dict[str, int] = told["numbers"]
    macros = _macros(numbers)
    forms = [
        Form(wish["verb"], _form(pattern, macros), wish.get("sets", {}), tuple(wish.get("kinds", ())))
        for wish in told["wish"]
        for pattern in wish["patterns"]
    ]
    return Phrases(
        tuple(forms),
        re.compile(rf"^(?:{_any(told['polite'])})[ ,]+(?=\S)(?!(?:to|at|=) )", re.IGNORECASE),
        re.compile(rf"(?<=\S)[ ,]+(?:{_any(told['polite_end'])})$", re.IGNORECASE),
        re.compile(rf"(?<=\S),? (?:{_any(told['reason'])})$", re.IGNORECASE),
        re.compile(rf"(?:^|[ ,])(?:{_any(told['correction'])})[ ,:]+", re.IGNORECASE),
        re.compile(told["mind"]["asks"], re.IGNORECASE),
        re.compile(told["mind"]["politely"], re.IGNORECASE),
        re.compile(_any(told["amen"]), re.IGNORECASE),
        numbers,
        _moods(told["moods"]),
        frozenset(told["moods"]["too_much"]),
        msgspec.convert(told["words"], Words),
    )


def _macros(numbers: dict[str, int]) -> dict[str, str]:
    words = "|".join(re.escape(word) for word in sorted(numbers, key=len, reverse=True))
    number = rf"{_DIGITS}|{words}"
    share = rf"{_DIGITS} ?(?:%|percent)"
    return {
        **_MACROS,
        "N": f"(?P<N>{number})",
        "D": f"(?P<D>{share}|{number})",
        "MIN": f"(?P<MIN>{number})",
        "MAX": f"(?P<MAX>{number})",
    }


def _moods(told: dict[str, Any]) -> Moods:
    return Moods(
        re.compile(
            rf"(?<![\w-])(?:{CHANGES})(?:{told['change_ends']})?(?![\w-])|(?<![\w-]){told['changed']}(?![\w-])",
            re.IGNORECASE,
        ),
        _begins(told["reads"], told["reads_after"], r"\b"),
        _begins(told["denies"], told["denies_after"]),
        _begins(told["how_to"], told["how_to_after"], r"\b"),
        re.compile(rf"\b(?:{_any(told['told'])})\b|:$", re.IGNORECASE),
        _anywhere(told["not"]),
        re.compile(_any(told["asks"]), re.IGNORECASE),
        _anywhere(told["supposes"]),
        _anywhere(told["waits"]),
        _anywhere(told["past"]),
    )


def _any(patterns: list[str]) -> str:
    return "|".join(patterns)


def _begins(patterns: list[str], after: list[str], end: str = "") -> re.Pattern[str]:
    return re.compile(rf"^(?:(?:{_any(after)}) )*(?:{_any(patterns)}){end}", re.IGNORECASE)


def _anywhere(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{_any(patterns)})(?![\w-])", re.IGNORECASE)


def _form(pattern: str, macros: dict[str, str]) -> re.Pattern[str]:
    for name, meaning in macros.items():
        pattern = pattern.replace(f"{{{name}}}", meaning)
    return re.compile(pattern, re.IGNORECASE)
