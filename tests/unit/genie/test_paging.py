"""A list that is read on, and the columns that are asked for."""

import asyncio
import re
from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.cursors import MOVED
from kubegenie_tui.genie.reading.listing import Listing, list_rows
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.reading.selecting import Selected
from tests.unit.agents.demo_clusters import add_pod, world
from tests.unit.domain.test_expression import ENDLESS
from tests.unit.genie.model_and_cluster import FOCUS, talk
from tests.unit.genie.played_reader import PlayedReader, played_scope


@pytest.mark.parametrize(("text", "line"), ENDLESS)
async def test_a_filter_that_finds_no_end_is_refused(text: str, line: str) -> None:
    reader = PlayedReader()
    reader._rows["pods"] = [Row("u", "shop", line.replace(" ", ""), 0, "1", ())]
    with pytest.raises(UsageError, match=r"cannot be used.*takes too long to match"):
        await list_rows(played_scope(reader=reader), "pods", "*", filter_text=text.replace(" ", ""))


async def test_a_list_is_read_on_until_its_end_and_each_row_is_told_once(prod: Scope, prod_world: World) -> None:
    total, names, cursor = len(list(prod_world.cluster.list("pods", ""))), list[str](), ""
    while True:
        result = await list_rows(prod, "pods", "*", sort="restarts", descending=True, limit=80, cursor=cursor)
        listing: Listing = result.data
        names += [f"{row.namespace}/{row.name}" for row in listing.shown]
        cursor = listing.cursor
        if not cursor:
            break
        assert f"read on with cursor {cursor}" in result.text.splitlines()[0]
    assert len(names) == len(set(names)) == total
    assert f"; rows {listing.start + 1} to {total} of {total} shown" in result.text.splitlines()[0]
    assert "read on" not in result.text


@pytest.mark.parametrize(
    "other",
    [
        {"filter_text": "x"}, {"sort": "AGE"}, {"descending": True}, {"namespace": "shop"}, {"kind_name": "services"},
        {"selected": Selected("app=web")}, {"selected": Selected(fields="metadata.namespace=shop")},
    ],
)  # fmt: skip
async def test_a_cursor_is_good_for_the_same_question_alone(prod: Scope, other: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"kind_name": "pods", "namespace": "*", "limit": 5}
    cursor = (await list_rows(prod, **asked)).data.cursor
    with pytest.raises(UsageError, match="This cursor is of another list"):
        await list_rows(prod, **{**asked, **other}, cursor=cursor)
    narrower = await list_rows(prod, **{**asked, "limit": 2}, cursor=cursor, columns=["NODE"])
    assert (narrower.data.start, len(narrower.data.shown)) == (5, 2)


@pytest.mark.parametrize("cursor", ["next", "5", "5-12345678", "-1-12345678-12345678"])
async def test_what_is_no_cursor_is_said(prod: Scope, cursor: str) -> None:
    with pytest.raises(UsageError, match="is no cursor"):
        await list_rows(prod, "pods", cursor=cursor)


async def rows_known(scope: Scope, number: int) -> None:
    """Wait until the rows of the pods are so many."""
    lease, right = scope.reader.watch(scope.kind("pods"), FOCUS.namespace), asyncio.Event()
    live = lease.live
    unsubscribe = live.subscribe(lambda _: right.set() if len(live.rows) == number else None)
    try:
        if len(live.rows) != number:
            await asyncio.wait_for(right.wait(), 10)
    finally:
        unsubscribe()
        lease.release()


async def test_what_comes_and_goes_meanwhile_neither_repeats_nor_hides_what_stays() -> None:
    played = world("prod", pods=6)
    async with talk(in_order(Turn("x")), played) as made:
        first = (await list_rows(made.scope, "pods", limit=3)).data
        add_pod(played, "a-new-one")
        await rows_known(made.scope, 7)
        rest = await list_rows(made.scope, "pods", limit=50, cursor=first.cursor)
        assert [row.name for row in rest.data.shown] == ["pod-3", "pod-4", "pod-5"]
        assert MOVED not in rest.text
        [last] = [pod for pod in played.cluster.list("pods", "shop") if pod["metadata"]["name"] == "pod-2"]
        played.cluster.delete(last, grace=0)
        await rows_known(made.scope, 6)
        assert MOVED in (await list_rows(made.scope, "pods", limit=50, cursor=first.cursor)).text


async def test_a_model_reads_on_and_its_cursor_is_not_masked() -> None:
    def reads_on(heard: dict[str, Any]) -> Turn:
        last = heard["messages"][-1]
        cursor = re.search(r"read on with cursor (\S+)", str(last["content"]))
        if last["role"] == "tool" and cursor is None:
            return Turn("All read.")
        return Turn(calls=(Call("list", {"kind": "pods", "limit": 4, "cursor": cursor[1] if cursor else ""}),))

    async with talk(reads_on, world("prod", pods=10)) as made:
        await made.ask("which pods?")
        shown = [result.result.splitlines()[0].split("; ")[1] for result in made.results]
        assert shown == ["the first 4 of 10 shown", "rows 5 to 8 of 10 shown", "rows 9 to 10 of 10 shown"]


async def test_columns_are_those_asked_for_behind_what_names_the_object(prod: Scope) -> None:
    result = await list_rows(prod, "deployments", "shop", columns=["images", "label:app", "owner", "NAME"], limit=3)
    assert result.text.splitlines()[1] == "NAME | IMAGES | label:app | OWNER"
    everywhere = await list_rows(prod, "pods", "*", columns=["NODE"], limit=3)
    assert everywhere.text.splitlines()[1] == "NAMESPACE | NAME | NODE"
    assert len(everywhere.text.splitlines()) == 5
    with pytest.raises(UsageError, match=r'no column "colour".*IMAGES.*label:KEY'):
        await list_rows(prod, "deployments", columns=["colour"])
