"""Wishes to have the last change of a conversation taken back: `undo that`, `scale it back`, `put it back how it was`.

What a change was before is taken from the words of the conversation alone. Where these do not tell, it is asked: a
guessed number, or a revision instead of a number, would be a change that nobody asked for.
"""

import re
from collections.abc import Sequence
from typing import Any

from kubegenie_tui.genie.wishes.phrases import Phrases
from kubegenie_tui.genie.wishes.resolving import Deed
from kubegenie_tui.genie.wishes.targets import Target
from kubegenie_tui.genie.wishes.wish import Step, Wish

ASK = "What it was before was not said here. Say what it should be, or look at `:undo`: it takes back what was made."
ASK_WHAT = "What is to be removed is not said: what was set last, or all of {name}? Say `delete {name}`, or what it is."
_PUT_IN = frozenset({"set-env", "label", "annotate", "set-resources"})
"""Changes that put a part into an object, which can be taken out of it."""
_BESIDE = frozenset({"taint", "expose", "autoscale", "create", "patch"})
"""Changes that put something there which `it` may mean as well as the object."""
_INVERSE = {"cordon": "uncordon", "uncordon": "cordon", "drain": "uncordon", "suspend": "resume", "resume": "suspend"}
_ROLLED_OUT = frozenset({"set-image", "set-env", "set-resources", "rollback"})
"""Changes that a revision keeps: `revert it` means to roll them back."""
_DOWN = re.compile(r"\b(?P<down>down)\b|\bup\b", re.IGNORECASE)


def deed_back(text: str, wishes: Sequence[Wish], language: Phrases) -> Deed | Wish | None:
    """What takes the last change back, or a question what it was; None when the text asks for no such thing.

    Args:
        text: a clause, its politeness taken off.
        wishes: those of the conversation, the last one last.
        language: its phrase tables.
    """
    last = wishes[-1] if wishes else None
    if last is None or last.outcome != "write":
        return None
    if language.gone.fullmatch(text) is not None:
        return _without(last)
    if language.back.fullmatch(text) is None:
        return None
    if last.verb in _ROLLED_OUT:
        return None
    first = last.steps[0]
    deed = _inverse(last, wishes[:-1])
    if deed is not None and _fits(text, deed, first):
        return deed
    about = first.ref if last.verb == "scale" else None
    return Wish("ambiguous", last.verb, name=first.ref.name, kind=first.ref.kind, why=ASK, about=about)


def _without(last: Wish) -> Deed | Wish | None:
    """What takes out again what the last change put into its object; a question where that or the object is meant."""
    first = last.steps[0]
    target = _target_of(last.steps)
    is_same = all((step.verb, step.args) == (first.verb, first.args) for step in last.steps)
    if last.verb in _PUT_IN and target is not None and is_same:
        return Deed(first.verb, target, _emptied(first.args))
    if last.verb not in _PUT_IN | _BESIDE:
        return None
    return Wish(
        "ambiguous", "delete", name=first.ref.name, kind=first.ref.kind, why=ASK_WHAT.format(name=first.ref.name)
    )


def _emptied(args: dict[str, Any]) -> dict[str, Any]:
    """The arguments with no value left in what they set; which container is meant stays."""
    return {name: dict.fromkeys(said) if isinstance(said, dict) else said for name, said in args.items()}


def _inverse(last: Wish, earlier: Sequence[Wish]) -> Deed | None:
    """The opposite of all steps, or nothing: the half of a change is not taken back."""
    first = last.steps[0]
    target, is_one = _target_of(last.steps), len(last.steps) == 1
    if target is None or any((step.verb, step.args) != (first.verb, first.args) for step in last.steps):
        return None
    if first.verb in _INVERSE:
        return Deed(_INVERSE[first.verb], target)
    if first.verb in ("label", "annotate"):
        [(name, said)] = first.args.items()
        return Deed(first.verb, target, {name: dict.fromkeys(said)}) if None not in said.values() else None
    if first.verb == "scale" and is_one:
        args = _scaled_back(first, earlier)
        return Deed("scale", target, args) if args else None
    return None


def _scaled_back(step: Step, earlier: Sequence[Wish]) -> dict[str, Any]:
    """The opposite of what was added, or the number that was wished for before; nothing when none was said."""
    if "delta" in step.args:
        return {"delta": -step.args["delta"]}
    if step.args.get("factor") == 2:
        return {"factor": 0.5}
    if "replicas" not in step.args:
        return {}
    before = [each for wish in earlier for each in wish.steps if each.ref == step.ref and each.verb == "scale"]
    known = before and set(before[-1].args) == {"replicas"} and before[-1].args != step.args
    return dict(before[-1].args) if known else {}


def _fits(text: str, deed: Deed, step: Step) -> bool:
    """Whether `back up` leads up, and `back down` down, where both numbers are known."""
    way, now, then = _DOWN.search(text), step.args.get("replicas"), deed.args.get("replicas")
    return way is None or now is None or then is None or (then < now) == bool(way["down"])


def _target_of(steps: Sequence[Step]) -> Target | None:
    """What all steps were about, where one target can mean it."""
    refs = [step.ref for step in steps]
    if len({(ref.kind, ref.namespace) for ref in refs}) > 1:
        return None
    spaces = (refs[0].namespace,) if refs[0].namespace else ()
    return Target(tuple(ref.name for ref in refs), refs[0].kind, spaces)
