"""Wishes that leave out how many: what is woken, or scaled up. What was said before tells it, or it is asked."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from kubegenie_tui.genie.wishes.resolving import Deed
from kubegenie_tui.genie.wishes.targets import Target
from kubegenie_tui.genie.wishes.wish import Step, Wish

_NUMBER = re.compile(
    r"(?:(?:make|set|scale) (?:it|that|them) )?(?:to |with |on )?(?P<N>\d+|[a-z]+)"
    r"(?: (?:replicas?|pods?|copies|instances?))?",
    re.IGNORECASE,
)


def completed(asking: Wish, asks: str, wishes: Sequence[Wish]) -> Wish:
    """The wish with the number that it had before it was put to sleep in this conversation; else a question back.

    Args:
        asking: the change, its number left out.
        asks: the question; `{name}` is what it is about.
        wishes: those of the conversation, the last one last.
    """
    ref, *others = (step.ref for step in asking.steps)
    if others:
        return Wish("ambiguous", asking.verb, kind=ref.kind, why=asks.format(name=ref.name))
    said = [step.args for wish in wishes for step in wish.steps if (step.ref, step.verb) == (ref, "scale")]
    if len(said) > 1 and said[-1] == {"replicas": 0} and said[-2].get("replicas"):
        return Wish("write", "scale", (Step("scale", ref, said[-2]),))
    why = asks.format(name=ref.name)
    return Wish("ambiguous", asking.verb, name=ref.name, kind=ref.kind, why=why, about=ref)


def number_told(text: str, last: Wish | None, numbers: Mapping[str, int]) -> Deed | None:
    """The answer to such a question: `3`, `to three replicas`."""
    number = number_in(text, numbers)
    if last is None or last.about is None or number is None:
        return None
    ref = last.about
    target = Target((ref.name,), ref.kind, (ref.namespace,) if ref.namespace else ())
    return Deed(last.verb, target, {"replicas": number})


def renumbered(deeds: Sequence[Deed], text: str) -> list[Deed]:
    """One wish with the number that corrects it, in digits: `scale web to 5, I mean 3`; nothing for any other."""
    number = number_in(text, {})
    is_scaled = len(deeds) == 1 and deeds[0].args.keys() == {"replicas"}
    return [msgspec.structs.replace(deeds[0], args={"replicas": number})] if is_scaled and number is not None else []


def number_in(text: str, numbers: Mapping[str, int]) -> int | None:
    """The number of replicas that is all that a text says; None when it says anything else."""
    match = _NUMBER.fullmatch(text)
    said = match["N"].lower() if match is not None else ""
    return int(said) if said.isdigit() else numbers.get(said)
