"""The demo's production cluster, its story told once for all tests; time stands still in it."""

from collections.abc import AsyncIterator

import pytest

from kubegenie_tui.demo.story.stories import build_world
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.agents.demo_clusters import agent_of, serving


@pytest.fixture(scope="session")
def prod_world() -> World:
    """Read only: every test shares it."""
    return build_world("prod-eu")


@pytest.fixture
async def prod(prod_world: World) -> AsyncIterator[Scope]:
    """All namespaces of production."""
    async with serving(prod_world) as server, agent_of(server, "prod-eu") as agent:
        yield Scope(agent, Focus("prod-eu"), Redactor())
