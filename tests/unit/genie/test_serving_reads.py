"""What a program outside reads over MCP: the same tools, with the same arguments and errors."""

import re
from pathlib import Path

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving, world


async def test_a_list_is_read_on_and_selected_by_the_server(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kept" / "kubegenie.db")
    async with serving(world("prod", pods=5)) as server, agent_of(server, "prod") as agent:
        tools = ServedTools(Scope(agent, Focus("prod", "shop"), Redactor()), store.proposals)
        await tools.open()
        [offer] = [each for each in await tools.offers() if each.name == "list"]
        assert {"columns", "field_selector", "cursor"} <= offer.parameters["properties"].keys()
        first = await tools.call("list", {"kind": "pods", "limit": 3, "columns": ["NODE"]}, "")
        cursor = re.search(r"read on with cursor (\S+)", first.text)
        assert cursor is not None
        rest = await tools.call("list", {"kind": "pods", "columns": ["NODE"], "cursor": cursor[1]}, "")
        assert "rows 4 to 5 of 5 shown" in rest.text
        assert rest.text.splitlines()[-3:-1] == ["pod-3 | node-1", "pod-4 | node-1"]
        found = await tools.call("count", {"kind": "pods", "field_selector": "metadata.name!=pod-0"}, "")
        assert "4 of 5 pods" in found.text
        refused = await tools.call("list", {"kind": "pods", "field_selector": "spec.colour=red"}, "")
        assert not refused.ok
        assert "does not select pods by the fields" in refused.text
    await store.close()
