"""What a cluster costs, and what of that could be saved: facts with figures, each with what it rests on."""

from typing import Literal

import msgspec

from kubegenie_tui.domain.creation import HOURS_A_MONTH, Estimate
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step


class Advice(msgspec.Struct, frozen=True):
    """One thing that could cost less."""

    rule: str
    """`unattached-volume`."""
    title: str
    """What is, as a sentence without a full stop."""
    about: ObjectRef | None
    """The object; None for the cluster."""
    evidence: tuple[str, ...]
    """What it rests on, with figures."""
    monthly: float | None = None
    """US dollars that would be saved; None when no price sheet knows."""
    next_step: str = ""
    """What a person can do, where no plan is certain."""
    steps: tuple[Step, ...] = ()
    """What would end it, or begin to without harm, to be looked at and approved."""
    stays: str = ""
    """What is there, and paid for, once the steps are done, and how it is removed; empty for nothing."""
    made_here: Literal["", "remove", "upgrade"] = ""
    """By which work on the whole cluster it ends, where that was created here."""
    not_here: str = ""
    """Why it is not done here, or not to its end; empty where it is."""
    commands: tuple[str, ...] = ()
    """What ends it, or what of it cannot be done here: those of the cloud's own tool, one after the other."""


class Bill(msgspec.Struct, frozen=True):
    """A cluster's costs and what could be saved."""

    estimate: Estimate | None
    """None where no price sheet knows the machines."""
    advice: tuple[Advice, ...]
    """The largest saving first; without a figure last."""
    unread: tuple[str, ...] = ()
    """Kinds that could not be looked at."""
    no_usage: bool = False
    """Whether the cluster measures nothing, so that nothing can be called idle."""
    not_idle: tuple[str, ...] = ()
    """What uses next to nothing, and why it is not called idle, a line each."""
    no_spot: tuple[str, ...] = ()
    """The commands that fetch spot prices, for machines that have none known: no candidate is found on them."""

    @property
    def saving(self) -> float:
        """US dollars a month of all advice that has a figure; no more than all costs, for pieces may overlap."""
        found = sum(each.monthly for each in self.advice if each.monthly is not None)
        return min(found, self.estimate.monthly) if self.estimate is not None else found


def said_of(advice: Advice) -> list[str]:
    """All that is told below an advice's title, a line each."""
    lines = (*advice.evidence, advice.not_here, advice.next_step, *(f"  {each}" for each in advice.commands))
    return [each for each in lines if each]


PRICE_NOTE = "A ? stands where nothing tells what would be saved."


def has_unpriced(found: Bill) -> bool:
    """Whether some advice has no figure, though a sheet knows the machines."""
    return found.estimate is not None and any(each.monthly is None for each in found.advice)


def spot_note(found: Bill) -> str:
    """Why no candidates for spot machines are among the advice; empty where they were looked for everywhere."""
    if not found.no_spot:
        return ""
    return f"No spot prices are known for machines here, so none is called a spot candidate: {'; '.join(found.no_spot)}"


def monthly(hourly: float | None, count: float = 1) -> float | None:
    """US dollars a month of what costs so much an hour."""
    return None if hourly is None else hourly * count * HOURS_A_MONTH
