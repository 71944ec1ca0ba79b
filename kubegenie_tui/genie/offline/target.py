"""Which live object, namespace or kind a sentence means; a near miss is mended and said, a double meaning is asked."""

import re

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import WORKLOADS, Directory
from kubegenie_tui.genie.offline.following import AROUND, NEEDED, OWNED
from kubegenie_tui.genie.offline.intent import ALONE, Asked, Intent, Verb
from kubegenie_tui.genie.offline.meaning import Meaning, Meanings

_BY_STATE = {
    "unbound": "persistentvolumeclaims",
    "bound": "persistentvolumeclaims",
    "cordoned": "nodes",
    "suspended": "cronjobs.batch",
}
_ABOUT_ONE = frozenset({
    "logs", "describe", "get", "uses", "needs", "related", "rollout-status", "rollout-history",
})  # fmt: skip
_OF_ONE: dict[Verb, Verb] = {"": "describe", "list": "describe", "count": "describe", "overview": "why"}
"""What is done with one object, where the words would do it with many."""
_MOST_CHOICES = 9
_NAME_LIKE = re.compile(r"[-.\d]")


class Resolver:
    """Resolves one sentence."""

    def __init__(self, asked: Asked, directory: Directory, focus: Focus) -> None:
        self._asked = asked
        self._directory = directory
        self._focus = focus
        self._note = ""
        self._space = asked.namespace

    def resolve(self) -> Intent:
        """What is to be done, with what."""
        asked = self._asked
        base = Intent(asked.verb, asked.kind, namespace=asked.namespace, details=asked.details, shows=asked.shows)
        if asked.verb in ALONE:
            return msgspec.structs.replace(base, name=next(iter(asked.names), ""), raw=asked.raw)
        lost = self._settle_namespace()
        if lost is not None:
            return msgspec.structs.replace(base, unknown=lost, unknown_is="namespace", near=self._near_spaces(lost))
        base = msgspec.structs.replace(base, namespace=self._space, note=self._note)
        if asked.passed_over:
            self._note = f"{self._note} I left out “{asked.passed_over}”: I do not know how to look for that.".strip()
            base = msgspec.structs.replace(base, note=self._note)
        self._meanings = Meanings(asked, self._directory, self._focus, self._space)
        meaning = self._meanings.find()
        if meaning is None:
            return self._around(base) or self._without_name(base)
        return self._with_name(base, meaning)

    def _around(self, base: Intent) -> Intent | None:
        """What stands around a workload, where one kind of it is asked for: `endpoints of checkout`."""
        asked, scope = self._asked, "" if self._space in (None, "*") else self._space or ""
        if asked.kind not in AROUND or asked.verb not in ("list", "") or not asked.names:
            return None
        found = [ref for ref in self._directory.find(asked.names[0], "", scope) if ref.kind in (*WORKLOADS, "services")]
        refs = self._meanings.narrowed(found)
        if len(refs) != 1:
            return msgspec.structs.replace(base, verb="related", choices=tuple(refs)) if refs else None
        [ref] = refs
        details = {"kind": ref.kind, "name": ref.name, "namespace": ref.namespace or None}
        return msgspec.structs.replace(base, verb="related", **details)

    # Namespace

    def _settle_namespace(self) -> str | None:
        """Mend a misspelt namespace; the word when there is none like it."""
        space, directory = self._space, self._directory
        if space in (None, "*") or space in directory.namespaces or "namespaces" in directory.denied:
            return None
        near = self._near_spaces(space or "")
        if len(near) != 1:
            return space
        self._note, self._space = f"There is no namespace {space}; I took {near[0]}.", near[0]
        return None

    def _near_spaces(self, space: str) -> tuple[str, ...]:
        return tuple(self._directory.near_namespace(space))

    # The whole

    def _without_name(self, base: Intent) -> Intent:
        asked = self._asked
        if asked.names and (
            asked.verb in (*_ABOUT_ONE, "why", "open")
            or (asked.verb in ("", "list") and not asked.kind)
            or self._is_named()
        ):
            word = asked.names[0]
            near = tuple(self._directory.near(word, asked.kind))[:5]
            if asked.verb in ("", "list") and not asked.kind and not near and not _NAME_LIKE.search(word):
                return msgspec.structs.replace(base, verb="")
            return msgspec.structs.replace(base, verb=asked.verb or "describe", unknown=word, near=near)
        base = self._with_leftovers(base)
        if asked.verb in ("describe", "get") and asked.kind in ("", "namespaces") and base.namespace not in (None, "*"):
            return msgspec.structs.replace(base, kind="namespaces", name=base.namespace or "", namespace=None)
        verb, kind = asked.verb, asked.kind or _BY_STATE.get(asked.details.status, "")
        if not verb and (kind or asked.details.status or asked.details.terms):
            verb = "list"
        if verb in ("list", "count") and not kind:
            kind = "pods" if asked.details != type(asked.details)() or verb == "count" or base.namespace else ""
            verb = verb if kind else ""
        if verb == "list" and asked.details.group_by:
            verb = "count"
        if verb == "top" and not kind:
            kind = "pods"
        if not verb and base.namespace not in (None, "*"):
            verb = "overview"
        return msgspec.structs.replace(base, verb=verb, kind=kind)

    def _with_leftovers(self, base: Intent) -> Intent:
        """Words that name nothing: a node that was meant, a part of a name, or what is told to be left out."""
        asked = self._asked
        node = next((word for word in asked.names if self._directory.find(word, "nodes")), "")
        if node and asked.kind == "pods":
            return msgspec.structs.replace(base, details=msgspec.structs.replace(base.details, node=node))
        if not (asked.names and asked.kind) or asked.verb not in ("list", "count", ""):
            return base
        if asked.verb and not asked.plural:
            return _with_term(base, f"NAME:{asked.names[0]}")
        live = next((name for name in asked.names if self._lives(name)), "")
        if live:
            why = f"I do not know what “{live}” has to do with this list, so there is none. `describe {live}` shows it."
            return msgspec.structs.replace(base, unknown=live, note=why)
        said = " ".join(name for name in asked.names[:3] if name not in asked.passed_over.split())
        if not said:
            return base
        note = f"{base.note} I do not know what “{said}” means here and left it out.".strip()
        return msgspec.structs.replace(base, note=note)

    def _lives(self, name: str) -> bool:
        return any(ref.kind != "namespaces" for ref in self._directory.find(name))

    def _is_named(self) -> bool:
        """Whether the word certainly is meant as the name of an object: `events for web-9`."""
        return (
            self._asked.verb in ("events", "top", "list", "count") and bool(self._asked.kind) and not self._asked.plural
        )

    def _with_name(self, base: Intent, meaning: Meaning) -> Intent:
        note = " ".join(part for part in (base.note, "" if self._asked.recalled else meaning.note) if part)
        base = msgspec.structs.replace(base, note=note)
        if meaning.namespace:
            return self._in_namespace(base, meaning.namespace)
        if meaning.part and not meaning.refs and meaning.note:
            return msgspec.structs.replace(base, verb=base.verb or "describe", unknown=meaning.part, note=meaning.note)
        if meaning.part and not meaning.refs:
            return _with_term(msgspec.structs.replace(base, verb=base.verb or "list"), f"NAME:{meaning.part}")
        refs = self._meanings.narrowed(list(meaning.refs))
        asks_needs = self._asked.kind in NEEDED and meaning.owner is not None and refs[0].kind != self._asked.kind
        if (base.verb == "needs" or asks_needs) and len(refs) == 1:
            base = msgspec.structs.replace(base, verb="needs")
            return msgspec.structs.replace(base, owner=refs[0], namespace=refs[0].namespace or None)
        if self._wants_pods_of(meaning):
            return self._pods_of(base, refs)
        verb: Verb = (
            "get" if self._asked.command == "get" and base.verb in ("", "list") else _OF_ONE.get(base.verb, base.verb)
        )
        if len(refs) > 1 and not (verb == "logs" and base.details.sort):
            return msgspec.structs.replace(base, verb=verb, choices=tuple(refs[:_MOST_CHOICES]), unknown="")
        if len(refs) > 1:
            return _with_term(msgspec.structs.replace(base, kind="pods"), f"NAME:{meaning.part or refs[0].name}")
        [ref] = refs
        return msgspec.structs.replace(base, verb=verb, kind=ref.kind, name=ref.name, namespace=ref.namespace or None)

    def _wants_pods_of(self, meaning: Meaning) -> bool:
        asked = self._asked
        if meaning.owner is None and not (meaning.refs and meaning.refs[0].kind in WORKLOADS):
            return False
        if asked.kind not in OWNED or (meaning.refs and meaning.refs[0].kind == asked.kind):
            return False
        return asked.verb in ("list", "count", "", "top") or (asked.verb == "logs" and bool(asked.details.sort))

    def _pods_of(self, base: Intent, refs: list[ObjectRef]) -> Intent:
        if len(refs) > 1:
            return msgspec.structs.replace(base, verb=base.verb or "list", choices=tuple(refs[:_MOST_CHOICES]))
        [owner] = refs
        return msgspec.structs.replace(
            base, verb=base.verb or "list", kind=base.kind, owner=owner, namespace=owner.namespace or None
        )

    def _in_namespace(self, base: Intent, namespace: str) -> Intent:
        """A namespace was meant."""
        verb = base.verb
        if not verb:
            verb = "list" if base.kind and base.kind != "namespaces" else "overview"
        if verb == "describe" and base.kind == "namespaces":
            return msgspec.structs.replace(base, kind="namespaces", name=namespace, namespace=None)
        if verb in ("describe", "get", "logs"):
            verb = "overview" if verb == "describe" else verb
        kind = "pods" if base.kind in ("", "namespaces") and verb != "open" else base.kind
        return msgspec.structs.replace(base, verb=verb, kind=kind, namespace=namespace)


def _with_term(intent: Intent, term: str) -> Intent:
    details = intent.details
    details = msgspec.structs.replace(details, terms=(*details.terms, term))
    return msgspec.structs.replace(intent, details=details)


def resolve(asked: Asked, directory: Directory, focus: Focus) -> Intent:
    """What is to be done, with what."""
    if asked.verb == "change":
        return Intent("change", raw=asked.raw, reply=asked.reply)
    return Resolver(asked, directory, focus).resolve()
