"""Slips at the root of a crash of which the one right value is known are corrected by a step, and others are not."""

from typing import Any

import pytest

from kubegenie_tui.domain.finding import Finding
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, running_pod, service_of

RBAC, POLICIES = "rbac.authorization.k8s.io", "networkpolicies.networking.k8s.io"
REFUSED = 'User "system:serviceaccount:shop:ctl" cannot list resource "pods" in API group "" in the namespace "shop"'


def only(scene: Scene) -> Finding:
    [found] = scene.findings()
    return found


def patch(scene: Scene) -> Object | None:
    found = only(scene)
    return found.remedy.patch if found.remedy else None


def bound(*subjects: Object, accounts: tuple[str, ...] = ("ctl", "default"), line: str = REFUSED) -> Scene:
    binding = named("ctl", "RoleBinding", roleRef={"kind": "Role", "name": "ctl"}, subjects=list(subjects))
    scene = Scene(state=crashed(1)).log(f"pods is forbidden: {line}").add(f"rolebindings.{RBAC}", binding)
    scene.add(f"roles.{RBAC}", named("ctl", "Role", rules=[]))
    scene.add("namespaces", named("shop", "", ""), named("infra", "", ""))
    return scene.add("serviceaccounts", *(named(name, "ServiceAccount") for name in accounts))


def account(name: str, space: str = "shop") -> Object:
    return {"kind": "ServiceAccount", "name": name, "namespace": space}


ANN = {"kind": "User", "name": "ann"}


def test_the_subject_of_a_binding() -> None:
    assert patch(bound(ANN, account("ctrl"))) == {"subjects": [ANN, account("ctl")]}
    assert patch(bound(account("ctl", "infra"))) == {"subjects": [account("ctl")]}
    own_words = "RBAC: access denied for system:serviceaccount:shop:ctl"
    assert patch(bound(account("ctrl"), line=own_words)) == {"subjects": [account("ctl")]}


def test_the_subject_of_a_binding_that_may_be_meant_is_left() -> None:
    assert patch(bound(account("ctrl"), accounts=("ctl", "ctr"))) is None
    there = bound(account("ctl", "infra"))
    there.add("serviceaccounts", named("ctl", "ServiceAccount", "infra"))
    assert patch(there) is None


def guarded(selector: Object, **peer: Object) -> Scene:
    """A pod that gets no answer from `db`, whose policy lets in pods with these labels."""
    spec = {"containers": [container(env=[{"name": "DB", "value": "postgres://db:5432"}])]}
    scene = Scene(state=crashed(1), spec=spec, template_labels={"app": "api"}).log("dial tcp db:5432: i/o timeout")
    scene.add("services", service_of("db", 5432)).objects["pods"].append(running_pod("db"))
    rule = {"from": [{"podSelector": {"matchLabels": selector}, **peer}], "ports": [{"port": 5432}]}
    guard = {"podSelector": {"matchLabels": {"app": "db"}}, "policyTypes": ["Ingress"], "ingress": [rule]}
    return scene.add(POLICIES, named("guard", "NetworkPolicy", spec=guard))


def remedies(scene: Scene) -> list[Object]:
    return [each.remedy.patch for each in scene.findings() if each.remedy is not None]


def test_the_label_of_whom_a_policy_lets_in() -> None:
    rule = {"from": [{"podSelector": {"matchLabels": {"app": "api"}}}], "ports": [{"port": 5432}]}
    found = remedies(guarded({"app": "apis"}))
    assert found
    assert all(each == {"spec": {"ingress": [rule]}} for each in found)
    assert not remedies(guarded({"app": "db"}))
    assert not remedies(guarded({"app": "frontend"}))
    assert not remedies(guarded({"app": "apis"}, namespaceSelector={}))


def configured(line: str, *services: tuple[str, int], refers: bool = True, **data: str) -> Scene:
    sources = [{"configMapRef": {"name": "web"}}] if refers else []
    scene = Scene(state=crashed(1), spec={"containers": [container(envFrom=sources)]}).log(line)
    scene.add("services", *(service_of(name, port) for name, port in services))
    return scene.add("configmaps", named("web", "ConfigMap", data=data))


SURE: tuple[tuple[Scene, dict[str, Any] | None], ...] = (
    (configured("lookup pgsql: no such host: pgsql:5432", ("pg", 5432), DB_HOST="pgsql"), {"data": {"DB_HOST": "pg"}}),
    (configured("lookup cahce: no such host", ("cache", 6379), CACHE="cahce"), {"data": {"CACHE": "cache"}}),
    (configured("lookup mysql: no such host: mysql:5432", ("pg", 5432), DB_HOST="mysql"), None),
    (configured("lookup cahce: no such host", ("cache", 6379), refers=False, CACHE="cahce"), None),
    (configured("dial tcp db:5433: connection refused", ("db", 5432), DB="db:5433"), {"data": {"DB": "db:5432"}}),
)


@pytest.mark.parametrize(("scene", "wanted"), SURE)
def test_the_address_in_a_config_map_that_the_program_reads(scene: Scene, wanted: dict[str, Any] | None) -> None:
    found = [each for each in scene.findings() if each.rule in ("unknown-host", "wrong-port")]
    assert [each.remedy.patch if each.remedy else None for each in found if " crashes: " in each.title] == [wanted]


def missing(name: str, *variables: Object) -> Scene:
    scene = Scene(state=crashed(1), spec={"containers": [container(env=list(variables))]})
    return scene.log(f"FATAL: environment variable {name} is not set")


def test_the_name_of_a_variable() -> None:
    reference = {"valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}
    found = only(
        missing("DATABASE_URL", {"name": "DATABASE_URI", **reference}).add("secrets", named("db", data={"url": ""}))
    )
    assert found.remedy is not None
    assert found.remedy.is_strategic
    [changed] = found.remedy.patch["spec"]["template"]["spec"]["containers"]
    assert changed["env"] == [{"name": "DATABASE_URL", **reference}, {"name": "DATABASE_URI", "$patch": "delete"}]
    assert only(missing("API_KEY", {"name": "APP_KEY", "value": "x"})).remedy is None
    two = ({"name": "DATABASE_URI", "value": "x"}, {"name": "DATABASE_URLS", "value": "x"})
    assert only(missing("DATABASE_URL", *two)).remedy is None
