"""Diagnoses of who does not see everything: who may not read Secrets, and who asks about one namespace of several."""

import asyncio
import time
import uuid
from collections.abc import Iterator

import pytest
from kubernetes import client, utils

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment, from_secret, secret
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
BLIND: tuple[Object, ...] = (
    secret("cred", username="app", pass_word="x"),
    deployment("app", env=[from_secret("PASSWORD", "cred", "password")]),
)


@pytest.fixture(scope="module")
def spaces(official: client.ApiClient) -> Iterator[dict[str, str]]:
    """Namespaces by what is wrong in them."""
    core, ending = client.CoreV1Api(official), uuid.uuid4().hex[:6]
    names = {name: f"{name}-{ending}" for name in ("blind",)}
    for name in names.values():
        core.create_namespace({"metadata": {"name": name}})
    for each in BLIND:
        utils.create_from_dict(official, each, namespace=names["blind"])
    yield names
    for name in names.values():
        core.delete_namespace(name, propagation_policy="Background")


async def first_of(plane: ControlPlane, namespace: str, rule: str, user: str = "") -> Finding:
    """The first finding of a namespace, once a rule has found it, as this user sees it."""
    agent = ClusterAgent(context_of(plane, user))
    await agent.initialize()
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            scope = Scope(agent, Focus(agent.name, namespace), Redactor())
            found: tuple[Finding, ...] = (await diagnose_scope(scope, namespace)).data.findings
            if (found and found[0].rule == rule) or time.monotonic() > deadline:
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
