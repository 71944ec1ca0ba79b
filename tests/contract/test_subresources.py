"""Scale, status and eviction: parts of an object with doors of their own."""

from typing import Any

import pytest

from tests.contract.api import MERGE, Answer, Api
from tests.contract.manifests import budget, deployment, eviction, pod, widget


def scale(name: str, replicas: int, **metadata: str) -> dict[str, Any]:
    head = {"kind": "Scale", "apiVersion": "autoscaling/v1"}
    return {**head, "metadata": {"name": name, **metadata}, "spec": {"replicas": replicas}}


@pytest.fixture
async def web(api: Api, deployments: str) -> str:
    """A paused Deployment: nothing but the test changes it."""
    await api.made(deployments, deployment(replicas=0, paused=True))
    return f"{deployments}/web"


async def test_the_scale_of_a_workload(api: Api, web: str) -> None:
    whole = (await api.get(web)).meta
    found = (await api.get(f"{web}/scale")).json
    assert (found["kind"], found["apiVersion"], found["spec"]) == ("Scale", "autoscaling/v1", {})
    assert found["status"] == {"replicas": 0, "selector": "app=web"}
    assert set(found["metadata"]) == {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}
    assert found["metadata"]["uid"] == whole["uid"]


async def test_scaling(api: Api, web: str) -> None:
    assert (await api.put(f"{web}/scale", scale("web", 2))).json["spec"] == {"replicas": 2}
    patched = await api.patch(f"{web}/scale", MERGE, {"spec": {"replicas": 1}})
    assert (patched.status, patched.json["kind"], patched.json["spec"]) == (200, "Scale", {"replicas": 1})
    whole = await api.get(web)
    assert whole.json["spec"]["replicas"] == 1
    assert whole.meta["generation"] == 3
    [entry] = [each for each in whole.meta["managedFields"] if each.get("subresource") == "scale"]
    assert (entry["manager"], entry["operation"]) == ("contract", "Update")
    assert entry["fieldsV1"] == {"f:spec": {"f:replicas": {}}}


async def test_a_dry_scaling(api: Api, web: str) -> None:
    answer = await api.patch(f"{web}/scale", MERGE, {"spec": {"replicas": 7}}, {"dryRun": "All"})
    assert answer.json["spec"] == {"replicas": 7}
    assert (await api.get(web)).json["spec"]["replicas"] == 0


async def test_scalings_that_are_refused(api: Api, web: str) -> None:
    negative = await api.patch(f"{web}/scale", MERGE, {"spec": {"replicas": -1}})
    problem = "Invalid value: -1: must be greater than or equal to 0"
    assert negative.refusal == (422, "Invalid", f'Scale.autoscaling "web" is invalid: spec.replicas: {problem}')
    stale = await api.put(f"{web}/scale", scale("web", 2, resourceVersion="1"))
    assert stale.refusal[:2] == (409, "Conflict")
    assert stale.refusal[2].startswith('Operation cannot be fulfilled on deployments.apps "web": ')
    absent = await api.get(f"{web}-absent/scale")
    assert absent.refusal == (404, "NotFound", 'deployments.apps "web-absent" not found')


async def test_status_is_written_at_its_own_door(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    await api.made(path, widget(custom, "w", size=1))
    both = {"spec": {"size": 2}, "status": {}}
    through = await api.patch(f"{path}/w/status", MERGE, both)
    assert (through.status, through.json["spec"], through.json["status"]) == (200, {"size": 1}, {})
    past = await api.patch(f"{path}/w", MERGE, {"spec": {"size": 3}, "status": None})
    assert (past.json["spec"], past.json["status"]) == ({"size": 3}, {})
    assert (await api.get(f"{path}/w/status")).json == past.json


async def test_a_condition_in_a_status(api: Api, web: str) -> None:
    condition = {"type": "Odd", "status": "True", "reason": "Test", "message": "said so"}
    answer = await api.patch(f"{web}/status", MERGE, {"status": {"conditions": [condition]}, "spec": {"replicas": 5}})
    assert (answer.status, answer.json["spec"]["replicas"]) == (200, 0)
    assert [each["type"] for each in answer.json["status"]["conditions"]] == ["Odd"]


async def evicted(api: Api, pods: str, namespace: str, name: str, **options: Any) -> Answer:
    body = {**eviction(name, namespace), **({"deleteOptions": options} if options else {})}
    return await api.post(f"{pods}/{name}/eviction", body)


async def test_an_eviction(api: Api, namespace: str, pods: str) -> None:
    await api.made(pods, pod("one", nodeSelector={"no": "such-node"}))
    dry = await evicted(api, pods, namespace, "one", dryRun=["All"])
    assert (dry.status, dry.json["status"]) == (201, "Success")
    assert (await api.get(f"{pods}/one")).status == 200
    answer = await evicted(api, pods, namespace, "one")
    assert answer.json == {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}
    assert (await api.get(f"{pods}/one")).status == 404
    absent = await evicted(api, pods, namespace, "one")
    assert absent.refusal == (404, "NotFound", 'pods "one" not found')


async def test_a_budget_forbids_an_eviction(api: Api, namespace: str, pods: str) -> None:
    budgets = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets"
    await api.made(budgets, budget("keep-one", "one"))
    await api.made(pods, pod("one"))
    await api.become(pods, "one", "status.phase", "Running")
    await api.become(budgets, "keep-one", "status.currentHealthy", 1)
    answer = await evicted(api, pods, namespace, "one")
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    assert answer.refusal == (429, "TooManyRequests", message)
    cause = "The disruption budget keep-one needs 1 healthy pods and has 1 currently"
    assert answer.json["details"]["causes"] == [{"reason": "DisruptionBudget", "message": cause}]
    assert (await api.get(f"{pods}/one")).status == 200
    await api.delete(f"{budgets}/keep-one")
    assert (await evicted(api, pods, namespace, "one", gracePeriodSeconds=0)).status == 201
