"""Helm releases as a model is told of them: masked, the newest first, and what is not there as an error."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.story.releases import revision
from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.releases import list_releases, read_one
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.kube.objects import ObjectList
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.genie.model_and_cluster import Agents, talk
from tests.unit.genie.played_reader import PlayedReader, played_scope

CANARY = "c4n4ry-of-a-release-77"
CONFIG: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "web", "namespace": "shop"},
    "data": {"mode": "fast", "password": CANARY},
}
SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "web", "namespace": "shop"},
    "stringData": {"x": CANARY},
}
VALUES = {
    "replicas": 3,
    "db": {"password": CANARY},
    "env": [{"name": "API_TOKEN", "value": CANARY}],
    "extra": [{"kind": "Secret", "stringData": {"plain": CANARY}}],
}


def releases() -> list[dict[str, Any]]:
    other = {**CONFIG, "metadata": {"name": "db", "namespace": "data"}}
    return [
        revision("web", 1, "web 1.0.1 2.0", {}, CONFIG, status="superseded", at=1_700_000_000),
        revision("web", 2, "web 1.0.2 2.1", VALUES, CONFIG, SECRET, status="failed", at=1_700_000_900),
        revision("db", 1, "postgres 16.1.0 16", {}, other, status="deployed", at=1_700_000_000),
    ]


class Releases(PlayedReader):
    """A cluster whose Secrets are those of releases."""

    def __init__(self, refused: Mapping[str, KubeGenieError] | None = None) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self._refused = refused or {}
        self._secrets = {each["metadata"]["name"]: each for each in releases()}

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if "list" in self._refused:
            raise self._refused["list"]
        assert (kind.id, how["label_selector"], how["metadata_only"]) == ("secrets", "owner=helm", True)
        metadata = [{"metadata": each["metadata"]} for each in self._secrets.values()]
        return ObjectList([each for each in metadata if namespace in ("", each["metadata"]["namespace"])])

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        if name in self._refused:
            raise self._refused[name]
        if kind.id == "namespaces":
            return await super().get(kind, name)
        self.fetched.append(name)
        return dict(self._secrets[name])


def scope_of(reader: PlayedReader, namespace: str = "") -> Scope:
    return played_scope(Focus("prod", namespace), reader)


async def test_of_each_release_the_newest_is_listed_and_the_failed_first_without_fetching_any() -> None:
    reader = Releases()
    result = await list_releases(scope_of(reader))
    assert result.summary == "2 helm releases in all namespaces, 1 of them not deployed"
    _, first, second = result.text.splitlines()
    assert first.startswith("shop/web: revision 2, failed, ")
    assert second.startswith("data/db: revision 1, deployed, ")
    assert reader.fetched == []
    assert (await list_releases(scope_of(reader, "data"))).summary == "1 helm release in namespace data"
    assert "; the first 1 of 2 shown" in (await list_releases(scope_of(reader), limit=1)).text


async def test_values_and_manifest_are_masked() -> None:
    scope = scope_of(Releases(), "shop")
    values = await read_one(scope, "web", None, "values")
    assert "web-1.0.2, app 2.1: Upgrade complete" in values.text
    assert "replicas: 3" in values.text
    made = await read_one(scope, "web", None, "manifest")
    assert "mode: fast" in made.text
    assert made.text.count("---") == 2
    for result in (values, made):
        assert CANARY not in result.text
        assert "[redacted-" in result.text


async def test_an_earlier_revision_and_the_history_are_told() -> None:
    scope = scope_of(Releases({"sh.helm.release.v1.web.v1": Forbidden("Secrets may not be read")}))
    history = await read_one(scope, "web", "shop", "history")
    head, newest, oldest = history.text.splitlines()
    assert head == "cluster prod: 2 revisions of helm release shop/web"
    assert newest.endswith("web-1.0.2, app 2.1: Upgrade complete")
    assert oldest.startswith("revision 1, superseded")
    assert oldest.endswith("cannot be read: Secrets may not be read")
    with pytest.raises(UsageError, match="no revision 7"):
        await read_one(scope, "web", "shop", "values", 7)
    assert "(no values)" in (await read_one(scope_of(Releases()), "web", "shop", "values", 1)).text


async def test_a_release_is_found_outside_of_the_namespace_in_view_when_there_is_one() -> None:
    scope = scope_of(Releases(), "shop")
    assert "data/db" in (await read_one(scope, "db", None, "values")).summary
    with pytest.raises(NotFound, match="did you mean web"):
        await read_one(scope, "webb", "shop", "values")


async def test_what_may_not_be_listed_is_an_error_and_no_empty_list() -> None:
    with pytest.raises(Forbidden):
        await list_releases(scope_of(Releases({"list": Forbidden("secrets may not be listed")})))


async def test_a_model_reads_them_over_the_wire() -> None:
    made = world("prod")
    for each in releases():
        made.cluster.create(msgspec.convert(each, dict))
    calls = (Call("helm", {}), Call("helm", {"name": "web", "view": "manifest"}))
    async with talk(in_order(Turn(calls=calls), Turn("Seen.")), made) as talked:
        await talked.ask("what did helm install?")
        listed, manifest = talked.answered().values()
        assert "1 helm release in namespace shop" in listed
        assert "kind: ConfigMap" in manifest
        assert all(CANARY.encode() not in request.body for request in talked.model.requests)


async def test_without_a_model_they_are_a_table() -> None:
    made = world("prod")
    for each in releases():
        made.cluster.create(msgspec.convert(each, dict))
    async with serving(made) as server, agent_of(server, "prod") as agent:
        asked = Genie(Agents({"prod": agent})).ask("which helm releases are there?", Focus("prod"), [])
        text = "".join([event.text async for event in asked if isinstance(event, TextDelta)])
    assert "**2 helm releases in all namespaces, 1 of them not deployed**" in text
    assert "| shop | web | 2 | failed |\n| data | db | 1 | deployed |" in text
    assert CANARY not in text
