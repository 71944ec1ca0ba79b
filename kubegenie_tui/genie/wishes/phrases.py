"""The phrase tables of English, made ready: patterns that a clause must match whole."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from kubegenie_tui.genie.offline.grammar import CHANGES
from kubegenie_tui.genie.wishes.fields import spoken
from kubegenie_tui.genie.wishes.phrase_tables import Across, Framed, Moods, Several, Statements, Talk, Words

_DIGITS = r"\d+"
_MARK = r"[\w./-]"
_RESOURCE = r"(?:memory|mem|ram|cpus?|cores?)"
_UNIT = (
    r"[kmgt]i?b?|megs?|megabytes?|gigs?|gigabytes?|millicores?|millicpus?|v?cpus?|cores?|[kmgt]ebibytes?|[kmg]ibibytes?"
)
_AMOUNT = rf"(?:half an?|an?|one|two|three|four|eight|\d+(?:\.\d+)?|\.\d+) ?(?:{_UNIT})?"
_AMOUNTS = rf"(?:{_AMOUNT}(?: of)?(?: {_RESOURCE})?|{_RESOURCE}(?:[ =:]| to | at )?{_AMOUNT})"
_PARTICIPLE = r"(?:\w+ed|set|put|un-?\w+ed)(?: back| down| up| off)?"
_FREE_MACROS = {
    "IMG": r"(?P<I>\S*\w:\w\S*|\S+@\S+|v?\d+(?:\.\d+)+[\w.-]*|v\d[\w.-]*|latest)",
    "VARS": r"(?P<ENV>[A-Za-z_]\w*=\S+(?:,? (?:and )?[A-Za-z_]\w*=\S+)*)",
}
AMOUNT = re.compile(
    rf"(?:(?P<before>{_RESOURCE})(?:[ =:]| to | at )?)?"
    rf"\b(?P<number>half an?|an?|one|two|three|four|eight|\d+(?:\.\d+)?|\.\d+) ?(?P<unit>{_UNIT})?\b"
    rf"(?: of)?(?: (?P<after>{_RESOURCE})\b(?![ =:]\d))?"
)
"""One amount of a resource, in lower case: `512mi`, `half a core`, `cpu=100m`, `2 gigs of memory`."""
AMOUNT_FIRST = re.compile(
    rf"(?P<before>(?!))?\b(?P<number>half an?|\d+(?:\.\d+)?|\.\d+) ?(?P<unit>{_UNIT})?\b(?: of)?"
    rf"(?: (?P<after>{_RESOURCE})\b)?"
)
"""The same where a number comes first, and what it is of after it: `50m cpu, 64mi memory`."""
_MACROS = {
    "T": r"(?P<T>.+?)",
    "PODS": r"(?:replicas?|pods?|copies|copy|instances?|brokers?|members?|workers?)",
    "I": r"(?P<I>\S+)",
    "C": rf"(?P<C>(?!(?:the|a|an|its|this|that) ){_MARK}+)",
    "R": r"(?P<R>memory|mem|ram|cpu)",
    "R2": r"(?P<R2>memory|mem|ram|cpu)",
    "LR": r"(?P<LR>limits?|requests?)",
    "LR2": r"(?P<LR2>limits?|requests?)",
    "AMS": rf"(?P<AMS>{_AMOUNTS}(?:(?:,| and|, and| /|/)? ?{_AMOUNTS})?)",
    "AMS2": rf"(?P<AMS2>{_AMOUNTS}(?:(?:,| and|, and| /|/)? ?{_AMOUNTS})?)",
    "SETS": r"(?:set|change|raise|lower|bump|increase|decrease|reduce|update|put|cap|adjust|make|limit|restrict|bring"
    r"|up|drop|cut|resize)(?: up| down)?",
    "X": r"(?P<X>\d+(?:\.\d+)?|two|three|four|five)",
    "ENV": r"(?P<ENV>[A-Za-z_][\w.-]*=\S*(?: (?:and )?(?:[A-Za-z_][\w.-]*=\S*|[A-Z_][A-Z\d_]*-(?!\S)))*)",
    "NAMED": r"(?P<ENV>(?-i:[A-Z][A-Z\d_]*)=\S+)",
    "LOUD": r"(?P<K>(?-i:[A-Z][A-Z\d_]+))",
    "EK": r"(?P<K>[A-Za-z_][\w.]*)",
    "C2": r"(?P<C2>[\w.-]+)",
    "KS": r"(?P<KS>[A-Za-z_]\w*(?:(?: and)? [A-Za-z_]\w*)*(?: and) [A-Za-z_]\w*)",
    "GONE": r"(?:remove|drop|unset|delete|clear)(?: the)?(?: env| environment)?(?: var| variable)?"
    r" (?P<GONE>[A-Za-z_][\w.]*)",
    "LK": rf"(?P<K>{_MARK}+)",
    "V": r"(?P<V>\S+)",
    "PAIRS": rf"(?P<PAIRS>{_MARK}+=\S*(?:,? (?:and )?(?:{_MARK}+=\S*|{_MARK}+-))*)",
    "KA": rf"(?P<KA>{_MARK}+)-",
    "P": r"(?P<P>\d+)",
    "TP": r"(?P<TP>[\w-]+)",
    "ST": r"(?P<ST>clusterip|nodeport|loadbalancer|load balancer|node port)",
    "REV": r"(?:revision|version|release|rev|nr\.?) (?:number )?#?"
    r"(?P<REV>\d+|one|two|three|four|five|six|seven|eight|nine)",
    "TAINTS": r"(?P<TAINTS>[\w./-]+(?:=[\w.-]*)?:[A-Za-z]+(?: [\w./-]+(?:=[\w.-]*)?:[A-Za-z]+)*)",
    "BEFORE": r"(?:previous|last|earlier|prior|former|old)(?: working| good| known good)?"
    r"(?: one| revision| version| release| image| state| deployment)?|(?:one|version|revision|release) before",
    "J": r"(?P<J>\ue001)",
    "CMD": r"(?P<CMD>.+?)",
    "FV": r"(?P<FV>(?:[\d*/,?-]+ ){4}[\d*/,?a-z-]+|\S+)",
    "PATH": r"(?P<F>(?-i:spec(?:\.(?!containers\b|initContainers\b)[A-Za-z]\w*)+))",
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
    asks: str = ""
    """What it leaves out, as a question back; `{name}` is what it is about."""


class FreeForm(msgspec.Struct, frozen=True):
    """What a wish is made of, in any order."""

    verb: str
    needs: tuple[re.Pattern[str], ...]
    """All of these, once."""
    may: tuple[re.Pattern[str], ...]
    """Any of these beside them."""
    sets: dict[str, Any]
    kinds: tuple[str, ...]


class Frame(msgspec.Struct, frozen=True):
    """Other words for an order."""

    says: re.Pattern[str]
    """The whole of what is said."""
    order: str
    """The order; groups of the pattern stand in braces, {V} for the verb of a participle."""


class Phrases(msgspec.Struct, frozen=True):
    """All tables of one language."""

    forms: tuple[Form, ...]
    polite: re.Pattern[str]
    polite_end: re.Pattern[str]
    reason: re.Pattern[str]
    preface: re.Pattern[str]
    """Gives a reason before what is wished for."""
    correction: re.Pattern[str]
    undo: re.Pattern[str]
    """The whole of a clause that asks to undo the last change, whatever it was."""
    back: re.Pattern[str]
    """Asks to take the last change back."""
    gone: re.Pattern[str]
    """Asks to have away again what was put there last."""
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
    but: re.Pattern[str]
    """The whole of a clause about all but some."""
    except_some: re.Pattern[str]
    """The whole of one about something named, of which a part is left out."""
    aside: re.Pattern[str]
    """What is not to be done, said beside what is asked to see."""
    contrasts: tuple[re.Pattern[str], ...]
    """The whole of a sentence that says what is to be done instead of something else."""
    several: Several
    leaving: tuple[re.Pattern[str], ...]
    """The whole of a text that asks for a list without some."""
    across: Across
    statements: Statements
    talk: Talk
    framed: Framed
    frames: tuple[Frame, ...]
    marked: tuple[Frame, ...]
    """What is said of the marked row without naming it."""
    free: tuple[FreeForm, ...]


@cache
def phrases() -> Phrases:
    """The tables of English, read once; sentences in other languages become English: see `genie.languages`."""
    told = tomllib.loads(files(__package__).joinpath("en.toml").read_text(encoding="utf-8"))
    numbers: dict[str, int] = told["numbers"]
    macros = _macros(numbers)
    forms = (_form_of(wish, pattern, macros) for wish in _wishes(told) for pattern in wish["patterns"])
    return Phrases(
        tuple(forms),
        re.compile(rf"^(?:{_any(told['polite'])})[ ,]+(?=\S)(?!(?:to|at|=) )", re.IGNORECASE),
        re.compile(rf"(?<=\S)[ ,]+(?:{_any(told['polite_end'])})$", re.IGNORECASE),
        re.compile(rf"(?<=\S),? (?!.*(?:{_any(told['limits'])}))(?:{_any(told['reason'])})$", re.IGNORECASE),
        re.compile(rf"^(?![^,:]*(?:{_any(told['limits'])}))(?:{_any(told['preface'])})[,:] (?=\S)", re.IGNORECASE),
        re.compile(rf"(?:^|[ ,])(?:{_any(told['correction'])})[ ,:]+", re.IGNORECASE),
        re.compile(_any(told["undo"]), re.IGNORECASE),
        re.compile(_any([*told["undo"], *told["back"]]), re.IGNORECASE),
        re.compile(_any(told["gone"]), re.IGNORECASE),
        re.compile(told["mind"]["asks"], re.IGNORECASE),
        re.compile(told["mind"]["politely"], re.IGNORECASE),
        re.compile(_any(told["amen"]), re.IGNORECASE),
        numbers,
        _moods(told["moods"]),
        frozenset(told["moods"]["too_much"]),
        msgspec.convert(told["words"], Words),
        re.compile(told["moods"]["but"], re.IGNORECASE),
        re.compile(told["moods"]["except_some"], re.IGNORECASE),
        re.compile(told["moods"]["aside"].replace("{CHANGES}", CHANGES), re.IGNORECASE),
        _each([each.replace("{CHANGES}", CHANGES) for each in told["moods"]["contrasts"]]),
        _several(told["several"]),
        _each(told["leaving"]["patterns"]),
        _across(told["across"]),
        _statements(told["statements"]),
        _talk(told["talk"], told["statements"]["quotes"]),
        _framed(told["framed"]),
        tuple(_frame(frame) for frame in told["frame"]),
        tuple(_frame(frame) for frame in told["marked"]),
        tuple(_free(wish, told["beside"], macros) for wish in told["free"]),
    )


def _wishes(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables of wishes, with those for single fields by the names that each kind has."""
    yield from told["wish"]
    for each in told["field"]["of"]:
        patterns = [pattern.replace("{F}", f"(?P<F>{spoken(each['names'])})") for pattern in told["field"]["patterns"]]
        names = {name.lower(): name for name in each["names"]}
        yield {"verb": "patch", "kinds": each["kinds"], "patterns": patterns, "sets": {"names": names}}


def _macros(numbers: dict[str, int]) -> dict[str, str]:
    words = "|".join(re.escape(word) for word in sorted(numbers, key=len, reverse=True))
    number = rf"{_DIGITS}|{words}"
    total = rf"(?!(?:another|an?)(?! (?:single|couple|dozen|hundred)\b)(?!\S))(?:{number})"
    share = rf"(?:{number}) ?(?:%|percent)|(?:a |one )?(?:half|third|quarter|fifth|tenth)"
    return {
        **_MACROS,
        "N": f"(?:(?:exactly|precisely|a total of) )?(?P<N>{total})",
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
        re.compile(_any(told["nay"]), re.IGNORECASE),
        re.compile(told["spares"].replace("{CHANGES}", CHANGES), re.IGNORECASE),
        _begins(told["denies"], told["denies_after"]),
        _begins(told["how_to"], told["how_to_after"], r"\b"),
        re.compile(rf"\b(?:{_any(told['told'])})\b|:$", re.IGNORECASE),
        re.compile(told["named"], re.IGNORECASE),
        re.compile(told["wants"], re.IGNORECASE),
        re.compile(rf"(?:^|\s)(?:{told['fails']})", re.IGNORECASE),
        re.compile(rf"\b(?:{told['since']})\b", re.IGNORECASE),
        re.compile(rf"\b(?:{_any(told['states'])})\b", re.IGNORECASE),
        re.compile(told["unneeded"], re.IGNORECASE),
        re.compile(told["apart"].replace("{CHANGES}", CHANGES), re.IGNORECASE),
        re.compile(told["only"], re.IGNORECASE),
        re.compile(told["everywhere"], re.IGNORECASE),
        _anywhere(told["not"]),
        re.compile(_any(told["asks"]), re.IGNORECASE),
        _anywhere([each.replace("{CHANGES}", CHANGES) for each in told["supposes"]]),
        _anywhere(told["waits"]),
        _anywhere(told["past"]),
    )


def _frame(told: dict[str, str]) -> Frame:
    lead = r"(?:(?:so|and|now|then|also|well|ok|okay|hi|hello|hey|genie|therefore|please|pls)[, ]+)*"
    return Frame(re.compile(lead + told["says"].replace("{PART}", _PARTICIPLE), re.IGNORECASE), told["order"])


def _statements(told: dict[str, Any]) -> Statements:
    subject, verb, pronoun = told["subject"], _any(told["verbs"]), told["pronoun"]
    plain = [rf"{subject} (?:{verb})(?: .*)?", rf"{pronoun} (?:{_any(told['states'])})", *told["without_verb"]]
    before = [*plain, rf"{subject} (?:{_any(told['verbs_before'])})(?: .*)?", *told["ours"]]
    return Statements(
        re.compile(rf"^(?:(?:{_any(told['leads'])})[ ,]+)*", re.IGNORECASE),
        re.compile(_any(plain), re.IGNORECASE),
        re.compile(_any(before), re.IGNORECASE),
        re.compile(told["polite"], re.IGNORECASE),
        _anywhere(told["spoils"]),
        _anywhere(told["quotes"]),
        _anywhere(told["spoils_behind"]),
        re.compile(_any(told["follows"]), re.IGNORECASE),
        _anywhere(told["harmless"]),
        re.compile(_any(told["surely"]), re.IGNORECASE),
    )


def _talk(told: dict[str, Any], quotes: list[str]) -> Talk:
    verb = _any(told["verbs"])
    return Talk(
        re.compile(rf"(?:{_any(told['own'])})\b", re.IGNORECASE),
        re.compile(rf"(?:{_any(told['of_it'])})\b", re.IGNORECASE),
        re.compile(rf"(?:{_any(told['vague'])})\b", re.IGNORECASE),
        re.compile(rf"(?:{_any(told['begins'])})\b", re.IGNORECASE),
        _anywhere([*quotes, *told["quotes"]]),
        _anywhere(told["values"]),
        re.compile(told["clause"].replace("{VERB}", verb), re.IGNORECASE),
        re.compile(told["says"], re.IGNORECASE),
        re.compile(_any(told["whole"]), re.IGNORECASE),
    )


def _framed(told: dict[str, Any]) -> Framed:
    return Framed(
        re.compile(_any(told["bracket"]), re.IGNORECASE),
        re.compile(_any(told["begins"]), re.IGNORECASE),
        re.compile(rf"(?:{_any(told['ends'])})\s*$", re.IGNORECASE),
        re.compile(told["call"], re.IGNORECASE),
        re.compile(_any(told["us"]), re.IGNORECASE),
    )


def _several(told: dict[str, Any]) -> Several:
    names = rf"(?P<NAMES>\S+(?:{told['between']}\S+)+)"
    shared = (re.compile(each.replace("{NAMES}", names), re.IGNORECASE) for each in told["shared"])
    between = re.compile(told["between"], re.IGNORECASE)
    return Several(
        _any(told["joins"]),
        _any(told["begins"]),
        told["nouns"],
        frozenset(told["plain"].split()),
        tuple(shared),
        between,
    )


def _form_of(wish: dict[str, Any], pattern: str, macros: dict[str, str]) -> Form:
    kinds = tuple(wish.get("kinds", ()))
    return Form(wish["verb"], _form(pattern, macros), wish.get("sets", {}), kinds, wish.get("asks", ""))


def _across(told: dict[str, str]) -> Across:
    return Across(**{name: re.compile(pattern, re.IGNORECASE) for name, pattern in told.items()})


def _each(patterns: list[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(each, re.IGNORECASE) for each in patterns)


def _free(wish: dict[str, Any], beside: list[str], macros: dict[str, str]) -> FreeForm:
    def ready(pattern: str) -> re.Pattern[str]:
        for name, meaning in {**macros, **_FREE_MACROS}.items():
            pattern = pattern.replace(f"{{{name}}}", meaning)
        return re.compile(rf"(?<!\S)(?:{pattern})(?!\S)", re.IGNORECASE)

    may = [*wish.get("may", ()), _any(beside)]
    kinds = tuple(wish.get("kinds", ()))
    return FreeForm(wish["verb"], tuple(map(ready, wish["needs"])), tuple(map(ready, may)), wish.get("sets", {}), kinds)


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
