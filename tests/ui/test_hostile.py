"""Hostile text in every field on every screen: the app stands, and nothing of it reaches the terminal as a command."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.hostile import Written, app_on_hostile, poisoned
from tests.ui.hostile import written as written
from tests.ui.on_demo import OnDemo

PODS: dict[str, Any] = {"context": poisoned("prod-eu"), "namespace": "", "command": "pods"}
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])


def check_widths(demo: OnDemo) -> None:
    """Every line is as wide as the terminal thinks it is."""
    width = demo.app.size.width
    strips = demo.app.screen._compositor.render_strips()
    assert [strip.cell_length for strip in strips] == [width] * len(strips)


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)


@SIZES
async def test_clusters(tmp_path: Path, written: Written, size: tuple[int, int]) -> None:
    async with app_on_hostile(tmp_path, size) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and len(demo.names) == 13)
        await demo.until_shown("unreachable")
        await demo.pilot.press("down", "t", "down", "ctrl+d", "y", "end", "home")
        await demo.pilot.pause()
        check_widths(demo)


KINDS = (
    *("pods", "nodes", "events", "deployments", "services", "configmaps", "secrets", "ingresses", "namespaces"),
    *("customresourcedefinitions", "certificates", "jobs", "persistentvolumeclaims", "serviceaccounts"),
)


@pytest.mark.parametrize("kind", KINDS)
async def test_rows(tmp_path: Path, written: Written, kind: str) -> None:
    async with app_on_hostile(tmp_path, **{**PODS, "command": kind}) as demo:
        await opened(demo)
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural.startswith(kind) and demo.names)
        await demo.pilot.press("ctrl+w", "right", "right", "end", "N", "m", "c")
        await demo.pilot.press("ctrl+t")
        await demo.until_shown("Created")
        check_widths(demo)
