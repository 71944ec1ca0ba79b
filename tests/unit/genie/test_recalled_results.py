"""What a model was told in part stays within its reach as long as the conversation does."""

from pathlib import Path

import pytest

from kubegenie_tui.domain.conversation import LONGEST_KEPT
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.store.store import Store
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
