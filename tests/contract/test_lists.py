"""Lists: pages, snapshots, versions, selectors."""

import base64
import json

import pytest

from tests.contract.api import Api, Query
from tests.contract.manifests import config_map, widget

NAMES = ["a-0", "a-1", "a-2", "a-3", "a-4"]


@pytest.fixture
async def five(api: Api, config_maps: str) -> str:
    for number, name in enumerate(NAMES):
        await api.made(config_maps, config_map(name, labels={"set": "five", "number": str(number)}, k="v"))
    return config_maps


async def test_the_shape_of_a_list(api: Api, five: str) -> None:
    body = (await api.get(five, {"labelSelector": "set=five"})).json
    assert (body["kind"], body["apiVersion"]) == ("ConfigMapList", "v1")
    assert set(body["metadata"]) == {"resourceVersion"}
    assert all("kind" not in item and "apiVersion" not in item for item in body["items"])
    assert [item["metadata"]["name"] for item in body["items"]] == NAMES
    newest = max(int(item["metadata"]["resourceVersion"]) for item in body["items"])
    assert int(body["metadata"]["resourceVersion"]) >= newest


async def test_an_empty_list(api: Api, namespace: str) -> None:
    body = (await api.get(f"/apis/batch/v1/namespaces/{namespace}/jobs")).json
    assert body["items"] == []
    assert set(body["metadata"]) == {"resourceVersion"}


async def test_pages_are_of_one_moment(api: Api, five: str) -> None:
    query: Query = {"limit": 2, "labelSelector": "set=five"}
    first = await api.get(five, query)
    assert (first.status, first.names) == (200, NAMES[:2])
    assert "remainingItemCount" not in first.meta  # not told where a selector filters
    await api.made(five, config_map("a-33", labels={"set": "five"}))
    await api.delete(f"{five}/a-4")
    second = await api.get(five, {**query, "continue": first.meta["continue"]})
    third = await api.get(five, {**query, "continue": second.meta["continue"]})
    assert second.names + third.names == NAMES[2:]
    assert {page.meta["resourceVersion"] for page in (first, second, third)} == {first.meta["resourceVersion"]}
    assert "continue" not in third.meta


async def test_how_many_remain(api: Api, five: str) -> None:
    total = len((await api.get(five)).names)
    first = await api.get(five, {"limit": 2})
    assert first.meta["remainingItemCount"] == total - 2
    second = await api.get(five, {"limit": 2, "continue": first.meta["continue"]})
    assert second.meta["remainingItemCount"] == total - 4


async def test_the_limit_is_ignored_at_version_0(api: Api, five: str) -> None:
    now = (await api.get(five)).meta["resourceVersion"]
    await api.get(five, {"resourceVersion": now, "resourceVersionMatch": "NotOlderThan"})  # the cache has come so far
    answer = await api.get(five, {"limit": 2, "resourceVersion": "0"})
    assert set(NAMES) <= set(answer.names)
    assert "continue" not in answer.meta


async def test_versions(api: Api, five: str) -> None:
    now = (await api.get(five)).meta["resourceVersion"]
    for match in ("NotOlderThan", "Exact"):
        answer = await api.get(five, {"resourceVersion": now, "resourceVersionMatch": match})
        assert set(NAMES) <= set(answer.names)
    assert (await api.get(five, {"resourceVersion": "1"})).status == 200
    future = await api.get(five, {"resourceVersion": str(int(now) + 100_000_000)})
    code, reason, message = future.refusal
    assert (code, reason) == (504, "Timeout")
    assert message.startswith("Timeout: Too large resource version: ")
    assert future.json["details"] == {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }
    assert future.headers["Retry-After"] == "1"


@pytest.fixture
async def three(api: Api, namespace: str, custom: str, forgetful: None) -> str:
    """Widgets: the cache of their API server is as young as their definition, older versions ask etcd."""
    path = f"{custom}/namespaces/{namespace}/widgets"
    for name in NAMES[:3]:
        await api.made(path, widget(custom, name, size=1))
    return path


async def test_a_token_that_is_too_old_comes_with_another(api: Api, three: str) -> None:
    first = await api.get(three, {"limit": 2})
    answer = await api.get(three, {"continue": aged(first.meta["continue"])})
    code, reason, message = answer.refusal
    assert (code, reason) == (410, "Expired")
    assert message.startswith("The provided continue parameter is too old to display a consistent list result.")
    rest = await api.get(three, {"continue": answer.meta["continue"]})
    assert rest.names == NAMES[2:3]


def aged(token: str) -> str:
    """A continue token of the beginning of time."""
    content = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    return base64.urlsafe_b64encode(json.dumps({**content, "rv": 1}).encode()).decode().rstrip("=")


async def test_a_version_that_is_too_old(api: Api, three: str) -> None:
    answer = await api.get(three, {"resourceVersion": "1", "resourceVersionMatch": "Exact"})
    assert answer.refusal == (410, "Expired", "The resourceVersion for the provided list is too old.")


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        (
            {"resourceVersionMatch": "Exact"},
            422,
            "resourceVersionMatch is forbidden unless resourceVersion is provided",
        ),
        (
            {"resourceVersion": "0", "resourceVersionMatch": "Exact"},
            422,
            'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
        ),
        (
            {"resourceVersion": "1", "resourceVersionMatch": "Odd"},
            422,
            'resourceVersionMatch: Unsupported value: "Odd": supported values: "Exact", "NotOlderThan", ""',
        ),
        ({"sendInitialEvents": "true"}, 422, "sendInitialEvents is forbidden for list"),
        ({"resourceVersion": "junk"}, 400, 'resourceVersion: Invalid value: "junk"'),
        ({"continue": "junk"}, 400, "continue key is not valid"),
        ({"limit": "junk"}, 400, 'strconv.ParseInt: parsing "junk": invalid syntax'),
        ({"labelSelector": "a===b"}, 400, "unable to parse requirement"),
        ({"labelSelector": "!!a"}, 400, "unable to parse requirement"),
        ({"fieldSelector": "data.k=v"}, 400, '"data.k" is not a known field selector: only "metadata.name", '),
        ({"fieldSelector": "junk"}, 400, "invalid selector: 'junk'; can't understand 'junk'"),
    ],
)
async def test_options_that_make_no_sense(
    api: Api, config_maps: str, query: dict[str, str], code: int, words: str
) -> None:
    answer = await api.get(config_maps, query)
    found, reason, message = answer.refusal
    assert (found, reason) == (code, {400: "BadRequest", 422: "Invalid"}[code])
    assert words in message


async def test_a_continue_token_goes_with_no_version(api: Api, five: str) -> None:
    token = (await api.get(five, {"limit": 1})).meta["continue"]
    answer = await api.get(five, {"continue": token, "resourceVersion": "1"})
    assert answer.refusal == (400, "BadRequest", "specifying resource version is not allowed when using continue")


@pytest.mark.parametrize(
    ("selector", "numbers"),
    [
        ("number=1", [1]),
        ("number==1", [1]),
        ("number!=1,set=five", [0, 2, 3, 4]),
        ("number in (1,3)", [1, 3]),
        ("number notin (1, 3),set", [0, 2, 4]),
        ("set,!absent", [0, 1, 2, 3, 4]),
        ("absent", []),
        ("set=five,number in (4)", [4]),
    ],
)
async def test_label_selectors(api: Api, five: str, selector: str, numbers: list[int]) -> None:
    assert (await api.get(five, {"labelSelector": selector})).names == [NAMES[number] for number in numbers]


async def test_field_selectors(api: Api, namespace: str, five: str) -> None:
    assert (await api.get(five, {"fieldSelector": "metadata.name=a-3"})).names == ["a-3"]
    others = await api.get(five, {"fieldSelector": "metadata.name!=a-3", "labelSelector": "set=five"})
    assert others.names == ["a-0", "a-1", "a-2", "a-4"]
    everywhere = {"fieldSelector": f"metadata.namespace={namespace}", "labelSelector": "set"}
    assert (await api.get("/api/v1/configmaps", everywhere)).names == NAMES
    pods = f"/api/v1/namespaces/{namespace}/pods"
    assert (await api.get(pods, {"fieldSelector": "status.phase!=Running,spec.nodeName="})).names == []
    refused = await api.get(pods, {"fieldSelector": "spec.image=x"})
    assert refused.refusal == (400, "BadRequest", "field label not supported: spec.image")
