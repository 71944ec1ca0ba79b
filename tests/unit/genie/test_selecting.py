"""Lists and counts of what selectors choose."""

import asyncio
from typing import Any

import pytest

from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Focus, ShowRequested
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.reading.listing import count_rows, list_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.selecting import Selected
from kubegenie_tui.kube import pace
from kubegenie_tui.kube.objects import ObjectList
from tests.unit.genie.played_reader import PlayedReader, played_scope


async def test_the_server_selects_by_fields_and_the_rows_are_told(prod: Scope, prod_world: World) -> None:
    pods = list(prod_world.cluster.list("pods", ""))
    node = pods[0]["spec"]["nodeName"]
    there = {pod["metadata"]["name"] for pod in pods if pod["spec"].get("nodeName") == node}
    selected = Selected(fields=f"spec.nodeName={node}, status.phase=Running")
    result = await list_rows(prod, "pods", "*", limit=200, selected=selected)
    assert {row.name for row in result.data.shown} <= there
    assert result.summary == f"{result.data.matching} of {len(pods)} pods in all namespaces"
    assert f"with fields `{selected.fields}`" in result.text.splitlines()[0]
    found, total, groups = (await count_rows(prod, "pods", "*", group_by="NODE", selected=selected)).data
    assert (found, total, dict(groups)) == (result.data.matching, len(pods), {node: found})


@pytest.mark.parametrize(("kind", "fields"), [("pods", "spec.colour=red"), ("services", "spec.type=NodePort")])
async def test_fields_that_the_server_does_not_select_by_are_an_error(prod: Scope, kind: str, fields: str) -> None:
    for asked in (list_rows, count_rows):
        with pytest.raises(UsageError, match=r"does not select .* by the fields.*use `filter`") as refused:
            await asked(prod, kind, "*", selected=Selected(fields=fields))
        assert fields.partition("=")[0] in refused.value.why


async def test_labels_are_chosen_by_sets_and_shown_as_far_as_a_table_can(prod: Scope, prod_world: World) -> None:
    apps = {"checkout", "frontend"}
    there = [pod for pod in prod_world.cluster.list("pods", "shop") if pod["metadata"]["labels"].get("app") in apps]
    selected = Selected("app in (checkout, frontend)")
    result = await list_rows(prod, "pods", "shop", selected=selected)
    assert result.data.matching == len(there) > 0
    assert result.show == ShowRequested("pods", "shop")
    narrowed = await list_rows(prod, "pods", "shop", filter_text="!Running", selected=Selected("app=checkout"))
    assert narrowed.show == ShowRequested("pods", "shop", "!Running app=checkout")
    assert narrowed.data.matching < len(there)
    assert narrowed.data.total == len(list(prod_world.cluster.list("pods", "shop")))


async def test_labels_that_are_none_are_an_error(prod: Scope) -> None:
    with pytest.raises(UsageError, match="no part of a label selector"):
        await list_rows(prod, "pods", selected=Selected("app>3"))


async def test_what_the_server_knows_before_the_rows_do_is_said() -> None:
    class Ahead(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: object) -> ObjectList:
            return ObjectList([{"metadata": {"uid": "new"}}])

    result = await list_rows(played_scope(Focus("prod"), Ahead()), "pods", "*", selected=Selected(fields="a=b"))
    assert result.data.shown == []
    assert "the server has 1 more that have just come" in result.text


async def test_groups_that_are_left_out_are_said(prod: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.reading.listing._MOST_GROUPS", 2)
    text = (await count_rows(prod, "pods", "*", group_by="namespace")).text
    assert "groups, the largest 2 shown" in text
    assert len(text.splitlines()) == 4


async def test_what_the_server_selects_is_gone_through_with_turns_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    class Many(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
            return ObjectList([{"metadata": {"uid": str(number)}} for number in range(100)])

    monkeypatch.setattr(pace, "SLICE_SECONDS", 0.0)
    selected, turns = Selected(fields="status.phase=Running"), 0
    looking = asyncio.create_task(list_rows(played_scope(Focus("prod"), Many()), "pods", "*", selected=selected))
    while not looking.done():
        await asyncio.sleep(0)
        turns += 1
    assert "the server has 100 more that have just come" in looking.result().text
    assert turns > 100
