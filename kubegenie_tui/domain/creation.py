"""The making of a cluster as data: what would be done and costs, each step of it, and what became of it."""

from enum import Enum
from typing import Any

import msgspec

from kubegenie_tui.domain.health import Health

HOURS_A_MONTH = 730
"""As cloud providers count: 365 days of 24 hours over twelve months."""

Made = dict[str, Any]
"""What a step made, as JSON: ids and addresses that later steps and the removal need, never a secret."""


class Choice(msgspec.Struct, frozen=True):
    """One thing that may be chosen for a field."""

    value: str
    label: str = ""
    """What it is, in a few words, when the value does not say it: `4 vCPU · 16 GiB · $0.192/h`."""


class Identity(msgspec.Struct, frozen=True):
    """Whom a provider takes us for, and whether that suffices."""

    who: str
    """`arn:aws:iam::1234:user/anna`, `anna@example.com`."""
    where: str = ""
    """The account, project or subscription; for Crossplane and Cluster API the managing cluster."""
    missing: tuple[str, ...] = ()
    """Permissions that the work needs and we have not: `eks:CreateCluster`."""
    unknown: str = ""
    """Why permissions could not be looked at, when they could not."""


class PlannedStep(msgspec.Struct, frozen=True):
    """One step as it is shown before anything is done."""

    key: str
    """Unique in the work: `role/cluster`; of what makes a pool that the rest can go on without, `pool/NAME`."""
    title: str
    """`Node pool default: 3 x m5.large`."""
    call: str
    """What is called or applied: `eks:CreateNodegroup`, `KubernetesCluster kubegenie.io/v1alpha1`."""
    request: dict[str, Any] = {}
    """What is sent, as far as it is known beforehand; what an earlier step brings stands as `<vpc.id>`."""
    usual_seconds: float = 1.0
    """How long it takes as a rule."""
    optional: bool = False
    """Whether the rest can go on without it."""
    stays: bool = False
    """Whether it is left as it is when the rest is removed, and so is no part of a removal."""


class Price(msgspec.Struct, frozen=True):
    """One line of an estimate."""

    what: str
    count: float
    hourly: float
    """US dollars for one."""

    @property
    def monthly(self) -> float:
        """US dollars for all of them."""
        return self.count * self.hourly * HOURS_A_MONTH


class Estimate(msgspec.Struct, frozen=True):
    """What a cluster costs, by a sheet of a certain day."""

    prices: tuple[Price, ...]
    """Empty where nothing of it is priced: then it is not known what it costs."""
    as_of: str
    """The day of the price sheet: `2026-11-01`; empty where there can be none."""
    source: str
    """Who says so; without a sheet why there is none."""
    unpriced: tuple[str, ...] = ()
    """What costs money and is not in the sheet."""

    @property
    def monthly(self) -> float:
        """US dollars of all lines that have a price."""
        return sum(each.monthly for each in self.prices)


class Outline(msgspec.Struct, frozen=True):
    """All that would be done, as it is reviewed: a person's yes is for exactly this."""

    provider: str
    name: str
    """Of the cluster."""
    where: str
    """`eu-west-1 · account 1234`."""
    steps: tuple[PlannedStep, ...]
    estimate: Estimate | None = None
    """None where the provider charges nothing itself, or no sheet knows it."""
    leaves: tuple[str, ...] = ()
    """What would not be cleaned up with it, in words."""
    warnings: tuple[str, ...] = ()
    seals: bool = False
    """Whether its kubeconfig holds credentials: they go into the safe, which has to open for it."""


class Progress(msgspec.Struct, frozen=True):
    """How far something that takes its time has come."""

    done: bool
    phase: str = ""
    """The provider's own word: `CREATING`."""
    failure: str = ""
    """The provider's own words on why it will never be done; empty while it may."""
    stays: str = ""
    """Of what was to go: why it is left where it is, though its removal is done."""


DONE = Progress(done=True)


class Found(msgspec.Struct, frozen=True):
    """What is there under the name of a step already."""

    made: Made
    ours: bool
    """Whether it carries the tag of this work: only then it is taken over or removed."""


PAID_FOR = ("load balancer", "public address", "volume")
"""Kinds of what a cluster makes by itself that cost something for as long as they are there."""


class Leftover(msgspec.Struct, frozen=True):
    """Something that the cluster itself made: it outlives the cluster, or goes with it though somebody may want it."""

    kind: str
    """`load balancer`, `volume`."""
    name: str
    hourly: float | None = None
    """US dollars, when known."""
    goes: bool = False
    """Whether it goes with the cluster, and what lies on it too."""

    def __str__(self) -> str:
        """`volume vol-1 (20 GB), about $1.60 a month`; of what stays and is paid for, that its price is not known."""
        if self.hourly is not None:
            price = f", about ${self.hourly * HOURS_A_MONTH:,.2f} a month"
        else:
            price = ", whose price is not known" if self.kind in PAID_FOR and not self.goes else ""
        return f"{self.kind} {self.name}{price}"


class StepState(Enum):
    """What became of a step."""

    WAITING = "waiting"
    STARTED = "started"
    """Its request may have been sent: after a crash it is looked for before it is sent again."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """It failed, and a person went on without it; what there is of it is removed with the rest."""
    REMOVING = "removing"
    REMOVED = "removed"

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return _STEPS[self]


class StepRecord(msgspec.Struct, frozen=True):
    """A step as the store knows it."""

    key: str
    state: StepState = StepState.WAITING
    made: Made = {}
    phase: str = ""
    message: str = ""
    """Why it failed or is tried again."""
    attempts: int = 0
    started: float = 0.0
    """Seconds since the epoch; 0 before it was."""
    ended: float = 0.0


class WorkKind(Enum):
    """What a work does."""

    CREATE = "create"
    UPGRADE = "upgrade"
    SCALE = "scale"


class WorkState(Enum):
    """Where a work stands."""

    RUNNING = "running"
    STOPPED = "stopped"
    """A person stopped it: it can go on, or be cleaned up."""
    FAILED = "failed"
    DONE = "done"
    REMOVING = "removing"
    REMOVED = "removed"

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return _WORKS[self]


class Bounds(msgspec.Struct, frozen=True):
    """Between which a pool scales itself."""

    least: int
    most: int

    def nearest(self, count: int) -> int:
        """The number of nodes within them that is nearest to another."""
        return min(max(count, self.least), self.most)

    def effect(self, count: int) -> tuple[str, ...]:
        """What is to be said of a pool that has so many nodes now; nothing when it stays as it is."""
        to = self.nearest(count)
        return (f"Its nodes go from {count} to {to}",) if to != count else ()


class Change(msgspec.Struct, frozen=True):
    """What is to be changed about a cluster that a work made."""

    kind: WorkKind
    version: str = ""
    """For an upgrade: of the control plane and then of each pool."""
    pool: str = ""
    count: int = 0
    """For scaling a pool: nodes that are wanted."""
    bounds: Bounds | None = None
    """For scaling a pool: instead of a number of nodes."""


class Work(msgspec.Struct, frozen=True):
    """The making or changing of one cluster, from the yes to the end; what a process that begins anew goes by."""

    id: str
    """Carried by everything that is made, as the tag `kubegenie-work`."""
    kind: WorkKind
    outline: Outline
    config: dict[str, Any]
    """Of the provider, without its secrets."""
    spec: dict[str, Any]
    steps: tuple[StepRecord, ...]
    at: float
    """When a person said yes to the outline, seconds since the epoch."""
    state: WorkState = WorkState.RUNNING
    message: str = ""
    """Why it failed."""
    login_refused: bool = False
    """Whether it failed because nobody is known by its credentials, which may have ended, and takes others."""
    of: str = ""
    """For a change: the id of the work that made the cluster."""
    change: Change | None = None
    server: str = ""
    """URL of the API server by which the cluster was registered; empty before it was."""
    removal: Outline | None = None
    """What a person said yes to remove, the last step first; None before they did."""

    @property
    def made(self) -> dict[str, Made]:
        """What was made, by step: what a step is given to go on from."""
        return {each.key: each.made for each in self.steps if each.made}

    @property
    def is_under_way(self) -> bool:
        """Whether a process should be working on it."""
        return self.state in (WorkState.RUNNING, WorkState.REMOVING)

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be there of it, and nobody is to make it."""
        untouched = all(each.state in (StepState.WAITING, StepState.REMOVED) for each in self.steps)
        return self.state is WorkState.REMOVED or (untouched and self.state in (WorkState.FAILED, WorkState.STOPPED))

    def step(self, key: str) -> StepRecord:
        """The record of a step."""
        return next(each for each in self.steps if each.key == key)


TAG = "kubegenie-work"
"""The tag or label of everything that is made; its value is the id of the work."""

_STEPS = {
    StepState.WAITING: Health.UNKNOWN,
    StepState.STARTED: Health.PROGRESSING,
    StepState.DONE: Health.OK,
    StepState.FAILED: Health.BAD,
    StepState.SKIPPED: Health.WARN,
    StepState.REMOVING: Health.PROGRESSING,
    StepState.REMOVED: Health.IDLE,
}
_WORKS = {
    WorkState.RUNNING: Health.PROGRESSING,
    WorkState.STOPPED: Health.PAUSED,
    WorkState.FAILED: Health.BAD,
    WorkState.DONE: Health.OK,
    WorkState.REMOVING: Health.PROGRESSING,
    WorkState.REMOVED: Health.IDLE,
}
