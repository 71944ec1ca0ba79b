"""Questions whose shape tells what is asked: the phrase table of a language, matched against whole sentences."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

import msgspec

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.field_paths import FIELDS, path_of
from kubegenie_tui.genie.offline.intent import Verb
from kubegenie_tui.genie.offline.vocabulary import CUES
from kubegenie_tui.genie.offline.words import QUOTE, Said
from kubegenie_tui.genie.wishes.moods import NO, QUESTION

_REPLIES = {"no": NO, "question": QUESTION}
_ARTICLE = re.compile(r"^(?:an?|the) ")
_SOMEBODY = (
    rf"(?P<S>(?:the )?(?:(?:user|group|role|service ?account|sa|account) )?(?:{QUOTE}\d+|[\w.:@/-]+)"
    r"(?: (?:user|group|account|service ?account|sa))?(?: (?:of|in|from) (?:the )?(?:namespace |ns )?[\w-]+)?)"
)
_WE_PLEASE = re.compile(r"^\W*(?:can|could) (?:we|i)\b.*\b(?:please|pls)\b", re.IGNORECASE)
"""A request in the form of a question."""
_SUBJECTS = {
    "user": "user", "group": "group", "serviceaccount": "serviceaccount", "service": "serviceaccount",
    "sa": "serviceaccount", "account": "serviceaccount", "role": "group",
}  # fmt: skip
_NOBODY = frozenset({
    "i", "we", "you", "u", "it", "they", "he", "she", "there", "this", "that", "these", "those", "someone", "somebody",
    "anyone", "anybody",
})  # fmt: skip
_IT = frozenset({"it", "this", "this one", "that one"})
"""What was talked about, or is marked."""
_NOT_ALLOWED = re.compile(
    r"^(?:\d+|one|two|three|another|the|a|an|some|my|your|more|all|me|its|logs?|events?|help|info|rid|access)\b"
    r"|\S+(?: up| down| back)?(?: to| at| on| with) (?:\d|(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
    r"|.* (?:on|onto|to) \S*\w[:@]\w"
)
"""What follows `can i get` when it is a request and no question about rights."""
_ROLLOUTS = "rollouts"
"""Where a server has a kind of this name, they are no history of anything."""
_INSIDE = frozenset({"in", "inside", "within"})
_AGAIN = ("T", "T2", "T3")
_ASKING = (
    r"(?:(?:which|what|list|show|find|get|give|tell|see|are there|is there|any|all|do any)"
    r"(?: me| all| any| the| our)* )?"
)
_SEVERAL = (
    r"(?:pods?|containers?|workloads?|deployments?|statefulsets?|daemonsets?|(?:cron ?)?jobs?|objects|resources|things|"
    r"apps|applications|images?|services?|ingress(?:es)?|who|what|which|anything)"
)
_MACROS = {
    "S": _SOMEBODY,
    "NS": rf"(?P<NS>{QUOTE}\d+|[\w.-]+)",
    "NODE": rf"(?P<NODE>{QUOTE}\d+|[\w.-]+)",
    "CALM": r"(?!.*\b(?:scale|restart|delete|remove|drain|(?:un)?cordon|roll|rollback|set|suspend|resume|trigger|patch"
    r"|apply|create|run|stop|kill|label|annotate|expose|deploy|upgrade|update)\b)",
    "ETC": r"(?: (?:i mean|like|such as|for example|you know|eg|e\.g|meaning|namely|so)\b.*"
    r"|(?: \S+){1,8}? (?:and (?:so on|so forth|stuff|such|all that|the like|more|things|whatever|the rest)|all that|etc"
    r"|usw|\.+|…))?",
    "IN": r"(?: (?P<T>(?:in|of|for|on|across|from|over|within|inside|-n) .+|everywhere|-a|--all-namespaces))?",
    "WHICH": rf"{_ASKING}{_SEVERAL}(?: (?:that|which))?",
    "F": rf"(?P<F>{'|'.join(FIELDS)}|[a-z]+(?:\.[a-z]+)+)",
    "CONTAINERS": rf"{_ASKING}containers?(?: (?:that|which))?(?: (?:have|has|with|are|do|does|run))? "
    r"(?:no|not have|without|lack|lacks|missing|miss)(?: any| an?| the| set)?",
}


class Form(msgspec.Struct, frozen=True):
    """A way to ask."""

    verb: Verb
    pattern: re.Pattern[str]
    sets: dict[str, Any] = {}
    first: bool = False
    """Whether it is a question though it begins like a wish for change."""
    kind_only: bool = False
    """Whether it is asked about a kind, and about no object."""
    live: bool = False
    """Whether it has to be about something that lives."""
    goes_on: bool = False
    kind: str = ""
    """What it is about by the form itself: a password is in a Secret."""
    namespace: str | None = None
    """Where, by the form itself: `*`."""
    reply: Literal["", "no", "question"] = ""
    """Why nothing is proposed, where it speaks of a change."""


class Question(msgspec.Struct, frozen=True):
    """A sentence that matched."""

    verb: Verb
    rest: str
    """The words that say about what."""
    sets: dict[str, Any] = {}
    """Details that the form itself says."""
    namespace: str | None = None
    kind: str = ""
    goes_on: bool = False
    """Whether it makes sense only after another."""
    reply: str = ""
    """Why nothing is proposed."""


@cache
def forms() -> tuple[tuple[Form, ...], dict[str, str]]:
    """The table, and what the rules of a cluster call an action."""
    told = tomllib.loads(files(__package__).joinpath("questions.toml").read_text(encoding="utf-8"))
    actions = "|".join(sorted(told["actions"], key=len, reverse=True))
    macros = {**_MACROS, "A": f"(?P<A>{actions})"}
    flags = ("sets", "first", "kind_only", "live", "goes_on", "kind", "namespace", "reply")
    made = [
        Form(each["verb"], _compiled(pattern, macros), **{name: each[name] for name in flags if name in each})
        for each in told["question"]
        for pattern in each["patterns"]
    ]
    return tuple(made), told["verbs"]


def _compiled(pattern: str, macros: dict[str, str]) -> re.Pattern[str]:
    for name, meaning in macros.items():
        pattern = pattern.replace(f"{{{name}}}", meaning)
    for name in _AGAIN:
        pattern = pattern.replace("{T}", f"(?P<{name}>.+?)", 1)
    return re.compile(pattern)


def question_in(said: Said, directory: Directory, plain: str, *, first: bool = False) -> Question | None:
    """What a sentence asks by its shape; None when its shape tells nothing.

    Args:
        said: the sentence, live names in it kept.
        directory: what lives in the cluster.
        plain: the sentence with its names as they are, for names may be words of grammar.
        first: whether only forms count that begin like a wish for change.
    """
    texts = [text for each in dict.fromkeys((said.text, plain, said.whole, said.raw.lower())) if (text := each.strip())]
    for form, text in ((form, text) for text in texts for form in forms()[0] if form.first or not first):
        match = form.pattern.fullmatch(text)
        question = _taken(form, match, said, directory) if match is not None else None
        if question is not None:
            return question
    return None


def _taken(form: Form, match: re.Match[str], said: Said, directory: Directory) -> Question | None:
    if form.verb == "rollout-history" and _ROLLOUTS in directory.kind_words and _ROLLOUTS in match[0].split():
        return None
    groups = {name: text for name, text in match.groupdict().items() if text}
    rest = _ARTICLE.sub("", next((groups[name] for name in _AGAIN if name in groups), ""))
    if "NS" in groups:
        return _in_space(form, said.unquoted(groups["NS"]), directory)
    if "NODE" in groups:
        return Question("list", "", {"node": said.unquoted(groups["NODE"])}, kind="pods")
    if form.verb == "switch-context":
        return Question("switch-context", "", {"subject": said.cased(groups["S"])})
    if "A" in groups or form.verb == "can-i":
        return _allowed(form, groups, rest, said)
    if form.kind_only or "F" in groups:
        kind = _kind(rest, said, directory)
        if kind is None or groups.get("F", "") in directory:
            return None
        path = path_of(said.cased(groups["F"]), kind[0]) if "F" in groups else kind[1]
        return Question("explain", "", {"path": path}, kind=kind[0])
    is_it = form.verb in ("describe", "related") and rest in _IT
    if form.live and not is_it and not _lives(rest, said, directory):
        return None
    if form.verb == "change":
        return Question("change", rest, reply=_REPLIES[form.reply])
    said_of: dict[str, Any] = {"revision": int(groups["REV"])} if "REV" in groups else {}
    said_of |= {"limit": int(groups["N"])} if "N" in groups else {}
    said_of |= {"grep": said.cased(groups["G"])} if "G" in groups else {}
    return Question(form.verb, rest, form.sets | said_of, form.namespace, form.kind, form.goes_on)


def _in_space(form: Form, space: str, directory: Directory) -> Question | None:
    """About a namespace, where there is one of this name."""
    if space not in directory.namespaces or (form.goes_on and space in CUES):
        return None
    if form.goes_on:
        return Question("", "", namespace=space, goes_on=True)
    if form.verb == "open":
        return Question("open", "", namespace=space)
    return Question(form.verb, space, kind="namespaces")


def _allowed(form: Form, groups: dict[str, str], rest: str, said: Said) -> Question | None:
    if _WE_PLEASE.search(said.raw):
        return None
    action, somebody = groups.get("A", ""), groups.get("S", "")
    if _NOT_ALLOWED.match(rest) and action in ("get", "access", "see", "view", "read", "list", "watch"):
        return None
    if somebody and said.unquoted(somebody.split()[-1]) in _NOBODY:
        return None
    place = next((word for before, word in pairwise(somebody.split()) if before in ("of", "in", "from")), None)
    sets = {"action": forms()[1].get(action, action), "subject": _subject(somebody, said)}
    flag = re.search(r"--as[= ](\S+)", rest)
    if flag is not None:
        rest, sets["subject"] = rest.replace(flag[0], ""), said.cased(flag[1])
    return Question(form.verb, rest, sets, None if place is None else said.unquoted(place))


def _subject(somebody: str, said: Said) -> str:
    """`alice`, `user/alice`, `group/devs`, `serviceaccount/ci-bot`."""
    words = [word for word in somebody.split() if word != "the"]
    names = [word for word in words if word not in _SUBJECTS]
    if not names:
        return ""
    kind = next((_SUBJECTS[word] for word in words if word in _SUBJECTS), "")
    return f"{kind}/{said.cased(names[0])}" if kind else said.cased(names[0])


def _lives(rest: str, said: Said, directory: Directory) -> bool:
    """Whether the words are a live name, with its kind at most: `the ingress shop-public`."""
    words = [said.unquoted(word) for word in rest.split() if word not in ("the", "my", "our")]
    if len(words) > 2 and words[-2] in _INSIDE and words[-1] in directory.namespaces:
        words = words[:-2]
    if len(words) > 1:
        words = _without_kind(words, directory)
    return len(words) == 1 and words[0] in directory and words[0] not in ("it", "this", "that", "to", "all")


def _without_kind(words: list[str], directory: Directory) -> list[str]:
    """The words without those for a kind before or after them: `cron job backup`, `the web deployment`."""
    kinds = directory.kind_words
    for length in range(len(words) - 1, 0, -1):
        if " ".join(words[:length]) in kinds:
            return words[length:]
        if " ".join(words[-length:]) in kinds:
            return words[:-length]
    return words


def _kind(rest: str, said: Said, directory: Directory) -> tuple[str, str] | None:
    """The kind that is all that is spoken of, and the field of it."""
    first, _, field = rest.rpartition(" ")
    if "." in field and first in directory.kind_words:
        return directory.kind_words[first], said.unquoted(field)
    word, _, path = said.unquoted(rest).partition(".") if " " not in rest else (rest, "", "")
    kind = directory.kind_words.get(word) or directory.kind_words.get(rest)
    if kind is None and (path or not said.text.strip().startswith(word)) and (found := directory.kinds.find(word)):
        kind = found.id
    return (kind, path) if kind else None
