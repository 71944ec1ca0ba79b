"""Repair that nobody asked for, on a real control plane: its own audit log tells what was written."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config

from kubegenie_tui.changes.by_rule import carry_out_by_rule
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.plan import Plan, Preview, Tier
from kubegenie_tui.genie.proposing.planning import looked_at, remedied
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.repairing import ASKED_BY, RepairAgent, RepairRules
from kubegenie_tui.settings import Repair
from kubegenie_tui.store.store import Store
from tests.cluster.gated import Gated, Gating
from tests.cluster.keyboard import until
from tests.cluster.test_genie_causes import OneCluster
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  userGroups: ["system:masters"]
  verbs: [create, patch, update, delete, deletecollection]
  resources: [{group: apps}, {group: ""}]
- level: None
"""
RULE = 'rule repair = "allow-w1"'


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audit") / "audit.log"


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane], log: Path) -> Iterator[ControlPlane]:
    """A control plane that writes down who sent what to change something."""
    policy = log.with_name("policy.yaml")
    policy.write_text(POLICY)
    flags = (f"--audit-policy-file={policy}", f"--audit-log-path={log}")
    plane = start_control_plane(*(part for flag in flags for part in ("--apiserver-arg", flag)), name="repaired")
    yield plane
    plane.stop()


@pytest.fixture
def apps(plane: ControlPlane) -> Iterator[client.AppsV1Api]:
    with config.new_client_from_config(str(plane.kubeconfig), context=plane.name) as api:
        yield client.AppsV1Api(api)


@pytest.fixture
async def bench(plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(plane, tmp_path / "records") as bench:
        yield bench


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Where proposals wait."""
    store = await Store.open(tmp_path / "proposals.db")
    yield store
    await store.close()


class Repairs:
    """The repair agent over the bench's cluster, with a rule."""

    def __init__(self, bench: Gated, store: Store, rule: Repair) -> None:
        self.agent = RepairAgent(
            OneCluster(bench.agent),
            lambda: [bench.agent.name],
            RepairRules(lambda _: rule, most=10),
            look=bench.look,
            proposals=store.proposals,
            carry_out=self._carry_out,
        )
        self._bench = bench

    async def _carry_out(self, preview: Preview) -> None:
        await carry_out_by_rule(self._bench.gate, self._bench.agent, preview, 'repair = "allow-w1"', time.time())

    @property
    def told(self) -> list[str]:
        return [text for _, text in self.agent.steps]


def deployment(name: str, image: str = "nginx:1.28") -> dict[str, Any]:
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main", "image": image}]}}
    return {"metadata": {"name": name}, "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": pod}}


def ours(log: Path) -> list[tuple[str, str]]:
    """What KubeGenie sent to be written, dry runs apart: verb and name."""
    events = [json.loads(line) for line in log.read_text().splitlines()]
    return [
        (each["verb"], each["objectRef"].get("name", ""))
        for each in events
        if each["userAgent"].startswith("kubegenie") and "dryRun" not in each["requestURI"]
    ]


async def paused(apps: client.AppsV1Api, name: str) -> None:
    """A deployment whose rollout somebody paused, which its controller has seen."""
    body = deployment(name)
    body["spec"]["paused"] = True
    await asyncio.to_thread(apps.create_namespaced_deployment, "default", body)
    await until(lambda: apps.read_namespaced_deployment(name, "default").status.observed_generation)


async def is_paused(apps: client.AppsV1Api, name: str) -> bool:
    found = await asyncio.to_thread(apps.read_namespaced_deployment, name, "default")
    return bool(found.spec.paused)


@pytest.mark.parametrize("rule", ["off", "propose"])
async def test_without_the_rule_nothing_is_written(
    rule: Repair, plane: ControlPlane, apps: client.AppsV1Api, bench: Gated, store: Store, log: Path
) -> None:
    name = f"paused-{rule}"
    await paused(apps, name)
    repairs, before = Repairs(bench, store, rule), ours(log)
    for _ in range(2):
        if not repairs.agent.idle:
            await repairs.agent.health_check()
    kept = [each for each in await store.proposals.latest() if name in each.title]
    if rule == "off":
        assert kept == []
    else:
        [proposal] = kept
        assert (proposal.title, proposal.cluster) == (f"Resume the rollout of deployment default/{name}", plane.name)
        assert proposal.asked is not None
        assert (proposal.asked.plan.asked_by, proposal.asked.tier) == (ASKED_BY, Tier.REVERSIBLE.words)
    assert await is_paused(apps, name)
    assert ours(log) == before
    assert await bench.audit.entries() == []
    await asyncio.to_thread(apps.delete_namespaced_deployment, name, "default")


async def test_with_the_rule_what_is_reversible_is_done_on_record_and_taken_back(
    apps: client.AppsV1Api, bench: Gated, store: Store, log: Path
) -> None:
    await paused(apps, "api")
    repairs, before = Repairs(bench, store, "allow-w1"), len(ours(log))
    await repairs.agent.health_check()
    assert not await is_paused(apps, "api")
    assert ours(log)[before:] == [("patch", "api")]
    assert f"{bench.agent.name}: Resume the rollout of deployment default/api: done" in repairs.told
    entry = (await bench.audit.entries())[0]
    assert (entry.asked_by, entry.how, entry.tier) == (ASKED_BY, RULE, Tier.REVERSIBLE)
    [record] = await bench.undo.recent(bench.agent.name)
    assert record.plan is not None
    await bench.carry_out(await bench.look(record.plan))
    assert await is_paused(apps, "api")
    await repairs.agent.health_check()
    assert await is_paused(apps, "api"), "within the hour it is not done again"
    await asyncio.to_thread(apps.delete_namespaced_deployment, "api", "default")


async def test_what_is_disruptive_is_not_done_whatever_the_rule_says(
    apps: client.AppsV1Api, bench: Gated, store: Store, log: Path
) -> None:
    await asyncio.to_thread(apps.create_namespaced_deployment, "default", deployment("web"))
    await until(lambda: (apps.read_namespaced_deployment("web", "default").status.ready_replicas or 0) == 1)
    wrong = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:no-such-tag"}]}}}}
    await asyncio.to_thread(apps.patch_namespaced_deployment, "web", "default", wrong)
    plan, tier = await sure_plan(bench, "web")
    assert tier is Tier.DISRUPTIVE
    repairs, before = Repairs(bench, store, "allow-w1"), ours(log)
    await repairs.agent.health_check()
    assert repairs.told == []
    assert ours(log) == before
    assert await bench.audit.entries() == []
    assert await store.proposals.latest() == []
    found = await asyncio.to_thread(apps.read_namespaced_deployment, "web", "default")
    assert found.spec.template.spec.containers[0].image == "nginx:no-such-tag", plan.title
    await asyncio.to_thread(apps.delete_namespaced_deployment, "web", "default")


async def sure_plan(bench: Gated, name: str) -> tuple[Plan, Tier]:
    """What surely mends an object, once the diagnosis knows it, and how grave that is."""
    scope = Scope(bench.agent, Focus(bench.agent.name, "default"), Redactor(), look=bench.look)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        findings = (await diagnose_scope(scope, "default")).data.findings
        for finding in findings:
            if finding.remedy is not None and name in str(finding.root):
                plan, _ = await remedied(scope, finding.remedy)
                return plan, (await looked_at(scope, plan)).preview.tier
    raise AssertionError([each.title for each in findings])
