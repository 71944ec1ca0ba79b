"""Kinds that we have no shape for: the server's columns, whenever and however they become known."""

import pytest

from kubegenie_tui.domain.live import Phase
from tests.unit.agents.fakes import FakeClock
from tests.unit.kube.fake_api import FakeApi
from tests.unit.kube.reflecting import WIDGETS, is_live, let_pass, names, reflecting, until


def widgets(count: int, minor: str = "37") -> FakeApi:
    api = FakeApi("/apis/example.com/v1/widgets", "Widget", minor)
    for number in range(count):
        api.put(f"widget-{number}", phase="Ready", size=number)
    return api


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_columns_and_cells_are_the_server_s(minor: str) -> None:
    async with reflecting(widgets(2, minor), WIDGETS, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        assert [column.title for column in reflector.live.columns] == ["PHASE", "SIZE"]
        assert [row.cells for row in reflector.live.rows.values()] == [("Ready", 0), ("Ready", 1)]


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_the_columns_of_an_empty_collection_are_known(minor: str) -> None:
    api = widgets(0, minor)
    async with reflecting(api, WIDGETS, clock=FakeClock()) as reflector:
        await until(lambda: is_live(reflector)() and api.streams)
        api.put("first", phase="Ready", size=7)
        await api.catch_up()
        await until(lambda: reflector.live.rows)
        assert [column.title for column in reflector.live.columns] == ["PHASE", "SIZE"]
        assert [row.cells for row in reflector.live.rows.values()] == [("Ready", 7)]


async def test_an_empty_collection_of_a_server_that_makes_no_tables() -> None:
    api = widgets(0)
    api.makes_tables = False
    async with reflecting(api, WIDGETS, clock=FakeClock()) as reflector:
        await until(is_live(reflector))
        await until(lambda: api.streams)
        api.put("first")
        await api.catch_up()
        await until(lambda: names(reflector.live) == {"first"})


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_a_bookmark_is_no_row_and_a_place_to_go_on_from(minor: str) -> None:
    api, clock = widgets(2, minor), FakeClock()
    async with reflecting(api, WIDGETS, clock=clock) as reflector:
        await until(lambda: is_live(reflector)() and api.streams)
        await let_pass(clock, 400)
        api.version = 900
        await api.bookmark()
        await api.end_watches()
        await until(lambda: api.queries()[-1].get("resourceVersion") == "900")
        assert names(reflector.live) == {"widget-0", "widget-1"}


@pytest.mark.parametrize("minor", ["30", "37"])
async def test_when_the_columns_change_all_rows_come_anew(minor: str) -> None:
    api, clock = widgets(3, minor), FakeClock()
    async with reflecting(api, WIDGETS, clock=clock) as reflector:
        await until(lambda: is_live(reflector)() and api.streams)
        await let_pass(clock, 400)
        api.columns = ["Name", "Size", "Age"]
        api.put("widget-1", phase="Ready", size=10)
        await api.end_watches()
        await until(lambda: len(reflector.live.columns) == 1 and reflector.live.state.phase is Phase.LIVE)
        await until(lambda: len(reflector.live.rows) == 3)
        assert {row.name: row.cells for row in reflector.live.rows.values()} == {
            "widget-0": (0,),
            "widget-1": (10,),
            "widget-2": (2,),
        }
