"""Versions that cost more because their standard support has ended. When it does is data."""

from collections.abc import Iterator
from datetime import date

from kubegenie_tui.costs.outside import upgrade
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice, monthly
from kubegenie_tui.providers.price_sheet import Sheet
from kubegenie_tui.providers.support import support_dates


def is_extended(world: World, today: date) -> bool:
    """Whether the standard support of the control plane's version has ended."""
    until = _until(world)
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
    until, sheet = _until(world), world.sheet
    if sheet is None or until is None or today <= until:
        return
    known = support_dates()[world.provider]
    charged = (known["charged"],) if "charged" in known else ()
    extra = sheet.control_plane.get("extended", 0.0) - (_standard(sheet) or 0.0)
    yield Advice(
        "extended-support",
        f"Kubernetes {_minor(world)} is in extended support",
        None,
        (f"its standard support ended on {until} ({known['source']})", *charged),
        monthly(extra) if extra > 0 else None,
        _next_step(world),
        made_here="upgrade" if world.made_here else "",
        commands=() if world.made_here else upgrade(world, _next_minor(world)),
    )


def _next_step(world: World) -> str:
    step = "upgrade the control plane, one minor version after the other"
    return f"{step}: `kubegenie provision upgrade`" if world.made_here else f"{step}, where it was made:"


def _standard(sheet: Sheet) -> float | None:
    """US dollars an hour; None where it depends on a tier that the cluster does not tell."""
    return sheet.control_plane.get("standard", sheet.control_plane.get("cluster"))


def _until(world: World) -> date | None:
    found = support_dates().get(world.provider, {}).get("standard_until", {}).get(_minor(world))
    return found if isinstance(found, date) else None


def _next_minor(world: World) -> str:
    major, minor = _minor(world).split(".")
    return f"{major}.{int(minor) + 1}"


def _minor(world: World) -> str:
    return ".".join(world.version.removeprefix("v").split(".")[:2])
