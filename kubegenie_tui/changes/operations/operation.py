"""One thing a person can do with rows: which kinds it fits, what must be asked first, and the plan it makes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Field, Value
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.plan import Plan, Step

Targets = Sequence[Target]


@dataclass(frozen=True)
class Request:
    """A wish with all that a builder may look at."""

    cluster: ClusterReader
    targets: Targets
    """At least one; all of one kind."""
    now: float
    """Seconds since the epoch."""
    token: str
    """A few letters by chance, for the names of what is made."""
    answers: Mapping[str, Value] = field(default_factory=dict)
    """By field id."""

    def text(self, field_id: str) -> str:
        """What was answered, empty for nothing."""
        found = self.answers.get(field_id)
        return found if isinstance(found, str) else ""

    def number(self, field_id: str) -> int | None:
        """The number that was answered."""
        found = self.answers.get(field_id)
        return found if isinstance(found, int) and not isinstance(found, bool) else None

    def flag(self, field_id: str) -> bool:
        """Whether yes was answered."""
        return self.answers.get(field_id) is True

    def plan(
        self,
        title: str,
        steps: Sequence[Step],
        disrupts: str = "",
        about: str = "",
        passing: str = "",
        destroys: str = "",
    ) -> Plan:
        """A plan for this cluster.

        Raises:
            UsageError: there is nothing to do.
        """
        if not steps:
            raise UsageError(f"{title}: there is nothing to do")
        cluster, every = self.cluster.name, tuple(steps)
        return Plan(title, cluster, every, about=about, disrupts=disrupts, passing=passing, destroys=destroys)


Asking = Callable[[ClusterReader, Targets], Awaitable[Sequence[Field]]]
"""What to ask first, filled with what is."""


async def no_fields(_cluster: ClusterReader, _targets: Targets) -> Sequence[Field]:
    """Nothing to ask."""
    return ()


def asking(fields: Callable[[Targets], Sequence[Field]]) -> Asking:
    """Fields for which the objects are all that must be known."""

    async def ask(_: ClusterReader, targets: Targets) -> Sequence[Field]:
        return fields(targets)

    return ask


class Right(NamedTuple):
    """What a person must be allowed to do."""

    verb: str = "patch"
    subresource: str = ""
    kind_id: str = ""
    """Empty for the kind of the rows."""


CHANGE = Right()
"""To change the row's object in part, as most operations do."""


@dataclass(frozen=True)
class Operation:
    """An entry of the catalogue."""

    id: str
    """One word or two with a dash: what is typed after `:` and after `kubegenie do`."""
    words: str
    """`scale`, for menu and palette."""
    fits: Callable[[Kind], bool]
    build: Callable[[Request], Awaitable[Plan]]
    """Makes the plan. Raises UsageError for a wish that makes no sense."""
    fields: Asking = no_fields
    aliases: tuple[str, ...] = ()
    asks: bool = True
    """Whether a key asks for the fields first; else they keep what they begin with, and only words change them."""
    takes_rest: bool = False
    """Whether the first field takes every word that is typed: `label a=b c-`."""
    reads: bool = True
    """Whether the objects must be read before anything is asked."""
    many: bool = True
    """Whether it can be done to several at once."""
    lacks: str = ""
    """What a kind has not that it does not fit, in words; empty where its name says enough."""
    needs: Right = CHANGE
    """The right without which the server refuses all of it."""
    opens: Callable[[Plan], str] | None = None
    """The container of the plan's pod that a person wants to be in afterwards."""

    async def plan(self, request: Request) -> Plan:
        """The plan for a wish, by which it can be told what made it.

        Raises:
            UsageError: the wish makes no sense.
            ClusterError: the cluster cannot be asked.
        """
        return msgspec.structs.replace(await self.build(request), operation=self.id)

    def require(self, kind: Kind, count: int = 1) -> None:
        """Raise when it cannot be done.

        Raises:
            UsageError: it does not fit the kind, or not so many.
        """
        if not self.fits(kind):
            raise UsageError(f"A {kind.kind} cannot do that: {self.words}", self.lacks, "`.` lists what it can")
        if count > 1 and not self.many:
            raise UsageError(f"One at a time: {self.words}", f"{count} are marked", "clear the marks with ctrl+\\")


def of_kinds(*ids: str) -> Callable[[Kind], bool]:
    """Whether a kind is one of these."""
    wanted = frozenset(ids)
    return lambda kind: kind.id in wanted


ROLLING = frozenset({"deployments.apps", "statefulsets.apps", "daemonsets.apps"})
"""Kinds that replace their pods step by step."""
TEMPLATED = ROLLING | {"replicasets.apps", "replicationcontrollers", "cronjobs.batch"}
