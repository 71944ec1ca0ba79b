"""What the one right value ends in custom resources, and in names with a namespace, on a control plane of its own."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from kubernetes import client, config

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.plan import StepState
from kubegenie_tui.genie.proposing.planning import remedied
from kubegenie_tui.genie.reading import gathering
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment, manifest, secret, service
from tests.cluster.gated import Gated, Gating
from tests.cluster.making import Maker, define
from tests.cluster.rule_parts import (
    DB,
    ISSUER,
    LONG_AGO,
    calling,
    let_in,
    other_name,
    policy,
    with_metadata,
    with_spec,
)
from tests.cluster.scenarios import ingress
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0
LATER = 400
"""Seconds after which a controller would have taken an ingress."""
MONITORING, CERTS, STORES = "monitoring.coreos.com", "cert-manager.io", "external-secrets.io"
CUSTOM = (
    Kind(MONITORING, "v1", "servicemonitors", "ServiceMonitor"),
    Kind(MONITORING, "v1", "podmonitors", "PodMonitor"),
    Kind(CERTS, "v1", "issuers", "Issuer"),
    Kind(CERTS, "v1", "clusterissuers", "ClusterIssuer", namespaced=False),
    Kind(CERTS, "v1", "certificates", "Certificate"),
    Kind(STORES, "v1", "secretstores", "SecretStore"),
)
PORTS = [{"containerPort": 80, "name": "metrics"}]
APP = deployment("app", ports=PORTS)
SERVED = with_spec(with_metadata(service("app"), labels={"app": "app"}), ports=[{"name": "metrics", "port": 80}])


def certificate(**issuer: str) -> Object:
    spec = {"secretName": "app-tls", "dnsNames": ["app.example.com"], "issuerRef": issuer}
    return manifest(f"{CERTS}/v1", "Certificate", "app", spec=spec)


def store(name: str, key: str) -> Object:
    told = {
        "type": "Ready",
        "status": "False",
        "reason": "Invalid",
        "message": "no login",
        "lastTransitionTime": LONG_AGO,
    }
    providers = [{"name": "first"}, {"auth": {"tokenSecretRef": {"name": name, "key": key}}}]
    spec, status = {"providers": providers}, {"conditions": [told]}
    return manifest(f"{STORES}/v1", "SecretStore", "vault", spec=spec, status=status)


def monitor(kind: str, port: str, **labels: str) -> Object:
    where = "endpoints" if kind == "ServiceMonitor" else "podMetricsEndpoints"
    spec = {"selector": {"matchLabels": labels}, where: [{"port": port, "path": "/metrics"}]}
    return manifest(f"{MONITORING}/v1", kind, "app", spec=spec)


def old_style(said: str) -> Object:
    made = with_metadata(ingress("app"), annotations={"kubernetes.io/ingress.class": said})
    made["spec"].pop("ingressClassName", None)
    return made


@dataclass(frozen=True)
class Sure:
    """A fault whose end is certain."""

    rule: str
    root: str
    objects: tuple[Object, ...]


CASES = {
    "other-name": Sure("external-name", "services ledger", (
        deployment("orders"), service("orders"), other_name("ordres.$NS.svc.cluster.local"))),
    "near-issuer": Sure("missing-reference", f"certificates.{CERTS} app", (
        with_metadata(ISSUER, name="letsencrypt"), certificate(name="letsencrpyt", kind="Issuer"))),
    "issuer-of-all": Sure("missing-reference", f"certificates.{CERTS} app", (
        manifest(f"{CERTS}/v1", "ClusterIssuer", "ca-$NS", spec={}), certificate(name="ca-$NS", kind="Issuer"))),
    "near-secret": Sure("missing-reference", f"secretstores.{STORES} vault", (
        secret("vault-login", token="x"), store("vault-lgoin", "token"))),
    "near-key": Sure("missing-reference", f"secretstores.{STORES} vault", (
        secret("vault-login", token="x"), store("vault-login", "tokne"))),
    "monitored-label": Sure("monitor-selects-nothing", f"servicemonitors.{MONITORING} app", (
        APP, SERVED, monitor("ServiceMonitor", "metrics", name="app"))),
    "monitored-port": Sure("monitor-selects-nothing", f"servicemonitors.{MONITORING} app", (
        APP, SERVED, monitor("ServiceMonitor", "metrcis", app="app"))),
    "scraped-label": Sure("monitor-selects-nothing", f"podmonitors.{MONITORING} app", (
        APP, monitor("PodMonitor", "metrics", app="ap"))),
    "scraped-port": Sure("monitor-selects-nothing", f"podmonitors.{MONITORING} app", (
        APP, monitor("PodMonitor", "metrcis", app="app"))),
    "peer-label": Sure("policy-blocks", "networkpolicies.networking.k8s.io guard", (
        *DB, calling("db:5432"), policy({"matchLabels": {"app": "db"}}, **let_in("apps")))),
    "old-class": Sure("missing-ingress-class", "ingresses.networking.k8s.io front", (
        deployment("app"), service("app"), old_style("simm"))),
}  # fmt: skip


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane("--nodes", "1", name="sure")
    yield plane
    plane.stop()


@pytest.fixture(scope="module")
def made(plane: ControlPlane) -> None:
    official = config.new_client_from_config(str(plane.kubeconfig), context=plane.name)
    for kind in CUSTOM:
        define(official, kind)
    maker = Maker(official, CUSTOM)
    for name, case in CASES.items():
        client.CoreV1Api(official).create_namespace({"metadata": {"name": name}})
        for each in case.objects:
            maker.make(each, name)


async def found_in(bench: Gated, namespace: str, rule: str, *, wanted: bool) -> list[Finding]:
    """What a rule finds, once that is something or nothing as wanted."""
    deadline = time.monotonic() + PATIENCE
    while True:
        scope = Scope(bench.agent, Focus(bench.agent.name, ""), Redactor())
        findings = (await diagnose_scope(scope, "*")).data.findings
        found = [each for each in findings if (each.rule, each.root.namespace) == (rule, namespace)]
        if bool(found) == wanted or time.monotonic() > deadline:
            return found


@pytest.mark.parametrize("name", CASES)
async def test_the_step_that_is_offered_ends_the_fault(
    plane: ControlPlane, made: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case, clock = CASES[name], SimpleNamespace(time=lambda: time.time() + LATER)
    if name == "old-class":
        monkeypatch.setattr(gathering, "time", clock)
    async with Gating(plane, tmp_path) as bench:
        [found] = await found_in(bench, name, case.rule, wanted=True)
        assert f"{found.root.kind} {found.root.name}" == case.root
        assert found.remedy is not None
        plan, _ = await remedied(Scope(bench.agent, Focus(bench.agent.name, name), Redactor()), found.remedy)
        news = await bench.carry_out(await bench.gate.preview(bench.agent, plan))
        assert news[-1].state is StepState.DONE, news[-1]
        assert await found_in(bench, name, case.rule, wanted=False) == []
