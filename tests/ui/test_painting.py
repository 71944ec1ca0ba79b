"""What our compositor draws of a change is what Textual's own draws."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MethodType
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.on_demo import app_on_demo

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
WIDTH, HEIGHT = 160, 45


def drawn(screen: Screen[Any], crop: Region) -> list[str]:
    """The characters and styles the compositor puts inside a changed part, line by line."""
    lines = screen._compositor._render_chops(crop, range(crop.y, crop.bottom).__contains__)
    return [repr(list(inside(chops, crop))) for chops in lines[crop.y : crop.bottom]]


def inside(chops: Mapping[int, Strip | None], crop: Region) -> Iterator[Strip]:
    """What of a line's pieces is in the changed part."""
    for x, chop in chops.items():
        if chop is not None and x < crop.right and x + chop.cell_length > crop.x:
            yield chop.crop(max(0, crop.x - x), min(chop.cell_length, crop.right - x)).simplify()


def drawn_by_textual(screen: Screen[Any], crop: Region) -> list[str]:
    """The same by Textual's way."""
    ours = screen._compositor
    whole = ours._get_renders
    ours._get_renders = MethodType(Compositor._get_renders, ours)  # type: ignore[method-assign]
    try:
        return drawn(screen, crop)
    finally:
        ours._get_renders = whole  # type: ignore[method-assign]


async def test_any_part_of_the_explorer_is_drawn_as_textual_draws_it(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, size=(WIDTH, HEIGHT), **PODS) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.until_shown("Workloads")
        screen = demo.app.screen

        @settings(suppress_health_check=list(HealthCheck), max_examples=150)
        @given(
            st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)),
            st.tuples(st.integers(1, WIDTH), st.integers(1, HEIGHT)),
        )
        def any_part(corner: tuple[int, int], size: tuple[int, int]) -> None:
            crop = Region(*corner, *size).intersection(Region(0, 0, WIDTH, HEIGHT))
            assert drawn(screen, crop) == drawn_by_textual(screen, crop)

        any_part()


async def test_a_change_of_the_table_asks_the_table_alone(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, size=(WIDTH, HEIGHT), **PODS) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        table = demo.table
        asked = list(demo.app.screen._compositor._get_renders(table.region))
        assert [(region, len(strips)) for region, _, strips in asked] == [(table.region, table.size.height)]
