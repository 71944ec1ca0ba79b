"""An understood sentence as data: class, verb, target, arguments, and whether a change would be proposed."""

import re
from typing import Any

from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.intent import Details, Intent
from kubegenie_tui.genie.offline.wishes import REFUSED
from kubegenie_tui.genie.wishes.wish import HANDED, Step, Wish

_CLASSES = {
    "why": "why", "open": "navigate", "switch-context": "navigate", "hello": "smalltalk", "thanks": "smalltalk",
    "": "unsupported",
}  # fmt: skip
_VERBS = {
    "open": "open", "where-am-i": "current-context", "kinds": "api-resources", "who": "",
    "change": "", "meaning": "explain", "images": "list", "expiry": "list",
    "releases": "list", "clusters": "contexts", "uses": "related",
    "needs": "related", "changes": "rollout-history", "hello": "", "thanks": "",
}  # fmt: skip
_ABOUT_ONE = frozenset({"logs", "describe", "get", "uses", "needs", "related", "rollout-status", "rollout-history"})
_COLUMNS = {"RESTARTS": "restarts", "AGE": "age", "IMAGES": "image", "TYPE": "type"}
_SORTED = {"MEM": "memory"}
_STATES = {"not-running": "not-ready"}
_BOUNDS = {"minReplicas": "min", "maxReplicas": "max"}
_ESCAPED = re.compile(r"\\(.)")
_LABEL = re.compile(r"[\w./-]+")


def report(intent: Intent, kinds: KindIndex) -> dict[str, Any]:
    """The fields of one line of `kubegenie intent`."""
    if not intent.also:
        return _report(intent, kinds)
    told = [_report(each, kinds) for each in (intent, *intent.also)]
    steps = [step for each in told for step in each.pop("steps", [each])]
    changes = next((step["class"] for step in steps if step["writes"]), told[0]["class"])
    return {**told[0], "class": changes, "writes": any(step["writes"] for step in steps), "steps": steps}


def _report(intent: Intent, kinds: KindIndex) -> dict[str, Any]:
    if intent.wish is not None:
        return _wished(intent.wish, kinds)
    told: dict[str, Any] = {
        "class": _class(intent),
        "verb": _verb(intent) or None,
        "kind": _kind(intent, kinds) or None,
        "name": intent.name or None,
        "namespace": intent.namespace,
        "args": _args(intent),
        "writes": False,
    }
    if intent.owner is not None and intent.verb == "needs":
        told |= {"kind": _plural(intent.owner.kind, kinds), "name": intent.owner.name}
    elif intent.owner is not None:
        told["args"]["owner"] = intent.owner.name
    if intent.verb == "switch-context":
        told["name"] = intent.details.subject or None
    if intent.choices:
        told["choices"] = [_choice(each, kinds) for each in intent.choices]
    return told


def _wished(wish: Wish, kinds: KindIndex) -> dict[str, Any]:
    """A change of which every word was understood, or that is not to be made."""
    steps = [_wished_step(step, kinds) for step in wish.steps]
    first = steps[0] if steps else {
        "verb": wish.verb or None, "kind": _plural(wish.kind, kinds) or None, "name": wish.name or None,
    }  # fmt: skip
    told = {
        "namespace": None,
        "args": wish.args,
        **first,
        "class": wish.outcome,
        "writes": any(step["writes"] for step in steps),
    }
    if len(steps) > 1:
        told["steps"] = steps
    if wish.choices:
        told["choices"] = [_choice(each, kinds) for each in wish.choices]
    return told


def _wished_step(step: Step, kinds: KindIndex) -> dict[str, Any]:
    ref = step.ref
    kind, space = _plural(ref.kind, kinds), ref.namespace or None
    return {
        "class": "write", "verb": step.verb, "kind": kind, "name": ref.name, "namespace": space,
        "args": step.args | _bounds(step.args.get("fields", {})),
        "writes": step.verb not in HANDED,
    }  # fmt: skip


def _bounds(fields: dict[str, Any]) -> dict[str, int]:
    """The bounds of an autoscaler among single fields, under the names that they have where one is made."""
    return {_BOUNDS[name]: int(value) for name, value in fields.items() if name in _BOUNDS and str(value).isdigit()}


def _class(intent: Intent) -> str:
    if intent.choices:
        return "ambiguous"
    if intent.unknown:
        return "unsupported"
    if intent.verb in _ABOUT_ONE and not (intent.name or intent.owner or intent.kind or intent.details.terms):
        return "unsupported"
    if intent.verb != "change":
        return _CLASSES.get(intent.verb, "read")
    return "refuse" if intent.reply in REFUSED else "unsupported"


def _verb(intent: Intent) -> str:
    if intent.verb == "images" and intent.name:
        return "get"
    if intent.verb == "open" and not intent.name and intent.namespace and intent.kind in ("", "namespaces"):
        return "switch-namespace"
    return _VERBS.get(intent.verb, intent.verb)


def _kind(intent: Intent, kinds: KindIndex) -> str:
    """What expires is a certificate where such a kind is served."""
    expiring = kinds.find("certificates") if intent.verb == "expiry" and not intent.kind else None
    return expiring.plural if expiring else _plural(intent.kind, kinds)


def _plural(kind_id: str, kinds: KindIndex) -> str:
    kind = kinds.get(kind_id)
    return kind.plural if kind else kind_id


def _choice(ref: ObjectRef, kinds: KindIndex) -> str:
    return f"{_plural(ref.kind, kinds)}/{ref.namespace}/{ref.name}"


def _args(intent: Intent) -> dict[str, Any]:
    told = _narrowing(intent.details)
    if intent.kind == "nodes" and told.get("status") == "pending":
        told["status"] = "cordoned"
    return told


def _named(subject: str) -> str:
    """Somebody by the name alone: what it is the name of is told by the rules of a cluster."""
    return subject.removeprefix("user/").removeprefix("serviceaccount/")


def _narrowing(details: Details) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": _STATES.get(details.status, details.status), "limit": details.limit,
        "sort_by": _SORTED.get(details.sort, details.sort.lower()), "path": details.path,
        "group_by": _COLUMNS.get(details.group_by, details.group_by.lower()), "since": _duration(details.since),
        "tail": details.tail, "grep": details.grep, "previous": details.previous,
        "container": details.container, "node": details.node,
        "follow": details.follow, "output": details.output,
        "action": details.action, "subject": _named(details.subject),
        "revision": details.revision, "missing": details.missing,
        "type": "Warning" if details.warnings else "", "namespaces": [*details.namespaces],
    }  # fmt: skip
    labels: dict[str, str] = {}
    for term in details.terms:
        found = _of_term(term)
        labels |= found.pop("labels", {})
        told |= found
    told["labels"] = labels
    told["except"] = [term[1:] for term in details.terms if term.startswith("!")]
    told["except"] += [term.replace("!=", "=") for term in details.terms if "!=" in term]
    return {name: value for name, value in told.items() if value}


def _of_term(term: str) -> dict[str, Any]:
    """A term of the tables' filter language as an argument: `RESTARTS:>5`, `TYPE:cluster`, `app=web`."""
    title, is_column, value = term.partition(":")
    name = _COLUMNS.get(title, "") if is_column else ""
    value = _ESCAPED.sub(r"\1", value)
    if name:
        return {name: value}
    key, is_label, value = term.partition("=")
    return {"labels": {key: value}} if is_label and _LABEL.fullmatch(key) else {}


def _duration(seconds: int) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s" if seconds else ""
