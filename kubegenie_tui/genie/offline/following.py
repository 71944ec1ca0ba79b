"""A sentence that goes on from an earlier one: what it leaves out is taken from there, or from the marked row."""

import re

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import WORKLOADS
from kubegenie_tui.genie.offline.intent import ALONE, Asked, Details

_PLACES = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "last": -1,
}  # fmt: skip
_PLACE = re.compile(
    rf"\W*(?:i mean |i meant |take |use |go with )?(?:the )?(?:(?P<word>{'|'.join(_PLACES)})(?: one| option| choice)?"
    r"|(?:number|no\.?|option|choice|#) ?(?P<number>[1-9]))(?:,? (?:please|pls|thanks|of (?:them|those|these)))*\W*",
    re.IGNORECASE,
)
THERE = "there"
"""The node that was talked about: `what runs on it?`."""
OWNED = frozenset({"pods", "replicasets.apps", "jobs.batch"})
"""Kinds that workloads make, and that are asked for by what made them."""
NEEDED = frozenset({"serviceaccounts", "configmaps", "secrets", "persistentvolumeclaims"})
"""Kinds that workloads need, and that are asked for by what needs them: `the service account of worker`."""
AROUND = frozenset({
    "endpoints", "endpointslices.discovery.k8s.io", "services", "ingresses.networking.k8s.io",
    "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy", "networkpolicies.networking.k8s.io",
})  # fmt: skip
"""Kinds that stand around a workload under names of their own."""
_ABOUT_ONE = frozenset({"logs", "describe", "get", "rollout-status", "rollout-history", "related"})
_ALIKE = frozenset({"", "list", "count"})


def continued(asked: Asked, earlier: Asked | None) -> Asked:
    """The sentence with what it leaves out."""
    if earlier is not None and earlier.names and asked.points == "it" and "change" in (asked.verb, earlier.verb):
        return msgspec.structs.replace(
            asked, kind=asked.kind or earlier.kind, names=earlier.names, namespace=earlier.namespace, recalled=True,
            points="",
        )  # fmt: skip
    if earlier is not None and earlier.names and asked.details.node == THERE:
        details = msgspec.structs.replace(asked.details, node=earlier.names[0])
        return msgspec.structs.replace(asked, details=details, points="")
    if earlier is None or earlier.verb in ALONE or asked.verb in ALONE or not goes_on(asked):
        return asked
    if earlier.names and earlier.kind != asked.kind and _wants_its(asked, said_it=earlier.verb not in _ALIKE):
        return msgspec.structs.replace(
            asked, verb=asked.verb or "list", names=earlier.names, namespace=earlier.namespace, points="",
            of_kind=earlier.kind if earlier.kind in WORKLOADS else "",
        )  # fmt: skip
    verb = asked.verb if asked.verb and not (asked.verb == "list" and _adds_little(asked)) else earlier.verb
    keeps_kind = not asked.names or earlier.verb in (*_ALIKE, "")
    same_answer = verb == earlier.verb or {verb, earlier.verb} <= _ALIKE
    recalled = not asked.names and (verb == "needs" or not (asked.kind and asked.plural))
    goes_over = same_answer or _picks(asked, verb, earlier)
    return msgspec.structs.replace(
        asked,
        verb="list" if asked.points == "it" and asked.verb == "list" and earlier.verb in _ALIKE else verb,
        kind=asked.kind or (earlier.kind if keeps_kind else ""),
        of_kind=asked.of_kind or ("" if asked.names or asked.kind else earlier.of_kind),
        plural=asked.plural if asked.kind else earlier.plural,
        names=earlier.names if recalled else asked.names,
        recalled=recalled,
        namespace=asked.namespace if asked.namespace is not None else earlier.namespace,
        details=_lines(asked.details.over(earlier.details) if goes_over else asked.details, verb),
        points="",
    )


def _wants_its(asked: Asked, *, said_it: bool) -> bool:
    """Whether those of a kind are asked for that belong to the object: `its pods`, and `the pods` where it was shown.

    `said_it`: whether it was the object alone that was spoken of.
    """
    is_plain = asked.verb in _ALIKE and not asked.names and asked.namespace is None
    is_its = asked.points == "it" or (said_it and not asked.verb and asked.plural)
    return is_plain and is_its and asked.kind in OWNED | NEEDED | AROUND


def _lines(details: Details, verb: str) -> Details:
    """Of a log, how many there may be is a number of lines: `only the last 10`."""
    if verb != "logs" or details.sort or not details.limit:
        return details
    return msgspec.structs.replace(details, tail=details.limit, limit=0)


def _picks(asked: Asked, verb: str, earlier: Asked) -> bool:
    """Whether it is about one or all of those that were listed: `why are they pending?`, `logs of the last one`."""
    named = asked.names or asked.kind or earlier.names
    return not named and verb in (*_ABOUT_ONE, "why") and earlier.verb in (*_ALIKE, "")


def place_in(text: str) -> int | None:
    """Which of several that were asked about is chosen, from 0, -1 for the last: `the second one`, `number 2`."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    word = match["word"] or match["number"]
    return int(word) - 1 if word.isdigit() else _PLACES[word.lower()]


def of_it(asked: Asked, it: ObjectRef) -> Asked:
    """The sentence with what the last wish was about: it, or those of a kind that belong to it."""
    replaced = msgspec.structs.replace
    if asked.details.node == THERE and it.kind == "nodes":
        return replaced(asked, details=replaced(asked.details, node=it.name), points="")
    if not asked.plural:
        return replaced(asked, names=(it.name,), kind=it.kind, namespace=it.namespace or None, points="")
    if asked.kind != "pods" or it.kind not in WORKLOADS:
        return asked
    return replaced(asked, names=(it.name,), of_kind=it.kind, namespace=it.namespace, points="")


def pointed(asked: Asked, focus: Focus) -> Asked:
    """The sentence with the marked row in place of a pronoun, or where an object is needed and none was named."""
    marked = focus.selected
    if asked.details.node == THERE:
        if marked is None or marked.kind != "nodes":
            details = msgspec.structs.replace(asked.details, node="")
            return msgspec.structs.replace(asked, details=details, points="")
        details = msgspec.structs.replace(asked.details, node=marked.name)
        return msgspec.structs.replace(asked, details=details, points="")
    if asked.verb == "explain" and not asked.kind and marked is not None:
        return msgspec.structs.replace(asked, kind=marked.kind, points="")
    needs = bool(asked.points) or (asked.verb in _ABOUT_ONE and not asked.kind and asked.namespace is None)
    if asked.verb == "change" and marked is not None and asked.kind not in ("", marked.kind):
        return asked
    if marked is not None and marked.kind in WORKLOADS and _wants_its(asked, said_it=False):
        return msgspec.structs.replace(
            asked, verb=asked.verb or "list", names=(marked.name,), of_kind=marked.kind, namespace=marked.namespace,
            points="",
        )  # fmt: skip
    if marked is None or asked.names or not needs or (asked.plural and asked.verb != "why"):
        return asked
    return msgspec.structs.replace(asked, names=(marked.name,), kind=marked.kind, namespace=marked.namespace or None)


def goes_on(asked: Asked) -> bool:
    """Whether a sentence makes sense only after an earlier one."""
    if asked.goes_on or asked.points == "it" or not (asked.verb or asked.kind):
        return True
    return asked.verb in _ABOUT_ONE and not (asked.names or asked.kind)


def _adds_little(asked: Asked) -> bool:
    """Whether `and in staging?` says no verb of its own: only a look word came."""
    return not asked.shows and not asked.kind and not asked.points
