"""What the words of a sentence that may be names mean, among what lives in the cluster."""

import msgspec

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import PREFERENCE, WORKLOADS, Directory
from kubegenie_tui.genie.offline.following import NEEDED
from kubegenie_tui.genie.offline.intent import Asked
from kubegenie_tui.genie.offline.vocabulary import GRAMMAR

_ROLLED_OUT = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps"})
_ANY: frozenset[str] = frozenset()
_CAN: dict[str, frozenset[str]] = {
    "logs": frozenset({*WORKLOADS, "pods", "replicasets.apps"}),
    "rollout-status": _ROLLED_OUT,
    "rollout-history": _ROLLED_OUT,
    "get": _ANY,
}
"""The kinds that a look-up is about: of several that share a name none is likelier, so the person is asked."""


class Meaning(msgspec.Struct, frozen=True):
    """What a word could be."""

    refs: tuple[ObjectRef, ...] = ()
    namespace: str = ""
    part: str = ""
    """A part of the names that are meant."""
    owner: ObjectRef | None = None
    note: str = ""


class Meanings:
    """Looks up the names of one sentence."""

    def __init__(self, asked: Asked, directory: Directory, focus: Focus, space: str | None) -> None:
        """`space`: the namespace that was named, its slips mended."""
        self._asked = asked
        self._directory = directory
        self._focus = focus
        self._space = space

    def find(self) -> Meaning | None:
        """What the names mean; None when there are none, or when they are only words around a list."""
        names = self._asked.names
        for word in self._compounds(names):
            found = self._exactly(word)
            if found is not None:
                return found
        for word in names:
            found = self._nearly(word)
            if found is not None:
                return found
        return None

    def _compounds(self, names: tuple[str, ...]) -> list[str]:
        """The names, and two of them as one: `payment api`."""
        return [*(["-".join(names[:2]), "".join(names[:2])] if len(names) > 1 else []), *names]

    def _kind(self) -> str:
        """The kind of what is named; of what needs something, the kind that is named is that of the something."""
        return "" if self._asked.verb == "needs" else self._asked.of_kind or self._asked.kind

    def _scope(self) -> str:
        return "" if self._space in (None, "*") else self._space or ""

    def _exactly(self, word: str) -> Meaning | None:
        asked, directory, kind, space = self._asked, self._directory, self._kind(), self._scope()
        if kind == "namespaces" and word in directory.namespaces:
            return Meaning(namespace=word)
        if asked.of_kind and asked.kind in ("pods", "replicasets.apps", "jobs.batch"):
            owners = directory.find(word, asked.of_kind, space)
            if owners:
                return Meaning(owner=self._one(owners), refs=tuple(owners))
        refs = directory.find(word, kind, space)
        if refs and all(ref.kind == "namespaces" for ref in refs) and self._space is None:
            return Meaning(namespace=word)
        if refs:
            return Meaning(refs=tuple(refs))
        if kind in ("pods", "replicasets.apps", "jobs.batch") or (kind in NEEDED and asked.verb in ("list", "")):
            owners = [ref for ref in directory.find(word, "", space) if ref.kind in WORKLOADS]
            if owners:
                return Meaning(refs=tuple(owners), owner=self._one(owners))
        if word in directory.namespaces:
            return Meaning(namespace=word)
        elsewhere = directory.find(word, kind) if space and self._space == asked.namespace else []
        if elsewhere and asked.verb not in ("list", "count", ""):
            where = ", ".join(sorted({ref.namespace for ref in elsewhere}))
            return Meaning(note=f"There is no {word} in {space}; it lives in {where}.", part=word)
        return None

    def _nearly(self, word: str) -> Meaning | None:
        kind, space, directory = self._kind(), self._scope(), self._directory
        for each in (kind,) if kind else (*WORKLOADS, "pods"):
            seen = (space,) if space else self._focus.namespaces
            parts = [ref for name in seen for ref in directory.containing(word, each, name)]
            parts = parts or directory.containing(word, each, space)
            if parts:
                return Meaning(refs=tuple(parts) if not self._lists() else (), part=word)
        near = directory.near(word, "" if kind == "pods" else kind)
        near = [name for name in near if name not in GRAMMAR and self._exactly(name)]
        if near:
            found = self._exactly(near[0])
            assert found is not None
            return msgspec.structs.replace(found, note=f"There is no {word}; I took {near[0]}.")
        if self._space is None and len(self._directory.near_namespace(word)) == 1 and not kind:
            space = self._directory.near_namespace(word)[0]
            return Meaning(namespace=space, note=f"There is no {word}; I took the namespace {space}.")
        return None

    def _lists(self) -> bool:
        return (self._asked.verb in ("list", "count", "") and bool(self._asked.kind)) or self._asked.verb == "top"

    def _one(self, refs: list[ObjectRef]) -> ObjectRef | None:
        """The only one that can be meant; None when there are several."""
        narrowed = self.narrowed(refs)
        return narrowed[0] if len(narrowed) == 1 else None

    def narrowed(self, refs: list[ObjectRef]) -> list[ObjectRef]:
        """The likeliest: the marked one, those in view, and of several kinds the one that answers the question."""
        marked = self._focus.selected
        same = [
            ref
            for ref in refs
            if marked and (ref.kind, ref.name, ref.namespace) == (marked.kind, marked.name, marked.namespace)
        ]
        if same:
            return same[:1]
        if self._space is None and self._focus.namespace:
            refs = [ref for ref in refs if ref.namespace in self._focus.namespaces] or refs
        able = _ANY if self._asked.command == "describe" else _CAN.get(self._asked.command or self._asked.verb)
        if able is not None and not self._asked.recalled:
            return [ref for ref in refs if not able or ref.kind in able] or refs
        return self._most_preferred(refs)

    def _most_preferred(self, refs: list[ObjectRef]) -> list[ObjectRef]:
        ranked = {ref.kind: PREFERENCE.index(ref.kind) if ref.kind in PREFERENCE else len(PREFERENCE) for ref in refs}
        best = min(ranked.values(), default=0)
        return [ref for ref in refs if ranked[ref.kind] == best]
