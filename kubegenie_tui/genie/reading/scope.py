"""Where a look-up looks, and what it brings."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec.structs import replace

from kubegenie_tui.domain.acting import acting_as, own_name
from kubegenie_tui.domain.cluster import Reach
from kubegenie_tui.domain.cluster_reader import ClusterReader, ClusterSource
from kubegenie_tui.domain.conversation import Focus, ShowRequested
from kubegenie_tui.domain.errors import ClusterError, NotFound, UsageError
from kubegenie_tui.domain.incident import IncidentNote
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.known_namespace import require_namespace
from kubegenie_tui.domain.namespace_set import BETWEEN, names_of, scope_words
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, Kept
from kubegenie_tui.genie.redaction.redactor import Redactor

if TYPE_CHECKING:
    from kubegenie_tui.agents.pod_command import Written
    from kubegenie_tui.genie.outside import OutsideTools
    from kubegenie_tui.genie.proposing.own_words import OwnWords
    from kubegenie_tui.genie.proposing.sighting import Sight

Look = Callable[[Plan], Awaitable[Preview]]
"""What the gate says of a plan. All that the genie has of the gate: it can look, and cannot approve."""
TakeBack = Callable[[str, int], Awaitable[Plan]]
"""The plan that takes back a change that was made in a cluster, by the id of its record."""
Execute = Callable[[ObjectRef, str, Sequence[str]], Awaitable["Written"]]
"""Runs a command in a container of a pod, the default one for no name, and brings what it wrote."""
ALL = frozenset({"*", "all", "any", "_all", "all namespaces"})


class NoteSource(Protocol):
    """Where incident notes are kept; see `store.notes.Notes`."""

    async def of(self, cluster: str | None = None) -> list[IncidentNote]:
        """The notes of a cluster."""


class Scope(msgspec.Struct, frozen=True):
    """A cluster, what the person looks at there, and the session's redactor."""

    reader: ClusterReader
    focus: Focus
    redactor: Redactor
    clusters: ClusterSource | None = None
    """Where other clusters are found; None when there are none."""
    elsewhere: bool = False
    """Whether this is another cluster than the one in view."""
    ignored: tuple[str, ...] = ()
    """Findings that the person does not want to be told of: see `domain.finding.is_ignored`."""
    policy: PolicySettings = PolicySettings()
    """What the policy checks go by."""
    look: Look | None = None
    """None where nothing can be changed, and so nothing proposed."""
    take_back: TakeBack | None = None
    """None where nothing can be changed."""
    execute: Execute | None = None
    """Runs a command in a container; None where the genie may not."""
    doubt: str = ""
    """Why what is proposed from here is one tier more careful; empty for none."""
    beside: str = ""
    """A text that the person gave to be read with the question; see `genie.beside`."""
    kept: Kept = msgspec.field(default_factory=Kept)
    """What of earlier results a model was not sent."""
    longest: int = RESULT_CHARACTERS
    """Characters of one result; of a longer one the rest is kept."""
    outside: "OutsideTools | None" = None
    """Tools of other servers, for a model; None when there are none."""
    notes: NoteSource | None = None
    """What people noted about faults; None where nothing is kept."""
    sight: "Sight | None" = None
    """What may be proposed to; None where whoever proposes sees for themselves, as a program outside does."""
    own_words: "OwnWords | None" = None
    """What the person said in a model's turn; None where no person speaks."""

    @property
    def cluster_names(self) -> tuple[str, ...]:
        """Every cluster that can be asked about, this one included, each under its own name."""
        statuses = self.clusters.statuses if self.clusters is not None else ()
        return tuple(dict.fromkeys(own_name(status.name) for status in statuses)) or (self.own_name,)

    @property
    def own_name(self) -> str:
        """The cluster's, whoever is acted as there."""
        return own_name(self.reader.name)

    async def of_cluster(self, name: str) -> "Scope":
        """The same for another cluster, all of its namespaces in view; as whom it is asked stays the same.

        Raises:
            UsageError: no cluster has this name.
            KubeconfigError: it cannot be used.
        """
        name = own_name(name)
        if self.clusters is None or name == self.own_name:
            return self
        if name not in self.cluster_names:
            raise UsageError(f'There is no cluster "{name}"', next_step=f"clusters: {', '.join(self.cluster_names)}")
        acting = acting_as(self.reader.name)
        reader = await self.clusters.open(replace(acting, cluster=name).name if acting else name)
        return replace(self, reader=reader, focus=Focus(reader.name), elsewhere=True)

    def placed(self, show: ShowRequested) -> ShowRequested:
        """What to show, with the cluster when that is not the one in view."""
        return replace(show, cluster=self.reader.name) if self.elsewhere else show

    def namespace(self, asked: str | None, kind: Kind) -> str:
        """The namespace meant: as asked, `*` for all; unasked, that in view; empty for all and for cluster kinds.

        Several are told as in `domain.namespace_set`.

        For words alone: a look-up asks `known_namespace`.
        """
        if not kind.namespaced:
            return ""
        if asked is None:
            return self.focus.namespace
        return "" if asked.lower() in ALL else BETWEEN.join(names_of(asked))

    async def known_namespace(self, asked: str | None, kind: Kind) -> str:
        """As `namespace`, for a look-up: it has to be there, as far as the cluster tells.

        Raises:
            NotFound: there is no such namespace; near names are offered.
        """
        space = self.namespace(asked, kind)
        if space and self.reader.status.reach is not Reach.UNREACHABLE:
            for name in names_of(space):
                await self._require_told(name)
        return space

    async def _require_told(self, namespace: str) -> None:
        try:
            await require_namespace(self.reader, namespace, "list namespaces to see what there is")
        except NotFound:
            raise
        except ClusterError:
            return

    def kind(self, name: str) -> Kind:
        """The kind a name means.

        Raises:
            UsageError: there is none; near names are offered.
        """
        if not name:
            raise UsageError("No kind was named", next_step="name one, such as pods")
        return self.reader.kinds.resolve(name)


class Result(msgspec.Struct, frozen=True):
    """What a look-up brought."""

    summary: str
    """One line: `48 of 482 pods`."""
    text: str
    """Masked text, which states scope, shown and total; as long as it is: whoever sends it on cuts it."""
    data: Any = None
    """The same as data, for whoever words the answer."""
    show: ShowRequested | None = None
    """Where the explorer shows it."""
    unread: str = ""
    """What could not be looked at, in words; empty when everything was."""
    ends_matter: bool = False
    """Whether the last lines say more than the first, as in a log."""
    is_structured: bool = False
    """Whether the text below its first line is YAML."""


def can_propose(scope: Scope) -> bool:
    """Whether anything can be changed in the cluster."""
    return scope.look is not None and not scope.reader.status.read_only


def place(namespace: str) -> str:
    """`in namespace shop`, `in namespaces shop and cart`, `in all namespaces`."""
    return f"in {scope_words(namespace)}"


def where(kind: Kind, namespace: str) -> str:
    """As `place`; nothing for kinds without namespaces."""
    return f" {place(namespace)}" if kind.namespaced else ""


def word_of(kind: Kind, count: int = 2) -> str:
    """`pod`, `pods`."""
    return (kind.singular or kind.kind.lower()) if count == 1 else kind.plural
