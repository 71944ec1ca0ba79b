"""Slips of the pen in the words of grammar, mended with the live names in mind: a name is never mistaken for a slip."""

import re
from functools import lru_cache
from itertools import pairwise

from kubegenie_tui.domain.nearness import distance
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.offline.vocabulary import CUES, GRAMMAR
from kubegenie_tui.genie.offline.words import QUOTE, Said

_SHORT = {"hwo": "how", "teh": "the", "wich": "which", "wht": "what", "waht": "what", "lgos": "logs", "pdos": "pods",
          "hw": "how", "hwy": "why", "wat": "what", "shwo": "show", "lsit": "list", "adn": "and",
          "happend": "happened"}  # fmt: skip
_DEPLOY = re.compile(r" ((?:(?:get|list|show|describe|of|for|the|in|all|me|which|many|top|logs|kubectl) )+)deploy ")
_SHORT_KIND = re.compile(r"^ (get|describe|top) (no|ev)(?= )")
_WHY = re.compile(r"^ y (?=(?:is|are|does|do|did|was|were|has|have|can|will|not) )")
_FIRST_KIND = re.compile(r"^ ev (?=\S)")
_SHORTEST = 4
_LONG = 8


def mend(said: Said, directory: Directory) -> None:
    """Replace misspelt words of grammar, and `deploy` where it is short for deployments."""
    spoken = said.words()
    words = [
        word if word in directory or _may_be_name(before, directory) else _SHORT.get(word, _mended(word, directory))
        for before, word in pairwise(["", *spoken])
    ]
    said.text = f" {' '.join(words)} " if words != ["deploy"] else " deployments "
    said.text = _WHY.sub(" why ", said.text)
    said.text = _FIRST_KIND.sub(" events ", said.text)
    said.text = _SHORT_KIND.sub(lambda match: f" {match[1]} {'nodes' if match[2] == 'no' else 'events'}", said.text)
    said.text = _DEPLOY.sub(lambda match: f" {match[1]}{_deployments(match, directory)} ", said.text)


def _may_be_name(before: str, directory: Directory) -> bool:
    """Whether what stands behind a word may be a name: of a kind whose names were not read yet, `platform shop`."""
    kind = directory.kind_words.get(before)
    return kind is not None and kind not in directory.read


def _deployments(match: re.Match[str], directory: Directory) -> str:
    """`deploy` written out: one where a name follows, else several."""
    name, *_ = [*match.string[match.end() :].split(), ""]
    return "deployment" if directory.find(name, "deployments.apps") else "deployments"


def _mended(word: str, directory: Directory) -> str:
    if len(word) < _SHORTEST or not word.isalpha() or word.startswith(QUOTE) or _is_known(word, directory):
        return word
    slips = 2 if len(word) >= _LONG else 1
    kinds = frozenset(name for name in directory.kind_words if len(name) > _SHORTEST and name.isalpha())
    score, cue = _nearest(word, kinds, slips)
    if score > slips or _is_nearer_to_a_name(word, score, directory):
        return word
    return cue


@lru_cache(maxsize=1024)
def _nearest(word: str, kinds: frozenset[str], slips: int) -> tuple[int, str]:
    """How far the nearest cue or kind is, and which one; further than `slips` for none. A sentence is read often."""
    near = (cue for cue in CUES | kinds if abs(len(cue) - len(word)) <= slips)
    return min(((distance(word, cue, slips), cue) for cue in near), default=(slips + 1, ""))


def _is_known(word: str, directory: Directory) -> bool:
    known = word in directory or word in directory.namespaces
    return known or word in GRAMMAR or word in directory.kind_words


def _is_nearer_to_a_name(word: str, score: int, directory: Directory) -> bool:
    near = [*directory.near(word)[:1], *directory.near_namespace(word)[:1]]
    return any(distance(word, name, score) <= score and name not in GRAMMAR for name in near)
