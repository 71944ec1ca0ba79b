"""From a phrase to live objects: those that can do it, the marked and the visible first; a doubt is a question back."""

from collections.abc import Iterable
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import WORKLOADS, Directory
from kubegenie_tui.genie.wishes.phrases import phrases
from kubegenie_tui.genie.wishes.targets import Target
from kubegenie_tui.genie.wishes.wish import Step, Wish

OPERATIONS = {
    "scale": ("scale",), "restart": ("restart", "restart-pod"), "delete": ("delete",), "set-image": ("image",),
    "set-env": ("env",), "set-resources": ("resources",), "rollback": ("rollback",),
    "suspend": ("suspend", "pause"), "resume": ("unsuspend", "resume"), "trigger": ("trigger", "retry"),
    "cordon": ("cordon",), "uncordon": ("uncordon",), "drain": ("drain",), "label": ("label",),
    "annotate": ("annotate",), "expose": ("expose",), "autoscale": ("autoscale",), "taint": ("taint",),
    "evict": ("evict",), "patch": (), "exec": (), "port-forward": (),
}  # fmt: skip
"""The operations that a verb can be, the likeliest first."""
_RUN_PODS = frozenset({
    "pods", "deployments.apps", "statefulsets.apps", "daemonsets.apps", "replicasets.apps", "jobs.batch",
})  # fmt: skip
ABLE: dict[str, frozenset[str]] = {"exec": _RUN_PODS, "port-forward": _RUN_PODS | {"services"}}
"""The kinds to which it can be done, where no operation tells."""
_SPOKEN = frozenset({"services", "pods"})
"""What people call an application or its pods: `scale the cart service`, `restart the cart pods`."""
_OF_WORKLOADS = frozenset({"scale", "restart", "set-image", "set-env", "set-resources", "rollback", "autoscale"})
MOST_CHOICES = 9
TOO_MUCH = "I propose changes of objects that you name, not of all or some there are: `restart checkout in staging`."


class Deed(msgspec.Struct, frozen=True):
    """What is to be done to a target that is not looked up yet."""

    verb: str
    target: Target
    args: dict[str, Any] = {}
    only: tuple[str, ...] = ()
    """Kind ids; any that can do it when empty."""
    asks: str = ""
    """What is not said about it, as a question back."""


class Resolver:
    """Looks targets up."""

    def __init__(self, directory: Directory, focus: Focus) -> None:
        self._directory = directory
        self._focus = focus

    def all_fit(self, deed: Deed) -> bool:
        """Whether each of the names is of something that can do it."""
        kind = deed.target.kind
        return all(self.able(deed, self._directory.find(name, kind)) for name in deed.target.names)

    def may_mean(self, deed: Deed, it: ObjectRef | None) -> bool:
        """Whether a pronoun is of something that can do it, as far as that is known."""
        known = [ref for ref in (it, self._focus.selected, *self._focus.marked) if ref is not None]
        return not (deed.target.points and known) or bool(deed.target.kind or self.able(deed, known))

    def able(self, deed: Deed, refs: Iterable[ObjectRef]) -> list[ObjectRef]:
        """Those of some objects that can do it."""
        from kubegenie_tui.genie.proposing.planning import proposable

        operations, kinds = [proposable(word) for word in OPERATIONS[deed.verb]], self._directory.kinds
        return [
            ref
            for ref in refs
            if (not deed.only or ref.kind in deed.only)
            and not (deed.verb == "restart" and ref.kind == "pods" and self._directory.is_made_by_hand(ref.name))
            and (kind := kinds.get(ref.kind))
            and (
                any(each.fits(kind) for each in operations)
                or (not operations and ref.kind in ABLE.get(deed.verb, {ref.kind}))
            )
        ]

    def resolve(self, deed: Deed, it: ObjectRef | None) -> Wish:
        """The steps, or why there are none. `it`: what was talked about last."""
        target, verb = deed.target, deed.verb
        if target.too_much:
            return Wish("refuse", verb, why=TOO_MUCH)
        if target.lost_space:
            return Wish("unsupported", verb, name=target.lost_space, why=f"There is no namespace {target.lost_space}.")
        if target.unknown:
            return self._unknown(deed, target.unknown[0])
        if not target.names:
            return self._pointed(deed, it)
        steps = []
        for name, space in [(name, space) for name in target.names for space in target.namespaces or ("",)]:
            refs = self._refs(deed, name, space)
            if not refs:
                return self._unknown(deed, name)
            if len(refs) > 1 or (verb == "delete" and not target.kind and self._is_of_many(name, refs[0])):
                return self._ask(deed, name, refs)
            steps.append(Step(verb, refs[0], deed.args))
        return Wish("write", verb, tuple(steps))

    def asked(self, deed: Deed) -> Wish | None:
        """The question whether something is wished for; None where it cannot be done."""
        wish = self.resolve(deed, None)
        if wish.outcome != "write":
            return None
        refs = tuple(step.ref for step in wish.steps)
        why = "Is the same wished for there?"
        return Wish("ambiguous", deed.verb, choices=refs, name=refs[0].name, kind=refs[0].kind, args=deed.args, why=why)

    def which(self, deed: Deed, topic: Target) -> Wish:
        """The question which of several things that were spoken of is meant, of those that can do it."""
        known = [ref for name in topic.names for ref in self._directory.find(name)]
        known = [ref for ref in known if not topic.namespaces or ref.namespace in ("", *topic.namespaces)]
        able = self.able(deed, known)
        seen = [ref for ref in able if ref.namespace in ("", *self._focus.namespaces)]
        return self._ask(deed, "", seen or able, f"Which one is meant: {' or '.join(topic.names)}?")

    def _is_of_many(self, name: str, ref: ObjectRef) -> bool:
        """Whether a name means many things: a namespace, or what is called `pods`, goes by its kind alone."""
        is_kind = name in self._directory.kind_words or self._directory.kinds.find(name) is not None
        return ref.kind == "namespaces" or is_kind or name in phrases().too_much

    def _refs(self, deed: Deed, name: str, space: str) -> list[ObjectRef]:
        target, focus = deed.target, self._focus
        refs = self.able(deed, self._directory.find(name, target.kind, space))
        if not refs and target.kind == "jobs.batch":
            refs = self.able(deed, self._directory.find(name, "cronjobs.batch", space))
        if not refs and target.kind in _SPOKEN and deed.verb in _OF_WORKLOADS:
            refs = [ref for ref in self.able(deed, self._directory.find(name, "", space)) if ref.kind in WORKLOADS]
        marked = [ref for ref in refs if focus.selected and same_object(ref, focus.selected)]
        if marked and not target.kind:
            return marked
        if space or not focus.namespace:
            return refs
        return [ref for ref in refs if ref.namespace in ("", *focus.namespaces)] or refs

    def _pointed(self, deed: Deed, it: ObjectRef | None) -> Wish:
        """A pronoun, or a kind alone: what was talked about, else what is marked; never anything by default."""
        target, marked = deed.target, self._focus.selected
        if target.marked and self._focus.marked:
            return self._marked(deed)
        for ref in (it, marked) if target.points else (marked,):
            if ref is None or not (target.points or (target.kind and not target.plural)):
                continue
            spaces = target.namespaces
            alike = self._directory.find(ref.name, target.kind, "" if spaces else ref.namespace)
            able = [each for each in self.able(deed, alike) if not spaces or each.namespace in spaces]
            able = [each for each in able if same_object(each, ref)] or able
            if len(able) == 1:
                return Wish("write", deed.verb, (Step(deed.verb, able[0], deed.args),))
        seen = self._in_view(deed) if it is None and not target.marked else []
        if seen:
            return self._ask(deed, "", seen, "Which one is meant?")
        return Wish("unsupported", deed.verb, kind=target.kind, why="Name what is meant.")

    def _in_view(self, deed: Deed) -> list[ObjectRef]:
        """Where one namespace is in view, or is named, the few things there that it can be done to."""
        target = deed.target
        spaces = target.namespaces or self._focus.namespaces
        kinds = (target.kind,) if target.kind else WORKLOADS
        if len(spaces) != 1 or target.plural:
            return []
        found = [ref for kind in kinds for ref in self._directory.containing("", kind, spaces[0])]
        able = self.able(deed, dict.fromkeys(found))
        return able if len(able) <= MOST_CHOICES else []

    def _marked(self, deed: Deed) -> Wish:
        """All rows that are marked, or none of them."""
        target = deed.target
        refs = [ref for ref in self._focus.marked if not target.kind or ref.kind == target.kind]
        refs = [ref for ref in refs if not target.namespaces or ref.namespace in target.namespaces]
        if refs and len(self.able(deed, refs)) == len(refs):
            return Wish("write", deed.verb, tuple(Step(deed.verb, ref, deed.args) for ref in refs))
        return Wish("unsupported", deed.verb, kind=target.kind, why="It cannot be done to what is marked.")

    def _unknown(self, deed: Deed, name: str) -> Wish:
        """What it may be is offered and never taken."""
        directory, target = self._directory, deed.target
        near = [each for known in directory.near(name, target.kind) for each in directory.find(known, target.kind)]
        near += directory.find(name)
        near += [ref for known in directory.names_with(name) if _is_in(name, known) for ref in directory.find(known)]
        near = [ref for ref in near if not target.namespaces or ref.namespace in target.namespaces] or near
        fitting = list(dict.fromkeys(self.able(deed, near)))
        if deed.verb in _OF_WORKLOADS and target.kind != "pods":
            fitting = [ref for ref in fitting if ref.kind != "pods"]
        where = f" in {', '.join(target.namespaces)}" if target.namespaces else ""
        why = f"There is no {name}{where} that this can be done to."
        if fitting:
            return self._ask(deed, name, fitting, why)
        return Wish("unsupported", deed.verb, name=name, kind=target.kind, why=why)

    def _ask(self, deed: Deed, name: str, refs: list[ObjectRef], why: str = "") -> Wish:
        return Wish(
            "ambiguous", deed.verb, choices=tuple(refs[:MOST_CHOICES]), name=name, kind=deed.target.kind,
            args=deed.args, why=why, asks=deed.asks,
        )  # fmt: skip


def _is_in(word: str, name: str) -> bool:
    """Whether a name may be meant by a word in it; two letters have to be a part of it: `db` of `ticket-db`."""
    return len(word) > 2 or word in name.split("-")


def same_object(one: ObjectRef, other: ObjectRef) -> bool:
    """Whether two references are to one object of a cluster."""
    return (one.kind, one.name, one.namespace) == (other.kind, other.name, other.namespace)
