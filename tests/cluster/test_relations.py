"""Relations read from a real API server: what the official client made is found, and what may not be read is said."""

import asyncio

import pytest
from kubernetes import client

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.relations import read_relations
from kubegenie_tui.domain.cluster_reader import kinds_known
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.relations.link import Relation, Relations
from kubegenie_tui.genie.reading.related import related
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.cluster.joining import context_of
from tests.cluster.test_genie_causes import looking
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


def make_shop(official: client.ApiClient, namespace: str) -> None:
    core, apps = client.CoreV1Api(official), client.AppsV1Api(official)
    labels = {"app": "web"}
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "config"}, "data": {"a": "b"}})
    core.create_namespaced_secret(namespace, {"metadata": {"name": "login"}, "stringData": {"password": "hunter2"}})
    core.create_namespaced_service_account(namespace, {"metadata": {"name": "runner"}})
    container = {
        "name": "web",
        "image": "web",
        "envFrom": [{"configMapRef": {"name": "config"}}, {"secretRef": {"name": "login"}}],
    }
    spec = {"serviceAccountName": "runner", "containers": [container]}
    apps.create_namespaced_deployment(
        namespace,
        {
            "metadata": {"name": "web"},
            "spec": {
                "replicas": 0,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": spec},
            },
        },
    )
    make_around(official, namespace, labels)


def make_around(official: client.ApiClient, namespace: str, labels: dict[str, str]) -> None:
    core, net = client.CoreV1Api(official), client.NetworkingV1Api(official)
    core.create_namespaced_service(
        namespace, {"metadata": {"name": "web"}, "spec": {"selector": labels, "ports": [{"port": 80}]}}
    )
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    net.create_namespaced_ingress(
        namespace, {"metadata": {"name": "front"}, "spec": {"rules": [{"http": {"paths": paths}}]}}
    )
    client.PolicyV1Api(official).create_namespaced_pod_disruption_budget(
        namespace,
        {"metadata": {"name": "budget"}, "spec": {"maxUnavailable": 1, "selector": {"matchLabels": labels}}},
    )
    client.AutoscalingV2Api(official).create_namespaced_horizontal_pod_autoscaler(
        namespace,
        {
            "metadata": {"name": "scaler"},
            "spec": {
                "maxReplicas": 3,
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            },
        },
    )
    client.RbacAuthorizationV1Api(official).create_namespaced_role_binding(
        namespace,
        {
            "metadata": {"name": "runs"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "ServiceAccount", "name": "runner", "namespace": namespace}],
        },
    )


async def read(plane: ControlPlane, kind: str, namespace: str, name: str, user: str = "") -> Relations:
    agent = ClusterAgent(context_of(plane, user))
    await agent.initialize()
    try:
        await asyncio.wait_for(agent.kinds_told.wait(), 20)
        return await read_relations(agent, agent.kinds.resolve(kind), namespace, name)
    finally:
        await agent.shutdown()


def named(found: Relations, relation: Relation) -> list[str]:
    return [twig.ref.name for branch in found.branches if branch.relation is relation for twig in branch.twigs]


async def test_what_the_official_client_made_is_found(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    await asyncio.to_thread(make_shop, official, namespace)
    found = await read(control_plane, "deployments", namespace, "web")
    assert found.notes == ()
    assert {relation: named(found, relation) for relation in Relation if named(found, relation)} | {
        Relation.OWNED: []
    } == {
        Relation.OWNED: [],
        Relation.SERVICE: ["web"],
        Relation.CONFIG: ["config"],
        Relation.SECRET: ["login"],
        Relation.SCALER: ["scaler"],
        Relation.BUDGET: ["budget"],
        Relation.ACCOUNT: ["runner"],
    }
    below = {twig.ref.name: [each.ref.name for each in twig.twigs] for b in found.branches for twig in b.twigs}
    assert below["runner"] == ["runs"]
    assert below["web"] == ["front"]
    used = await read(control_plane, "secrets", namespace, "login")
    assert named(used, Relation.USER) == ["web"]
    assert "hunter2" not in repr(used)


async def test_the_genie_looks_one_step_further(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    await asyncio.to_thread(make_shop, official, namespace)
    reads_config = {"name": "b", "image": "b", "envFrom": [{"configMapRef": {"name": "config"}}]}
    await asyncio.to_thread(
        client.CoreV1Api(official).create_namespaced_pod,
        namespace,
        {"metadata": {"name": "other"}, "spec": {"containers": [reads_config]}},
    )
    async with looking(control_plane) as agent:
        assert await kinds_known(agent)
        scope = Scope(agent, Focus(agent.name, namespace), Redactor())
        near = await related(scope, "deployments", "web")
        assert f"pods {namespace}/other" not in near.text
        far = (await related(scope, "deployments", "web", depth=2)).text
        lines = far.removeprefix(near.text).splitlines()
        at = lines.index(f"around configmaps {namespace}/config:")
        assert lines[at + 1].startswith(f"  Used by: pods {namespace}/other")
        assert "hunter2" not in far


async def test_what_may_not_be_read_is_said(ours: ControlPlane, official: client.ApiClient, namespace: str) -> None:
    await asyncio.to_thread(make_shop, official, namespace)
    found = await read(ours, "deployments", namespace, "web", "viewer")
    assert named(found, Relation.CONFIG) == ["config"]
    secrets = [twig for branch in found.branches if branch.relation is Relation.SECRET for twig in branch.twigs]
    assert [twig.there for twig in secrets] == [None]
    assert "secrets were not looked at: you may not read them" in found.notes


async def test_custom_objects_and_what_they_own(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str
) -> None:
    core = client.CoreV1Api(official)
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [{"name": "v1", "served": True, "storage": True, "schema": schema}]
    group = f"{namespace}.example.com"
    definitions, objects = client.ApiextensionsV1Api(official), client.CustomObjectsApi(official)

    def make() -> None:
        names = {"plural": "boxes", "kind": "Box", "singular": "box"}
        spec = {"group": group, "scope": "Namespaced", "names": names, "versions": versions}
        definitions.create_custom_resource_definition({"metadata": {"name": f"boxes.{group}"}, "spec": spec})

    def fill() -> None:
        head = {"apiVersion": f"{group}/v1", "kind": "Box"}
        box = objects.create_namespaced_custom_object(
            group, "v1", namespace, "boxes", {**head, "metadata": {"name": "outer"}}
        )
        owner = [{**head, "name": "outer", "uid": box["metadata"]["uid"]}]
        core.create_namespaced_config_map(namespace, {"metadata": {"name": "inner", "ownerReferences": owner}})
        inner = {**head, "metadata": {"name": "inner-box", "ownerReferences": owner}}
        objects.create_namespaced_custom_object(group, "v1", namespace, "boxes", inner)

    await asyncio.to_thread(make)
    try:
        await _until_served(objects, group, namespace)
        await asyncio.to_thread(fill)
        found = await read(control_plane, f"boxes.{group}", namespace, "outer")
        assert named(found, Relation.OWNED) == ["inner-box", "inner"]
        back = await read(control_plane, "configmaps", namespace, "inner")
        assert named(back, Relation.OWNER) == ["outer"]
    finally:
        await asyncio.to_thread(definitions.delete_custom_resource_definition, f"boxes.{group}")


async def _until_served(objects: client.CustomObjectsApi, group: str, namespace: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await asyncio.to_thread(objects.list_namespaced_custom_object, group, "v1", namespace, "boxes")
            except client.ApiException:
                continue
            return
