"""What is measured, what has happened, and what is documented: metrics, events, OpenAPI."""

import asyncio
import re
from typing import Any

from kubernetes import client

from tests.contract.api import PATIENCE, Answer, Api
from tests.contract.manifests import config_map, deployment, pod

METRICS = "/apis/metrics.k8s.io/v1beta1"


async def eventually(api: Api, path: str) -> Answer:
    """What is at a path, as soon as there is something."""
    async with asyncio.timeout(PATIENCE):
        answer = await api.get(path)
        while answer.status == 404:
            answer = await api.get(path)
    return answer


async def test_what_a_pod_uses(api: Api, namespace: str, pods: str) -> None:
    await api.made(pods, pod("one"))
    await api.become(pods, "one", "status.phase", "Running")
    path = f"{METRICS}/namespaces/{namespace}/pods"
    one = (await eventually(api, f"{path}/one")).json
    assert (one["kind"], one["apiVersion"]) == ("PodMetrics", "metrics.k8s.io/v1beta1")
    assert (one["metadata"]["name"], one["metadata"]["labels"]["app"]) == ("one", "one")
    [container] = one["containers"]
    assert container["name"] == "main"
    assert re.fullmatch(r"\d+(n|u|m)?", container["usage"]["cpu"])
    assert re.fullmatch(r"\d+Ki", container["usage"]["memory"])
    many = (await api.get(path, {"labelSelector": "app=one"})).json
    assert (many["kind"], [each["metadata"]["name"] for each in many["items"]]) == ("PodMetricsList", ["one"])
    assert (await api.get(path, {"labelSelector": "app=two"})).json["items"] == []
    absent = await api.get(f"{path}/absent")
    assert absent.refusal == (404, "NotFound", f'pods.metrics.k8s.io "{namespace}/absent" not found')


async def test_what_nodes_use(api: Api) -> None:
    nodes = {each["metadata"]["name"] for each in (await api.get("/api/v1/nodes")).json["items"]}
    found = (await api.get(f"{METRICS}/nodes")).json
    assert found["kind"] == "NodeMetricsList"
    assert {each["metadata"]["name"] for each in found["items"]} == nodes
    assert all({"cpu", "memory"} <= each["usage"].keys() for each in found["items"])


async def test_what_happened_to_an_object(api: Api, namespace: str, pods: str) -> None:
    made = await api.made(pods, pod("lonely", nodeSelector={"no": "such-node"}))
    path = f"/api/v1/namespaces/{namespace}/events"
    [event] = await api.watched(path, {"fieldSelector": f"involvedObject.uid={made.meta['uid']}"}, 1)
    told = event["object"]
    assert (told["type"], told["reason"]) == ("Warning", "FailedScheduling")
    assert told["involvedObject"]["name"] == "lonely"
    assert "nodes are available" in told["message"]
    assert told["reportingComponent"] == "default-scheduler"
    for selector in ("reason=FailedScheduling", "type=Warning,involvedObject.kind=Pod", "involvedObject.name=lonely"):
        assert (await api.get(path, {"fieldSelector": selector})).names == [told["metadata"]["name"]]
    assert (await api.get(path, {"fieldSelector": "type=Normal"})).names == []


async def test_events_of_a_rollout(api: Api, namespace: str, deployments: str, pods: str) -> None:
    await api.made(deployments, deployment())
    await api.become(deployments, "web", "status.readyReplicas", 1)
    [one] = (await api.get(pods)).json["items"]
    core = [(each["reason"], each["involvedObject"]["kind"]) for each in await events(api, namespace)]
    assert ("ScalingReplicaSet", "Deployment") in core
    assert ("SuccessfulCreate", "ReplicaSet") in core
    assert sorted(each for each in core if each[1] == "Pod" and each[0] in ("Scheduled", "Started")) == [
        ("Scheduled", "Pod"),
        ("Started", "Pod"),
    ]
    assert one["metadata"]["ownerReferences"][0]["kind"] == "ReplicaSet"


async def events(api: Api, namespace: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.get(f"/api/v1/namespaces/{namespace}/events")).json["items"]
    return found


async def test_an_event_of_ones_own(api: Api, namespace: str, official: client.ApiClient) -> None:
    about = {"kind": "Pod", "name": "x", "namespace": namespace, "apiVersion": "v1"}
    body = {"metadata": {"name": "said"}, "involvedObject": about, "reason": "Said", "message": "so", "type": "Normal"}
    await api.made(f"/api/v1/namespaces/{namespace}/events", body)
    found = await asyncio.to_thread(client.CoreV1Api(official).list_namespaced_event, namespace)
    assert [(each.reason, each.involved_object.name) for each in found.items] == [("Said", "x")]


async def test_the_index_of_documents(api: Api, custom: str) -> None:
    paths = (await api.get("/openapi/v3")).json["paths"]
    for root in ("api/v1", "apis/apps/v1"):
        assert paths[root]["serverRelativeURL"].startswith(f"/openapi/v3/{root}?hash=")
    assert (await api.get("/openapi/v3/apis/none/v1")).status == 404


async def test_a_document(api: Api) -> None:
    document = (await api.get("/openapi/v3/apis/apps/v1")).json
    schemas = document["components"]["schemas"]
    whole = schemas["io.k8s.api.apps.v1.Deployment"]
    assert whole["x-kubernetes-group-version-kind"] == [{"group": "apps", "kind": "Deployment", "version": "v1"}]
    replicas = schemas["io.k8s.api.apps.v1.DeploymentSpec"]["properties"]["replicas"]
    assert (replicas["type"], replicas["format"]) == ("integer", "int32")
    containers = schemas["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert containers["x-kubernetes-patch-merge-key"] == "name"
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "apps", "kind": "Deployment", "version": "v1"}
    assert {"dryRun", "fieldManager", "fieldValidation", "force"} <= {each["name"] for each in patch["parameters"]}


async def test_every_reference_leads_somewhere(api: Api) -> None:
    text = (await api.get("/openapi/v3/api/v1")).body.decode()
    schemas = (await api.get("/openapi/v3/api/v1")).json["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', text)) <= schemas.keys()


async def test_custom_resources_are_documented(api: Api, custom: str) -> None:
    document = (await eventually(api, f"/openapi/v3{custom}")).json
    [found] = [each for name, each in document["components"]["schemas"].items() if name.endswith(".v1.Widget")]
    assert found["properties"]["spec"]["properties"]["colour"]["enum"] == ["red", "blue"]
    assert found["x-kubernetes-group-version-kind"][0]["kind"] == "Widget"


async def test_the_official_client_reads_what_is_written(
    api: Api, namespace: str, config_maps: str, official: client.ApiClient
) -> None:
    await api.made(config_maps, config_map("one", k="v"))
    core = client.CoreV1Api(official)
    found = await asyncio.to_thread(core.read_namespaced_config_map, "one", namespace)
    assert (found.data, found.metadata.namespace) == ({"k": "v"}, namespace)
    await asyncio.to_thread(core.patch_namespaced_config_map, "one", namespace, {"data": {"k": None, "l": "w"}})
    assert (await api.get(f"{config_maps}/one")).json["data"] == {"l": "w"}
