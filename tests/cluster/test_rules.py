"""Each rule of diagnosis, on a real control plane: its fault is found at the root, and nothing in what is put right.

So it is with whole applications whose fault shows elsewhere. The control plane is one of its own, for faults of nodes.
"""

import asyncio
import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from kubernetes import client, config

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.denying import HOST, asked_about_pods, denying
from tests.cluster.making import Maker, define
from tests.cluster.rule_cases import AT_NODES, CASES, CUSTOM, NODES, ON_NODES, ONE_POD, PROBLEM
from tests.cluster.rule_cases_of_all import OF_ALL, OfAll
from tests.cluster.rule_cases_of_apps import APPS
from tests.cluster.rule_cases_of_calls import CALLS
from tests.cluster.rule_cases_of_conditions import LISTED
from tests.cluster.rule_cases_of_runs import OF_RUNS, RUNS
from tests.cluster.rule_cases_of_settings import SETTINGS
from tests.cluster.rule_cases_of_words import SAID, WAITING, WORDS
from tests.cluster.rule_parts import Case, pair
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(300)]

PATIENCE = 90.0
"""Seconds in which every fault must show, and everything that is well must come up."""
SETTLED = 7.0
"""Seconds for which pods have been ready before something is changed under them."""
PAUSE = 2.0
"""Seconds between two looks at everything: nodes and back-offs take their time."""
ALL = CASES | ON_NODES | APPS | CALLS | RUNS | WORDS | SETTINGS | LISTED


@dataclass
class Seen:
    """What was found by namespace, as it was last looked at."""

    findings: tuple[Finding, ...] = ()
    right: set[str] = field(default_factory=set)
    """Rules whose fault was found once, first of its namespace, at its root."""
    heard: set[str] = field(default_factory=set)
    """Rules in whose evidence the line of the log stood once; a log goes on."""
    of_all: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By rule the root of a fault of all the cluster while it was there, and after it was put right."""

    def of(self, namespace: str) -> list[Finding]:
        return [f for f in self.findings if namespace in _places(f)]


def _places(finding: Finding) -> set[str]:
    refs = (finding.root, *finding.affected)
    return {ref.namespace for ref in refs} | {part for ref in refs for part in (_owner_space(ref.name),)}


def _owner_space(name: str) -> str:
    """The namespace that the name of an object of the cluster ends in."""
    found = next((mark for mark in ("-broken-", "-well-") if mark in f"-{name}"), "")
    return f"{found[1:]}{f'-{name}'.partition(found)[2]}" if found else ""


def broken(rule: str) -> str:
    return f"broken-{rule}"


def well(rule: str) -> str:
    return f"well-{rule}"


@pytest.fixture(scope="module")
def rules_plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane("--nodes", "9", name="rules")
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def webhook_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with denying(tmp_path_factory.mktemp("webhook")) as url:
        yield url


@pytest.fixture(scope="module")
def seen(rules_plane: ControlPlane, webhook_url: str) -> Seen:
    """All faults and all controls, made at once and looked at together until nothing more is wanted."""
    official = config.new_client_from_config(str(rules_plane.kubeconfig), context=rules_plane.name)
    for kind in (*CUSTOM, *OF_RUNS):
        define(official, kind)
    maker = Maker(official, (*CUSTOM, *OF_RUNS))
    for name, change in NODES.items():
        maker.patch("nodes", name, change)
    client.CoreV1Api(official).patch_node_status("node-7", {"status": {"conditions": [PROBLEM]}})
    client.CoreV1Api(official).patch_node_status("node-9", {"status": ONE_POD})
    denied = "webhook-denied"
    bundle = base64.b64encode(pair(30, HOST)[0].encode()).decode()
    maker.make(asked_about_pods(webhook_url, bundle, broken(denied), well(denied)), "")
    for rule, case in ALL.items():
        for space, objects in ((broken(rule), case.broken), (well(rule), case.well)):
            client.CoreV1Api(official).create_namespace({"metadata": {"name": space, "labels": case.labels}})
            for each in maker.of_cluster(objects):
                maker.make(each, space)
    for rule, case in ALL.items():
        for space, objects in ((broken(rule), case.broken), (well(rule), case.well)):
            for each in objects:
                if each not in maker.of_cluster(objects):
                    maker.make(each, space)
    maker.delete("configmaps", "held", broken("stuck-terminating"))
    return asyncio.run(_looked_at(rules_plane, maker, client.CoreV1Api(official)))


async def _looked_at(plane: ControlPlane, maker: Maker, core: client.CoreV1Api) -> Seen:
    seen, deadline, waiting = Seen(), time.monotonic() + PATIENCE, _changed_later()
    async with looking(plane) as agent:
        scope = Scope(agent, Focus(agent.name, ""), Redactor())
        while time.monotonic() < deadline:
            waiting = [each for each in waiting if not _is_changed(maker, core, *each)]
            seen.findings = (await diagnose_scope(scope, "*")).data.findings
            seen.right |= {rule for rule, case in ALL.items() if _is_right(seen, rule, case)}
            seen.heard |= {rule for rule, line in SAID.items() if any(line in each for each in _logged(seen, rule))}
            if seen.right == set(ALL) and not any(_wrong(seen, rule) for rule in ALL) and _is_heard(seen):
                break
            await asyncio.sleep(PAUSE)
        for rule, fault in OF_ALL.items():
            seen.of_all[rule] = await _of_all(scope, maker, fault, rule)
    return seen


def _changed_later() -> list[tuple[str, Case]]:
    """Namespaces in which something is changed after it has come up."""
    return [
        (space, case)
        for rule, case in ALL.items()
        for space in (broken(rule), *((well(rule),) if case.then_too else ()))
        if case.then
    ]


def _is_changed(maker: Maker, core: client.CoreV1Api, space: str, case: Case) -> bool:
    """Whether it is changed now: once every pod that is not held back has been ready for a while."""
    pods = [each for each in core.list_namespaced_pod(space).items if not each.spec.scheduling_gates]
    ready = [c for pod in pods for c in pod.status.conditions or () if (c.type, c.status) == ("Ready", "True")]
    settled = datetime.now(UTC) - timedelta(seconds=SETTLED)
    is_up = len(ready) == len(pods) and all(each.last_transition_time < settled for each in ready)
    if not is_up or not core.list_namespaced_pod(space).items:
        return False
    for change in case.then:
        maker.patch(change.kind_id, change.name, change.patch, space)
    return True


async def _of_all(scope: Scope, maker: Maker, case: OfAll, rule: str) -> tuple[str, str]:
    """The root that is found while the fault is there, and after it was put right."""
    for change in case.changes:
        maker.patch(change.kind_id, change.name, change.patch)
    for each in case.made:
        maker.make(each, well("missing-configmap"))
    found = await _root_of(scope, rule, case.root)
    for change in case.back:
        maker.patch(change.kind_id, change.name, change.patch)
    for kind_id, name in case.removed:
        maker.delete(kind_id, name, "")
    return found, await _root_of(scope, rule, "")


async def _root_of(scope: Scope, rule: str, wanted: str) -> str:
    """Where a rule finds its fault, empty for nowhere, once that is as wanted or patience has ended."""
    deadline = time.monotonic() + PATIENCE / 3
    while True:
        findings = (await diagnose_scope(scope, "*")).data.findings
        root = next((_root(each) for each in findings if each.rule == rule), "")
        if root == wanted or time.monotonic() > deadline:
            return root
        await asyncio.sleep(PAUSE)


def _root(finding: Finding) -> str:
    return f"{finding.root.kind} {finding.root.name}"


def _is_right(seen: Seen, rule: str, case: Case) -> bool:
    first = next(iter(seen.of(broken(rule))), None)
    return first is not None and (first.rule, _root(first)) == (
        case.rule or rule,
        case.root.replace("$NS", broken(rule)),
    )


def _wrong(seen: Seen, rule: str) -> list[Finding]:
    """What is found where nothing is wrong: warnings, and the rule itself."""
    return [f for f in seen.of(well(rule)) if f.severity >= Severity.WARNING or f.rule == rule]


def _logged(seen: Seen, rule: str) -> list[str]:
    evidence = [each for found in seen.of(broken(rule)) for each in found.evidence]
    return [each.value for each in evidence if each.field.startswith("log of")]


def _suffering(seen: Seen, rule: str) -> set[str]:
    return {f"{ref.kind} {ref.name}" for found in seen.of(broken(rule)) for ref in found.affected}


def _is_heard(seen: Seen) -> bool:
    """Whether the logs have been read of what has run for long enough and is not ready."""
    return seen.heard == set(SAID) and WAITING in _suffering(seen, "waiting-for-a-job")


def _told(findings: list[Finding]) -> str:
    return "\n".join(f"{f.severity.name} {f.rule}: {f.title}: {f.cause}: {_root(f)}" for f in findings)


@pytest.mark.parametrize("rule", ALL)
def test_the_fault_is_found_and_the_control_is_not(seen: Seen, rule: str) -> None:
    assert rule in seen.right, _told(seen.of(broken(rule))) or "nothing was found"
    assert _told(_wrong(seen, rule)) == ""


@pytest.mark.parametrize(("rule", "node"), AT_NODES.items())
def test_the_one_node_with_the_fault_is_found(seen: Seen, rule: str, node: str) -> None:
    assert {f.root.name for f in seen.findings if f.rule == rule} == {node}


@pytest.mark.parametrize("rule", OF_ALL)
def test_what_all_of_the_cluster_feels_is_found_until_it_is_put_right(seen: Seen, rule: str) -> None:
    assert not [f for f in seen.findings if f.rule == rule], "before it was made"
    assert seen.of_all[rule] == (OF_ALL[rule].root, "")


@pytest.mark.parametrize("rule", SAID)
def test_the_log_of_what_runs_and_is_not_ready_is_read(seen: Seen, rule: str) -> None:
    assert rule in seen.heard, _told(seen.of(broken(rule)))


def test_who_waits_for_a_job_that_only_its_log_names_suffers_from_it(seen: Seen) -> None:
    assert WAITING in _suffering(seen, "waiting-for-a-job")
