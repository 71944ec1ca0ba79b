"""Where a sentence looks: the namespace and the node it names, each taken out of it when found."""

import re
from itertools import pairwise

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR, STOP
from kubegenie_tui.genie.offline.words import QUOTE, Said, phrase

_LIVE = frozenset({"production", "prod", "live"})
"""What runs for its users, which is no namespace where none is called so."""
_WORD = rf"({QUOTE}\d+|[a-z0-9][\w.-]*)"
_DETERMINERS = r"(?:the |my |our |your |their |this |that )?"
_ALL_SPACES = phrase(
    r"(?:(?:in|across|from|over|for|of|within) )?(?:all|any|every|each"
    r"|the other)(?: of)?(?: the)? (?:namespaces?|ns)|-a|--all-namespaces"
    r"|cluster[- ]?wide"
    r"|(?:the )?(?:whole|entire) cluster"
    r"|(?:in|across|on|within|of|for) (?:the |my |this |our )?(?:whole |entire )?(?:cluster"
    r"|kubernetes)|everywhere|anywhere"
)
_HERE = phrase(r"(?:in |of |from )?(?:this|my|the|our|the current|current) (?:namespace|ns)")
_NAMED_SPACE = phrase(
    rf"(?:in|from|within|inside|of|for|on|under|to)? ?(?:the )?(?:namespaces?|ns|project|-n"
    rf"|--namespace)[ =](?:named |called )?{_WORD}"
)
_SPACE_NAMED = phrase(
    rf"(?:in |from |within |inside |of |for |to )?{_DETERMINERS}{_WORD} (?:namespace|ns|environment|env)"
)
_HOLDS = phrase(rf"(?:does|do|has|have) (?:the )?(?:namespace |ns )?{_WORD} (?:have|hold|contain|run|host|got)")
_IN = phrase(rf"(?:in|within|inside|from|across|under|at|to|into) {_DETERMINERS}{_WORD}")
_ON = phrase(rf"(?:running |scheduled |placed )?on {_WORD}")


def take_node(said: Said, directory: Directory) -> str:
    """`on node-3`: the live node that is meant."""
    match = next((m for m in _ON.finditer(said.text) if _is_node(said, directory, m[1])), None)
    return said.unquoted(_cut(said, match, match[1])) if match else ""


def _is_node(said: Said, directory: Directory, word: str) -> bool:
    return bool(directory.find(said.unquoted(word), "nodes"))


def take_namespace(said: Said, directory: Directory) -> str | None:
    """The namespace that is named, `*` for all of them, None for none; a name like no namespace is taken as it is."""
    spaces = directory.namespaces
    if said.take(_ALL_SPACES):
        return "*"
    if said.take(_HERE):
        return None
    for pattern in (_NAMED_SPACE, _SPACE_NAMED):
        match = pattern.search(said.text)
        if match is not None and (match[1] in spaces or not (match[1] in STOP or match[1] in directory.kind_words)):
            said.take(pattern)
            return said.unquoted(match[1])
    for match in (*_HOLDS.finditer(said.text), *_IN.finditer(said.text)):
        word = said.unquoted(match[1])
        if word in spaces:
            return _cut(said, match, word)
        if word == directory.cluster:
            return _cut(said, match, "*")
    return _near_namespace(said, directory)


def inside(text: str, directory: Directory) -> str | None:
    """The live namespace that words say something is in, wherever they stand; None for none."""
    words = text.split()
    beside = (word for before, word in pairwise(words) if before in ("in", "inside", "within", "-n"))
    return next((word for word in beside if word in directory.namespaces), None)


def _near_namespace(said: Said, directory: Directory) -> str | None:
    for match in _IN.finditer(said.text):
        word = said.unquoted(match[1])
        if word in directory or word in GRAMMAR or word in directory.kind_words or word[0].isdigit():
            continue
        if word in _LIVE and not directory.near_namespace(word):
            continue
        if match[0].startswith("in ") and not directory.near(word):
            return _cut(said, match, word)
    return None


def _cut(said: Said, match: re.Match[str], word: str) -> str:
    said.text = f"{said.text[: match.start()]}·{said.text[match.end() :]}"
    return word
