"""Questions about another cluster than the one in view: `how many pods are not ready in staging?`."""

import re
from collections.abc import Sequence

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.nearness import distance, nearest
from kubegenie_tui.genie.languages.hearing import is_foreign
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.following import goes_on
from kubegenie_tui.genie.offline.intent import Asked
from kubegenie_tui.genie.offline.parse import parse
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope

_NAME = r"[`\"']?(?P<name>[a-z0-9][\w.@:/-]*[\w])[`\"']?"
_SURELY = (
    re.compile(rf"(?:(?:in|on|of|for|at|from|across)\s+)?(?:the\s+)?(?:cluster|context)\s+{_NAME}", re.IGNORECASE),
    re.compile(rf"(?:(?:in|on|of|for|at|from|across)\s+)?(?:the\s+)?{_NAME}\s+(?:cluster|context)\b", re.IGNORECASE),
    re.compile(rf"--context[=\s]+{_NAME}", re.IGNORECASE),
)
_MAYBE = re.compile(
    rf"\b(?:(?:and\s+)?(?:in|on|of|for|at|from|across|about|is|how is)|and)\s+(?:the\s+|our\s+|my\s+)?{_NAME}",
    re.IGNORECASE,
)
_ABOUT_IT = re.compile(r"(?:and\s+)?((?:how )?is)\s", re.IGNORECASE)
_SHORTEST_PART = 3

_NUMBER = re.compile(r"[ ]+\d")
"""Behind a part of a name it makes another one of it: `rack 2` is not the cluster `rack-7`."""


async def elsewhere(scope: Scope, sentences: Sequence[str]) -> tuple[Scope, list[str]]:
    """The scope of the cluster that the last sentence names, or goes on about; and all of them without such names.

    One that only wants to go there is left as it is.

    Raises:
        KubeconfigError: that cluster cannot be used.
    """
    if len(scope.cluster_names) < 2 or _parsed(scope, sentences[-1]).verb == "switch-context":
        return scope, list(sentences)
    spaces = await _namespaces(scope)
    named = [_named(scope, sentence, spaces) for sentence in sentences]
    wanted = ""
    for (name, _), sentence in zip(reversed(named), reversed(sentences), strict=True):
        wanted = name
        if wanted or not _goes_on(scope, sentence):
            break
    return await scope.of_cluster(wanted or scope.reader.name), [rest for _, rest in named]


async def _namespaces(scope: Scope) -> set[str]:
    try:
        found = await live_rows(scope.reader, scope.kind("namespaces"))
    except ClusterError:
        return {*scope.focus.namespaces}
    return {row.name for row in found.rows.values()}


def _goes_on(scope: Scope, text: str) -> bool:
    return goes_on(_parsed(scope, text))


def _parsed(scope: Scope, text: str) -> Asked:
    return parse(text, Directory(scope.reader.name, scope.reader.kinds))


def _named(scope: Scope, text: str, spaces: set[str]) -> tuple[str, str]:
    """The cluster, empty for none, and the rest of the sentence."""
    for pattern in _SURELY:
        for match in pattern.finditer(text):
            name = _cluster(scope, match["name"], spaces=set())
            if name:
                return name, _without(text, match)
    for match in _MAYBE.finditer(text):
        name = _cluster(scope, match["name"], spaces)
        is_numbered = name.lower() != match["name"].lower() and _NUMBER.match(text, match.end("name")) is not None
        if name and not is_numbered:
            return name, _without(text, match)
    return "", text


def _cluster(scope: Scope, word: str, spaces: set[str]) -> str:
    """The cluster a word means: a namespace of that name comes first."""
    word = word.lower()
    names = {name.lower(): name for name in scope.cluster_names}
    if word in spaces or len(word) < _SHORTEST_PART:
        return ""
    if word in names:
        return names[word]
    if nearest(word, spaces):
        return ""
    begun = [name for name in names if name.startswith(f"{word}-")]
    slips = [name for name in names if name[0] == word[0] and distance(word, name, 1) <= 1]
    close = begun or slips
    return names[close[0]] if len(close) == 1 and not is_foreign(word) else ""


def _without(text: str, match: re.Match[str]) -> str:
    """The rest of the sentence; `is prod healthy` still asks about a whole cluster, `in prod?` goes on."""
    about = _ABOUT_IT.match(match[0])
    if not about and not re.search(r"\w", text[: match.start()] + text[match.end() :]):
        return "and"
    return f"{text[: match.start()]} {f'{about[1]} the cluster' if about else ''} {text[match.end() :]}"
