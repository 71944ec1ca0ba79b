"""What programs log that are ready, on a real control plane: who asks about one of them hears of its errors."""

import time

import pytest
from kubernetes import client, utils

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment
from tests.cluster.test_genie_causes import ask, changes_until, looking, said
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0


def saying(name: str, *lines: str) -> Object:
    """A program that says this again and again."""
    loop = "while true; do sleep 1; " + "".join(f"echo '{line}'; " for line in lines) + "done"
    return deployment(name, "busybox", command=["sh", "-c", loop])


def once(name: str) -> Object:
    script = "sleep 3; echo 'ERROR order 7 was not saved'; while true; do sleep 1; echo INFO saved; done"
    return deployment(name, "busybox", command=["sh", "-c", script])


async def test_errors_that_come_again_and_again_are_a_notice_for_who_asks(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    for made in (saying("loud", "ERROR order 7 was not saved"), once("once"), saying("calm", "INFO saved, 0 errors")):
        utils.create_from_dict(official, made, namespace=namespace)
    core = client.CoreV1Api(official)
    async with looking(control_plane) as agent:
        scope, found = Scope(agent, Focus(agent.name, namespace), Redactor()), list[Finding]()

        async def is_up() -> bool:
            pods = core.list_namespaced_pod(namespace).items
            told = [each.status for pod in pods for each in pod.status.conditions or () if each.type == "Ready"]
            return told == ["True"] * 3

        await changes_until(agent, namespace, is_up)
        deadline = time.monotonic() + PATIENCE
        while not found and time.monotonic() < deadline:
            found[:] = (await diagnose_object(scope, "deployments.apps", "loud")).data.findings
        assert [(each.rule, each.severity) for each in found] == [("errors-logged", Severity.NOTICE)]
        assert found[0].evidence[0].value == "ERROR order 7 was not saved"
        answer = said(await ask(agent, "why is deployment loud failing?", namespace))
        assert "logs the same error again and again" in answer
        for name in ("once", "calm"):
            assert (await diagnose_object(scope, "deployments.apps", name)).data.findings == ()
        assert (await diagnose_scope(scope, namespace)).data.findings == ()
