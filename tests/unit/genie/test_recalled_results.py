"""What a model was told in part stays within its reach as long as the conversation does."""

from pathlib import Path

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import ToolFinished
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kept_result import LONGEST_KEPT
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.model_and_cluster import FOCUS, Agents, talk
from tests.unit.genie.test_session import ANSWER, Played, ask

LONG = "\n".join(f"row {number} of many" for number in range(2_000))


async def test_what_was_told_in_part_can_be_recalled_after_a_restart_and_in_a_branch(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    genie = Played(*ANSWER)
    session = ChatSession(genie, store.conversations)
    genie.long = [LONG, f"{LONG}\npassword=hunter2-very-secret"]
    await ask(session, "list them")
    second = session.messages[-1]
    genie.long = ["x" * (LONGEST_KEPT + 1)]
    await ask(session, "and the others?")
    [kept] = await store.conversations.recent()
    await store.close()

    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(genie, store.conversations)
    genie.long = []
    await session.reopen(kept)
    await ask(session, "what was in the first?")
    assert await genie.kept.text("r1") == LONG
    assert (await genie.kept.text("r2")).startswith(LONG)
    assert "hunter2" not in await genie.kept.text("r2")
    with pytest.raises(UsageError, match=r"r3 is no longer kept · it had 4,000,001 characters.*at most 4,000,000"):
        await genie.kept.text("r3")
    assert genie.kept.keep("new") == "r4"
    await session.branch(second)
    await ask(session, "what if?")
    assert await genie.kept.text("r1") == LONG
    assert genie.kept.keep("another") == "r3"
    await session.begin()
    await ask(session, "something else")
    with pytest.raises(UsageError, match=r'No result "r1" is kept.*kept: nothing'):
        await genie.kept.text("r1")
    await store.close()


async def test_a_model_looks_into_a_result_of_an_earlier_day(tmp_path: Path) -> None:
    calls = (Call("list", {"kind": "pods", "limit": 200}), Call("recall", {"result": "r1", "start": 150, "lines": 2}))
    script = in_order(Turn(calls=calls[:1]), Turn("300 pods."), Turn(calls=calls[1:]), Turn("Pod 149."))
    async with talk(script, world("prod", pods=300)) as made:
        for question in ("does any of them look odd to you?", "and the 149th, what of that?"):
            store = await Store.open(tmp_path / "kubegenie.db")
            genie = Genie(Agents({"prod": made.agent}), lambda _: made.backend)
            session = ChatSession(genie, store.conversations)
            for kept in await store.conversations.recent():
                await session.reopen(kept)
            events = [event async for event in session.ask(question, FOCUS)]
            await store.close()
        [recalled] = [event for event in events if isinstance(event, ToolFinished)]
        assert recalled.ok, recalled.result
        assert recalled.summary == "lines 150 to 151 of 202 of r1"
        assert "for `recall`:" in made.sent()[0]["content"]
        assert "r1: list pods 200" in made.sent()[0]["content"]
