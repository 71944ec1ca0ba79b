"""Broken applications on a real control plane: without a model the root is named, and the fault is ended.

What the finding itself is sure of is carried out where there is such a step; a scripted model mends the others.
"""

import asyncio
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import client, utils

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.gated import Gating
from tests.cluster.making import until_counted
from tests.cluster.mending import PATIENCE, mend
from tests.cluster.naming_scenarios import NAMING, WELL, is_well
from tests.cluster.scenarios import SCENARIOS, Scenario
from tests.cluster.sure_scenarios import MISNAMED
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

ALL = (*SCENARIOS, *NAMING, *MISNAMED)


@pytest.fixture(scope="module")
def broken(official: client.ApiClient) -> Iterator[dict[str, str]]:
    """Every scenario in a namespace of its own, all at once."""
    core, ending = client.CoreV1Api(official), uuid.uuid4().hex[:6]
    names = {scenario.name: f"{scenario.name}-{ending}" for scenario in ALL}
    for name in names.values():
        core.create_namespace({"metadata": {"name": name}})
    for scenario in ALL:
        for manifest in scenario.manifests:
            utils.create_from_dict(official, manifest, namespace=names[scenario.name])
            if manifest["kind"] == "ResourceQuota":
                until_counted(official, manifest["metadata"]["name"], names[scenario.name])
    yield names
    for name in names.values():
        core.delete_namespace(name, propagation_policy="Background")


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
async def test_the_root_is_named_and_the_fault_is_ended(
    control_plane: ControlPlane, official: client.ApiClient, broken: dict[str, str], tmp_path: Path, scenario: Scenario
) -> None:
    async with Gating(control_plane, tmp_path) as bench:
        await mend(bench, official, broken[scenario.name], scenario)


async def test_an_application_that_is_well_is_told_nothing_wrong(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    for manifest in WELL:
        utils.create_from_dict(official, manifest, namespace=namespace)
    deadline = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(is_well, official, namespace):
        assert time.monotonic() < deadline, "it does not come up"
        await asyncio.sleep(0.2)
    async with looking(control_plane) as agent:
        scope = Scope(agent, Focus(agent.name, namespace), Redactor())
        found: tuple[Finding, ...] = (await diagnose_scope(scope, namespace)).data.findings
    assert {each.rule for each in found if each.severity >= Severity.WARNING} == set()
    assert {each.rule for each in found} <= {"scaled-to-zero", "cronjob-suspended"}
