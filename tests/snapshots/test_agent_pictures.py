"""The picture of the agents for the guide.

UPDATE_PICTURES=1 writes it anew; otherwise it is compared.
"""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.screens.agents import AgentsScreen
from kubegenie_tui.widgets.resource_table import ResourceTable
from tests.snapshots.frozen import freeze, frozen_app, text_of, until
from tests.snapshots.test_pictures import PODS, counted, picture


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    monkeypatch.setattr(
        "kubegenie_tui.screens.agents.latency_words", lambda agent: "18 ms" if agent.latency_ms else None
    )


def is_settled(pilot: Pilot[Any]) -> bool:
    """Whether the agent of the cluster that is looked at was checked, and nothing waits to come."""
    app = pilot.app
    registry = app.screen._registry if isinstance(app.screen, AgentsScreen) else None
    found = registry.all() if registry else []
    return bool(found) and found[0].checked > 0 and found[0].waiting == 0 and "18 ms" in text_of(pilot)


async def test_agents(tmp_path: Path) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    async with app.run_test(size=(140, 20)) as pilot:
        await until(pilot, lambda: counted(pilot))
        await pilot.press(":", *"agents", "enter")
        await until(pilot, lambda: isinstance(app.screen, AgentsScreen) and "prod-eu" in text_of(pilot))
        app.screen.query_one(ResourceTable).select("", "prod-eu")
        await until(pilot, lambda: is_settled(pilot))
        await picture("agents", pilot)
