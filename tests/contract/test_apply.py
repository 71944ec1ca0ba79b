"""Server-side apply: who owns which field, and who is in the way."""

from typing import Any

import pytest

from tests.contract.api import APPLY, MERGE, Answer, Api
from tests.contract.manifests import config_map, deployment


def owners(answer: Answer) -> dict[str, dict[str, Any]]:
    """What each manager owns."""
    return {entry["manager"]: entry["fieldsV1"] for entry in answer.meta.get("managedFields", ())}


@pytest.fixture
async def one(api: Api, config_maps: str) -> str:
    """A ConfigMap applied by `first`."""
    path = f"{config_maps}/one"
    answer = await api.patch(path, APPLY, config_map("one", a="1", b="2"), {"fieldManager": "first"})
    assert answer.status == 201, answer.body
    return path


async def applied(api: Api, path: str, manager: str, *, force: bool = False, **data: str) -> Answer:
    query = {"fieldManager": manager, **({"force": "true"} if force else {})}
    return await api.patch(path, APPLY, {**config_map("one"), "data": data}, query)


async def test_who_applies_owns(api: Api, one: str) -> None:
    answer = await api.get(one)
    [entry] = answer.meta["managedFields"]
    assert (entry["manager"], entry["operation"], entry["fieldsType"]) == ("first", "Apply", "FieldsV1")
    assert entry["fieldsV1"] == {"f:data": {"f:a": {}, "f:b": {}}}


async def test_what_is_applied_no_more_goes(api: Api, one: str) -> None:
    answer = await applied(api, one, "first", a="1", c="3")
    assert (answer.status, answer.json["data"]) == (200, {"a": "1", "c": "3"})


async def test_applying_the_same_changes_nothing(api: Api, one: str) -> None:
    before = (await api.get(one)).meta["resourceVersion"]
    assert (await applied(api, one, "first", a="1", b="2")).meta["resourceVersion"] == before


async def test_a_conflict_names_the_manager(api: Api, one: str) -> None:
    answer = await applied(api, one, "second", a="9", c="3")
    assert answer.refusal == (409, "Conflict", 'Apply failed with 1 conflict: conflict with "first": .data.a')
    assert answer.json["details"] == {
        "causes": [{"reason": "FieldManagerConflict", "message": 'conflict with "first"', "field": ".data.a"}]
    }
    assert (await api.get(one)).json["data"] == {"a": "1", "b": "2"}


async def test_several_conflicts(api: Api, one: str) -> None:
    answer = await applied(api, one, "second", a="9", b="8")
    message = 'Apply failed with 2 conflicts: conflicts with "first":\n- .data.a\n- .data.b'
    assert answer.refusal == (409, "Conflict", message)
    assert answer.causes == [(".data.a", 'conflict with "first"'), (".data.b", 'conflict with "first"')]


async def test_an_update_in_the_way(api: Api, one: str) -> None:
    await api.patch(one, MERGE, {"data": {"a": "7"}}, {"fieldManager": "editor"})
    answer = await applied(api, one, "first", a="1", b="2")
    message = 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.a'
    assert answer.refusal == (409, "Conflict", message)


async def test_force_takes_a_field(api: Api, one: str) -> None:
    answer = await applied(api, one, "second", force=True, a="9")
    assert answer.json["data"] == {"a": "9", "b": "2"}
    assert owners(answer) == {"first": {"f:data": {"f:b": {}}}, "second": {"f:data": {"f:a": {}}}}


async def test_equal_values_are_shared(api: Api, one: str) -> None:
    answer = await applied(api, one, "second", a="1")
    assert owners(answer)["second"] == {"f:data": {"f:a": {}}}
    left = await applied(api, one, "first", b="2")
    assert left.json["data"] == {"a": "1", "b": "2"}  # second still wants it


async def test_a_dry_apply(api: Api, one: str) -> None:
    before = (await api.get(one)).json
    query = {"fieldManager": "second", "force": "true", "dryRun": "All"}
    answer = await api.patch(one, APPLY, config_map("one", a="9"), query)
    assert (answer.status, answer.json["data"]["a"]) == (200, "9")
    assert (await api.get(one)).json == before


async def test_applying_in_yaml(api: Api, config_maps: str) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  k: 'v'\n"
    answer = await api.patch(f"{config_maps}/yaml", APPLY, body, {"fieldManager": "first"})
    assert (answer.status, answer.json["data"]) == (201, {"k": "v"})


async def test_items_are_merged_by_their_keys(api: Api, deployments: str) -> None:
    path = f"{deployments}/web"
    await api.patch(path, APPLY, deployment(replicas=0), {"fieldManager": "first"})
    side = deployment()
    del side["spec"]["selector"]
    side["spec"]["template"]["spec"]["containers"] = [{"name": "side", "image": "busybox:1.37"}]
    answer = await api.patch(path, APPLY, side, {"fieldManager": "second"})
    containers = answer.json["spec"]["template"]["spec"]["containers"]
    assert {each["name"] for each in containers} == {"main", "side"}
    only = {"name": "main", "image": "nginx:1.28"}
    side["spec"]["template"]["spec"]["containers"] = [only]
    refused = await api.patch(path, APPLY, side, {"fieldManager": "third"})
    field = '.spec.template.spec.containers[name="main"].image'
    assert refused.refusal[2] == f'Apply failed with 1 conflict: conflict with "first": {field}'


async def test_what_cannot_be_applied(api: Api, one: str) -> None:
    nobody = await api.patch(one, APPLY, config_map("one", a="1"))
    assert nobody.causes == [("fieldManager", "Required value: is required for apply patch")]
    owned = config_map("one")
    owned["metadata"]["managedFields"] = [{}]
    managed = await api.patch(one, APPLY, owned, {"fieldManager": "first"})
    assert managed.refusal == (400, "BadRequest", "metadata.managedFields must be nil")
    other = await api.patch(one, APPLY, config_map("other"), {"fieldManager": "first"})
    assert other.refusal[:2] == (400, "BadRequest")
