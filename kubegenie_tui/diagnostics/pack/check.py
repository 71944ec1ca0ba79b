"""A check of the pack: what it is about, what it finds in one object, and when it is not run."""

from collections.abc import Callable, Collection, Iterable, Iterator

import msgspec

from kubegenie_tui.diagnostics.pack.inventory import MAKERS, Inventory
from kubegenie_tui.diagnostics.pack.subject import Part, Subject
from kubegenie_tui.domain.finding import Evidence, Finding, Remedy, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.policy_parameters import Parameters
from kubegenie_tui.domain.text import plain

PREFIX = "policy/"
"""Begins the rule ids of the pack."""
WITH_PODS = ("pods", *MAKERS)
_LONGEST_VALUE = 200
_MOST_FACTS = 8


class Fault(msgspec.Struct, frozen=True):
    """One breach of a rule in an object."""

    field: str
    value: str
    """What stands there; `not set` for nothing."""
    why: str
    """A half sentence: `container app has no memory limit`."""
    others: tuple[ObjectRef, ...] = ()
    """Objects it is about besides."""
    remedy: Remedy | None = None


Judge = Callable[[Inventory, Parameters, Subject], Iterator[Fault]]


class Check(msgspec.Struct, frozen=True):
    """One rule."""

    name: str
    what: str
    """What it wants, as a half sentence: `each Ingress has TLS`."""
    kinds: tuple[str, ...]
    judge: Judge
    step: str
    """What to do about it."""
    severity: Severity = Severity.NOTICE
    settings: tuple[str, ...] = ()
    """The parameters it goes by."""
    unset: Callable[[Parameters], bool] = lambda _: False
    """Whether a parameter is missing without which there is nothing to check."""
    covered_by: Callable[[Parameters], str] = lambda _: ""
    """The check that says the same and more; it is enough to run that one."""

    narrowed: Callable[[Parameters], Collection[str]] | None = None
    """Of which of its kinds the parameters want it; None for all."""
    beside: tuple[str, ...] = ()
    """Kinds that it looks up and does not judge."""
    by_name: bool = False
    """Whether it is run only when it is asked for by name, for it would find fault with most clusters."""
    confidence: float = 1.0
    """Below 1 where only a person knows whether it is meant to be so."""

    @property
    def rule(self) -> str:
        """Its rule id."""
        return f"{PREFIX}{self.name}"

    def kinds_for(self, parameters: Parameters) -> Collection[str]:
        """The kinds it looks at."""
        return self.kinds if self.narrowed is None else self.narrowed(parameters)

    def finding(self, inventory: Inventory, parameters: Parameters, subject: Subject) -> Finding | None:
        """All breaches of one object as one finding; None where it holds."""
        faults = list(self.judge(inventory, parameters, subject))
        if not faults:
            return None
        ref, first = subject.ref, faults[0]
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        others = (other for fault in faults for other in fault.others)
        return Finding(
            self.rule, self.severity, f"{ref.noun} {ref.name}: {first.why}{more}", self.what, ref,
            first.field, tuple(_facts(ref, faults)), tuple(dict.fromkeys((ref, *subject.affected, *others))),
            self.confidence, (self.step,), next((fault.remedy for fault in faults if fault.remedy), None),
        )  # fmt: skip


def _facts(ref: ObjectRef, faults: Iterable[Fault]) -> Iterator[Evidence]:
    for fault in list(faults)[:_MOST_FACTS]:
        yield Evidence(ref, fault.field, plain(fault.value)[:_LONGEST_VALUE])


def of_containers(judge: Callable[[Parameters, Part], Iterator[Fault]], *lists: str) -> Judge:
    """A judge of objects made from one of containers; exempt images are left out. `lists`: all of them without any."""

    def judged(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
        for part in subject.parts:
            if part.list_name in (lists or (part.list_name,)) and not parameters.exempts_image(part.image):
                yield from judge(parameters, part)

    return judged
