"""The bill of a live cluster: what is asked for it, and what is kept."""

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.costs.reading import bill_of
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.store.looks import KeptLooks
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving, world


async def billed(agent: ClusterAgent, looks: KeptLooks) -> list[str]:
    await agent.learn_kinds()
    return list((await bill_of(agent, looks)).not_idle)


async def test_the_version_is_asked_for_where_no_check_has_told_it() -> None:
    there, store = world("one"), await Store.in_memory()
    there.cluster.version = "v1.32.9-eks-1"
    labels = {"topology.kubernetes.io/region": "us-east-1", "node.kubernetes.io/instance-type": "m5.xlarge"}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": labels}}
    there.cluster.create({**node, "spec": {"providerID": "aws:///us-east-1a/i-1"}})
    async with serving(there) as server, agent_of(server, "one") as agent:
        await agent.learn_kinds()
        assert not agent.status.version
        found = await bill_of(agent, store.looks)
    assert "extended-support" in {each.rule for each in found.advice}
    await store.close()


async def test_a_bill_is_a_look_and_needs_no_store_that_keeps_it() -> None:
    class Full(KeptLooks):
        async def add(self, *_: object) -> None:
            raise StoreError("full")

    store = await Store.in_memory()
    async with serving(world("one")) as server, agent_of(server, "one") as agent:
        await billed(agent, Full(store._database))
        assert await store.looks.of("one") == []
        await billed(agent, store.looks)
    [look] = await store.looks.of("one")
    assert look.used["shop"] > 0
    await store.close()
