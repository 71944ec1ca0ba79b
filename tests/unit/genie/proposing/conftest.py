"""A gate in front of demo clusters, of which the genie gets the eyes alone."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from kubegenie_tui.changes.opening import Changes, open_changes
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.genie.reading.scope import Look
from kubegenie_tui.store.store import Store
from tests.unit.genie.model_and_cluster import Agents

Looking = Callable[[Agents], Look]


@pytest.fixture
async def changes(tmp_path: Path) -> AsyncIterator[Changes]:
    """The gate and its records."""
    store = await Store.open(tmp_path / "kubegenie.db")
    yield await open_changes(store, tmp_path)
    await store.close()


@pytest.fixture
def looking(changes: Changes) -> Looking:
    """What the gate says of plans for some agents."""

    def of(agents: Agents) -> Look:
        async def look(plan: Plan) -> Preview:
            return await changes.gate.preview(await agents.open(plan.cluster), plan)

        return look

    return of
