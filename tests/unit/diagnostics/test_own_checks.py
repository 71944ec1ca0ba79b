"""The checks of the pack that are not of the library: what each finds, and what looks like it and is well."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from kubegenie_tui.diagnostics.pack.audit import CHECKS, OWN, chosen, judged
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.policy_parameters import parameters_of
from kubegenie_tui.domain.policy_settings import PolicySettings
from tests.unit.diagnostics.served import Object, container, deployment, pod, served

DEPLOYMENTS, PODS, CONFIGS = "deployments.apps", "pods", "configmaps"
ROLES, BINDINGS = "roles.rbac.authorization.k8s.io", "rolebindings.rbac.authorization.k8s.io"
CLASSES, VOLUMES, CLAIMS = "storageclasses.storage.k8s.io", "persistentvolumes", "persistentvolumeclaims"
SPEC = "spec.template.spec"
MAKERS: Mapping[str, Sequence[Object]] = dict.fromkeys(
    (DEPLOYMENTS, "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch"), ()
)


def config(name: str = "settings", **rest: Any) -> Object:
    return served("ConfigMap", name, data={"LOG_LEVEL": "info"}, **rest)


def reading(name: str = "settings") -> Object:
    return deployment(container(envFrom=[{"configMapRef": {"name": name}}]))


def telling(*arguments: str) -> Object:
    return deployment(container(args=list(arguments)))


def role(*verbs: str, resources: Sequence[str] = ("pods",), **rest: object) -> Object:
    return served(
        "Role", "robot", rules=[{"apiGroups": [""], "resources": list(resources), "verbs": list(verbs), **rest}]
    )


def bound(name: str = "robot", kind: str = "Role") -> Object:
    subject = {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}
    return served("RoleBinding", "robot", roleRef={"kind": kind, "name": name}, subjects=[subject])


def storage_class(provisioner: str = "kubernetes.io/no-provisioner") -> Object:
    return served("StorageClass", "local", namespace="", provisioner=provisioner)


def volume(size: str = "10Gi", phase: str = "Available", **spec: object) -> Object:
    said = {"capacity": {"storage": size}, "storageClassName": "local", **spec}
    return served("PersistentVolume", "disk-1", said, namespace="", status={"phase": phase})


def claim(size: str) -> Object:
    return served("PersistentVolumeClaim", "data", {"resources": {"requests": {"storage": size}}})


class Case(NamedTuple):
    check: str
    kind: str
    offender: Object
    good: Object
    field: str
    beside: Mapping[str, Sequence[Object]] = {}
    beside_good: Mapping[str, Sequence[Object]] | None = None
    """Where it is what stands beside it that makes it well."""


CASES = (
    Case("privileged-container", DEPLOYMENTS, deployment(container(securityContext={"privileged": True})),
         deployment(container(securityContext={"privileged": False})),
         f"{SPEC}.containers[app].securityContext.privileged"),
    Case("privileged-container", DEPLOYMENTS,
         deployment(initContainers=[container("mount", securityContext={"privileged": True})]),
         deployment(initContainers=[container("mount")]), f"{SPEC}.initContainers[mount].securityContext.privileged"),
    Case("role-of-everything", ROLES, role("*"), role("get", "list"), "rules[0].verbs", {BINDINGS: [bound()]}),
    Case("role-of-everything", ROLES, role("get", resources=["*"]), role("get"), "rules[0].resources",
         {BINDINGS: [bound()]}),
    Case("role-of-everything", ROLES, role("*"), role("*"), "rules[0].verbs", {BINDINGS: [bound()]},
         {BINDINGS: [bound("other"), bound(kind="ClusterRole")]}),
    Case("role-of-everything", BINDINGS, bound("cluster-admin", "ClusterRole"), bound("edit", "ClusterRole"),
         "roleRef.name"),
    Case("default-service-account", DEPLOYMENTS, deployment(automountServiceAccountToken=None),
         deployment(automountServiceAccountToken=None, serviceAccountName="web"), f"{SPEC}.serviceAccountName"),
    Case("default-service-account", DEPLOYMENTS, deployment(automountServiceAccountToken=True), deployment(),
         f"{SPEC}.serviceAccountName"),
    Case("pod-security-context", DEPLOYMENTS, deployment(), deployment(securityContext={"runAsNonRoot": True}),
         f"{SPEC}.securityContext"),
    Case("pod-security-context", PODS, pod(), pod(container(securityContext={"runAsUser": 1000})),
         "spec.securityContext"),
    Case("unused-configmap", CONFIGS, config(), config(), "data", MAKERS, {**MAKERS, DEPLOYMENTS: [reading()]}),
    Case("unused-configmap", CONFIGS, config(), config(), "data", {**MAKERS, DEPLOYMENTS: [reading("setting")]},
         {**MAKERS, DEPLOYMENTS: [telling("--configmap=shop/settings")]}),
    Case("unused-configmap", CONFIGS, config(), config(), "data", {**MAKERS, ROLES: [role("get")]},
         {**MAKERS, ROLES: [role("get", resources=["configmaps"], resourceNames=["settings"])]}),
    Case("unused-configmap", CONFIGS, config(), config(metadata={"labels": {"grafana_dashboard": "1"}}), "data",
         MAKERS),
    Case("unused-configmap", CONFIGS, config(), config("kube-root-ca.crt"), "data", MAKERS),
    Case("unused-configmap", CONFIGS, config(), config(metadata={"ownerReferences": [{"kind": "Kafka"}]}), "data",
         MAKERS),
    Case("small-volume", CLAIMS, claim("512Mi"), claim("1Gi"), "spec.resources.requests.storage"),
    Case("small-volume", VOLUMES, volume("10M"), volume("10M", claimRef={"name": "data"}), "spec.capacity.storage"),
    Case("class-without-provisioner", CLASSES, storage_class(), storage_class("ebs.csi.aws.com"), "provisioner"),
    Case("class-without-provisioner", CLASSES, storage_class(), storage_class(), "provisioner",
         {VOLUMES: [volume(phase="Bound")]}, {VOLUMES: [volume()]}),
)  # fmt: skip


def found(check: str, kind: str, item: Object, beside: Mapping[str, Sequence[Object]]) -> list[Finding]:
    everything = {each: list(items) for each, items in beside.items()}
    everything.setdefault(kind, []).insert(0, item)
    parameters = parameters_of(PolicySettings())
    looked = judged(Inventory(everything, "shop"), parameters, chosen(parameters, [check]).checks)
    return [each.finding for each in looked if each.finding and each.finding.root.kind == kind]


def test_each_has_a_case() -> None:
    assert {case.check for case in CASES} == set(OWN)
    assert all(check.severity < Severity.WARNING for check in OWN.values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check} {case.kind}")
def test_what_is_unwise_is_found_at_the_object_to_change(case: Case) -> None:
    [finding] = found(case.check, case.kind, case.offender, case.beside)
    assert finding.rule == f"policy/{case.check}"
    assert (finding.field, finding.evidence[0].field) == (case.field, case.field)
    assert finding.evidence[0].value
    assert finding.next_steps
    assert finding.confidence == CHECKS[case.check].confidence


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.check} {case.kind}")
def test_what_is_well_is_left_alone(case: Case) -> None:
    beside = case.beside if case.beside_good is None else case.beside_good
    assert not found(case.check, case.kind, case.good, beside)


def test_a_role_names_the_bindings_that_give_it() -> None:
    [finding] = found("role-of-everything", ROLES, role("*"), {BINDINGS: [bound()]})
    assert [ref.kind for ref in finding.affected] == [ROLES, BINDINGS]


def test_nothing_is_called_unused_where_its_readers_may_not_be_listed() -> None:
    without = {kind: items for kind, items in MAKERS.items() if kind != "statefulsets.apps"}
    assert not found("unused-configmap", CONFIGS, config(), without)


def test_what_most_clusters_have_is_told_only_when_it_is_asked_for_by_name() -> None:
    parameters = parameters_of(PolicySettings())
    plain = chosen(parameters)
    run = {check.name for check in plain.checks}
    assert run & set(OWN) == {"privileged-container", "role-of-everything"}
    assert plain.not_run["unused-configmap"] == "it is run when it is asked for by name"
    assert [check.name for check in chosen(parameters, ["unused-*"]).checks] == ["unused-configmap"]
