"""Which clusters there are, from all sources: kubeconfig files, the pod we run in, and what a person registered."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from kubegenie_tui.agents.file_watch import FileWatch
from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.acting import ActingAs, acting_as
from kubegenie_tui.domain.cluster import IMPERSONATED, Registration
from kubegenie_tui.domain.errors import KubeconfigError, StoreError
from kubegenie_tui.domain.traits import Traits
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context, Impersonation, Problem
from kubegenie_tui.kube.kubeconfig.loader import Kubeconfig, load_kubeconfig
from kubegenie_tui.providers.endpoints import context_of

if TYPE_CHECKING:
    from kubegenie_tui.store.store import Store

REGISTERED = "registered"
HIDES = "hides one registered"
"""The origin of a cluster whose name a registered one has too: what came later must not lead elsewhere unsaid."""


class Entry(msgspec.Struct, frozen=True):
    """One cluster and where it comes from."""

    context: Context
    source: str
    """As in `ClusterStatus`."""
    traits: Traits = Traits()
    origin: str = ""
    """As in `ClusterStatus`."""


class Roster:
    """The clusters' contexts, by name, in the order in which they are shown."""

    def __init__(
        self, store: "Store", files: Sequence[Path], *, extra: Sequence[Context], source: str, clock: Clock
    ) -> None:
        """A roster that has read nothing yet.

        Args:
            store: where registrations are kept.
            files: the kubeconfig files, the strongest first.
            extra: contexts from elsewhere; a kubeconfig's context of the same name gives way.
            source: what the kubeconfig's clusters are said to come from.
            clock: time.
        """
        self.files = files
        self.current = ""
        """The kubeconfig's current context; empty when it names none that there is."""
        self.errors: tuple[KubeconfigError, ...] = ()
        """What could not be read of the kubeconfig."""
        self._store = store
        self._extra = extra
        self._source = source
        self._secrets = Secrets(store.safe)
        self._watch = FileWatch(clock)
        self._entries: dict[str, Entry] = {}
        self._acting: dict[str, ActingAs] = {}
        self._registered: list[Registration] = []
        self._said: dict[str, Traits] = {}
        self._outside = 0

    async def read(self) -> dict[str, Entry]:
        """The entries of the moment. A file that has become unreadable leaves its clusters as they were."""
        self._registered = await self._registrations()
        self._watch.note([*self.files, *(Path(each.kubeconfig) for each in self._registered if each.kubeconfig)])
        found = await asyncio.to_thread(_load, self.files)
        self.errors, self.current = found.errors, found.current
        entries = {context.name: Entry(context, self._source) for context in self._contexts(found)}
        entries |= {context.name: Entry(context, context.name) for context in self._extra}
        for name, entry in (await asyncio.to_thread(_entries_of, self._registered, self._secrets)).items():
            entries[name] = replace(entries[name], origin=HIDES) if name in entries else entry
        traits = self._said = await self._traits()
        entries = {name: replace(entry, traits=traits.get(name, Traits())) for name, entry in entries.items()}
        self._entries = entries
        acting = {name: each for name, each in self._acting.items() if each.cluster in entries}
        return entries | {name: _entry_of(each, entries[each.cluster]) for name, each in acting.items()}

    def act(self, name: str) -> bool:
        """List a cluster as somebody else as well, by a name of `domain.acting`; False when it is no such name here."""
        acting = acting_as(name)
        if acting is None or acting.cluster not in self._entries:
            return False
        self._acting[name] = acting
        return True

    def act_no_more(self, name: str) -> None:
        """Undo `act`; a name that it was not called with is no error."""
        self._acting.pop(name, None)

    def registration(self, name: str) -> Registration | None:
        """What was registered under a name, as it was read the last time."""
        return next((each for each in self._registered if each.name == name), None)

    async def changed(self) -> None:
        """Wait until the files, or what another process registered or said, are other ones than when they were read."""
        await self._watch.changed(or_else=self._is_told_otherwise)

    async def _is_told_otherwise(self) -> bool:
        try:
            outside = await self._store.outside()
        except StoreError:
            return False
        if outside == self._outside:
            return False
        self._outside = outside
        return (await self._registrations(), await self._traits()) != (self._registered, self._said)

    def _contexts(self, found: Kubeconfig) -> Iterator[Context]:
        """Those found, and those of files in which nothing can be found just now, such as one half edited."""
        yield from found.contexts.values()
        broken = {error.file for error in found.errors} - {context.file for context in found.contexts.values()}
        for name, entry in self._entries.items():
            if entry.source == self._source and entry.context.file in broken - {""} and name not in found.contexts:
                yield entry.context

    async def _registrations(self) -> list[Registration]:
        try:
            return await self._store.clusters.all()
        except StoreError:
            return self._registered

    async def _traits(self) -> dict[str, Traits]:
        try:
            return await self._store.traits.all()
        except StoreError:
            return self._said


def _entry_of(acting: ActingAs, entry: Entry) -> Entry:
    """The entry of the cluster with another user in place of whom its context would have us act as."""
    auth = replace(entry.context.auth, impersonation=Impersonation(acting.user, groups=acting.groups))
    return replace(entry, context=replace(entry.context, name=acting.name, auth=auth), source=IMPERSONATED)


def _load(files: Sequence[Path]) -> Kubeconfig:
    try:
        return load_kubeconfig(files)
    except KubeconfigError as error:
        return Kubeconfig(errors=(error,))


def _entries_of(registrations: Iterable[Registration], secrets: Secrets) -> dict[str, Entry]:
    files: dict[str, Kubeconfig] = {}
    entries = {}
    for each in registrations:
        if each.endpoint is not None:
            context = context_of(each.name, each.endpoint, secrets.fetch, secrets.keep)
        else:
            found = files.get(each.kubeconfig) or files.setdefault(each.kubeconfig, _load([Path(each.kubeconfig)]))
            context = _context_of(each, found)
        entries[each.name] = Entry(context, REGISTERED, origin=each.origin)
    return entries


def _context_of(registration: Registration, found: Kubeconfig) -> Context:
    """The registered context under the registered name; one that is no more says why."""
    context = found.contexts.get(registration.context)
    if context is not None:
        return replace(context, name=registration.name)
    gone = f'There is no context "{registration.context}" any more'
    if found.errors and not found.errors[0].file:
        gone = "There is no such file any more"
    error = next((each for each in found.errors if each.file), None) or KubeconfigError(
        gone, next_step="put it back, or remove the cluster here"
    )
    problem = Problem(error.what, error.why, error.next_step, error.file or registration.kubeconfig, error.line)
    return Context(registration.name, file=registration.kubeconfig, problem=problem)
