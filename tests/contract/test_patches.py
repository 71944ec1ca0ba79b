"""The three kinds of patches that are no server-side apply."""

from typing import Any

import pytest

from tests.contract.api import JSON_PATCH, MERGE, STRATEGIC, Api
from tests.contract.manifests import config_map, deployment

UNSUITED = (422, "Invalid", "the server rejected our request due to an error in our request")


@pytest.fixture
async def one(api: Api, config_maps: str) -> str:
    await api.made(config_maps, config_map("one", labels={"a": "1"}, k="1", l="2"))
    return f"{config_maps}/one"


@pytest.fixture
async def web(api: Api, deployments: str) -> str:
    made = deployment(replicas=0)
    made["spec"]["template"]["spec"]["containers"][0]["env"] = [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ]
    await api.made(deployments, made)
    return f"{deployments}/web"


async def test_merge(api: Api, one: str) -> None:
    answer = await api.patch(one, MERGE, {"data": {"k": None, "m": "3"}, "metadata": {"labels": {"b": "2"}}})
    assert answer.json["data"] == {"l": "2", "m": "3"}
    assert answer.meta["labels"] == {"a": "1", "b": "2"}
    emptied = await api.patch(one, MERGE, {"data": None})
    assert "data" not in emptied.json


async def test_merge_at_a_version(api: Api, one: str) -> None:
    stale = await api.patch(one, MERGE, {"metadata": {"resourceVersion": "1"}, "data": {"k": "9"}})
    assert stale.refusal[:2] == (409, "Conflict")
    now = (await api.get(one)).meta["resourceVersion"]
    fresh = await api.patch(one, MERGE, {"metadata": {"resourceVersion": now}, "data": {"k": "9"}})
    assert fresh.json["data"]["k"] == "9"


async def test_json(api: Api, one: str) -> None:
    operations = [
        {"op": "test", "path": "/data/k", "value": "1"},
        {"op": "replace", "path": "/data/k", "value": "5"},
        {"op": "add", "path": "/metadata/labels/x~1y", "value": "z"},
        {"op": "copy", "from": "/data/l", "path": "/data/m"},
        {"op": "move", "from": "/data/l", "path": "/data/n"},
        {"op": "remove", "path": "/metadata/labels/a"},
    ]
    answer = await api.patch(one, JSON_PATCH, operations)
    assert answer.json["data"] == {"k": "5", "m": "2", "n": "2"}
    assert answer.meta["labels"] == {"x/y": "z"}


async def test_json_in_lists(api: Api, web: str) -> None:
    env = "/spec/template/spec/containers/0/env"
    operations = [
        {"op": "add", "path": f"{env}/0", "value": {"name": "FIRST", "value": "0"}},
        {"op": "add", "path": f"{env}/-", "value": {"name": "LAST", "value": "9"}},
        {"op": "remove", "path": f"{env}/1"},
    ]
    answer = await api.patch(web, JSON_PATCH, operations)
    found = answer.json["spec"]["template"]["spec"]["containers"][0]["env"]
    assert [each["name"] for each in found] == ["FIRST", "B", "LAST"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/k", "value": "other"},
        {"op": "remove", "path": "/data/absent"},
        {"op": "add", "path": "/absent/absent", "value": "x"},
    ],
)
async def test_json_that_does_not_apply(api: Api, one: str, operation: dict[str, str]) -> None:
    before = (await api.get(one)).json
    assert (await api.patch(one, JSON_PATCH, [operation])).refusal == UNSUITED
    assert (await api.get(one)).json == before


async def test_strategic_merge_finds_items_by_name(api: Api, web: str) -> None:
    containers: list[Any] = [{"name": "main", "image": "nginx:1.28"}, {"name": "side", "image": "busybox:1.37"}]
    answer = await api.patch(web, STRATEGIC, {"spec": {"template": {"spec": {"containers": containers}}}})
    found = {each["name"]: each for each in answer.json["spec"]["template"]["spec"]["containers"]}
    assert {name: each["image"] for name, each in found.items()} == {"main": "nginx:1.28", "side": "busybox:1.37"}
    assert found["main"]["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert found["main"]["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


async def test_strategic_merge_deletes_and_orders(api: Api, web: str) -> None:
    env = [{"name": "A", "$patch": "delete"}, {"name": "C", "value": "3"}]
    order = [{"name": "C"}, {"name": "B"}]
    container = {"name": "main", "env": env, "$setElementOrder/env": order}
    answer = await api.patch(web, STRATEGIC, {"spec": {"template": {"spec": {"containers": [container]}}}})
    [found] = answer.json["spec"]["template"]["spec"]["containers"]
    assert [each["name"] for each in found["env"]] == ["C", "B"]
    replaced = {"name": "main", "env": [{"$patch": "replace"}, {"name": "ONLY", "value": "1"}]}
    answer = await api.patch(web, STRATEGIC, {"spec": {"template": {"spec": {"containers": [replaced]}}}})
    assert answer.json["spec"]["template"]["spec"]["containers"][0]["env"] == [{"name": "ONLY", "value": "1"}]


async def test_strategic_merge_of_a_map(api: Api, web: str) -> None:
    recreate = {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}
    answer = await api.patch(web, STRATEGIC, {"spec": recreate})
    assert answer.json["spec"]["strategy"] == {"type": "Recreate"}


async def test_a_patch_of_the_wrong_shape(api: Api, one: str) -> None:
    for kind, body in ((JSON_PATCH, {"data": {}}), (MERGE, [1])):
        code, reason, message = (await api.patch(one, kind, body)).refusal
        assert (code, reason) == (400, "BadRequest")
        assert message.startswith("error decoding patch: json: cannot unmarshal ")


async def test_a_patch_of_another_kind(api: Api, one: str, namespace: str, custom: str) -> None:
    assert (await api.patch(one, "text/plain", {})).refusal[:2] == (415, "UnsupportedMediaType")
    path = f"{custom}/namespaces/{namespace}/widgets/w"
    code, reason, message = (await api.patch(path, STRATEGIC, {})).refusal
    assert (code, reason) == (415, "UnsupportedMediaType")
    assert MERGE in message
    assert STRATEGIC not in message


async def test_what_a_patch_may_not_touch(api: Api, one: str) -> None:
    renamed = await api.patch(one, MERGE, {"metadata": {"name": "two"}})
    assert renamed.refusal == (
        400, "BadRequest", "the name of the object (two) does not match the name on the URL (one)"
    )  # fmt: skip
    assert (await api.patch(one + "-absent", MERGE, {})).refusal[:2] == (404, "NotFound")
    uid = (await api.get(one)).meta["uid"]
    assert (await api.patch(one, MERGE, {"metadata": {"uid": "other"}})).causes == [
        ("metadata.uid", 'Invalid value: "other": field is immutable')
    ]
    assert (await api.get(one)).meta["uid"] == uid


async def test_a_dry_patch(api: Api, one: str) -> None:
    before = (await api.get(one)).json
    answer = await api.patch(one, MERGE, {"data": {"k": "dry"}}, {"dryRun": "All"})
    assert (answer.status, answer.json["data"]["k"]) == (200, "dry")
    assert (await api.get(one)).json == before
