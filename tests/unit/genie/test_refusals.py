"""What may not be listed is said with what was found, and is an error where nothing may: never an empty success."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.changes import read_changes
from kubegenie_tui.genie.reading.lacking import lacking
from kubegenie_tui.genie.reading.overview import KINDS, overview
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.reading.searching import USUAL, search
from kubegenie_tui.genie.reading.uses import users_of
from kubegenie_tui.kube import pace
from kubegenie_tui.kube.objects import ObjectList
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import KINDS as SERVED
from tests.unit.genie.played_reader import PlayedReader, played_scope

Look = Callable[[Scope], Awaitable[Result]]
LOOKS: dict[str, Look] = {
    "used_by": lambda scope: users_of(scope, "configmaps", "checkout-config", "shop"),
    "changes": lambda scope: read_changes(scope, "*"),
    "overview": lambda scope: overview(scope, "*"),
    "search": lambda scope: search(scope, "checkout", namespace="*"),
}
SEEN = "configmaps"
"""What the look-up of an object needs."""


class Refusing(PlayedReader):
    """Lists nothing of these kinds, in rows and whole."""

    def __init__(self, *kinds: str) -> None:
        denied: dict[str, KubeGenieError] = {kind: Forbidden(f"You may not list {kind}") for kind in kinds}
        super().__init__(forbidden=denied)

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if kind.id in self.forbidden:
            raise self.forbidden[kind.id]
        return ObjectList([])


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
async def test_what_may_not_be_listed_is_said(look: Look) -> None:
    scope = played_scope(Focus("prod"), Refusing("deployments.apps", "cronjobs.batch", "jobs.batch"))
    told = (await look(scope)).text.splitlines()
    [line] = [line for line in told if line.startswith("not looked at, for you may not list them: ")]
    assert "deployments.apps" in line
    assert told[0].startswith("cluster prod")
    assert "not looked at" not in (await look(played_scope(Focus("prod"), Refusing()))).text


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
async def test_where_nothing_may_be_listed_it_fails(look: Look) -> None:
    everything = {kind.id for kind in SERVED} | {*KINDS, *USUAL}
    keep = {SEEN} if look is LOOKS["used_by"] else set()
    with pytest.raises(Forbidden, match="You may not list"):
        await look(played_scope(Focus("prod"), Refusing(*everything - keep)))


async def test_the_built_in_engine_says_it_too() -> None:
    clusters: dict[str, Any] = {"prod": Refusing("secrets", "nodes")}
    asked = Genie(Agents(clusters)).ask("what changed in the last hour?", Focus("prod"), [])
    said = "".join([each.text async for each in asked if isinstance(each, TextDelta)])
    assert "Not looked at, for you may not list them: nodes, secrets." in said


async def test_a_search_for_what_lacks_says_when_not_all_were_read() -> None:
    class More(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
            template = {"spec": {"containers": [{"name": "app"}]}}
            return ObjectList([{"metadata": {"name": "web"}, "spec": {"template": template}}], remaining=7)

    result = await lacking(played_scope(Focus("prod"), More()), "deployments", "limits", "*")
    assert result.text.splitlines()[0] == (
        "cluster prod: 1 of 1 deployments without limits in all namespaces, of the first 1 that were read; "
        "there are more"
    )


async def test_a_search_for_what_lacks_lets_others_have_their_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    class Many(PlayedReader):
        async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
            pod = {"metadata": {"name": "web"}, "spec": {"containers": [{"name": "app"}]}}
            return ObjectList([pod] * 100)

    monkeypatch.setattr(pace, "SLICE_SECONDS", 0.0)
    looking, turns = asyncio.create_task(lacking(played_scope(Focus("prod"), Many()), "pods", "limits", "*")), 0
    while not looking.done():
        await asyncio.sleep(0)
        turns += 1
    assert looking.result().summary.startswith("100 of 100 pods")
    assert turns > 100
