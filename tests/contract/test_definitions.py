"""CustomResourceDefinitions: what they define is served, and is gone with them."""

import uuid

from tests.contract.api import PARTIAL, TABLE, Api
from tests.contract.manifests import definition, widget
from tests.contract.test_discovery import AGGREGATED

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


async def test_what_a_definition_becomes(api: Api, custom: str) -> None:
    group = custom.split("/")[2]
    answer = await api.get(f"{DEFINITIONS}/widgets.{group}")
    spec, status = answer.json["spec"], answer.json["status"]
    assert spec["names"] == {
        "plural": "widgets", "singular": "widget", "shortNames": ["wd"], "kind": "Widget", "listKind": "WidgetList"
    }  # fmt: skip
    assert spec["conversion"] == {"strategy": "None"}
    assert status["storedVersions"] == ["v1"]
    assert status["acceptedNames"] == spec["names"]
    assert {each["type"]: each["status"] for each in status["conditions"]}.items() >= {
        ("NamesAccepted", "True"), ("Established", "True")
    }  # fmt: skip


async def test_what_is_defined_is_discovered(api: Api, custom: str) -> None:
    group = custom.split("/")[2]
    items = (await api.get("/apis", Accept=AGGREGATED)).json["items"]
    [found] = [item for item in items if item["metadata"]["name"] == group]
    [resource] = found["versions"][0]["resources"]
    assert (resource["resource"], resource["singularResource"]) == ("widgets", "widget")
    assert resource["scope"] == "Namespaced"
    assert resource["responseKind"] == {"group": group, "version": "v1", "kind": "Widget"}
    assert resource["shortNames"] == ["wd"]
    [status] = resource["subresources"]
    assert (status["subresource"], status["verbs"]) == ("status", ["get", "patch", "update"])
    classic = (await api.get(custom)).json["resources"]
    assert [each["name"] for each in classic] == ["widgets", "widgets/status"]


async def test_instances(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    made = await api.made(path, widget(custom, "w", size=3, colour="red"))
    assert (made.json["kind"], made.json["apiVersion"]) == ("Widget", custom.removeprefix("/apis/"))
    assert made.meta["generation"] == 1
    listed = (await api.get(path)).json
    assert (listed["kind"], listed["apiVersion"]) == ("WidgetList", custom.removeprefix("/apis/"))
    assert listed["items"] == [made.json]  # with kind and apiVersion, unlike those of built-in kinds
    assert (await api.get(f"{path}/none")).refusal[2] == f'widgets.{custom.split("/")[2]} "none" not found'
    [event] = await api.watched(path, {}, 1)
    assert (event["type"], event["object"]) == ("ADDED", made.json)


async def test_columns(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    for name, spec in (("a", {"size": 3, "colour": "red"}), ("b", {"size": 4})):
        await api.made(path, widget(custom, name, **spec))
    table = (await api.get(path, Accept=TABLE)).json
    columns = [(each["name"], each["type"]) for each in table["columnDefinitions"]]
    assert columns == [("Name", "string"), ("Size", "integer"), ("Colour", "string")]
    assert [row["cells"] for row in table["rows"]] == [["a", 3, "red"], ["b", 4, None]]
    one = (await api.get(f"{path}/a", Accept=PARTIAL)).json
    assert one["kind"] == "PartialObjectMetadata"


async def test_instances_go_with_their_definition(api: Api, namespace: str) -> None:
    group = f"c{uuid.uuid4().hex[:8]}.example.com"
    made = await api.made(DEFINITIONS, definition(group))
    name, version = made.meta["name"], made.meta["resourceVersion"]
    path = f"/apis/{group}/v1/namespaces/{namespace}/widgets"
    async with api.watch(DEFINITIONS, {"fieldSelector": f"metadata.name={name}", "resourceVersion": version}) as events:
        while (await api.get(path)).status != 200:
            pass
        await api.made(path, widget(f"/apis/{group}/v1", "w", size=1))
        assert (await api.delete(f"{DEFINITIONS}/{name}")).status == 200
        async for event in events:
            if event["type"] == "DELETED":
                break
    assert (await api.get(f"{DEFINITIONS}/{name}")).status == 404


async def test_a_definition_that_is_wrong(api: Api) -> None:
    wrong = definition("c.example.com")
    wrong["metadata"]["name"] = "other"
    answer = await api.post(DEFINITIONS, wrong)
    assert answer.refusal[:2] == (422, "Invalid")
    assert ("metadata.name", 'Invalid value: "other": must be spec.names.plural+"."+spec.group') in answer.causes
