"""Wishes that only make sense after another: `and cart too`, `the same in staging`, `one more`."""

import re

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.wishes.resolving import Deed
from kubegenie_tui.genie.wishes.targets import Target, TargetReader
from kubegenie_tui.genie.wishes.waking import number_told
from kubegenie_tui.genie.wishes.wish import Wish

_SAME = re.compile(
    r"(?:(?:and |also |now )*do (?:(?:it|that|this)(?: again)? (?:for|to|with|on|in)|the one (?:in|of|for|on))"
    r"|(?:and |also |now )*(?:do )?(?:the )?same"
    r"(?: (?:thing|variables?|env|labels?|annotations?|image|tag|version|limits?|requests?|number|replicas|size))?"
    r"(?: for| to| with| on| in)?|(?:and|also)(?: for)?)"
    r"(?: the)? "
    r"(?P<T>.+?)(?: too| as well| also)?",
    re.IGNORECASE,
)
_DO_TOO = re.compile(
    r"(?:(?:and|also|now|then|please)[ ,]+)*do (?:the )?(?P<T>(?!it\b|that\b|this\b|so\b).+?)"
    r" (?:too|as well|also)(?: please)?",
    re.IGNORECASE,
)
_TOO = re.compile(r"(?P<T>.+?)(?: too| as well| also)", re.IGNORECASE)
_ALSO = re.compile(r"\W*(?:and )?also (?:for )?(?:the )?(?P<T>.+?)\W*", re.IGNORECASE)
_THE_ONE = re.compile(r"(?:the |that |one |in |just |only )*(?P<T>.+?)(?: one)?", re.IGNORECASE)
_MORE = re.compile(r"(?P<D>\d+|one|two|three|another) ?(?P<W>more|less|fewer)?", re.IGNORECASE)
_MAKE = re.compile(
    r"(?:better |rather )?(?:make|set|scale|put|bring) (?:it|that|them)(?: to| at)? (?P<N>\d+|\w+)(?: instead)?"
    r"|(?:(?:go|scale|bring|put|set|take) (?:it )?)?back(?: up| down)? to (?P<K>\d+|\w+)(?: replicas| pods| instances)?"
    r"|(?:no|nope|nah|sorry|actually)[ ,]+(?:make (?:it|that) )?(?P<A>\d+)"
    r"|(?:(?:hm+|no|nope|nah|well|ok|oh|actually|sorry|but|rather)[ ,]+)*(?:(?:only|just) )?(?P<E>\d+|[a-z]+)"
    r" (?:(?:is|are|will be|would be) (?:enough|plenty|fine|sufficient)|(?:will|would|should) do)"
    r"|(?P<M>\d+) instead|(?:better|rather|or better|or rather)(?: to)? (?P<B>\d+)(?: instead)?",
    re.IGNORECASE,
)
_IN = re.compile(r"^(?:in|for) (?:the )?", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?P<T>.+?)(?: (?:to|at))? (?P<N>\d+)"
    r"|(?:(?:to|at) )?(?P<M>\d+)(?: replicas| pods| instances)? (?P<IN>(?:in|for|on) .+)",
    re.IGNORECASE,
)


_AND_TO = re.compile(r"(?:(?:and|also|then)[ ,]+)+(?:the )?(?P<T>.+?) (?:to|at) (?P<N>\d+)", re.IGNORECASE)
"""`and cart to 2`."""
_AMOUNT = re.compile(
    r"(?:with |to |at |make (?:it|that) |rather |better )*(?P<A>\d+(?:\.\d+)?(?:[KMGT]i?|m))(?: instead)?"
)
_PAIR = re.compile(
    r"(?:and|also|plus)(?: (?:also|set|put|add|the|label|annotation|variable|var|env))* (?P<K>[\w./-]+)=(?P<V>\S+?)"
    r"(?: too| as well| please)*",
    re.IGNORECASE,
)
"""`and team=qa`, after a label was put."""
_PAIRS_OF = {"label": "labels", "annotate": "annotations", "set-env": "env"}
_ONE_OF = re.compile(r"^(?:the |that )([a-z0-9][\w-]*) one$", re.IGNORECASE)
"""`the staging one`."""
_ELSEWHERE = re.compile(
    r"(?:and |so )*(?:what about |how about )?(?:the (?:one|same) )?(?:in|for|on) (?:the )?(?P<T>[a-z0-9][\w-]*)"
    r"(?: namespace| ns)?",
    re.IGNORECASE,
)
_BACK = re.compile(r"(?:back|again|then)(?: again)?(?: up| down)?(?: again)? to (?P<N>\d+)", re.IGNORECASE)


class Repeater:
    """Reads what goes on from the wish before."""

    def __init__(
        self, last: Wish | None, targets: TargetReader, numbers: dict[str, int], about: tuple[str, ...] = ()
    ) -> None:
        """A reader after a wish; after none it understands nothing. `about`: the names that were spoken of last."""
        self._last = last
        self._targets = targets
        self._numbers = numbers
        self._about = about

    def after(self, text: str, before: Deed) -> Deed | None:
        """The next part of one sentence: `scale web to 3 and cart to 5`, `restart web, and cart`."""
        numbered = _NUMBERED.fullmatch(text) if "replicas" in before.args else None
        if "replicas" in before.args and (back := _BACK.fullmatch(text)) is not None:
            return Deed(before.verb, before.target, {"replicas": int(back["N"])}, before.only)
        said = (numbered["T"] or numbered["IN"]) if numbered else text
        target = self._targets.read(_IN.sub("", said) if numbered else said, elsewhere=numbered is not None)
        if numbered and target.namespaces and not target.names and target.is_clear:
            target = Target(before.target.names, before.target.kind, target.namespaces)
        if not target.is_clear or target.unknown or not (target.names or target.points):
            return None
        args = {"replicas": int(numbered["N"] or numbered["M"])} if numbered else before.args
        return Deed(before.verb, target, args, before.only, "" if numbered else before.asks)

    def again(self, text: str, whole: str) -> Deed | None:
        """A sentence that goes on from the last one; `whole`: with the words that may be politeness."""
        last = self._last
        if last is None or not last.verb:
            return None
        if last.outcome == "ambiguous":
            if (told := number_told(text, last, self._numbers)) is not None:
                return told
            chosen = _THE_ONE.fullmatch(text)
            return self.same(chosen["T"]) if chosen else self.same(text)
        if (numbered := _AND_TO.fullmatch(whole.strip(" .!"))) is not None and (deed := self.same(numbered["T"])):
            return (
                msgspec.structs.replace(deed, args={"replicas": int(numbered["N"])}) if deed.verb == "scale" else None
            )
        if (more := self._other_amount(text) or self._one_more_pair(whole.strip(" .!"))) is not None:
            return more
        way = self._otherwise(text) or self._otherwise(whole.strip(" .!"))
        if way is not None:
            return way
        match = (
            _SAME.fullmatch(text)
            or _DO_TOO.fullmatch(whole.strip(" .!"))
            or _TOO.fullmatch(text)
            or _ALSO.fullmatch(whole)
        )
        return self.same(match["T"]) if match is not None else None

    def same(self, phrase: str) -> Deed | None:
        """What was wished for last, for something else, for the same elsewhere, or for the one of several meant."""
        phrase = _ONE_OF.sub(r"\1", phrase)
        last, target = self._last, self._targets.read(phrase, elsewhere=True)
        if last is not None and last.outcome == "ambiguous" and last.verb and target.unknown:
            chosen = [ref for ref in last.choices if phrase.lower() in ref.namespace.split("-")]
            target = target_of(chosen[0]) if len(chosen) == 1 else target
        if last is None or not last.verb or not target.is_clear or target.unknown:
            return None
        args = last.steps[-1].args if last.steps else last.args
        if last.outcome == "ambiguous":
            chosen = [ref for ref in last.choices if _is_meant(ref, target)]
            return Deed(last.verb, target_of(chosen[0]), args, asks=last.asks) if len(chosen) == 1 else None
        if last.outcome != "write":
            return None
        if target.namespaces and not target.names:
            ref = last.steps[-1].ref
            target = Target((ref.name,), target.kind or ref.kind, target.namespaces)
        return Deed(last.verb, target, args) if target.names else None

    def _other_amount(self, text: str) -> Deed | None:
        """Another amount of what the last change set one amount of: `with 4Gi instead`."""
        last, match = self._last, _AMOUNT.fullmatch(text)
        if last is None or match is None or len(last.steps) != 1 or last.steps[0].verb != "set-resources":
            return None
        step = last.steps[0]
        groups = [name for name in ("limits", "requests") if name in step.args]
        amounts = step.args[groups[0]] if len(groups) == 1 else {}
        if len(amounts) != 1:
            return None
        return Deed(step.verb, target_of(step.ref), {**step.args, groups[0]: dict.fromkeys(amounts, match["A"])})

    def _one_more_pair(self, text: str) -> Deed | None:
        """Another pair for what was given one last: `and team=qa`."""
        last, match = self._last, _PAIR.fullmatch(text)
        if last is None or match is None or len(last.steps) != 1 or last.steps[0].verb not in _PAIRS_OF:
            return None
        step = last.steps[0]
        return Deed(step.verb, target_of(step.ref), {_PAIRS_OF[step.verb]: {match["K"]: match["V"]}})

    def asked_elsewhere(self, text: str) -> Deed | None:
        """The last change in another namespace, where a question asks about that one: `and in staging?`."""
        match = _ELSEWHERE.fullmatch(text)
        if match is None or self._last is None or self._last.outcome != "write" or len(self._last.steps) != 1:
            return None
        target = self._targets.read(match["T"], elsewhere=True)
        return self.same(match["T"]) if target.namespaces and not target.names else None

    def _otherwise(self, text: str) -> Deed | None:
        """Another number of the same object."""
        last = self._last
        if last is None or not last.steps:
            return None
        step = last.steps[-1]
        target = target_of(step.ref)
        if step.verb != "scale" or not all(_is_part(name, step.ref.name) for name in self._about):
            return None
        if (make := _MAKE.fullmatch(text)) and (number := self._number(next(filter(None, make.groups())))) is not None:
            return Deed("scale", target, {"replicas": number})
        if (more := _MORE.fullmatch(text)) and (more["W"] or more["D"].lower() == "another"):
            number = self._number(more["D"]) or 1
            return Deed("scale", target, {"delta": -number if (more["W"] or "more").lower() != "more" else number})
        return None

    def _number(self, text: str) -> int | None:
        return int(text) if text.isdigit() else self._numbers.get(text.lower())


def target_of(ref: ObjectRef) -> Target:
    """A target that means exactly one object."""
    return Target((ref.name,), ref.kind, (ref.namespace,) if ref.namespace else ())


def _is_part(name: str, whole: str) -> bool:
    """Whether something is a thing itself, or of it by its name: a pod of a workload."""
    return name == whole or name.startswith(f"{whole}-")


def _is_meant(ref: ObjectRef, target: Target) -> bool:
    return (
        (not target.kind or ref.kind == target.kind)
        and (not target.namespaces or ref.namespace in target.namespaces)
        and (not target.names or ref.name in target.names)
        and bool(target.kind or target.namespaces or target.names)
    )
