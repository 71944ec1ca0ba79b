"""Faults with a sure remedy are left alone, proposed or ended, as a rule of their cluster says; counted, on record."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.changes.by_rule import carry_out_by_rule
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan, Preview, Tier
from kubegenie_tui.domain.proposal import ProposalState
from kubegenie_tui.genie.repairing import ASKED_BY, HOUR, REFUSED_SECONDS, RepairAgent, RepairRules
from kubegenie_tui.settings import Repair
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually
from tests.unit.changes.bench import DEPLOYMENTS, Bench, deployment, opened, patch
from tests.unit.genie.model_and_cluster import Agents


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as bench:
        yield bench


async def paused(bench: Bench, name: str) -> None:
    """A deployment whose rollout somebody paused: to resume it surely ends that."""
    made: dict[str, Any] = deployment(name)
    made["spec"]["paused"] = True
    await bench.agent.client.post(bench.agent.kinds.resolve(DEPLOYMENTS).path("shop"), made)


class Work:
    """A repair agent over the bench's cluster."""

    def __init__(self, bench: Bench, rule: Repair, most: int = 4, ignored: tuple[str, ...] = ()) -> None:
        self.bench = bench
        self.clock = FakeClock()
        self.agent = RepairAgent(
            Agents({"prod": bench.agent}),
            lambda: ["prod"],
            RepairRules({"prod": rule}.__getitem__, most, ignored),
            look=self._look,
            proposals=bench.store.proposals,
            carry_out=self._carry_out,
            clock=self.clock,
        )

    async def _look(self, plan: Plan) -> Preview:
        return await self.bench.gate.preview(self.bench.agent, plan)

    async def _carry_out(self, preview: Preview) -> None:
        """As the app does, without waiting for pods: no controller runs here that would make any."""
        steps = tuple(replace(each, step=replace(each.step, wait=False)) for each in preview.steps)
        shown = replace(preview, steps=steps)
        await carry_out_by_rule(self.bench.gate, self.bench.agent, shown, 'repair = "allow-w1"', self.clock.now())

    async def titles(self) -> list[str]:
        return [each.title for each in await self.bench.store.proposals.latest()]

    async def is_paused(self, name: str) -> bool:
        return bool((await self.bench.get(DEPLOYMENTS, name))["spec"].get("paused"))


async def test_without_a_rule_nothing_is_looked_at(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "off")
    assert work.agent.idle
    await work.agent.health_check()
    assert await work.titles() == []
    assert await work.is_paused("api")


async def test_what_somebody_does_on_purpose_for_a_time_is_left_to_who_asks(bench: Bench) -> None:
    job = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "backup", "namespace": "shop"}}
    spec = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": {"spec": {}}}}}
    await bench.agent.client.post(bench.agent.kinds.resolve("cronjobs.batch").path("shop"), job | {"spec": spec})
    work = Work(bench, "propose")
    await work.agent.health_check()
    assert await work.titles() == []


async def test_what_surely_ends_a_fault_is_proposed_once_and_not_done(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "propose")
    await work.agent.health_check()
    await work.agent.health_check()
    (kept,) = await bench.store.proposals.latest()
    assert kept.asked is not None
    assert (kept.cluster, kept.title) == ("prod", "Resume the rollout of deployment shop/api")
    assert (kept.asked.plan.asked_by, kept.asked.tier) == (ASKED_BY, Tier.REVERSIBLE.words)
    assert kept.asked.server == bench.agent.status.server
    assert "is paused" in kept.asked.why
    assert kept.asked.answers is not None
    assert "is paused" in kept.asked.answers.title
    assert await work.is_paused("api")
    assert [entry for entry in await bench.audit.entries() if entry.asked_by == ASKED_BY] == []


async def test_what_a_person_refused_is_not_proposed_again_that_day(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "propose")
    await work.agent.health_check()
    (kept,) = await bench.store.proposals.latest()
    await bench.store.proposals.mark(kept.id, ProposalState.REFUSED)
    work.clock.time = kept.at + REFUSED_SECONDS - 1
    await work.agent.health_check()
    assert len(await work.titles()) == 1
    work.clock.time = kept.at + REFUSED_SECONDS + 1
    await work.agent.health_check()
    assert len(await work.titles()) == 2


async def test_where_a_rule_allows_it_it_is_done_on_record_and_can_be_undone(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "allow-w1")
    await work.agent.health_check()
    assert not await work.is_paused("api")
    assert await work.titles() == []
    entry = (await bench.audit.entries())[0]
    assert (entry.asked_by, entry.how, entry.tier) == (ASKED_BY, 'rule repair = "allow-w1"', 1)
    assert [text for _, text in work.agent.steps] == ["prod: Resume the rollout of deployment shop/api: done"]
    await bench.take_back((await bench.undo.recent("prod"))[0])
    assert await work.is_paused("api")


async def test_no_more_than_so_many_an_hour_and_the_rest_waits(bench: Bench) -> None:
    for name in ("api", "cart", "mail"):
        await paused(bench, name)
    work = Work(bench, "allow-w1", most=2)
    await work.agent.health_check()
    assert [await work.is_paused(name) for name in ("api", "cart", "mail")].count(True) == 1
    assert work.agent.waiting() == 1
    await work.clock.advance(HOUR - 1)
    await work.agent.health_check()
    assert work.agent.waiting() == 1
    await work.clock.advance(2)
    await work.agent.health_check()
    assert not any([await work.is_paused(name) for name in ("api", "cart", "mail")])
    assert work.agent.waiting() == 0


async def test_a_fault_that_comes_back_is_left_alone_for_an_hour(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "allow-w1")
    await work.agent.health_check()
    await bench.do(patch(DEPLOYMENTS, "api", {"spec": {"paused": True}}))
    await work.agent.health_check()
    assert await work.is_paused("api")


async def test_findings_that_the_settings_ignore_are_left_alone(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "allow-w1", ignored=("rollout-paused",))
    await work.agent.health_check()
    assert await work.is_paused("api")


async def test_where_changes_need_more_care_or_are_refused_nothing_is_done(bench: Bench) -> None:
    await paused(bench, "api")
    work = Work(bench, "allow-w1")
    for care in ({"protected": True, "read_only": False}, {"protected": False, "read_only": True}):
        bench.agent.treat(bench.agent.status.traits, **care)
        await work.agent.health_check()
    assert await work.is_paused("api")
    assert await work.titles() == []


async def test_a_rule_cannot_approve_what_is_more_than_reversible(bench: Bench) -> None:
    plan = Plan("Scale to nothing", "prod", (patch(DEPLOYMENTS, "web", {"spec": {"replicas": 0}}),), ASKED_BY)
    preview = await bench.preview(plan)
    assert preview.tier is not Tier.REVERSIBLE
    with pytest.raises(UsageError, match="has to be approved by a person"):
        await carry_out_by_rule(bench.gate, bench.agent, preview, "a rule", 0.0)


async def test_a_cluster_that_cannot_be_diagnosed_is_the_reason_why_it_is_not_well(bench: Bench) -> None:
    work = Work(bench, "propose")
    supervisor = Supervisor(clock=FakeClock())
    await bench.server.__aexit__(None, None, None)
    await supervisor.start(work.agent)
    await eventually(lambda: work.agent.state is AgentState.DEGRADED)
    assert work.agent.reason
    await supervisor.close()
