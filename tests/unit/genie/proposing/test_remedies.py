"""What ends a fault, as a plan that the gate has looked at."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier
from kubegenie_tui.genie.proposing.planning import looked_at, remedied
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.changes.bench import DEPLOYMENTS, Bench, deployment, opened
from tests.unit.genie.model_and_cluster import Agents


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with opened(tmp_path) as bench:
        yield bench


async def test_a_corrected_name_leaves_the_other_containers_and_variables_as_they_are(bench: Bench) -> None:
    made = deployment("api")
    first = made["spec"]["template"]["spec"]["containers"][0]
    wrong = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-cerds", "key": "password"}}}
    first["env"].append(wrong)
    await bench.agent.client.post(bench.agent.kinds.resolve(DEPLOYMENTS).path("shop"), made)
    entry = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db-creds"}}}
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "web", "env": [entry]}]}}}}
    remedy = Remedy("patch", ObjectRef(DEPLOYMENTS, "api", "shop"), patch=patch, is_strategic=True)
    agents = Agents({"prod": bench.agent})
    scope = Scope(
        bench.agent, Focus("prod"), Redactor(), agents, look=lambda plan: bench.gate.preview(bench.agent, plan)
    )
    plan, _ = await remedied(scope, remedy)
    preview = (await looked_at(scope, plan)).preview
    changed = [(line.sign, line.text.strip()) for line in preview.steps[0].diff if line.sign in "-+"]
    assert changed == [("-", "name: db-cerds"), ("+", "name: db-creds")]
    assert preview.tier is Tier.REVERSIBLE
