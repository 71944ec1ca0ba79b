"""The policy checks over what a real API server made of manifests, asked for as a person does."""

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, utils

from kubegenie_tui.cli import main
from kubegenie_tui.diagnostics.pack.audit import OWN
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.proposing.planning import remedied
from kubegenie_tui.genie.reading.policies import audit_policies
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment, manifest
from tests.cluster.scenarios import claim
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane
from tests.unit.diagnostics.served import MODEST

pytestmark = pytest.mark.cluster

PINNED = f"nginx:1.27@sha256:{'ab' * 32}"
SOUND: dict[str, Any] = {
    "resources": {"limits": MODEST, "requests": MODEST},
    "readinessProbe": {"httpGet": {"path": "/", "port": 80}},
    "livenessProbe": {"tcpSocket": {"port": 80}},
}
BREAKERS = (
    deployment("bare", "nginx", replicas=1, pod={"terminationGracePeriodSeconds": 1}),
    deployment(
        "chatty", PINNED, replicas=3, pod={"automountServiceAccountToken": False}, stdin=True, tty=True, **SOUND
    ),
    deployment("frozen", "k8s.gcr.io/pause:3.9", replicas=3, pod={"automountServiceAccountToken": False}, **SOUND),
)
SOUND_ONE = deployment("sound", PINNED, replicas=3, pod={"automountServiceAccountToken": False}, **SOUND)


def service(name: str, app: str, **spec: Any) -> Object:
    return manifest("v1", "Service", name, spec={"selector": {"app": app}, "ports": [{"port": 80}], **spec})


def ingress(name: str, host: str, **rest: Any) -> Object:
    path = {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "sound", "port": {"number": 80}}}}
    rule = {"http": {"paths": [path]}} | ({"host": host} if host else {})
    made = manifest("networking.k8s.io/v1", "Ingress", name, spec={"rules": [rule], **rest.pop("spec", {})})
    made["metadata"] |= rest
    return made


def scaler(name: str, target: str, least: int, most: int) -> Object:
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": target}
    spec = {"scaleTargetRef": reference, "minReplicas": least, "maxReplicas": most}
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", name, spec=spec)


def budget(name: str, app: str, **spec: Any) -> Object:
    return manifest("policy/v1", "PodDisruptionBudget", name, spec={"selector": {"matchLabels": {"app": app}}, **spec})


def fill(official: client.ApiClient, namespace: str) -> None:
    """Offenders of most checks, and beside each one that holds."""
    secure = {"annotations": {"kubernetes.io/ingress.allow-http": "false"}, "spec": {"tls": [{"secretName": "t"}]}}
    stranger = {"kind": "User", "name": "system:anonymous", "apiGroup": "rbac.authorization.k8s.io"}
    role = {"kind": "ClusterRole", "name": "view", "apiGroup": "rbac.authorization.k8s.io"}
    everything = (
        *BREAKERS,
        SOUND_ONE,
        service("sound", "sound"),
        service("twin", "bare"),
        service("other-twin", "bare"),
        service("balanced", "chatty", type="LoadBalancer"),
        service("outside", "frozen", externalIPs=["203.0.113.9"]),
        ingress("sound", f"sound.{namespace}.example", **secure),
        ingress("open", "", **secure),
        ingress("plain", f"twice.{namespace}.example"),
        ingress("again", f"twice.{namespace}.example", **secure),
        scaler("sound", "sound", 3, 6),
        scaler("lost", "nobody", 1, 1),
        budget("sound", "sound", maxUnavailable=1),
        budget("stubborn", "chatty", maxUnavailable=0),
        budget("all", "frozen", minAvailable="100%"),
        manifest("rbac.authorization.k8s.io/v1", "RoleBinding", "open", subjects=[stranger], roleRef=role),
    )
    for each in everything:
        utils.create_from_dict(official, each, namespace=namespace)


EXPECTED = {
    "allowed-ip": {"outside"},
    "allowed-repos": {"frozen"},
    "automount-serviceaccount-token": {"bare"},
    "block-endpoint-default-role": set(),
    "block-loadbalancer-services": {"balanced"},
    "block-wildcard-ingress": {"open"},
    "container-image-must-have-digest": {"bare", "frozen"},
    "container-limits": {"bare"},
    "container-limits-and-requests": {"bare"},
    "container-requests": {"bare"},
    "disallow-anonymous": {"open"},
    "disallow-interactive": {"chatty"},
    "disallowed-tags": {"bare"},
    "ephemeral-storage-limit": {"bare"},
    "horizontal-pod-autoscaler": {"lost"},
    "memory-and-cpu-ratios": {"bare"},
    "pod-disruption-budget": {"stubborn", "frozen"},
    "replica-limit": {"bare"},
    "repo-must-not-be-k8s-gcr-io": {"frozen"},
    "required-probes": {"bare"},
    "tls-required": {"plain"},
    "unique-ingress-host": {"plain", "again"},
    "unique-service-selector": {"twin", "other-twin"},
}  # fmt: skip


@pytest.fixture
def checked(
    control_plane: ControlPlane, namespace: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What `kubegenie diagnose --policies` prints of the namespace."""

    def run(*arguments: str) -> str:
        where = ["--kubeconfig", str(control_plane.kubeconfig), "--context", control_plane.name]
        assert main([*where, "diagnose", "-n", namespace, "--policies", *arguments]) == 0
        return capsys.readouterr().out

    return run


def test_each_offender_is_named_and_nothing_that_holds(
    official: client.ApiClient, namespace: str, checked: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(official, namespace)
    monkeypatch.setenv("KUBEGENIE_POLICY_EXTERNAL_IPS", "none")
    monkeypatch.setenv("KUBEGENIE_POLICY_ALLOWED_REPOS", "nginx")
    told = json.loads(checked(",".join(EXPECTED), "-o", "json"))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in told["findings"]:
        found[each["rule"].removeprefix("policy/")].add(each["root"]["name"])
    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert "unread" not in told


def test_what_is_unwise_beyond_the_library_is_named_and_nothing_that_is_well(
    official: client.ApiClient, namespace: str, checked: Callable[..., str]
) -> None:
    rbac, group = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
    subject = {"kind": "ServiceAccount", "name": "default", "namespace": namespace}
    everything = {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}
    own = {"automountServiceAccountToken": False, "securityContext": {"runAsNonRoot": True}}
    for each in (
        deployment("rooted", "nginx:1", securityContext={"privileged": True}),
        deployment("plain", "nginx:1", pod=own, envFrom=[{"configMapRef": {"name": "read"}}]),
        manifest(rbac, "Role", "wide", rules=[everything]),
        manifest(rbac, "Role", "unbound", rules=[everything]),
        manifest(
            rbac, "RoleBinding", "b", subjects=[subject], roleRef={"kind": "Role", "name": "wide", "apiGroup": group}
        ),
        manifest("v1", "ConfigMap", "read", data={"A": "1"}),
        manifest("v1", "ConfigMap", "left", data={"A": "1"}),
        claim("tiny", resources={"requests": {"storage": "10Mi"}}),
        claim("roomy", resources={"requests": {"storage": "1Gi"}}),
    ):
        utils.create_from_dict(official, each, namespace=namespace)
    told = json.loads(checked(",".join(OWN), "-o", "json"))
    found = {(each["rule"].removeprefix("policy/"), each["root"]["name"]) for each in told["findings"]}
    assert {each for each in found if each[0] != "class-without-provisioner"} == {
        ("privileged-container", "rooted"),
        ("default-service-account", "rooted"),
        ("role-of-everything", "wide"),
        ("unused-configmap", "left"),
        ("small-volume", "tiny"),
    }


def test_a_class_that_makes_no_volume_is_named(
    official: client.ApiClient, namespace: str, checked: Callable[..., str]
) -> None:
    storage, name = client.StorageV1Api(official), f"by-hand-{namespace}"
    body = {"metadata": {"name": name}, "provisioner": "kubernetes.io/no-provisioner"}
    storage.create_storage_class({**body, "volumeBindingMode": "WaitForFirstConsumer"})
    try:
        told = json.loads(checked("class-without-provisioner", "-o", "json"))
        roots = {each["root"]["name"] for each in told["findings"]}
        assert name in roots
        assert "standard" not in roots
    finally:
        storage.delete_storage_class(name)


def test_what_holds_is_said_to_hold(official: client.ApiClient, namespace: str, checked: Callable[..., str]) -> None:
    utils.create_from_dict(official, SOUND_ONE, namespace=namespace)
    told = checked()
    assert "All 21 policy checks hold in namespace" in told
    assert "Not run: allowed-repos: set [policy] allowed_repos to run it." in told


async def test_the_sure_remedy_ends_the_breach(
    official: client.ApiClient, namespace: str, control_plane: ControlPlane
) -> None:
    utils.create_from_dict(official, BREAKERS[-1], namespace=namespace)
    async with looking(control_plane) as agent:
        scope = Scope(agent, Focus(agent.name, namespace), Redactor())
        [finding] = (await audit_policies(scope, namespace, ["repo-must-not-be-k8s-gcr-io"])).data.findings
        assert finding.remedy is not None
        plan, _ = await remedied(scope, finding.remedy)
        [step] = plan.steps
        apps = client.AppsV1Api(official)
        apps.patch_namespaced_deployment(step.ref.name, namespace, step.body)
        assert not (await audit_policies(scope, namespace, ["repo-must-not-be-k8s-gcr-io"])).data.findings
