"""A conversation about another cluster that goes on here: nothing of it is acted on here."""

from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Turn, in_order
from kubegenie_tui.domain.conversation import BUILT_IN, Focus, LookUp, Message, Outcome, Record, TextDelta, Usage
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Plan
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.store.store import Store
from tests.unit.genie.model_and_cluster import FOCUS, Agents, talk
from tests.unit.genie.played_reader import PlayedReader
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import SCALE, proposals, shop
from tests.unit.genie.proposing.test_sighting import propose


def talk_about(cluster: str) -> list[Message]:
    made = Outcome("Scale deployment shop/web", True, "all of it was made", cluster, undo_id=7)
    return [
        Message("user", "describe deployment checkout", 1.0, record=Record(focus=Focus(cluster, "shop"))),
        Message("tool", "deployments web 3/3", 2.0, record=Record(look_up=LookUp("list", "{}"))),
        Message("assistant", "web has three pods", 3.0, record=Record(usage=Usage(BUILT_IN))),
        Message("assistant", f"Made: {made.title}. {made.how}", 4.0, record=Record(outcome=made)),
    ]


@pytest.mark.parametrize(("cluster", "number"), [("prod", 1), ("prod as jane", 0), ("other", 0)])
async def test_names_of_another_cluster_are_not_seen_here(cluster: str, number: int, looking: Looking) -> None:
    script = in_order(Turn(calls=(propose(SCALE),)), Turn("Done."))
    async with talk(script, shop(), FOCUS) as made:
        made.scope = msgspec.structs.replace(made.scope, look=looking(Agents({"prod": made.agent})))
        await made.ask("do it", *talk_about(cluster))
        assert len(proposals(made)) == number
        told = str(made.sent(0))
        assert ("(This was asked about cluster other.) describe deployment" in told) is (cluster == "other")
        assert ("(This was asked as jane.) describe deployment" in told) is (cluster == "prod as jane")
        assert "web has three pods" in told


async def said(text: str, cluster: str, looking: Looking) -> str:
    async def take_back(name: str, number: int) -> Plan:
        raise UsageError(f"change {number} of {name} is taken back")

    clusters: dict[str, Any] = {"prod": PlayedReader()}
    genie = Genie(Agents(clusters), look=looking(Agents(clusters)), take_back=take_back)
    events = [event async for event in genie.ask(text, Focus("prod"), talk_about(cluster))]
    return "".join(event.text if isinstance(event, TextDelta) else getattr(event, "what", "") for event in events)


async def test_the_built_in_engine_goes_on_from_nothing_of_another_cluster(looking: Looking) -> None:
    assert "events about `checkout`" in await said("its events", "prod", looking)
    for elsewhere in ("other", "prod as jane"):
        assert "checkout" not in await said("its events", elsewhere, looking)
    assert "Change 7 of prod is taken back" in await said("undo that", "prod", looking)
    assert "Nothing was changed in this conversation" in await said("undo that", "other", looking)


async def test_what_was_kept_without_a_place_is_of_the_cluster_of_its_conversation(tmp_path: Any) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    kept = await store.conversations.create("old", "staging")
    await store.conversations.append(kept.id, Message("user", "what is wrong?", 1.0))
    session = ChatSession(Genie(Agents({"prod": PlayedReader()})), store.conversations)  # type: ignore[dict-item]
    await session.reopen(kept)
    [question] = session.messages
    assert question.record == Record(focus=Focus("staging"))
    await store.close()
