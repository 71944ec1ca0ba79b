"""A kind whose versions nobody converts cannot be read: that is told, and everything else is told too."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator

import pytest
from kubernetes import client, config

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.faults import deployment, manifest, service
from tests.cluster.making import Maker
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
SAILS = Kind("boats.example.com", "v1beta1", "sails", "Sail")
DEFINITION = "customresourcedefinitions.apiextensions.k8s.io"
ANY = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
PATIENCE = 30.0


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    plane = start_control_plane(name="conversions")
    yield plane
    plane.stop()


def two_versions() -> dict[str, object]:
    """Objects are kept as v1beta1, and v1 is what is asked for."""
    versions = [
        {"name": name, "served": True, "storage": name == "v1beta1", "schema": ANY} for name in ("v1beta1", "v1")
    ]
    names = {"plural": "sails", "singular": "sail", "kind": "Sail"}
    spec = {"group": SAILS.group, "scope": "Namespaced", "names": names, "versions": versions}
    return manifest("apiextensions.k8s.io/v1", "CustomResourceDefinition", SAILS.id, spec=spec)


def converted_by(name: str, namespace: str) -> dict[str, object]:
    called = {"service": {"name": name, "namespace": namespace, "path": "/", "port": 443}}
    webhook = {"conversionReviewVersions": ["v1"], "clientConfig": called}
    return {"spec": {"conversion": {"strategy": "Webhook", "webhook": webhook}}}


async def found_in(plane: ControlPlane) -> tuple[Finding, ...]:
    async with looking(plane) as agent:
        verdict = await diagnose_scope(Scope(agent, Focus(agent.name, ""), Redactor()), "*")
        return tuple(verdict.data.findings)


def wait_until_refused(official: client.ApiClient) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_refused(official) and time.monotonic() < deadline:
        time.sleep(0.2)


def is_refused(official: client.ApiClient) -> bool:
    try:
        client.CustomObjectsApi(official).list_cluster_custom_object(SAILS.group, "v1", "sails")
    except client.ApiException as error:
        return bool(error.status == 500)
    return False


async def test_a_kind_that_cannot_be_read_is_told_beside_the_rest(plane: ControlPlane) -> None:
    official, space = config.new_client_from_config(str(plane.kubeconfig), context=plane.name), secrets.token_hex(4)
    maker = Maker(official, (SAILS,))
    client.CoreV1Api(official).create_namespace({"metadata": {"name": f"n{space}"}})
    maker.make(two_versions(), "")
    maker.make(manifest("boats.example.com/v1beta1", "Sail", "main", spec={"size": 3}), f"n{space}")
    for each in (deployment("hooks"), service("hooks", 443), service("other", app="othr")):
        maker.make(each, f"n{space}")
    assert "conversion-webhook-down" not in {f.rule for f in await found_in(plane)}
    maker.patch(DEFINITION, SAILS.id, converted_by("hoooks", f"n{space}"))
    await asyncio.to_thread(wait_until_refused, official)
    found = {(f.rule, f"{f.root.kind} {f.root.name}") for f in await found_in(plane)}
    assert ("conversion-webhook-down", f"{DEFINITION} {SAILS.id}") in found
    assert ("service-selects-nothing", "services other") in found
