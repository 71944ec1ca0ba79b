"""The line on top of a screen that says nothing new tells the time all the same."""

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from kubegenie_tui.widgets import header
from kubegenie_tui.widgets.header import StatusHeader


class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield StatusHeader(demo=True)


async def test_the_time_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    now = "11:06"
    monkeypatch.setattr(header, "_time", lambda: now)
    monkeypatch.setattr(header, "LOOK_SECONDS", 0.01)
    async with Bare().run_test(size=(60, 2)) as pilot:
        line = pilot.app.query_one(StatusHeader)
        line.set_parts(Content("KubeGenie  prod"), Content("▲ 2 problems"))
        assert line.render().plain == f"{'KubeGenie  prod':30} ▲ 2 problems  11:06   DEMO "
        now = "11:07"
        async with asyncio.timeout(20):
            while "11:07" not in line.render().plain:
                await pilot.pause()
        line.set_parts(Content("KubeGenie"))
        assert line.render().plain.split() == ["KubeGenie", "11:07", "DEMO"]
