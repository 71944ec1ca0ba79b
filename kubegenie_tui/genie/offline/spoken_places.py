"""Namespaces as they are spoken of: `checkout in staging`, `the staging checkout`, where that is `shop-staging`."""

import re
from collections.abc import Collection

from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR

_BEFORE = frozenset({"in", "inside", "within", "on", "from", "for", "to", "into", "of"})
_ARTICLES = frozenset({"the", "our", "my"})
_EXACT = frozenset({"namespace", "namespaces", "ns", "-n", "--namespace", "project"})
"""Beside such a word a namespace is called by its name, or is not there."""
_ONE = frozenset({"one", "ones"})
_SHORTEST = 3
"""Letters of a part of a name."""
_TO_A_CLUSTER = re.compile(
    r"\W*(?:[a-z]+ ){0,3}?(?:(?:switch|use|connect|change|go|select|set|jump|move)\b.{0,40}\b(?:cluster|context|ctx)"
    r"|kubectx)\b",
    re.IGNORECASE,
)
"""Goes to a cluster, which may be called like a part of a namespace."""
_MARKS = ",.?!:;\"'`"


def placed(text: str, directory: Directory, clusters: Collection[str] = ()) -> str:
    """The text with namespaces in place of the parts of their names that can mean one of them alone.

    Args:
        text: what was said.
        directory: what lives in the cluster.
        clusters: names that mean a cluster.
    """
    if _TO_A_CLUSTER.match(text):
        return text
    words = text.split()
    bare = [word.strip(_MARKS).lower() for word in words]
    for at, word in enumerate(bare):
        is_ours = word == directory.cluster
        if len(word) < _SHORTEST or (word in clusters and not is_ours) or _has_meaning(word, directory):
            continue
        ends = words[at][-1:] in _MARKS or bare[at + 1 : at + 2] == [] or bare[at + 1] in GRAMMAR
        if not _stands(bare, at, directory, ends=ends):
            continue
        space = _meant(word, bare, directory, surely=is_ours)
        if space:
            words[at] = words[at].lower().replace(word, space)
    return " ".join(words) if words != text.split() else text


def _has_meaning(word: str, directory: Directory) -> bool:
    return word in directory or word in directory.namespaces or word in directory.kind_words or word in GRAMMAR


def _stands(words: list[str], at: int, directory: Directory, *, ends: bool) -> bool:
    """Whether a word is where a namespace is said: behind a preposition, or beside a name, a kind, or `one`.

    `ends`: nothing follows that the word may belong to, as in `in kube terms`.
    """
    before, after = words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if before in _EXACT or after in _EXACT:
        return False
    led = words[at - 2] if before in _ARTICLES and at > 1 else before
    is_behind = not after or after in GRAMMAR
    is_inside = ends and led in _BEFORE and not _is_thing(after, directory)
    return is_inside or after in _ONE or _is_thing(after, directory) or (_is_thing(before, directory) and is_behind)


def _is_thing(word: str, directory: Directory) -> bool:
    return word in directory.kind_words or any(ref.kind != "namespaces" for ref in directory.find(word))


def _meant(word: str, words: list[str], directory: Directory, *, surely: bool) -> str:
    """The only namespace of whose name a word is a part, and in which what is named lives; empty for none.

    `surely`: only where something is named, for the word may mean the cluster as well.
    """
    spaces = [space for space in directory.namespaces if word in space.split("-")]
    if len(spaces) > 1 or surely:
        named = [[ref.namespace for ref in directory.find(each)] for each in words if each in directory]
        spaces = [space for space in spaces if named and all(space in found for found in named if any(found))]
    return spaces[0] if len(spaces) == 1 else ""
