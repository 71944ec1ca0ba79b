"""Clauses whose words stand in an order of their own: `make please the rollback of web`, `cj backup run now`.

What a change is made of is taken out wherever it stands; the rest must be the name of one live thing, so that here too
no word is passed over.
"""

import re
from typing import Any

from kubegenie_tui.genie.wishes.arguments import NotSaid, arguments
from kubegenie_tui.genie.wishes.clauses import Clause
from kubegenie_tui.genie.wishes.phrases import FreeForm, Phrases
from kubegenie_tui.genie.wishes.resolving import Deed
from kubegenie_tui.genie.wishes.targets import TargetReader

_HANGING = re.compile(r"(?: (?:to|on|at|with|of|for))+$", re.IGNORECASE)
"""What is left of `on tag 5` without the tag."""
_AND = re.compile(r"\band\b", re.IGNORECASE)


class FreeReader:
    """Reads clauses that match no pattern."""

    def __init__(self, language: Phrases, targets: TargetReader) -> None:
        self._language = language
        self._targets = targets

    def deeds(self, clause: Clause) -> list[Deed]:
        """The ways to understand a clause word by word."""
        namespace = clause.flags.get("-n") or clause.flags.get("--namespace") or ""
        if set(clause.flags) - {"-n", "--namespace"}:
            return []
        found = (self._deed(form, clause, namespace) for form in self._language.free)
        return [deed for deed in found if deed is not None]

    def _deed(self, form: FreeForm, clause: Clause, namespace: str) -> Deed | None:
        rest, said = _taken_apart(form, clause.text)
        rest = _HANGING.sub("", rest)
        if not rest or _AND.search(rest) or self._language.words.states & {*rest.lower().split()}:
            return None
        target = self._targets.read(rest, namespace)
        is_one = len(target.names) == 1 or (target.points and not target.names)
        if not (target.is_clear and is_one) or target.unknown or target.too_much or target.lost_space:
            return None
        try:
            args: dict[str, Any] = arguments(form, said, clause, self._language.numbers)
        except (NotSaid, KeyError, ValueError):
            return None
        return Deed(form.verb, target, args, form.kinds)


def _taken_apart(form: FreeForm, text: str) -> tuple[str, dict[str, str]]:
    """What is left of a clause without the words of a change, and what they said; nothing where one is missing."""
    said: dict[str, str] = {}
    for pattern in form.needs:
        match = pattern.search(text)
        if match is None:
            return "", {}
        said |= {name: value for name, value in match.groupdict().items() if value}
        text = f"{text[: match.start()]} {text[match.end() :]}"
    for pattern in form.may:
        while (match := pattern.search(text)) is not None:
            said |= {name: value for name, value in match.groupdict().items() if value}
            text = f"{text[: match.start()]} {text[match.end() :]}"
    return " ".join(text.split()), said
