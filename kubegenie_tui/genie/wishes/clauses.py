"""A text cut into clauses: a sentence each, or one of several wishes in it; politeness and flags are taken off."""

import re
from typing import Any

import msgspec

from kubegenie_tui.genie.wishes.phrases import Phrases

QUOTE = "\ue000"
"""Stands before the number of a quoted text of several words, which is data and never grammar."""
_QUOTED = re.compile(r"""(?<![\w])(?:"([^"]*)"|'([^']*)'|`([^`]*)`|“([^”]*)”|‘([^’]*)’|«([^»]*)»)(?![\w])""")
_CONTRACTIONS = (
    (
        re.compile(
            r"^(.*\b(?:auto-?scal\w*|scale (?:itself|automatically)|hpa"
            r"|(?:let|have|allow) \S+ (?:to )?(?:grow|scale|go))\b.*?),? (?:when|if|once)"
            r" (?:the |its |average )*cpu(?: usage| load| utili[sz]ation)?"
            r" ?(?:goes|gets|is|rises|climbs|hits|reaches|exceeds|passes|crosses|tops|>=?)?"
            r"(?: above| over| past| beyond)?"
            r" ?(\d+ ?(?:%|percent))",
            re.I,
        ),
        r"\1 at \2 cpu",
    ),
    (re.compile(r"\b(?:can't|cannot|cant)\b", re.I), "can not"),
    (re.compile(r"\bwon'?t\b", re.I), "will not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|has|have|should|would|could|must|need)n'?t\b", re.I), r"\1 not"),
    (re.compile(r"\blet's\b", re.I), "let us"),
    (re.compile(r"\b(what|who|where|how|why|when|that|it|there|here)'s\b", re.I), r"\1 is"),
    (re.compile(r"\b(what|who|where|how|why)s\b", re.I), r"\1 is"),
    (
        re.compile(
            r"\bits(?= (?:not|so|too|very|still|been|stuck|hanging|hung|down|slow|broken|dead|failing"
            r"|crashing|full)\b)",
            re.I,
        ),
        "it is",
    ),
    (re.compile(r"^(.*\b(?:label|annotat)\w*\b.*? [a-z][\w./-]*): (?!\S*[=:])(?=\S)", re.I), r"\1="),
    (re.compile(r"\b(?:one|1) and a half(?= )", re.I), "1.5"),
    (re.compile(r"\b(?:two|2) and a half(?= )", re.I), "2.5"),
    (re.compile(r"\b(?:which|that) (?:is|are|lives?|runs?|sits?) (?=in )", re.I), ""),
    (re.compile(r"\b([A-Z][A-Z\d_]{2,}) to (\S+?),? and ([A-Z][A-Z\d_]{2,}) to (?=\S)"), r"\1=\2 and \3="),
    (re.compile(r"\b(this|that) one(?= (?:an? |\d))", re.I), r"\1"),
    (re.compile(r"( to \d+)(?=(?:,| and) [^.;]* to \d+ (replicas|pods|instances|copies)\b)", re.I), r"\1 \2"),
    (re.compile(r"\b([A-Z][A-Z\d_]+) with (?:the |an? )?value (?:of )?(?=\S)"), r"\1="),
    (re.compile(r"(\b(?:label|annotat|env|variable)\w*\b.*? [A-Za-z][\w./-]*) = (?=\S)", re.I), r"\1="),
    (re.compile(r"\b(?:the |a )?key ([\w.-]+),? (?:and |with )?(?:the |a )?value (?=\S)", re.I), r"\1="),
    (re.compile(r"\bgimme\b", re.I), "give me"),
    (re.compile(r"\blemme\b", re.I), "let me"),
    (re.compile(r"\bwanna\b", re.I), "want to"),
    (re.compile(r"\bgonna\b", re.I), "going to"),
    (re.compile(r"\bgotta\b", re.I), "have to"),
    (re.compile(r"\bthats\b", re.I), "that is"),
    (re.compile(r"\bwich\b", re.I), "which"),
    (re.compile(r"\breq\b(?= \d)", re.I), "request"),
    (re.compile(r"\blim\b(?= \d)", re.I), "limit"),
    (re.compile(r"\bhw\b(?= (?:many|much|to|do|does|is|are))", re.I), "how"),
    (re.compile(r"\b(?:waht|wht|wat)\b", re.I), "what"),
    (re.compile(r"\b(i|you|we|they)'(?:re|ve|ll|m)\b", re.I), r"\1"),
    (re.compile(r"\bim(?= (?:\w+ing|done|not|in|on|at|just|new|back)\b)", re.I), "i"),
    (re.compile(r"(?<=\S) rn(?=\W*$)", re.I), " right now"),
    (re.compile(r"(?<=\s):-?\)+(?!\S)"), ""),
    (re.compile(r"(?<=\w) '?n'? (?=[a-z0-9])", re.I), " and "),
    (re.compile(r"(?<=\s)w/(?!o\b) ?(?=\w)"), "with "),
    (
        re.compile(
            r"(?<=\w)'s(?= (?:not |so |too |very |still |just |all )*(?:down|stuck|dead|broken|slow|full|over|done|gone"
            r"|\w+ing)(?: (?:again|now|up|today|like \w+))*(?:[,.;!]|$))",
            re.I,
        ),
        " is",
    ),
    (re.compile(r"(?<=\w)'s\b"), ""),
    (re.compile(r"(?<=s)'(?= )"), ""),
)
_SCHEDULE = re.compile(r"(?:[\d*/,?-]+ ){4}[\d*/,?a-z-]+", re.I)
_ONE_PAIR = re.compile(r"([\w./-]+)=([^=]+ [^=]*)")
"""`"owner=team a"`: the value alone is data."""
_SHORTENED = re.compile(r"\b(i\.e|e\.g|etc|vs|approx|incl)\.", re.I)
_TYPED = re.compile(
    r"(?P<head>(?:please |can you |could you )?(?:run|execute|exec))(?: the)?(?: command)?"
    r" (?P<command>[^\s\"'`].*? -.*?)"
    r" (?P<place>(?:in|inside|within|on) (?:the )?\S+(?: \S+)?)",
    re.IGNORECASE,
)
"""A command with flags of its own."""
_TYPED_LAST = re.compile(
    r"(?P<head>(?:please |can you |could you )?(?:exec|go|get|step|hop|shell|drop) (?:in)?to (?:the )?\S+(?: \S+)? and"
    r" (?:run|execute|do|type)) (?P<command>[^\s\"'`].*? -.*)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?P<head>(?:please |pls |can you |could you )?)"
    r"(?P<command>(?:cat|head|tail(?: -\S+)*|grep \S+) /\S+|ls(?: -\w+)*(?: /\S*)|ls(?: -\w+)+"
    r"|ps (?:-ef|-?aux)|df(?: -\w+)*|printenv(?: \w+)?"
    r"|(?:curl|wget|nslookup|dig|ping)(?: -\S+)* [\w:/.-]+)"
    r" (?:in|inside|within|on|from) (?P<place>(?:the )?\S+(?: \S+)?)",
    re.IGNORECASE,
)
"""A command of a terminal that no look-up is called like."""
_TERMINAL = re.compile(r"(?P<head>.*\bexec\b.*?) -- (?P<command>.+)", re.DOTALL | re.IGNORECASE)
_SENTENCES = re.compile(
    r", (?=(?:please|pls) \S+ \S)|,? but (?=(?:leave|keep|do not|not) )|,? and (?=do not (?:touch|change) )"
    r"|, (?=do not (?:touch|change) [^,]+$)"
    r"|(?<!mind)(?<!\bno)(?<!\bnah)(?<!\bnope)(?<!\bit)(?<!\bwait)(?<!,)(?:,| and|, and)"
    r" (?=(?:leave|keep) (?!it |that |this |them )[^,]+ (?:alone|untouched|as (?:it|they) (?:is|are))$)"
    r"|, (?=not (?:the )?[a-z][\w-]+$)"
    r"|(?<=[\w\ue000%)\"'`])(?:[.!?;]+|\.\.\.|…)(?=\s|$)|\n+| [-–—]+ "
)
_COUNTED = re.compile(r"(?:^|\s)1[.)] \S.*\s2[.)] \S", re.DOTALL)
_COUNT = re.compile(r"(?:^|(?<=\s))\d{1,2}[.)] ")
_THEN = re.compile(
    r" &&? | \+ (?=(?:restart|scale|delete|drain|(?:un)?cordon|suspend|resume|label|set|show|describe|list) )"
    r"|,? (?:and )?(?:then|afterwards|after that|finally|and also|also|plus) |, and |, (?=[a-z][\w-]* )"
    r"| and (?=[a-z]|\d+ (?:in|for|on) )",
    re.I,
)
_COMMAND = re.compile(r"^(?:\$ )?(?:kubectl|oc|k|kubegenie do|helm)(?= )", re.I)
_FLAG = re.compile(r"(?<!\S)(--?[a-z][\w-]*)(?:[= ](?!-)([^\s]+))?", re.I)
_ASIDE = re.compile(r"\(([^()]* [^()]*)\)")
_TAKES_NOTHING = frozenset({
    "--now", "--force", "-it", "-ti", "-i", "-t", "--ignore-daemonsets", "--record", "-y", "--yes", "--overwrite",
    "--delete-emptydir-data",
})  # fmt: skip

_LISTED = re.compile(r"[\w./-]+=[^=,]+(?:,[^=,]+)+")
"""One value that is a list: `LANGUAGES=de,en`."""
_REPEATED = frozenset({"--from-literal"})
"""Flags that are said once for each of several values."""


class Clause(msgspec.Struct, frozen=True):
    """One clause as it is matched."""

    text: str
    flags: dict[str, str] = {}
    is_command: bool = False


def uncounted(text: str) -> str:
    """A text with each item of a list that counts them, `1. this 2. that`, on a line of its own."""
    return _COUNT.sub("\n", text).strip() if _COUNTED.search(text) else text


def sentences(text: str) -> tuple[list[str], list[str]]:
    """The sentences of a text, with quoted ones masked, and what stood in the quotes."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        inside = next(group for group in match.groups() if group is not None).strip()
        if (inside and " " not in inside) or _SCHEDULE.fullmatch(inside):
            return inside
        if (pair := _ONE_PAIR.fullmatch(inside)) is not None:
            kept.append(pair[2])
            return f"{pair[1]}={QUOTE}{len(kept) - 1}"
        kept.append(inside)
        return f"{QUOTE}{len(kept) - 1}"

    if (typed := _TERMINAL.fullmatch(text)) is not None:
        text = f"{typed['head']} and run «{typed['command']}»"
    if (typed := _TYPED.fullmatch(text)) is not None:
        text = f"{typed['head']} «{typed['command']}» {typed['place']}"
    if (typed := _BARE.fullmatch(text.strip(" .!"))) is not None:
        text = f"{typed['head']}run «{typed['command']}» in {typed['place']}"
    if (typed := _TYPED_LAST.fullmatch(text)) is not None:
        text = f"{typed['head']} «{typed['command']}»"
    text = text.replace(QUOTE, " ").replace("’", "'").replace("‘", "'")
    text = _SHORTENED.sub(r"\1", _QUOTED.sub(keep, text))
    for pattern, instead in _CONTRACTIONS:
        text = pattern.sub(instead, text)
    return [" ".join(part.split()) for part in _SENTENCES.split(text) if part and part.strip(" .!?,;")], kept


def wishes_in(sentence: str) -> list[list[str]]:
    """The ways to cut a sentence into wishes: not at all first, then at each `and` and comma."""
    parts = [part.strip(" ,") for part in _THEN.split(sentence)]
    return [[sentence], [part for part in parts if part]] if len(parts) > 1 else [[sentence]]


def clause_of(text: str, language: Phrases) -> Clause:
    """A clause without politeness, reasons and flags."""
    text = language.minds.sub(lambda found: _base(found["gerund"], "ing", language), text.strip(" ,.!?:;"))
    text = _ordered(text, language)
    while (rest := language.preface.sub("", language.polite.sub("", text))) != text:
        text = rest.strip(" ,")
    while (rest := language.reason.sub("", language.polite_end.sub("", text))) != text:
        text = rest.strip(" ,")
    command = _COMMAND.match(text)
    flags: dict[str, str] = {}

    def take(match: re.Match[str]) -> str:
        name, value = match[1], match[2] or ""
        if name in _TAKES_NOTHING and not match[0].startswith(f"{name}="):
            flags[name] = ""
            return f" {value}" if value else ""
        flags[name] = f"{flags[name]} {value}" if name in _REPEATED and name in flags else value
        return ""

    text = _FLAG.sub(take, text[command.end() :] if command else text)
    text = " ".join(word if _LISTED.fullmatch(word) else word.replace(",", " ") for word in text.split())
    text = re.sub(r"\s*:\s+|\((?=[^)]* [^)]*\))|(?<= \d)\)|(?<= \d\d)\)", " ", _ASIDE.sub(r" \1 ", text))
    return Clause(" ".join(text.split()), flags, command is not None)


def _ordered(text: str, language: Phrases) -> str:
    """What is said in other words than those of an order, as one: `I need web to be restarted`."""
    for frame in language.frames:
        if (match := frame.says.fullmatch(text)) is not None:
            said = match.groupdict("")
            if "V" in said:
                verb, *back = said["V"].replace("-", "").split()
                said["V"] = " ".join((_base(verb, "ed", language), *back))
            return " ".join(frame.order.format(**said).split())
    return text


def _base(form: str, end: str, language: Phrases) -> str:
    """The verb of a gerund or a participle: `restarting`, `scaled`, `dropping`."""
    stem = form.lower().removesuffix(end)
    forms = (stem, f"{stem}e", stem[:-1] if stem[-2:-1] == stem[-1:] else stem)
    return next((form for form in forms if form in language.words.verbs | language.words.bases), stem)


def unquoted(value: Any, quoted: list[str]) -> Any:
    """Arguments with what stood in quotes in its place."""
    if isinstance(value, dict):
        return {name: unquoted(each, quoted) for name, each in value.items()}
    if isinstance(value, str) and QUOTE in value:
        return re.sub(rf"{QUOTE}(\d+)", lambda match: quoted[int(match[1])], value)
    return value
