"""The pack over an inventory: which checks are run and which are not, and what each of them finds."""

from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

import msgspec

from kubegenie_tui.diagnostics.pack import granted, hardening, images, marks, network, resources, running, upkeep
from kubegenie_tui.diagnostics.pack.check import PREFIX, Check
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.policy_parameters import Parameters

OWN: dict[str, Check] = {check.name: check for room in (hardening, upkeep) for check in room.CHECKS}
"""Those that are not of the OPA Gatekeeper library, by name."""
CHECKS: dict[str, Check] = {
    check.name: check
    for check in sorted(
        (
            *(each for room in (images, resources, running, network, granted, marks) for each in room.CHECKS),
            *OWN.values(),
        ),
        key=lambda check: check.name,
    )
}
"""Every check by name."""


class Choice(msgspec.Struct, frozen=True):
    """The checks to run, and why the others are not."""

    checks: tuple[Check, ...]
    not_run: dict[str, str]
    """Why, by name."""


class Judged(msgspec.Struct, frozen=True):
    """One object looked at by one check."""

    check: Check
    ref: ObjectRef
    finding: Finding | None
    """None where it holds."""


def chosen(parameters: Parameters, asked: Collection[str] = ()) -> Choice:
    """The checks to run: those asked for by name or pattern, or all that say something of their own.

    Raises:
        UsageError: no check has such a name.
    """
    named = [name for name in CHECKS if any(fnmatchcase(name, pattern) for pattern in _patterns(asked))]
    not_run = {name: why for name in named or CHECKS if (why := _why_not(CHECKS[name], parameters))}
    if not asked:
        not_run |= {name: "[policy] skip leaves it out" for name in CHECKS if _is_skipped(name, parameters)}
        not_run |= {name: "it is run when it is asked for by name" for name, check in CHECKS.items() if check.by_name}
        not_run |= _covered(parameters, not_run)
    run = tuple(CHECKS[name] for name in named or CHECKS if name not in not_run)
    return Choice(run, dict(sorted(not_run.items())))


def _patterns(asked: Collection[str]) -> Iterator[str]:
    for word in (each.strip().removeprefix(PREFIX) for each in asked):
        if not any(fnmatchcase(name, word) for name in CHECKS):
            near = nearest(word, CHECKS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(CHECKS)}"
            raise UsageError(f'There is no policy check "{word}"', next_step=hint)
        yield word


def _why_not(check: Check, parameters: Parameters) -> str:
    return f"set [policy] {check.settings[0]} to run it" if check.unset(parameters) else ""


def _is_skipped(name: str, parameters: Parameters) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in parameters.skip)


def _covered(parameters: Parameters, not_run: Collection[str]) -> dict[str, str]:
    """Checks that would only repeat what another one finds that is run."""
    covering = {name: check.covered_by(parameters) for name, check in CHECKS.items() if name not in not_run}
    return {name: f"{other} finds the same and more" for name, other in covering.items() if other in covering}


def judged(inventory: Inventory, parameters: Parameters, checks: Sequence[Check]) -> Iterator[Judged]:
    """Each object looked at by each check, one by one so that the work can be done in slices."""
    exempt: dict[str, bool] = {}
    for check in checks:
        for subject in inventory.subjects(check.kinds_for(parameters)):
            space = subject.ref.name if subject.ref.kind == "namespaces" else subject.ref.namespace
            if space not in exempt:
                exempt[space] = not inventory.namespace and parameters.is_exempt(space)
            if not exempt[space]:
                yield Judged(check, subject.ref, check.finding(inventory, parameters, subject))
