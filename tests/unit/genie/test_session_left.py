"""A conversation that is left at the very moment when its answer is being kept."""

import asyncio

import pytest

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.store.store import Store
from tests.unit.genie.test_session import ANSWER, TURN, Played, ask, said


async def test_an_answer_that_is_left_while_it_is_being_kept_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    store = await Store.in_memory("")
    memory, go, keeping = store.conversations, asyncio.Event(), asyncio.Event()
    session, append = ChatSession(Played(*ANSWER), memory), memory.append

    async def slow(conversation: int, message: Message) -> Message:
        if message.role == "assistant":
            keeping.set()
            await go.wait()
        return await append(conversation, message)

    monkeypatch.setattr(memory, "append", slow)
    turn = asyncio.create_task(ask(session, "how many pods?"))
    await keeping.wait()
    turn.cancel()
    begun = asyncio.create_task(session.begin())
    await asyncio.sleep(0)
    go.set()
    await begun
    with pytest.raises(asyncio.CancelledError):
        await turn
    [kept] = await memory.recent()
    assert said(await memory.messages(kept.id)) == TURN
    assert session.messages == []
    await store.close()
