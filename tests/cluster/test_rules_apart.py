"""Rules of what registries and runtimes rarely answer, on a control plane of its own: each fault, and its control."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest
from kubernetes import client, config

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.making import Maker
from tests.cluster.played_node import played_node
from tests.cluster.rule_cases_apart import APART
from tests.cluster.rule_parts import OWN
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
Found = dict[str, list[Finding]]


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane("--nodes", "1", name="apart")
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def found(plane: ControlPlane) -> Found:
    """What is found by namespace, once every fault shows and everything else has come up."""
    official = config.new_client_from_config(str(plane.kubeconfig), context=plane.name)
    core, maker = client.CoreV1Api(official), Maker(official)
    with played_node(official, OWN):
        for rule, case in APART.items():
            for space, objects in ((f"broken-{rule.lower()}", case.broken), (f"well-{rule.lower()}", case.well)):
                core.create_namespace({"metadata": {"name": space}})
                for each in objects:
                    maker.make(each, space)
        return asyncio.run(_found(plane, core))


async def _found(plane: ControlPlane, core: client.CoreV1Api) -> Found:
    deadline = time.monotonic() + PATIENCE
    async with looking(plane) as agent:
        scope = Scope(agent, Focus(agent.name, ""), Redactor())
        while True:
            by_space: Found = {}
            for each in (await diagnose_scope(scope, "*")).data.findings:
                by_space.setdefault(each.root.namespace, []).append(each)
            is_right = all(
                _rules(by_space, f"broken-{rule.lower()}") == [case.rule or rule] for rule, case in APART.items()
            )
            if (is_right and _is_up(core)) or time.monotonic() > deadline:
                return by_space
            await asyncio.sleep(0.5)


def _is_up(core: client.CoreV1Api) -> bool:
    well = [pod for pod in core.list_pod_for_all_namespaces().items if pod.metadata.namespace.startswith("well-")]
    ready = [
        each for pod in well for each in pod.status.conditions or () if (each.type, each.status) == ("Ready", "True")
    ]
    return len(ready) == len(APART)


def _rules(found: Found, space: str) -> list[str]:
    return [each.rule for each in found.get(space, ()) if each.severity >= Severity.WARNING]


@pytest.mark.parametrize("rule", APART)
def test_the_fault_is_found_and_the_control_is_not(found: Found, rule: str) -> None:
    assert _rules(found, f"broken-{rule.lower()}") == [APART[rule].rule or rule]
    [fault] = found[f"broken-{rule.lower()}"]
    assert f"{fault.root.kind} {fault.root.name}" == APART[rule].root
    assert found.get(f"well-{rule.lower()}", []) == []
