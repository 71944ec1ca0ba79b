"""Versions that cost more because their standard support has ended. When it does is data."""

from collections.abc import Iterator
from datetime import date

from kubegenie_tui.costs.outside import tier, upgrade
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.providers.price_sheet import Sheet
from kubegenie_tui.providers.support import support_dates

STANDARD, EXTENDED = "standard_until", "extended_until"
NOT_HERE = (
    "it is not upgraded from here: a control plane is upgraded by its cloud, and KubeGenie asks a cloud that for the "
    "clusters that it created"
)


def is_extended(world: World, today: date) -> bool:
    """Whether the standard support of the control plane's version has ended."""
    until = _until(world, STANDARD)
    return until is not None and today > until


def control_plane_hourly(world: World, today: date) -> float | None:
    """US dollars; that of extended support when the version is in it; None when the sheet has none."""
    sheet = world.sheet
    if sheet is None:
        return None
    standard = _standard(sheet)
    return sheet.control_plane.get("extended", standard) if is_extended(world, today) else standard


def extended_support(world: World, today: date) -> Iterator[Advice]:
    """A version in extended support: an upgrade takes the surcharge away."""
    until, sheet = _until(world, STANDARD), world.sheet
    if sheet is None or until is None or today <= until:
        return
    elsewhere = not world.made_here
    yield Advice(
        "extended-support",
        f"Kubernetes {_minor(world)} is past its standard support",
        None,
        tuple(_evidence(world, sheet, until, today)),
        _extra(sheet),
        _next_step(world),
        made_here="" if elsewhere else "upgrade",
        not_here=NOT_HERE if elsewhere else "",
        commands=(*_asked(world), *upgrade(world, _next_minor(world))) if elsewhere else (),
    )


def _extra(sheet: Sheet) -> float | None:
    """US dollars a month; None where it is charged for a tier that the cluster does not tell."""
    standard, extended = _standard(sheet), sheet.control_plane.get("extended")
    return monthly(extended - standard) if standard is not None and extended is not None else None


def _evidence(world: World, sheet: Sheet, until: date, today: date) -> Iterator[str]:
    known, end = support_dates()[world.provider], _until(world, EXTENDED)
    yield f"its standard support ended on {until} ({known['source']}, {known['as_of']})"
    if end is not None:
        yield f"extended support {'ends' if today <= end else 'ended'} on {end}"
    if "charged" in known:
        yield known["charged"]
    if "Premium" in sheet.control_plane:
        premium, standard = sheet.control_plane["Premium"], sheet.control_plane["Standard"]
        yield f"Premium instead of Standard costs {monthly(premium - standard):,.2f} US dollars a month more"


def _next_step(world: World) -> str:
    step = "upgrade the control plane, one minor version after the other"
    if world.made_here:
        return f"{step}: `kubegenie provision upgrade`"
    leaving = ", and leave the Premium tier then" if world.provider == "aks" else ""
    return f"{step}, where it was made{leaving}:"


def _asked(world: World) -> tuple[str, ...]:
    return tier(world) if world.provider == "aks" else ()


def _standard(sheet: Sheet) -> float | None:
    """US dollars an hour; None where it depends on a tier that the cluster does not tell."""
    return sheet.control_plane.get("standard", sheet.control_plane.get("cluster"))


def _until(world: World, what: str) -> date | None:
    found = support_dates().get(world.provider, {}).get(what, {}).get(_minor(world))
    return found if isinstance(found, date) else None


def _next_minor(world: World) -> str:
    major, minor = _minor(world).split(".")
    return f"{major}.{int(minor) + 1}"


def _minor(world: World) -> str:
    return ".".join(world.version.removeprefix("v").split(".")[:2])
