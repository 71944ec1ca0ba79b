"""Operators by the definitions of real projects on a real API server: found, judged, approved, paused."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.agents.operators import Found, find_operators
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.custom.operators import Operator
from kubegenie_tui.domain.custom.pausing import is_paused, pause_of
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.cluster.managed.managing import install
from tests.cluster.operating import Hands, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

DEFINITIONS = (
    "argo-cd/*_applications.yaml",
    "argo-rollouts/*_rollouts.yaml",
    "cert-manager/*_certificates.yaml",
    "cloudnative-pg/*_clusters.yaml",
    "cloudnative-pg/*_scheduledbackups.yaml",
    "flux/*.yaml",
    "keda/*_scaledobjects.yaml",
    "olm-v0/*.yaml",
    "olm-v1/*.yaml",
    "prometheus-operator/*_prometheuses.yaml",
)
OLM, OLM_1 = ("operators.coreos.com", "v1alpha1"), ("olm.operatorframework.io", "v1")
CERTIFICATES = ("cert-manager.io", "v1", "certificates")
PAUSED = (
    "applications.argoproj.io",
    "clusters.cluster.x-k8s.io",
    "clusters.eks.aws.m.upbound.io",
    "clusters.postgresql.cnpg.io",
    "gitrepositories.source.toolkit.fluxcd.io",
    "helmreleases.helm.toolkit.fluxcd.io",
    "imagepolicies.image.toolkit.fluxcd.io",
    "kustomizations.kustomize.toolkit.fluxcd.io",
    "machinedeployments.cluster.x-k8s.io",
    "prometheuses.monitoring.coreos.com",
    "receivers.notification.toolkit.fluxcd.io",
    "rollouts.argoproj.io",
    "scaledobjects.keda.sh",
    "scheduledbackups.postgresql.cnpg.io",
)
"""Kinds of operators that can be told to leave an object alone."""


class Installed:
    """What operators and their managers leave on a cluster, written as they do: the status apart."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self.custom, self.apps = client.CustomObjectsApi(api), client.AppsV1Api(api)
        self.core, self.rights = client.CoreV1Api(api), client.RbacAuthorizationV1Api(api)
        self.leases, self.namespace = client.CoordinationV1Api(api), namespace

    def put(
        self, group: tuple[str, str], plural: str, kind: str, name: str, spec: Any, status: Any = None, **metadata: Any
    ) -> None:
        body = {"apiVersion": "/".join(group), "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}
        self.custom.create_namespaced_custom_object(*group, self.namespace, plural, body)
        if status is not None:
            self.custom.patch_namespaced_custom_object_status(*group, self.namespace, plural, name, {"status": status})

    def version(self, name: str, phase: str, message: str = "", **more: Any) -> None:
        """A ClusterServiceVersion, with the definitions and deployments that it says."""
        spec = {
            "displayName": name.partition(".")[0].title(),
            "version": "1.2.3",
            "customresourcedefinitions": {"owned": []},
            "install": {"strategy": "deployment", "spec": {"deployments": []}},
        }
        status = {"phase": phase, "message": message, "reason": more.pop("reason", "")}
        self.put(OLM, "clusterserviceversions", "ClusterServiceVersion", name, {**spec, **more}, status)

    def subscription(self, name: str, **status: Any) -> None:
        spec = {"name": name, "channel": "stable", "source": "community", "sourceNamespace": self.namespace}
        status = {"lastUpdated": "2026-01-01T00:00:00Z", **status}
        self.put(OLM, "subscriptions", "Subscription", name, spec, status)

    def plan(self, name: str, versions: list[str], **metadata: Any) -> None:
        spec = {"approval": "Manual", "approved": False, "clusterServiceVersionNames": versions}
        status = {"phase": "RequiresApproval", "catalogSources": []}
        self.put(OLM, "installplans", "InstallPlan", name, spec, status, **metadata)

    def extension(self, name: str, catalog: Any = None, **conditions: tuple[str, str, str]) -> None:
        source = {"sourceType": "Catalog", "catalog": {"packageName": name, **(catalog or {})}}
        spec = {"namespace": self.namespace, "serviceAccount": {"name": "default"}, "source": source}
        body = {"apiVersion": "/".join(OLM_1), "kind": "ClusterExtension", "metadata": {"name": name}, "spec": spec}
        self.custom.create_cluster_custom_object(*OLM_1, "clusterextensions", body)
        told = [
            {"type": type_, "status": status, "reason": reason, "message": message, "lastTransitionTime": _LONG_AGO}
            for type_, (status, reason, message) in conditions.items()
        ]
        bundle = {"bundle": {"name": f"{name}.v2.0.0", "version": "2.0.0"}}
        status = {"conditions": told, "install": bundle}
        self.custom.patch_cluster_custom_object_status(*OLM_1, "clusterextensions", name, {"status": status})

    def catalog(self, name: str, serving: str, message: str, labels: dict[str, str]) -> None:
        spec = {"source": {"type": "Image", "image": {"ref": "registry.example.com/hub:latest"}}}
        metadata = {"name": name, "labels": labels}
        body = {"apiVersion": "/".join(OLM_1), "kind": "ClusterCatalog", "metadata": metadata, "spec": spec}
        self.custom.create_cluster_custom_object(*OLM_1, "clustercatalogs", body)
        told = [
            {
                "type": type_,
                "status": status,
                "reason": "Retrying" if message else "Succeeded",
                "message": message,
                "lastTransitionTime": _LONG_AGO,
            }
            for type_, status in (("Serving", serving), ("Progressing", "True"))
        ]
        status = {"conditions": told}
        self.custom.patch_cluster_custom_object_status(*OLM_1, "clustercatalogs", name, {"status": status})

    def workload(self, name: str, ready: int = 1, rule: Any = None, **metadata: Any) -> None:
        """A controller with the right to write the status of certificates, and the lease that its pod holds."""
        labels = {"app": name}
        rule = rule or {
            "apiGroups": ["cert-manager.io"], "resources": ["certificates/status"], "verbs": ["update", "patch"],
        }  # fmt: skip
        role, subject = (
            f"{self.namespace}-{name}",
            {"kind": "ServiceAccount", "name": name, "namespace": self.namespace},
        )
        container = {"name": "app", "image": "example.com/controller:v9.1"}
        template = {"metadata": {"labels": labels}, "spec": {"serviceAccountName": name, "containers": [container]}}
        spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
        self.rights.create_cluster_role({"metadata": {"name": role}, "rules": [rule]})
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role}
        self.rights.create_cluster_role_binding(
            {"metadata": {"name": role}, "roleRef": reference, "subjects": [subject]}
        )
        self.apps.create_namespaced_deployment(self.namespace, {"metadata": {"name": name, **metadata}, "spec": spec})
        status = {"replicas": 1, "readyReplicas": ready, "availableReplicas": ready}
        self.apps.patch_namespaced_deployment_status(name, self.namespace, {"status": status})
        lease = {"metadata": {"name": name}, "spec": {"holderIdentity": f"{name}-7d9f-x2x_0b1c"}}
        self.leases.create_namespaced_lease(self.namespace, lease)

    def certificate(self, name: str, ready: str, message: str, observed: int = 1) -> None:
        spec = {"secretName": name, "issuerRef": {"name": "ca"}, "dnsNames": ["shop.example.com"]}
        condition = {
            "type": "Ready", "status": ready, "reason": "Issued", "message": message, "observedGeneration": observed,
            "lastTransitionTime": _LONG_AGO,
        }  # fmt: skip
        group, version, plural = CERTIFICATES
        self.put((group, version), plural, "Certificate", name, spec, {"conditions": [condition]})


_LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def defined(managing_api: client.ApiClient) -> None:
    install(managing_api, *DEFINITIONS)


@pytest.fixture
def installed(managing_api: client.ApiClient, place: str, defined: None) -> Installed:
    return Installed(managing_api, place)


@pytest.fixture
async def hands(managing: ControlPlane, tmp_path: Path, defined: None) -> AsyncIterator[Hands]:
    async with operating(managing, tmp_path) as hands:
        while not all(hands.agent.kinds.get(each) for each in (*PAUSED, "clusterextensions.olm.operatorframework.io")):
            await hands.agent.learn_kinds()
        yield hands


def by_name(found: Found, namespace: str) -> Mapping[str, Operator]:
    return {each.name: each for each in found.operators if each.namespace == namespace}


async def test_what_olm_v0_tells(installed: Installed, hands: Hands, place: str) -> None:
    owned = {"owned": [{"name": "certificates.cert-manager.io", "kind": "Certificate", "version": "v1"}]}
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "app", "image": "i"}]}}
    deployment = {"name": "manager", "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    strategy = {"strategy": "deployment", "spec": {"deployments": [deployment]}}
    installed.version("certs.v1.2.3", "Succeeded", customresourcedefinitions=owned, install=strategy)
    installed.version("broken.v1.0.0", "Failed", "install timeout")
    for phase in ("Pending", "InstallReady", "Installing", "Replacing"):
        installed.version(f"{phase.lower()}.v1.0.0", phase)
    installed.version("copy.v1.0.0", "Succeeded", reason="Copied")
    installed.subscription("certs", installedCSV="certs.v1.2.3", currentCSV="certs.v1.3.0", state="UpgradePending")
    installed.plan("install-abcde", ["certs.v1.3.0"])
    failing = {"type": "ResolutionFailed", "status": "True", "message": "no operators found in package lost"}
    installed.subscription("lost", conditions=[failing])
    uid = "0d2f3c1e-0000-4000-8000-000000000001"
    owner = {"apiVersion": "/".join(OLM), "kind": "Subscription", "name": "new", "uid": uid}
    installed.subscription("new")
    installed.plan("install-first", ["new.v1.0.0"], ownerReferences=[owner])
    installed.workload("manager", ready=0)
    installed.certificate("good", "True", "it is there")
    installed.certificate("late", "False", "the issuer does not answer")
    found = by_name(await find_operators(hands.agent), place)
    assert set(found) == {"Certs", "Broken", "Pending", "Installready", "Installing", "Replacing", "lost", "new"}
    certs = found["Certs"]
    assert (certs.source, certs.version, certs.ready, certs.leader) == ("OLM v0", "1.2.3", "0/1", "manager-7d9f-x2x")
    assert (certs.health, certs.state) == (Health.BAD, "0 of 1 pods are ready")
    assert certs.notes == (
        "an upgrade to certs.v1.3.0 is there",
        "install plan install-abcde waits to be approved: certs.v1.3.0",
    )
    assert [ref.name for ref, _ in certs.waiting if ref.namespace == place] == ["late"]
    assert (found["Broken"].health, found["Broken"].state) == (Health.BAD, "Failed: install timeout")
    assert {found[name].health for name in ("Pending", "Installready", "Installing", "Replacing")} == {
        Health.PROGRESSING
    }
    assert found["lost"].health is Health.BAD
    assert found["lost"].notes == ("no operators found in package lost",)
    assert found["new"].notes == ("install plan install-first waits to be approved: new.v1.0.0",)


async def test_an_install_plan_is_approved_through_the_gate(installed: Installed, hands: Hands, place: str) -> None:
    installed.plan("install-abcde", ["certs.v1.3.0"])
    await hands.do("approve", ObjectRef("installplans.operators.coreos.com", "install-abcde", place))
    body: Any = installed.custom.get_namespaced_custom_object(*OLM, place, "installplans", "install-abcde")
    assert body["spec"]["approved"] is True


async def test_what_olm_v1_tells(installed: Installed, hands: Hands, place: str) -> None:
    installed.extension(f"{place}-good", Installed=("True", "Succeeded", ""), Progressing=("True", "Succeeded", ""))
    installed.catalog(f"{place}-hub", "True", "", {"team": place})
    installed.extension(
        f"{place}-old",
        {"selector": {"matchLabels": {"team": place}}},
        Installed=("True", "Succeeded", ""),
        Progressing=("True", "Retrying", "the catalog is away"),
        PackageDeprecated=("True", "Deprecated", "use another package"),
    )
    installed.extension(
        f"{place}-stuck", Installed=("False", "Absent", ""), Progressing=("False", "Blocked", "no such version")
    )
    found = by_name(await find_operators(hands.agent), place)
    told = {name.removeprefix(f"{place}-"): (each.health, each.state, each.version) for name, each in found.items()}
    assert told == {
        "good": (Health.OK, "Installed", "2.0.0"),
        "old": (Health.WARN, "Retrying: the catalog is away", "2.0.0"),
        "stuck": (Health.BAD, "Blocked: no such version", "2.0.0"),
    }
    assert found[f"{place}-old"].notes == ("use another package",)


async def test_an_extension_is_one_operator_with_its_workload_its_kinds_and_its_catalog(
    installed: Installed, managing_api: client.ApiClient, hands: Hands, place: str
) -> None:
    name, team = f"{place}-maker", {"team": place}
    selected = {"selector": {"matchLabels": team}, "channels": ["stable"], "upgradeConstraintPolicy": "SelfCertified"}
    installed.extension(name, selected, Installed=("True", "Succeeded", ""), Progressing=("True", "Succeeded", ""))
    installed.catalog(f"{place}-hub", "False", "image pull failed", team)
    labels = {"olm.operatorframework.io/owner-kind": "ClusterExtension", "olm.operatorframework.io/owner-name": name}
    installed.workload("maker", ready=0, labels=labels)
    installed.workload("maker-webhook", labels=labels)
    definitions = client.ApiextensionsV1Api(managing_api)
    definitions.patch_custom_resource_definition("rollouts.argoproj.io", {"metadata": {"labels": labels}})
    try:
        told = await find_operators(hands.agent)
    finally:
        nothing = {"metadata": {"labels": dict.fromkeys(labels)}}
        definitions.patch_custom_resource_definition("rollouts.argoproj.io", nothing)
    assert set(by_name(told, place)) == {name}
    maker = by_name(told, place)[name]
    assert (maker.health, maker.state, maker.ready) == (Health.BAD, "maker: 0 of 1 pods are ready", "1/2")
    assert maker.leader == "maker-7d9f-x2x"
    assert {each.kind.id for each in maker.serves} == {"rollouts.argoproj.io", "certificates.cert-manager.io"}
    assert maker.notes == (f"catalog {place}-hub is not served: image pull failed",)
    assert f"package {name}, channel stable, any version" in maker.facts
    assert f"installed is the bundle {name}.v2.0.0" in maker.facts
    assert any("SelfCertified" in fact for fact in maker.facts)
    assert f"catalog {place}-hub is not served: image pull failed" in told.notes


async def test_controllers_that_share_their_rights_have_each_their_own_kinds(
    installed: Installed, hands: Hands, place: str
) -> None:
    groups = ["kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io", "image.toolkit.fluxcd.io"]
    shared = {"apiGroups": groups, "resources": ["*"], "verbs": ["*"]}
    for name in (
        "kustomize-controller",
        "helm-controller",
        "image-automation-controller",
        "image-reflector-controller",
    ):
        installed.workload(name, rule=shared)
    policies = ("image.toolkit.fluxcd.io", "v1", place, "imagepolicies")
    kind = hands.agent.kinds.resolve("imagepolicies.image.toolkit.fluxcd.io")
    body = example_of(kind, await hands.agent.structure(kind), place)
    installed.custom.create_namespaced_custom_object(*policies, body)
    status = {"status": {"observedGeneration": 1}}
    installed.custom.patch_namespaced_custom_object_status(
        *policies, "example", status, field_manager="gotk-image-reflector-controller"
    )
    found = by_name(await find_operators(hands.agent), place)
    kinds = {name: {each.kind.plural for each in operator.serves} for name, operator in found.items()}
    assert kinds["kustomize-controller"] == {"kustomizations"}
    assert kinds["helm-controller"] == {"helmreleases"}
    assert "imagepolicies" in kinds["image-reflector-controller"]
    assert "imagepolicies" not in kinds["image-automation-controller"]


async def test_an_operator_that_may_do_anything_is_found_by_its_labels(
    installed: Installed, managing_api: client.ApiClient, hands: Hands, place: str
) -> None:
    whole, everything = {"app.kubernetes.io/part-of": place}, {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
    for name in ("argocd-application-controller", "argocd-repo-server"):
        installed.workload(name, rule=everything, labels=whole)
    definitions = client.ApiextensionsV1Api(managing_api)
    definitions.patch_custom_resource_definition("applications.argoproj.io", {"metadata": {"labels": whole}})
    told = await find_operators(hands.agent)
    found = by_name(told, place)
    assert {name: [each.kind.id for each in operator.serves] for name, operator in found.items()} == {
        "argocd-application-controller": ["applications.argoproj.io"]
    }
    assert "applications.argoproj.io" not in {kind.id for kind in told.unserved}


async def test_of_one_kind_no_objects_of_others_are_read(
    installed: Installed, hands: Hands, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = ["kustomize.toolkit.fluxcd.io", "helm.toolkit.fluxcd.io"]
    installed.workload("kustomize-controller", rule={"apiGroups": groups, "resources": ["*"], "verbs": ["*"]})
    read: list[str] = []
    listed = hands.agent.list_objects

    async def noted(kind: Kind, **more: Any) -> Any:
        read.append(kind.id)
        return await listed(kind, **more)

    monkeypatch.setattr(hands.agent, "list_objects", noted)
    kustomizations = "kustomizations.kustomize.toolkit.fluxcd.io"
    told = await find_operators(hands.agent, (kustomizations,))
    assert [each.kind.id for each in by_name(told, place)["kustomize-controller"].serves] == [kustomizations]
    assert {each for each in read if each.endswith(".toolkit.fluxcd.io")} == {kustomizations}


async def test_a_lease_that_nobody_renews_is_told(installed: Installed, hands: Hands, place: str) -> None:
    installed.workload("cert-controller")
    spec = {"leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.000000Z"}
    installed.leases.patch_namespaced_lease("cert-controller", place, {"spec": spec})
    (controller,) = by_name(await find_operators(hands.agent), place).values()
    assert controller.health is Health.WARN
    assert controller.leader == ""
    assert controller.state.startswith("nobody leads: lease cert-controller lasts 15 s and was last renewed ")


async def test_a_controller_without_a_manager_is_found_by_its_rights(
    installed: Installed, hands: Hands, place: str
) -> None:
    installed.workload("cert-controller")
    installed.certificate("good", "True", "it is there")
    installed.certificate("behind", "True", "it is there", observed=0)
    found = by_name(await find_operators(hands.agent), place)
    assert set(found) == {"cert-controller"}
    controller = found["cert-controller"]
    assert (controller.source, controller.version) == ("Deployment", "v9.1")
    assert (controller.ready, controller.leader) == ("1/1", "cert-controller-7d9f-x2x")
    assert controller.health is Health.WARN
    waiting = {ref.name: state for ref, state in controller.waiting if ref.namespace == place}
    assert set(waiting) == {"behind"}
    assert waiting["behind"].behind
    assert waiting["behind"].words == "change 1 is not seen yet, 0 was"


@pytest.mark.parametrize("kind_id", PAUSED)
async def test_an_object_is_left_alone_and_let_go_on(
    installed: Installed, hands: Hands, place: str, kind_id: str
) -> None:
    kind = hands.agent.kinds.resolve(kind_id)
    pause, ref = pause_of(kind), ObjectRef(kind_id, "example", place)
    where = (kind.group, kind.version, place, kind.plural)
    body = example_of(kind, await hands.agent.structure(kind), place)
    before: Any = installed.custom.create_namespaced_custom_object(*where, body)
    assert pause is not None
    assert not is_paused(before, pause)
    await hands.do("pause-reconciling", ref)
    paused: Any = installed.custom.get_namespaced_custom_object(*where, "example")
    assert is_paused(paused, pause)
    await hands.do("resume-reconciling", ref)
    after: Any = installed.custom.get_namespaced_custom_object(*where, "example")
    assert not is_paused(after, pause)
    assert {**after["spec"], pause.path[-1]: None} == {**before["spec"], pause.path[-1]: None}


@pytest.mark.parametrize("kind_id", ["certificates.cert-manager.io", "externalartifacts.source.toolkit.fluxcd.io"])
async def test_what_has_no_way_to_be_told_is_not_told(hands: Hands, kind_id: str) -> None:
    assert pause_of(hands.agent.kinds.resolve(kind_id)) is None
