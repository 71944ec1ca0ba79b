"""What programs log that are ready, on a real control plane: who asks about one of them hears of its errors.

Who asks about its namespace hears of those that the cluster bears out.
"""

import time

import msgspec
import pytest
from kubernetes import client, utils

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object, diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.context import Impersonation
from tests.cluster.faults import Object, deployment
from tests.cluster.heard import until_allowed
from tests.cluster.joining import context_of
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


def may_read_no_log(official: client.ApiClient, namespace: str) -> str:
    """A user who sees the pods of a namespace, and not what they say."""
    name, rbac = f"watcher-of-{namespace}", "rbac.authorization.k8s.io"
    access = client.RbacAuthorizationV1Api(official)
    rules = [{"apiGroups": [""], "resources": ["pods", "events"], "verbs": ["get", "list", "watch"]}]
    access.create_namespaced_role(namespace, {"metadata": {"name": "watcher"}, "rules": rules})
    bound = {
        "metadata": {"name": "watcher"},
        "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "watcher"},
        "subjects": [{"apiGroup": rbac, "kind": "User", "name": name}],
    }
    access.create_namespaced_role_binding(namespace, bound)
    until_allowed(official, {"user": name}, verb="list", resource="pods", namespace=namespace)
    return name


async def test_a_log_of_a_crash_that_may_not_be_read_is_told(
    ours: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    broken = deployment("broken", "busybox", command=["sh", "-c", "echo FATAL no disk; exit 3"])
    utils.create_from_dict(official, broken, namespace=namespace)
    auth = Impersonation(may_read_no_log(official, namespace))
    context = context_of(ours)
    context = msgspec.structs.replace(context, auth=msgspec.structs.replace(context.auth, impersonation=auth))
    agent = ClusterAgent(context)
    await agent.initialize()
    try:
        scope, deadline = Scope(agent, Focus(agent.name, namespace), Redactor()), time.monotonic() + PATIENCE
        verdict: Verdict = (await diagnose_scope(scope, namespace)).data
        while not verdict.unheard and time.monotonic() < deadline:
            verdict = (await diagnose_scope(scope, namespace)).data
    finally:
        await agent.shutdown()
    assert [each.rule for each in verdict.findings] == ["crash-loop"]
    assert verdict.unheard_words().startswith(f"the log of app of {namespace}/broken-")
    assert 'cannot get resource "pods/log"' in verdict.unheard_words(), "in the server's words"
    assert not verdict.saw_all


async def test_errors_that_come_again_and_again_are_a_notice_for_who_asks(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    for made in (
        saying("loud", "ERROR order 7 was not saved"),
        once("once"),
        saying("calm", "INFO saved, 0 errors"),
        saying("lost", "ERROR dial tcp: lookup ledger on 10.96.0.10:53: no such host"),
    ):
        utils.create_from_dict(official, made, namespace=namespace)
    core = client.CoreV1Api(official)
    async with looking(control_plane) as agent:
        scope, found = Scope(agent, Focus(agent.name, namespace), Redactor()), list[Finding]()

        async def is_up() -> bool:
            pods = core.list_namespaced_pod(namespace).items
            told = [each.status for pod in pods for each in pod.status.conditions or () if each.type == "Ready"]
            return told == ["True"] * 4

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
        [of_space] = (await diagnose_scope(scope, namespace)).data.findings
        assert (of_space.rule, of_space.root.name, of_space.severity) == ("unknown-host", "lost", Severity.NOTICE)
        everywhere = (await diagnose_scope(scope, "*")).data.findings
        assert [each for each in everywhere if each.root.namespace == namespace] == []
