"""Which clusters there are, from all sources: kubeconfig files, the pod we run in, and what a person registered."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.agents.endpoints import context_of
from kubegenie_tui.agents.file_watch import FileWatch
from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.errors import KubeconfigError, StoreError
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.context import Context, Problem
from kubegenie_tui.kube.kubeconfig.loader import Kubeconfig, load_kubeconfig

if TYPE_CHECKING:
    from kubegenie_tui.store.store import Store

REGISTERED = "registered"


class Entry(msgspec.Struct, frozen=True):
    """One cluster and where it comes from."""

    context: Context
    source: str
    """As in `ClusterStatus`."""
    read_only: bool = False
    labels: dict[str, str] = {}


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
        self._registered: list[Registration] = []

    async def read(self) -> dict[str, Entry]:
        """The entries of the moment. A file that has become unreadable leaves its clusters as they were."""
        self._registered = await self._registrations()
        self._watch.note([*self.files, *(Path(each.kubeconfig) for each in self._registered if each.kubeconfig)])
        found = await asyncio.to_thread(_load, self.files)
        self.errors, self.current = found.errors, found.current
        entries = {context.name: Entry(context, self._source) for context in self._contexts(found)}
        entries |= {context.name: Entry(context, context.name) for context in self._extra}
        for name, entry in (await asyncio.to_thread(_entries_of, self._registered, self._secrets)).items():
            entries.setdefault(name, entry)
        self._entries = entries
        return entries

    async def changed(self) -> None:
        """Wait until one of the files is another one than when it was read."""
        await self._watch.changed()

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
            context = context_of(each.name, each.endpoint, secrets.fetch)
        else:
            found = files.get(each.kubeconfig) or files.setdefault(each.kubeconfig, _load([Path(each.kubeconfig)]))
            context = _context_of(each, found)
        entries[each.name] = Entry(context, REGISTERED, each.read_only, each.labels)
    return entries


def _context_of(registration: Registration, found: Kubeconfig) -> Context:
    """The registered context under the registered name; one that is no more says why."""
    context = found.contexts.get(registration.context)
    if context is not None:
        return msgspec.structs.replace(context, name=registration.name)
    error = next(iter(found.errors), None) or KubeconfigError(
        f'There is no context "{registration.context}" any more', next_step="put it back, or remove the cluster here"
    )
    problem = Problem(error.what, error.why, error.next_step, error.file or registration.kubeconfig, error.line)
    return Context(registration.name, file=registration.kubeconfig, problem=problem)
