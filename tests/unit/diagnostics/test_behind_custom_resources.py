"""Who lacks what a custom resource makes or brings is led to it, and on to the field that its controller quotes."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.ordering import ordered
from kubegenie_tui.diagnostics.quoted_values import field_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.unit.diagnostics.scene import RUNNING, Object, Scene, container, crashed, event, named, owned, waiting
from tests.unit.diagnostics.test_surroundings import secured

VPCS, SUBNETS, CLUSTERS = "vpcs.ec2.aws.m.upbound.io", "subnets.ec2.aws.m.upbound.io", "clusters.eks.aws.m.upbound.io"
KUSTOMIZATIONS, RELEASES = "kustomizations.kustomize.toolkit.fluxcd.io", "helmreleases.helm.toolkit.fluxcd.io"
CHARTS, STORES = "helmcharts.source.toolkit.fluxcd.io", "secretstores.external-secrets.io"
ROLLOUTS, RUNS, TEMPLATES = "rollouts.argoproj.io", "analysisruns.argoproj.io", "analysistemplates.argoproj.io"
CERTIFICATES, ISSUERS = "certificates.cert-manager.io", "issuers.cert-manager.io"
TRIGGERS, SCALED = "triggerauthentications.keda.sh", "scaledobjects.keda.sh"
DATABASES = "clusters.postgresql.cnpg.io"
LABEL = "kustomize.toolkit.fluxcd.io"


def unwell(name: str, kind: str, message: str, condition: str = "Ready", **rest: Any) -> Object:
    since = "2025-11-25T19:00:00Z"
    bad = {"type": condition, "status": "False", "reason": "Failed", "message": message, "lastTransitionTime": since}
    return named(name, kind, status={"conditions": [bad], **rest.pop("status", {})}, **rest)


def lacking(kind: str, name: str) -> Scene:
    """The pod wants a Secret or a ConfigMap of this name, and there is none."""
    word, field = ("secret", "secretRef") if kind == "secrets" else ("configmap", "configMapRef")
    spec = {"containers": [container(envFrom=[{field: {"name": name}}])]}
    state = waiting("CreateContainerConfigError", f'{word} "{name}" not found')
    return Scene(state=state, spec=spec).add("secrets").add("configmaps")


def first(scene: Scene) -> Finding:
    return scene.findings()[0]


def root(scene: Scene) -> tuple[str, str, str]:
    found = first(scene)
    return found.root.kind, found.root.name, found.field


def composed(cidr: str = "10.64.0.0/12") -> Scene:
    """A cluster of Crossplane on subnets in a network that cannot be made; the pod wants the cluster's Secret."""
    cannot = "cannot resolve references: mg.Spec.ForProvider.VPCID: referenced field was empty"
    says = "create failed: api error InvalidVpc.Range: The CIDR '10.64.0.0/12' is invalid"
    vpc = unwell("main", "VPC", says, "Synced", spec={"forProvider": {"cidrBlock": cidr, "region": "eu-central-1"}})
    subnet = unwell("main-a", "Subnet", cannot, "Synced", spec={"forProvider": {"vpcIdRef": {"name": "main"}}})
    wants = {"vpcConfig": {"subnetIdRefs": [{"name": "main-a"}]}}
    writes = {"writeConnectionSecretToRef": {"name": "main-kubeconfig"}}
    cluster = unwell("main", "Cluster", cannot, "Synced", spec={"forProvider": wants, **writes})
    scene = lacking("secrets", "main-kubeconfig").add(CLUSTERS, cluster).add(SUBNETS, subnet).add(VPCS, vpc)
    return scene.add("subnets.network.azure.upbound.io", named("other", "Subnet"))


def test_a_secret_that_crossplane_was_to_write_leads_down_to_what_cannot_be_made() -> None:
    [found] = composed().findings()
    assert (found.root.kind, found.field) == (VPCS, "spec.forProvider.cidrBlock")
    assert found.severity is Severity.CRITICAL
    assert {"main-a", "web-5d4-abcde", "main-kubeconfig"} <= {ref.name for ref in found.affected}


def test_what_a_field_names_by_its_own_name_alone_is_not_missed() -> None:
    subnet = named("main-a", "Subnet", spec={"forProvider": {"vpcIdRef": {"name": "gone"}}})
    assert not Scene().add(SUBNETS, subnet).add(VPCS).findings()


PATH = "kustomization path not found: stat /tmp/kustomization-31/infra/prod: no such file or directory"


def installed(space: str = "shop", target: str = "", own: str = "flux-system", **status: Any) -> Scene:
    """The pod lacks a ConfigMap; it was installed by what waits for another, which cannot be built."""
    spec: Object = {"path": "./infra/prod", "targetNamespace": target}
    infra = unwell("infra", "Kustomization", PATH, spec=spec, status=status)
    apps = named("apps", "Kustomization", spec={"dependsOn": [{"name": "infra"}]})
    for item in (infra, apps):
        item["metadata"]["namespace"] = own
    scene = lacking("configmaps", "settings").add(KUSTOMIZATIONS, infra, apps)
    scene.deployment["metadata"]["labels"] = {f"{LABEL}/name": "apps", f"{LABEL}/namespace": space}
    return scene


@pytest.mark.parametrize("scene", [installed("flux-system"), installed(target="shop"), installed(own="shop")])
def test_who_lacks_what_an_installer_never_brought_is_led_to_it(scene: Scene) -> None:
    assert root(scene) == (KUSTOMIZATIONS, "infra", "spec.path")


@pytest.mark.parametrize(
    "scene",
    [
        installed(),
        installed(target="shop", inventory={"entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}]}),
        installed(target="other"),
    ],
    ids=["elsewhere", "installed before", "into another namespace"],
)
def test_an_installer_that_was_not_to_bring_it_is_not_blamed(scene: Scene) -> None:
    assert root(scene)[:2] == ("configmaps", "settings")


def database(state: str = "False", name: str = "orders-db") -> Object:
    item = unwell(name, "Cluster", "no storage class fast", spec={"instances": 3})
    item["status"]["conditions"][0]["status"] = state
    return item


def calling(host: str) -> Scene:
    spec = {"containers": [container(env=[{"name": "DB", "value": f"{host}:5432"}])]}
    scene = Scene(state=crashed(1), spec=spec).log(f"dial tcp: lookup {host} on 10.96.0.10:53: no such host")
    return scene.add("services").add("namespaces", named("shop", "Namespace", ""))


@pytest.mark.parametrize("scene", [lacking("secrets", "orders-db-app"), calling("orders-db-rw")])
def test_what_is_named_for_a_database_that_was_not_made_leads_to_that(scene: Scene) -> None:
    [found] = scene.add(DATABASES, database()).findings()
    assert (found.root.kind, found.root.name, found.severity) == (DATABASES, "orders-db", Severity.CRITICAL)
    assert "web-5d4-abcde" in {ref.name for ref in found.affected}


@pytest.mark.parametrize("scene", [lacking("secrets", "orders-db-app"), calling("orders-db-rw")])
@pytest.mark.parametrize("made", [database("True"), database(name="orders-d"), database(name="payments-db")])
def test_a_database_that_is_well_or_has_another_name_makes_nobody_miss_anything(scene: Scene, made: Object) -> None:
    scene.objects[DATABASES] = [made]
    assert first(scene).root.kind != DATABASES


def test_what_is_unwell_for_its_own_pod_lacks_something_is_not_the_reason() -> None:
    scene = lacking("secrets", "web-key")
    whole = unwell("web", "Service", "revision failed: container missing")
    owned(scene.deployment, whole)
    assert "missing-secret" in scene.add("services.serving.knative.dev", whole).rules()


def test_a_chart_that_was_made_of_a_release_is_corrected_there() -> None:
    says = "no 'redis' chart with version matching '25.9.x' found"
    chart = unwell("shop-redis", "HelmChart", says, spec={"chart": "redis", "version": "25.9.x"})
    follows = f"HelmChart 'shop/shop-redis' is not ready: {says}"
    spec = {"chart": {"spec": {"chart": "redis", "version": "25.9.x"}}}
    release = unwell("redis", "HelmRelease", follows, spec=spec, status={"helmChart": "shop/shop-redis"})
    assert root(Scene().add(CHARTS, chart).add(RELEASES, release)) == (RELEASES, "redis", "spec.chart.spec.version")
    assert root(Scene().add(CHARTS, chart)) == (CHARTS, "shop-redis", "spec.version")


ADDRESS = "http://prometheus.monitoring.svc:9090"


def analysed(*templates: str) -> Scene:
    """A run of an analysis that does not reach what it asks, made for a rollout."""
    metrics: Object = {"metrics": [{"name": "rate", "provider": {"prometheus": {"address": ADDRESS}}}]}
    steps = [{"analysis": {"templates": [{"templateName": name} for name in templates]}}]
    says = f'Post "{ADDRESS}/api/v1/query": dial tcp: lookup prometheus.monitoring.svc: no such host'
    rollout = unwell(
        "web", "Rollout", "Rollout is not healthy", "Healthy", spec={"strategy": {"canary": {"steps": steps}}}
    )
    run = owned(named("web-7-2", "AnalysisRun", spec=metrics, status={"phase": "Error", "message": says}), rollout)
    template = named("rate", "AnalysisTemplate", spec=metrics)
    return Scene().add(ROLLOUTS, rollout).add(RUNS, run).add(TEMPLATES, template)


def test_a_run_is_corrected_in_the_template_that_it_was_made_of() -> None:
    found = first(analysed("rate"))
    assert (found.root.kind, found.root.name) == (TEMPLATES, "rate")
    assert found.field == "spec.metrics[0].provider.prometheus.address"
    assert {"web", "web-7-2"} <= {ref.name for ref in found.affected}
    assert first(analysed("other")).root.kind == RUNS


def test_a_certificate_that_waits_for_its_issuer_makes_a_secret_that_a_name_nearby_is_not() -> None:
    solver = {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": "token", "key": "api-token"}}}}
    issuer = named("acme", "Issuer", spec={"acme": {"solvers": [solver]}})
    spec = {"secretName": "web-tls", "issuerRef": {"name": "acme"}}
    certificate = unwell("web-tls", "Certificate", "Issuing certificate as Secret does not exist", spec=spec)
    secrets = (
        named("web-tls-x7m2q", "Secret", data={"tls.key": "eA=="}),
        named("token", "Secret", data={"token": "eA=="}),
    )
    scene = lacking("secrets", "web-tls").add(CERTIFICATES, certificate).add(ISSUERS, issuer).add("secrets", *secrets)
    found = first(scene)
    assert (found.rule, found.root.kind, found.severity) == ("missing-reference", ISSUERS, Severity.CRITICAL)


def test_a_certificate_that_is_still_at_work_leads_to_its_issuer_too() -> None:
    says = 'Error getting keypair for CA issuer: secrets "ca-keypair" not found'
    issuer = unwell("ca", "Issuer", says, spec={"ca": {"secretName": "ca-keypair"}})
    certificate = named("web-tls", "Certificate", spec={"secretName": "web-tls", "issuerRef": {"name": "ca"}})
    scene = lacking("secrets", "web-tls").add(ISSUERS, issuer).add(CERTIFICATES, certificate)
    [found] = scene.add("secrets", named("ca-key-pair", "Secret")).findings()
    assert (found.root.kind, found.field, found.severity) == (ISSUERS, "spec.ca.secretName", Severity.CRITICAL)
    certificate["spec"]["issuerRef"]["name"] = "other"
    assert "missing-secret" in scene.add(ISSUERS, named("other", "Issuer")).rules()


@pytest.mark.parametrize(
    ("days", "ends", "severity"), [(-3, "expired 3d", "CRITICAL"), (3, "expires in 3d", "WARNING")]
)
def test_a_certificate_that_is_not_renewed_and_what_runs_out_are_one(days: float, ends: str, severity: str) -> None:
    says = "The order is invalid: DNS problem: NXDOMAIN for shop.example.com"
    spec = {"secretName": "front-tls", "dnsNames": ["shop.example.com"]}
    issuing = unwell("shop", "Certificate", says, spec=spec)
    [found] = secured(days).add(CERTIFICATES, issuing).findings()
    assert (found.rule, found.root.kind, found.severity) == ("condition-false", CERTIFICATES, Severity[severity])
    assert says in found.cause
    assert f"; ingress front: its certificate {ends}" in found.cause
    assert [(each.ref.kind, each.field) for each in found.evidence][-1] == ("secrets", "data[tls.crt]")
    assert {ref.kind for ref in found.affected} == {CERTIFICATES, "ingresses.networking.k8s.io", "secrets"}
    issuing["spec"]["secretName"] = "other-tls"
    assert len(secured(days).add(CERTIFICATES, issuing).findings()) == 2


def test_a_store_that_logs_in_as_an_account_that_is_not_there_is_wrong_about_it() -> None:
    reference = {"provider": {"vault": {"auth": {"kubernetes": {"serviceAccountRef": {"name": "vault"}}}}}}
    says = 'cannot request token for service account "vault": serviceaccounts "vault" not found'
    scene = Scene().add("serviceaccounts", named("default", "ServiceAccount"))
    scene.add(STORES, unwell("backend", "SecretStore", says, spec=reference))
    field = "spec.provider.vault.auth.kubernetes.serviceAccountRef.name"
    assert root(scene) == (STORES, "backend", field)


@pytest.mark.parametrize(
    ("spec", "said", "field"),
    [
        ({"cidr": "10.0.0.0/12", "zone": "eu-1a"}, "The CIDR '10.0.0.0/12' is invalid", "spec.cidr"),
        ({"path": "./infra/prod/"}, PATH, "spec.path"),
        ({"pools": [{"size": "m5.large"}, {"size": "m9.huge"}]}, "no such type: m9.huge", "spec.pools[1].size"),
        (
            {"data": [{"remoteRef": {"key": "prod/web"}}, {"remoteRef": {"key": "prod/db"}}]},
            "could not get secret data from provider: Secret does not exist: key prod/db",
            "spec.data[1].remoteRef.key",
        ),
        ({"url": "https://git.example.com/a"}, "https://git.example.com/a: authentication required", ""),
        ({"a": "m9.huge", "b": "m9.huge"}, "no such type: m9.huge", ""),
        ({"cidr": "10.0.0.0/12"}, "10.0.0.0/125 is invalid", ""),
        ({"targetRef": {"kind": "Deployment", "name": "storefront"}}, "storefront is not fit", ""),
        ({"title": "main"}, "main cannot be made", ""),
    ],
)
def test_the_field_whose_value_is_quoted(spec: Object, said: str, field: str) -> None:
    assert field_of(named("main", "Thing", spec=spec), said) == field


def answering(severity_of: str = "503") -> Scene:
    """A pod that calls itself unwell, beside a scaler's trigger that misses a key."""
    probe = {"httpGet": {"path": "/ready", "port": 8080}}
    spec = {"containers": [container(ports=[{"containerPort": 8080}], readinessProbe=probe)]}
    scene = Scene(state=RUNNING | {"ready": False}, spec=spec)
    scene.add("events", event(scene.pod, "Unhealthy", f"Readiness probe failed: statuscode: {severity_of}"))
    target = {"secretTargetRef": [{"parameter": "host", "name": "queue", "key": "host"}]}
    scene.add(TRIGGERS, named("queue", "TriggerAuthentication", spec=target))
    asks: Object = {"scaleTargetRef": {"name": "web"}, "triggers": [{"authenticationRef": {"name": "queue"}}]}
    scene.add(SCALED, unwell("web", "ScaledObject", "cannot make the autoscaler", spec=asks))
    return scene.add("secrets", named("queue", "Secret", data={"uri": "eA=="}))


def test_what_is_known_comes_before_a_symptom_of_the_same_namespace_that_nobody_explains() -> None:
    assert answering().rules() == ["missing-reference", "readiness-probe-fails"]
    assert answering("404").rules() == ["readiness-probe-fails", "missing-reference"]


def finding(rule: str, severity: Severity, confidence: float, space: str = "shop") -> Finding:
    return Finding(rule, severity, rule, "", ObjectRef("things", "web", space), confidence=confidence)


@pytest.mark.parametrize(
    ("known", "is_first"),
    [
        (finding("condition-false", Severity.WARNING, 0.8), True),
        (finding("autoscaler-target", Severity.WARNING, 0.9), True),
        (finding("budget-blocks", Severity.WARNING, 0.9), False),
        (finding("condition-false", Severity.WARNING, 0.5), False),
        (finding("condition-false", Severity.NOTICE, 0.9), False),
        (finding("condition-false", Severity.WARNING, 0.9, "other"), False),
    ],
)
def test_only_what_may_keep_a_program_from_running_comes_before_its_crash(known: Finding, is_first: bool) -> None:
    crash = finding("crash-loop", Severity.CRITICAL, 0.6)
    explained = finding("missing-secret", Severity.CRITICAL, 0.98, "far")
    order = [explained, known, crash] if is_first else [explained, crash, known]
    assert ordered([crash, known, explained], frozenset()) == order
