"""A real server quotes what it was sent as it refuses: a person sees that, and nothing on the disk does."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.plan import Plan, Preview, StepState
from kubegenie_tui.genie.proposing.planning import applied, looked_at
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, manifest
from tests.cluster.gated import Gated, Gating
from tests.cluster.making import Maker
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

CANARY, NUMBER = "quoted-canary-1", 4871236590
PATIENCE = 30.0
GROUP = "admissionregistration.k8s.io"
KINDS = (f"validatingadmissionpolicies.{GROUP}", f"validatingadmissionpolicybindings.{GROUP}")


def quoting(namespace: str) -> tuple[Object, ...]:
    """A policy that refuses ConfigMaps of a namespace with their own words, though not as long as it is only tried."""
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["configmaps"]}
    said = "'the mode ' + object.data.mode + ' is not one of ours'"
    refused = "has(object.data) && 'mode' in object.data && object.data.mode != 'fast'"
    check = {"expression": f"request.dryRun == true || !({refused})", "messageExpression": said}
    spec = {"matchConstraints": {"resourceRules": [rule]}, "failurePolicy": "Fail", "validations": [check]}
    where = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}}}
    name, kind = f"modes-{namespace}", f"{GROUP}/v1"
    bound = {"policyName": name, "validationActions": ["Deny"], "matchResources": where}
    return (
        manifest(kind, "ValidatingAdmissionPolicy", name, spec=spec),
        manifest(kind, "ValidatingAdmissionPolicyBinding", name, spec=bound),
    )


def until_heeded(official: client.ApiClient, namespace: str) -> None:
    core, deadline = client.CoreV1Api(official), time.monotonic() + PATIENCE
    body = {"metadata": {"generateName": "try-"}, "data": {"mode": "slow"}}
    try:
        while time.monotonic() < deadline:
            core.create_namespaced_config_map(namespace, body)
            time.sleep(0.1)
    except ApiException as refused:
        if "the mode slow is not one of ours" in refused.body:
            return
        raise
    raise TimeoutError("the policy is not heeded")


def config(value: Any) -> Object:
    return manifest("v1", "ConfigMap", "settings", data={"mode": value})


def scope_of(bench: Gated, namespace: str) -> Scope:
    async def look(plan: Plan) -> Preview:
        return await bench.gate.preview(bench.agent, plan)

    return Scope(bench.agent, Focus(bench.agent.name, namespace), Redactor(), look=look)


def on_disk(directory: Path) -> bytes:
    return b"".join(file.read_bytes() for file in directory.rglob("*") if file.is_file())


async def test_what_a_policy_quotes_of_a_change_is_shown_and_not_kept(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    maker = Maker(official)
    maker.make(config("fast"), namespace)
    policy = quoting(namespace)
    for each in policy:
        maker.make(each, namespace)
    try:
        until_heeded(official, namespace)
        async with Gating(control_plane, tmp_path) as bench:
            plan = applied(scope_of(bench, namespace), config(CANARY), namespace)
            taken_over = msgspec.structs.replace(plan.steps[0], force=True)
            news = await bench.do(taken_over)
            entries = await bench.audit.entries()
            kept = on_disk(tmp_path)
    finally:
        for each, kind in zip(policy, KINDS, strict=True):
            maker.delete(kind, each["metadata"]["name"], "")
    assert news[-1].state is StepState.FAILED
    assert f"the mode {CANARY} is not one of ours" in str(news[-1].error)
    [result] = [entry for entry in entries if entry.phase == "result"]
    assert "the mode … is not one of ours" in result.message
    assert b"is not one of ours" in kept
    assert CANARY.encode() not in kept
    found = client.CoreV1Api(official).read_namespaced_config_map("settings", namespace)
    assert found.data == {"mode": "fast"}


async def test_what_the_server_cannot_read_is_not_told_to_a_model(
    control_plane: ControlPlane, namespace: str, tmp_path: Path
) -> None:
    async with Gating(control_plane, tmp_path) as bench:
        scope = scope_of(bench, namespace)
        plan = applied(scope, config(NUMBER), namespace)
        preview = await bench.look(plan)
        assert str(NUMBER) in str(preview.refusal), "a person sees it"
        with pytest.raises(KubeGenieError, match="expected string") as refused:
            await looked_at(scope, plan)
    assert str(NUMBER) not in str(refused.value)
