"""Diagnoses of who does not see everything: who may not read Secrets, and who asks about one namespace of several."""

import asyncio
import time
import uuid
from collections.abc import Iterator

import pytest
from kubernetes import client, utils

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment, from_secret, secret, service
from tests.cluster.joining import context_of
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
BLIND: tuple[Object, ...] = (
    secret("cred", username="app", pass_word="x"),
    deployment("app", env=[from_secret("PASSWORD", "cred", "password")]),
)


def calling(address: str, line: str = "") -> Object:
    """A program that is told an address, and crashes with a line where there is one."""
    env = [{"name": "IDP_URL", "value": f"http://{address}"}]
    command = ["sh", "-c", f"echo '{line}'; exit 1"] if line else ["sleep", "86400"]
    return deployment("front", "busybox:1.36", command=command, env=env)


def telling(**variables: str) -> Object:
    """A program that is well, and is told of hosts that are not there."""
    env = [{"name": name, "value": value} for name, value in variables.items()]
    return deployment("app", "busybox:1.36", command=["sleep", "86400"], env=env)


@pytest.fixture(scope="module")
def spaces(official: client.ApiClient) -> Iterator[dict[str, str]]:
    """Namespaces by what is wrong in them."""
    core, ending = client.CoreV1Api(official), uuid.uuid4().hex[:6]
    names = {name: f"{name}-{ending}" for name in ("blind", "front", "calm", "idp", "well")}
    for name in names.values():
        core.create_namespace({"metadata": {"name": name}})
    address = f"idp.{names['idp']}:8080"
    there: dict[str, tuple[Object, ...]] = {
        "blind": BLIND,
        "idp": (deployment("idp"), service("idp", 8080, app="ipd")),
        "front": (calling(address, f"dial tcp {address}: connect: connection refused"),),
        "well": (
            telling(LOG_URL="http://loki:3100", OTEL_ENDPOINT="http://collector:4317", AUDIT_URL="http://audit:80"),
        ),
        "calm": (calling(f"idp.{names['idp']}.svc:8080"),),
    }
    for name, objects in there.items():
        for each in objects:
            utils.create_from_dict(official, each, namespace=names[name])
    yield names
    for name in names.values():
        core.delete_namespace(name, propagation_policy="Background")


async def first_of(
    plane: ControlPlane, namespace: str, rule: str, user: str = "", kind: str = "", name: str = "",
    severity: Severity = Severity.CRITICAL,
) -> Finding:  # fmt: skip
    """The first finding of a namespace or an object, once a rule has found it so bad, as this user sees it."""
    agent = ClusterAgent(context_of(plane, user))
    await agent.initialize()
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            scope = Scope(agent, Focus(agent.name, namespace), Redactor())
            looked = diagnose_object(scope, kind, name) if kind else diagnose_scope(scope, namespace)
            found: tuple[Finding, ...] = (await looked).data.findings
            is_told = found and (found[0].rule, found[0].severity) == (rule, severity)
            if is_told or time.monotonic() > deadline:
                assert found, "nothing was found"
                return found[0]
            await asyncio.sleep(0.2)
    finally:
        await agent.shutdown()


async def test_who_may_not_read_secrets_is_told_of_the_key_and_not_of_the_secret(
    control_plane: ControlPlane, spaces: dict[str, str]
) -> None:
    found = await first_of(control_plane, spaces["blind"], "missing-secret-key", "viewer")
    assert (found.rule, found.root.kind, found.root.name) == ("missing-secret-key", "secrets", "cred")
    assert (found.field, found.confidence) == ("data.password", 0.7)
    assert "does not exist" not in found.cause
    assert not any("create" in step for step in found.next_steps)
    seen = await first_of(control_plane, spaces["blind"], "missing-secret-key")
    assert "its keys are" in seen.cause or "there is" in seen.cause


@pytest.mark.parametrize("about", ["its namespace", "the caller"])
async def test_a_fault_is_followed_into_the_namespace_that_is_called(
    control_plane: ControlPlane, spaces: dict[str, str], about: str
) -> None:
    kind, name = ("deployments", "front") if about == "the caller" else ("", "")
    found = await first_of(control_plane, spaces["front"], "service-selects-nothing", kind=kind, name=name)
    assert (found.rule, str(found.root)) == ("service-selects-nothing", f"services {spaces['idp']}/idp")
    assert found.field == "spec.selector.app"
    assert f"deployments.apps {spaces['front']}/front" in map(str, found.affected)


async def test_what_is_wrong_where_nobody_here_suffers_from_it_is_not_told(
    control_plane: ControlPlane, spaces: dict[str, str]
) -> None:
    async with looking(control_plane) as agent:
        result = await diagnose_scope(Scope(agent, Focus(agent.name, spaces["calm"]), Redactor()), spaces["calm"])
    assert {each.rule for each in result.data.findings} == set()


async def test_who_is_ready_without_what_it_calls_is_not_warned(
    control_plane: ControlPlane, spaces: dict[str, str]
) -> None:
    found = await first_of(control_plane, spaces["well"], "unknown-host", severity=Severity.NOTICE)
    assert (found.rule, found.severity, found.field.rpartition(".env")[2]) == (
        "unknown-host", Severity.NOTICE, "[AUDIT_URL].value",
    )  # fmt: skip
    async with looking(control_plane) as agent:
        result = await diagnose_scope(Scope(agent, Focus(agent.name, spaces["well"]), Redactor()), spaces["well"])
    assert [each.field.rpartition(".env")[2] for each in result.data.findings] == ["[AUDIT_URL].value"]
