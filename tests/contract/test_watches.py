"""Watches: what comes in which order and form, bookmarks, streamed lists, and versions that are gone."""

from typing import Any

import pytest

from tests.contract.api import MERGE, PARTIAL, TABLE, Api
from tests.contract.manifests import config_map

STREAMED = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
OURS = {"labelSelector": "ours"}


@pytest.fixture
async def history(api: Api, config_maps: str) -> tuple[str, str]:
    """The path of ConfigMaps, and the version before one was created, changed, unlabelled and deleted."""
    version = (await api.get(config_maps)).meta["resourceVersion"]
    await api.made(config_maps, config_map("one", labels={"ours": "yes"}, k="1"))
    await api.patch(f"{config_maps}/one", MERGE, {"data": {"k": "2"}})
    await api.patch(f"{config_maps}/one", MERGE, {"metadata": {"labels": {"ours": None}}})
    await api.delete(f"{config_maps}/one")
    return config_maps, version


def told(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Type, name and content of each event."""
    return [
        (event["type"], event["object"]["metadata"]["name"], (event["object"].get("data") or {}).get("k", ""))
        for event in events
    ]


def versions(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["object"]["metadata"]["resourceVersion"]) for event in events]


async def test_what_happened_since_a_version(api: Api, history: tuple[str, str]) -> None:
    path, version = history
    query = {"resourceVersion": version, "fieldSelector": "metadata.name=one"}
    events = await api.watched(path, query, 4)
    assert told(events) == [
        ("ADDED", "one", "1"),
        ("MODIFIED", "one", "2"),
        ("MODIFIED", "one", "2"),
        ("DELETED", "one", "2"),
    ]
    assert versions(events) == sorted(set(versions(events)))
    assert all(event["object"]["kind"] == "ConfigMap" for event in events)
    assert "deletionTimestamp" not in events[-1]["object"]["metadata"]


async def test_what_matches_no_more_is_gone_for_this_watch(api: Api, history: tuple[str, str]) -> None:
    path, version = history
    events = await api.watched(path, {"resourceVersion": version, **OURS}, 3)
    assert told(events) == [("ADDED", "one", "1"), ("MODIFIED", "one", "2"), ("DELETED", "one", "2")]
    last = events[-1]["object"]["metadata"]
    assert last["labels"] == {"ours": "yes"}  # as it was, at the version of the change
    assert versions(events) == sorted(set(versions(events)))


async def test_what_comes_to_match_is_added(api: Api, config_maps: str) -> None:
    made = await api.made(config_maps, config_map("late", k="1"))
    await api.patch(f"{config_maps}/late", MERGE, {"metadata": {"labels": {"ours": "now"}}})
    events = await api.watched(config_maps, {"resourceVersion": made.meta["resourceVersion"], **OURS}, 1)
    assert told(events) == [("ADDED", "late", "1")]


async def test_what_happens_from_now_on(api: Api, config_maps: str) -> None:
    version = (await api.get(config_maps)).meta["resourceVersion"]
    async with api.watch(config_maps, {"resourceVersion": version, **OURS}) as events:
        for number in range(3):
            await api.made(config_maps, config_map(f"new-{number}", labels={"ours": ""}))
            assert (await anext(events))["object"]["metadata"]["name"] == f"new-{number}"


@pytest.mark.parametrize("version", ["", "0"])
async def test_without_a_version_what_is_there_comes_first(api: Api, config_maps: str, version: str) -> None:
    for name in ("b", "a"):
        await api.made(config_maps, config_map(name, labels={"ours": ""}))
    query = {**OURS, **({"resourceVersion": version} if version else {})}
    assert sorted(told(await api.watched(config_maps, query, 2))) == [("ADDED", "a", ""), ("ADDED", "b", "")]


async def test_a_watch_ends_at_its_timeout(api: Api, config_maps: str) -> None:
    assert await api.watched(config_maps, {"timeoutSeconds": "1", **OURS}, 1) == []


async def test_a_list_by_watching(api: Api, config_maps: str) -> None:
    for name in ("b", "a"):
        await api.made(config_maps, config_map(name, labels={"ours": ""}))
    async with api.watch(config_maps, {**STREAMED, **OURS}) as events:
        first = [await anext(events) for _ in range(3)]
        assert told(first[:2]) == [("ADDED", "a", ""), ("ADDED", "b", "")]
        end = first[2]
        assert end["type"] == "BOOKMARK"
        assert end["object"]["kind"] == "ConfigMap"
        assert end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        assert int(end["object"]["metadata"]["resourceVersion"]) >= max(versions(first[:2]))
        await api.delete(f"{config_maps}/a")
        assert told([await anext(events)]) == [("DELETED", "a", "")]


async def test_the_end_of_a_list_of_nothing(api: Api, pods: str) -> None:
    [end] = await api.watched(pods, STREAMED, 1)
    assert (end["type"], end["object"]["kind"]) == ("BOOKMARK", "Pod")
    assert end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_a_bookmark_before_the_end(api: Api, config_maps: str) -> None:
    made = await api.made(config_maps, config_map("one", labels={"ours": ""}))
    version = made.meta["resourceVersion"]
    query = {"resourceVersion": version, "allowWatchBookmarks": "true", "timeoutSeconds": "4", **OURS}
    events = await api.watched(config_maps, query, 9)
    assert {event["type"] for event in events} <= {"BOOKMARK"}
    for event in events:
        assert set(event["object"]["metadata"]) == {"resourceVersion"}
        assert int(event["object"]["metadata"]["resourceVersion"]) >= int(version)


async def test_a_version_that_is_gone(api: Api, namespace: str, custom: str) -> None:
    [event] = await api.watched(f"{custom}/namespaces/{namespace}/widgets", {"resourceVersion": "1"}, 2)
    status = event["object"]
    assert event["type"] == "ERROR"
    assert (status["kind"], status["code"], status["reason"]) == ("Status", 410, "Expired")
    assert status["message"].startswith("too old resource version: 1 (")


async def test_a_version_that_will_be(api: Api, config_maps: str) -> None:
    now = int((await api.get(config_maps)).meta["resourceVersion"])
    answer = await api.get(config_maps, {"watch": "1", "timeoutSeconds": "1", "resourceVersion": now + 10_000_000})
    assert (answer.status, answer.body) == (200, b"")


async def test_tables_tell_their_columns_once(api: Api, history: tuple[str, str]) -> None:
    path, version = history
    query = {"resourceVersion": version, "includeObject": "Metadata", "fieldSelector": "metadata.name=one"}
    tables = [event["object"] for event in await api.watched(path, query, 4, Accept=TABLE)]
    assert [table["kind"] for table in tables] == ["Table"] * 4
    assert [column["name"] for column in tables[0]["columnDefinitions"]] == ["Name", "Data", "Age"]
    assert [table["columnDefinitions"] for table in tables[1:]] == [None] * 3
    assert [table["rows"][0]["cells"][:2] for table in tables] == [["one", 1]] * 4
    assert {table["rows"][0]["object"]["kind"] for table in tables} == {"PartialObjectMetadata"}


async def test_a_list_by_watching_as_tables(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("one", labels={"ours": ""}))
    events = await api.watched(config_maps, {**STREAMED, **OURS}, 2, Accept=TABLE)
    assert [event["type"] for event in events] == ["ADDED", "BOOKMARK"]
    end = events[1]["object"]
    assert (end["kind"], len(end["rows"])) == ("Table", 1)
    row = end["rows"][0]
    assert len(row["cells"]) == 3
    assert row["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
    assert row["object"]["metadata"]["resourceVersion"] == end["metadata"]["resourceVersion"]


async def test_metadata_alone(api: Api, history: tuple[str, str]) -> None:
    path, version = history
    query = {"resourceVersion": version, "fieldSelector": "metadata.name=one"}
    objects = [event["object"] for event in await api.watched(path, query, 2, Accept=PARTIAL)]
    assert {(obj["kind"], obj["apiVersion"]) for obj in objects} == {("PartialObjectMetadata", "meta.k8s.io/v1")}
    assert all(set(obj) == {"kind", "apiVersion", "metadata"} for obj in objects)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        (
            {"sendInitialEvents": "true"},
            422,
            "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
        ),
        (
            {"resourceVersionMatch": "NotOlderThan"},
            422,
            "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
        ),
        ({"resourceVersion": "junk"}, 500, 'resourceVersion: Invalid value: "junk"'),
        ({"labelSelector": "a===b"}, 400, "unable to parse requirement"),
    ],
)
async def test_options_that_make_no_sense(
    api: Api, config_maps: str, query: dict[str, str], code: int, words: str
) -> None:
    answer = await api.get(config_maps, {"watch": "1", "timeoutSeconds": "1", **query})
    assert answer.refusal[0] == code
    assert words in answer.refusal[2]
