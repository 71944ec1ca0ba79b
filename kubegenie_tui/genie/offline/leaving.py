"""What is left out of a list: `pods not in kube-system`, `deployments except web`, `all pods but the completed ones`.

What is left out is read as a list of its own, and what makes that one is turned round.
"""

import re
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import WORKLOADS, Directory
from kubegenie_tui.genie.offline.intent import Details, Intent
from kubegenie_tui.genie.offline.states import owned_names, terms_of
from kubegenie_tui.genie.wishes.phrases import phrases

Understanding = Callable[[Sequence[str]], Awaitable[Intent]]
_LISTS = frozenset({"list", "count"})
_OTHERS = frozenset({"events", "top", "overview", "logs"})
"""What else is shown of several things, and of all of them."""
_CONTRACTED = re.compile(r"n['’]t\b")
_GOES_ON = re.compile(r"(?:without|except|excluding|but not|not the|minus|apart from)\s", re.IGNORECASE)
"""Leaves something out of what was shown before: `without the completed ones`."""
_WITHOUT = re.compile(r"\bwithout(?= (?:the |any |all )?\S+ ones?\b)", re.IGNORECASE)
_BETWEEN = re.compile(r",? (?:and|or|nor) (?:not )?|, ")


async def all_but(sentences: Sequence[str], directory: Directory, understood: Understanding) -> Intent | None:
    """The list that the last sentence asks for, without what it leaves out; None when it leaves out nothing.

    Args:
        sentences: of a conversation, in order.
        directory: what lives in the cluster.
        understood: understands the last of some sentences.
    """
    if len(sentences) > 1 and _GOES_ON.match(sentences[-1]):
        sentences = [*sentences[:-2], f"{sentences[-2].rstrip(' ?.!')} {sentences[-1].lower()}"]
    leaving, said = phrases().leaving, _CONTRACTED.sub(" not", sentences[-1].strip(" ?.!"))
    said = _WITHOUT.sub("except", said)
    match = next((found for each in leaving if (found := each.fullmatch(said))), None)
    if match is None:
        return None
    whole = await understood([*sentences[:-1], f"{match['asked']}{match.groupdict().get('place') or ''}"])
    if whole.unknown or whole.choices or whole.verb not in _LISTS | _OTHERS:
        return None
    if whole.verb in _OTHERS or whole.details.missing or not whole.kind:
        return None if match.re is leaving[1] else _all(whole, match["out"])
    terms: list[str] = []
    for part in _BETWEEN.split(match["out"]):
        turned = await _turned_round(part, whole.kind, directory, understood)
        if not turned:
            is_said = match.re is leaving[0] or turned is None or _are_kinds(match["out"], directory)
            return _all(whole, match["out"]) if is_said else None
        terms += turned
    details = msgspec.structs.replace(whole.details, terms=(*whole.details.terms, *dict.fromkeys(terms)))
    return msgspec.structs.replace(whole, details=details)


def _are_kinds(out: str, directory: Directory) -> bool:
    return out.lower().removeprefix("the ") in directory.kind_words


def _all(whole: Intent, out: str) -> Intent:
    return msgspec.structs.replace(whole, note=f"I do not know how to leave out “{out}” here, so these are all.")


async def _turned_round(part: str, kind_id: str, directory: Directory, understood: Understanding) -> list[str] | None:
    """Terms of the tables' filter language that hold for all others.

    Empty where nothing is said that makes them others, None where several things do, of which one is enough.
    """
    kind = directory.kinds.resolve(kind_id)
    intent = await understood([f"{kind.plural} {part}"])
    if intent.unknown or intent.note or intent.kind not in ("", kind_id, *WORKLOADS):
        return []
    if refs := _refs(intent, directory.cluster):
        alike = {other for ref in refs for other in directory.find(ref.name, ref.kind)}
        return [f"!{_of(ref, kind_id)}" for ref in refs] if alike == {*refs} else None
    details = intent.details
    found = [*details.terms, terms_of(details.status, kind), f"NODE:^{details.node}$" if details.node else ""]
    if intent.namespace not in (None, "*"):
        found.append(f"{'NAME' if kind_id == 'namespaces' else 'NAMESPACE'}:^{intent.namespace}$")
    rest = msgspec.structs.replace(details, terms=(), status="", node="")
    terms = " ".join(filter(None, found)).split()
    if len(terms) > 1 or rest != Details():
        return None
    return [f"!{term}" for term in terms]


def _refs(intent: Intent, cluster: str) -> tuple[ObjectRef, ...]:
    """The objects that are named, where nothing else is said of them."""
    if intent.details != Details():
        return ()
    named = (ObjectRef(intent.kind, intent.name, intent.namespace or "", cluster),) if intent.name else ()
    return intent.choices or ((intent.owner,) if intent.owner is not None else named)


def _of(ref: ObjectRef, kind_id: str) -> str:
    return f"NAME:^{ref.name}$" if ref.kind == kind_id else owned_names(ref.kind, ref.name)
