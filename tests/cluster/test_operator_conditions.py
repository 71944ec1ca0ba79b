"""What Operator Lifecycle Manager, KEDA and policy engines say, in objects of their real kinds: each condition."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from kubernetes import client

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import Object, deployment
from tests.cluster.gated import Gating
from tests.cluster.operator_conditions import CONDITIONS
from tests.cluster.test_custom_kinds import CRDS, served
from tests.control_plane import ControlPlane

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not CRDS.is_dir(), reason="needs real definitions beside the repository"),
]
PATIENCE, PAUSE = 60.0, 1.0
DEFINITIONS = {
    "versions": "olm-v0/operators.coreos.com_clusterserviceversions.yaml",
    "subscriptions": "olm-v0/operators.coreos.com_subscriptions.yaml",
    "plans": "olm-v0/operators.coreos.com_installplans.yaml",
    "sources": "olm-v0/operators.coreos.com_catalogsources.yaml",
    "groups": "olm-v0/operators.coreos.com_operatorgroups.yaml",
    "catalogs": "olm-v1/olm.operatorframework.io_clustercatalogs.yaml",
    "extensions": "olm-v1/olm.operatorframework.io_clusterextensions.yaml",
    "scaled": "keda/keda.sh_scaledobjects.yaml",
    "jobs": "keda/keda.sh_scaledjobs.yaml",
    "credentials": "keda/keda.sh_triggerauthentications.yaml",
    "reports": "policy-report/wgpolicyk8s.io_policyreports.yaml",
}


def name_of(word: str, condition: str) -> str:
    return f"{word}-{condition}"


def _objects() -> Iterator[tuple[str, Object]]:
    for name, case in CONDITIONS.items():
        yield case.kind, {"metadata": {"name": name_of("broken", name)}, "spec": case.spec, "status": case.broken}
        spec = case.well_spec or case.spec
        yield case.kind, {"metadata": {"name": name_of("well", name)}, "spec": spec, "status": case.well}
    yield "groups", {"metadata": {"name": "one"}, "spec": {}}
    yield "groups", {"metadata": {"name": "two"}, "spec": {}}
    for name, result in (("refused", "fail"), ("passed", "pass")):
        row = {"policy": "require-probes", "result": result, "severity": "critical", "message": f"{name} by it"}
        scope = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
        yield "reports", {"metadata": {"name": name}, "scope": scope, "results": [row]}


async def test_each_condition_is_found_and_its_control_is_not(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    read = {word: yaml.safe_load((CRDS / path).read_text(encoding="utf-8")) for word, path in DEFINITIONS.items()}
    for name in ("app", "refused", "passed"):
        client.AppsV1Api(official).create_namespaced_deployment(namespace, deployment(name))
    async with Gating(control_plane, tmp_path) as gated, served(official, gated.agent, *read.values()):
        for word, body in _objects():
            _make(official, read[word], namespace, body)
        scope, deadline = Scope(gated.agent, Focus(gated.agent.name, ""), Redactor()), time.monotonic() + PATIENCE
        found: tuple[Finding, ...] = ()
        while time.monotonic() < deadline:
            found = (await diagnose_scope(scope, "*")).data.findings
            if all(map(_told(found).__contains__, CONDITIONS)) and not _loud(found, namespace):
                break
            await asyncio.sleep(PAUSE)
    told = _told(found)
    assert {name: told.get(name) for name in CONDITIONS} == {
        name: (case.rule, case.level, True) for name, case in CONDITIONS.items()
    }
    assert {each.root.name: each.rule for each in found if each.root.name in ("one", "two", "refused", "passed")} == {
        "two": "several-operator-groups",
        "refused": "policy-reported",
    }
    assert _loud(found, namespace) == []


def _told(found: tuple[Finding, ...]) -> dict[str, tuple[str, Severity, bool]]:
    """By condition what is found of its object: the rule, how loud, and whether it says what it is to say."""
    told: dict[str, tuple[str, Severity, bool]] = {}
    for each in found:
        name = each.root.name.removeprefix("broken-")
        if name != each.root.name and name in CONDITIONS:
            case = CONDITIONS[name]
            told.setdefault(name, (each.rule, each.severity, case.says in each.cause))
    return told


def _loud(found: tuple[Finding, ...], namespace: str) -> list[str]:
    """What is said of objects that are well, and warnings about anything that is not one of the cases."""
    named = [each for each in found if each.root.name.startswith("well-")]
    known = {name_of("broken", name) for name in CONDITIONS} | {"two", "refused"}
    others = [each for each in found if each.root.namespace == namespace and each.root.name not in known]
    return [f"{each.rule} {each.root.name}: {each.cause}" for each in {*named, *others}]


def _make(official: client.ApiClient, definition: Object, namespace: str, body: Object) -> None:
    """The object, then its status, as its controller would write it."""
    spec = definition["spec"]
    version = next(each["name"] for each in spec["versions"] if each["storage"])
    kind, custom = (spec["group"], version, spec["names"]["plural"]), client.CustomObjectsApi(official)
    whole = {"apiVersion": f"{spec['group']}/{version}", "kind": spec["names"]["kind"], **body}
    status, name = {"status": whole.pop("status", None)}, body["metadata"]["name"]
    if spec["scope"] == "Cluster":
        custom.create_cluster_custom_object(*kind, whole)
        custom.patch_cluster_custom_object_status(*kind, name, status)
        return
    where = (*kind[:2], namespace, kind[2])
    custom.create_namespaced_custom_object(*where, whole)
    if status["status"]:
        custom.patch_namespaced_custom_object_status(*where, name, status)
