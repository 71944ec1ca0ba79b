"""Several things, each in a namespace of its own: `scale web in staging and cart in prod to 3`; `restart it there`."""

import re

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.targets import Target

_PLACED = r"[a-z0-9][\w.-]* (?:in|from|of) (?:the )?(?:namespace |ns )?[a-z0-9][\w-]*(?: namespace| ns)?(?![\w-])"
_JOINT = r"(?:,? and |, )"
_NEXT = rf"(?:the |our )?(?:(?P<kind>\w+) )?(?P<placed>{_PLACED})"
_FIRST = re.compile(
    rf"(?P<first>(?<!\S){_PLACED})(?P<more>(?:{_JOINT}(?:the |our )?(?:\w+ )?{_PLACED})+)", re.IGNORECASE
)
_MORE = re.compile(rf"{_JOINT}(?P<whole>{_NEXT})", re.IGNORECASE)
_THERE = re.compile(r" (?:over |in )?there$", re.IGNORECASE)


def spread(sentence: str, directory: Directory) -> list[str]:
    """One sentence for each of several things that live where they are said to; none where one of them does not."""
    match = _FIRST.search(sentence)
    if match is None:
        return []
    others = list(_MORE.finditer(match["more"]))
    kinds = {each["kind"].lower() for each in others if each["kind"]}
    placed = [match["first"], *(each["placed"] for each in others)]
    if kinds - directory.kind_words.keys() or not all(_lives(each, directory) for each in placed):
        return []
    said = [match["first"], *(each["whole"] for each in others)]
    return [f"{sentence[: match.start()]}{each}{sentence[match.end() :]}" for each in said]


def _lives(placed: str, directory: Directory) -> bool:
    name, _, *place = placed.lower().split()
    spaces = [word for word in place if word in directory.namespaces]
    return len(spaces) == 1 and any(ref.namespace for ref in directory.find(name, namespace=spaces[0]))


def at_that_place(text: str, before: Target | None, it: ObjectRef | None) -> str:
    """A clause with the namespace that `there` means, where only one can be meant: of `before`, else of `it`."""
    known = (it.namespace,) if it is not None and it.namespace else ()
    spaces = before.namespaces if before is not None else known
    return _THERE.sub(f" in {spaces[0]}", text) if len(spaces) == 1 else text
