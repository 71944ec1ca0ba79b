"""What a cluster costs a month: its control plane, nodes, volumes and load balancers, by the sheet of its provider."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from kubegenie_tui.costs.balancers import balancer_lines
from kubegenie_tui.costs.support import control_plane_hourly
from kubegenie_tui.costs.volumes import gigabytes, volume_hourly
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.creation import Estimate
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.providers.price_sheet import Line


def estimate(world: World, today: date, volumes: Sequence[Manifest] | None = None) -> Estimate | None:
    """All that the sheet knows of, and the names of what it does not; None without a sheet.

    Args:
        world: the cluster.
        today: what is in support depends on it.
        volumes: those to count; None for all.
    """
    sheet = world.sheet
    if sheet is None:
        return None
    lines = [Line(f"control plane ({world.provider})", 1, control_plane_hourly(world, today))]
    sizes = Counter((each.size, each.spot, each.hourly) for each in world.machines)
    lines += [Line(f"{size}{' spot' if spot else ''}", count, hourly) for (size, spot, hourly), count in sizes.items()]
    counted = world.all("persistentvolumes") if volumes is None else volumes
    priced = [each for each in counted if volume_hourly(world, each) is not None]
    disks = sum((volume_hourly(world, each) or 0) for each in priced)
    if priced:
        lines.append(Line(f"volumes, {sum(map(gigabytes, priced)):,.0f} GB", 1, disks))
    if others := len(counted) - len(priced):
        lines.append(Line(f"{others} volumes of kinds without a price", others, None))
    lines += balancer_lines(world, sheet)
    return sheet.estimate(lines, world.region)
