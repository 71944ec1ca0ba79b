"""A gate in front of demo clusters, of which the genie gets the eyes alone."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kubegenie_tui.changes.opening import open_changes
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.genie.reading.scope import Look
from kubegenie_tui.store.store import Store
from tests.unit.genie.model_and_cluster import Agents

Looking = Callable[[Agents], Look]


@pytest.fixture
async def looking(tmp_path: Path) -> AsyncIterator[Looking]:
    """What the gate says of plans for some agents."""
    store = await Store.open(tmp_path / "kubegenie.db")
    changes = await open_changes(store, tmp_path)

    def of(agents: Agents) -> Look:
        async def look(plan: Plan) -> Preview:
            return await changes.gate.preview(await agents.open(plan.cluster), plan)

        return look

    yield of
    await store.close()
