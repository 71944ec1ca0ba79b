"""The forms an answer can have: whole, a Table, metadata alone."""

from typing import Any

import pytest

from tests.contract.api import PARTIAL, PARTIAL_LIST, TABLE, Api
from tests.contract.manifests import config_map, deployment, pod

COLUMNS = {
    "/api/v1/pods": ["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
    "/api/v1/nodes": [
        "Name", "Status", "Roles", "Age", "Version", "Internal-IP", "External-IP", "OS-Image", "Kernel-Version",
        "Container-Runtime",
    ],
    "/api/v1/namespaces": ["Name", "Status", "Age"],
    "/api/v1/services": ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector"],
    "/api/v1/configmaps": ["Name", "Data", "Age"],
    "/api/v1/secrets": ["Name", "Type", "Data", "Age"],
    "/api/v1/events": [
        "Last Seen", "Type", "Reason", "Object", "Subobject", "Source", "Message", "First Seen", "Count", "Name"
    ],
    "/api/v1/persistentvolumeclaims": [
        "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age",
        "VolumeMode",
    ],
    "/apis/apps/v1/deployments": [
        "Name", "Ready", "Up-to-date", "Available", "Age", "Containers", "Images", "Selector"
    ],
    "/apis/apps/v1/replicasets": ["Name", "Desired", "Current", "Ready", "Age", "Containers", "Images", "Selector"],
    "/apis/apps/v1/statefulsets": ["Name", "Ready", "Age", "Containers", "Images"],
    "/apis/apps/v1/daemonsets": [
        "Name", "Desired", "Current", "Ready", "Up-to-date", "Available", "Node Selector", "Age", "Containers",
        "Images", "Selector",
    ],
    "/apis/batch/v1/jobs": [
        "Name", "Status", "Completions", "Duration", "Age", "Containers", "Images", "Selector"
    ],
    "/apis/batch/v1/cronjobs": [
        "Name", "Schedule", "Timezone", "Suspend", "Active", "Last Schedule", "Age", "Containers", "Images", "Selector"
    ],
    "/apis/networking.k8s.io/v1/ingresses": ["Name", "Class", "Hosts", "Address", "Ports", "Age"],
    "/apis/autoscaling/v2/horizontalpodautoscalers": [
        "Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"
    ],
    "/apis/rbac.authorization.k8s.io/v1/rolebindings": ["Name", "Role", "Age", "Users", "Groups", "ServiceAccounts"],
}  # fmt: skip


@pytest.mark.parametrize("path", COLUMNS)
async def test_columns(api: Api, path: str) -> None:
    table = (await api.get(path, {"limit": 5}, Accept=TABLE)).json
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert [column["name"] for column in table["columnDefinitions"]] == COLUMNS[path]
    first = table["columnDefinitions"][COLUMNS[path].index("Name")]
    assert (first["type"], first["format"]) == ("string", "name")
    assert all(len(row["cells"]) == len(COLUMNS[path]) for row in table["rows"] or ())


async def test_a_list_as_a_table(api: Api, config_maps: str) -> None:
    for name in ("a", "b"):
        await api.made(config_maps, config_map(name, labels={"ours": ""}, k="1", l="2"))
    answer = await api.get(config_maps, {"labelSelector": "ours", "limit": 1}, Accept=TABLE)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.meta["continue"]
    [row] = answer.json["rows"]
    assert row["cells"][:2] == ["a", 2]
    assert row["object"]["kind"] == "PartialObjectMetadata"
    assert row["object"]["metadata"]["labels"] == {"ours": ""}
    rest = await api.get(config_maps, {"labelSelector": "ours", "continue": answer.meta["continue"]}, Accept=TABLE)
    assert [row["cells"][0] for row in rest.json["rows"]] == ["b"]


async def test_what_a_row_carries(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("a", k="1"))
    path = f"{config_maps}/a"

    async def carried(include: str) -> Any:
        table = (await api.get(path, {"includeObject": include} if include else None, Accept=TABLE)).json
        [row] = table["rows"]
        return row["object"]

    assert (await carried("None")) is None
    assert (await carried("Object"))["data"] == {"k": "1"}
    for include in ("", "Metadata"):
        assert set(await carried(include)) == {"kind", "apiVersion", "metadata"}


async def test_cells_of_a_deployment_and_its_pods(api: Api, deployments: str, pods: str) -> None:
    await api.made(deployments, deployment(replicas=0))
    [row] = (await api.get(deployments, Accept=TABLE)).json["rows"]
    assert row["cells"][:4] == ["web", "0/0", 0, 0]
    assert row["cells"][5:] == ["main", "nginx:1.27", "app=web"]
    await api.made(pods, pod("lonely", nodeSelector={"no": "such-node"}))
    await api.become(pods, "lonely", "status.phase", "Pending")
    [row] = (await api.get(pods, Accept=TABLE)).json["rows"]
    assert row["cells"][:4] == ["lonely", "0/1", "Pending", "0"]
    assert row["cells"][5:] == ["<none>"] * 4


async def test_metadata_of_one_and_of_many(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("a", labels={"ours": ""}, k="1"))
    one = (await api.get(f"{config_maps}/a", Accept=PARTIAL)).json
    assert (one["kind"], one["apiVersion"]) == ("PartialObjectMetadata", "meta.k8s.io/v1")
    assert set(one) == {"kind", "apiVersion", "metadata"}
    many = await api.get(config_maps, {"labelSelector": "ours"}, Accept=PARTIAL_LIST)
    body = many.json
    assert (body["kind"], body["apiVersion"]) == ("PartialObjectMetadataList", "meta.k8s.io/v1")
    assert [item["metadata"] for item in body["items"]] == [one["metadata"]]


async def test_the_first_form_that_is_understood(api: Api, config_maps: str) -> None:
    accept = f"application/xml,{TABLE},application/json"
    assert (await api.get(config_maps, Accept=accept)).json["kind"] == "Table"
    assert (await api.get(config_maps, Accept=f"application/json,{TABLE}")).json["kind"] == "ConfigMapList"
    refused = await api.get(config_maps, Accept="application/xml")
    code, reason, message = refused.refusal
    assert (code, reason) == (406, "NotAcceptable")
    assert "application/json" in message
