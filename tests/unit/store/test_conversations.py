import asyncio

import pytest

from kubegenie_tui.domain.conversation import (
    Focus,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Record,
    Symptom,
    Usage,
)
from kubegenie_tui.domain.errors import StoreError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.store.store import Store


async def say(store: Store, title: str, *texts: str, at: float = 1.0, cluster: str = "prod") -> int:
    conversation = await store.conversations.create(title, cluster)
    for text in texts:
        await store.conversations.append(conversation.id, Message("user", text, 2e9 + at))
    return conversation.id


async def test_messages_come_back_in_order_with_their_ids(store: Store) -> None:
    conversation = await store.conversations.create("Why", "prod")
    said = [Message("user", "why?", 1.0), Message("tool", "3 pods", 2.0, "list pods"), Message("assistant", "so", 2.0)]
    stored = [await store.conversations.append(conversation.id, message) for message in said]
    assert [message.id for message in stored] == sorted({message.id for message in stored})
    assert await store.conversations.messages(conversation.id) == stored
    assert [(m.role, m.text, m.at, m.tool) for m in stored] == [(m.role, m.text, m.at, m.tool) for m in said]


async def test_the_last_spoken_in_comes_first(store: Store) -> None:
    first = await say(store, "first", "a", "b", at=3)
    second = await say(store, "second", "c", at=2, cluster="dev")
    third = await say(store, "third", at=0)
    recent = await store.conversations.recent()
    assert [(c.id, c.title, c.messages) for c in recent] == [
        (first, "first", 2),
        (second, "second", 1),
        (third, "third", 0),
    ]
    assert [c.id for c in await store.conversations.recent(limit=1)] == [first]
    assert [c.id for c in await store.conversations.recent(cluster="dev")] == [second]


async def test_an_older_message_does_not_move_a_conversation_back(store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    await store.conversations.append(conversation.id, Message("user", "late", 2e9))
    await store.conversations.append(conversation.id, Message("user", "early", 1.0))
    assert (await store.conversations.recent())[0].updated == 2e9


async def test_search_finds_what_was_looked_up_found_and_proposed(store: Store) -> None:
    root = ObjectRef("secrets", "ledger-db", "billing")
    finding = Symptom("missing-key", root, "The key url is missing", (ObjectRef("pods", "invoice-0", "billing"),))
    look_up = LookUp("get", '{"name": "gateway-7"}', True, "1 of 48 replicas", findings=(finding,))
    proposal = Proposal("Scale it", "prod", 1, "kubegenie do scale deployments.apps/parcel replicas=5")
    told = [
        Message("user", "why?", 1.0, record=Record(focus=Focus("prod", "overlooked"))),
        Message("tool", "pods tracking-9 Running", 2.0, "list pods basement", record=Record(look_up=look_up)),
        Message("assistant", "So.", 3.0, record=Record(proposals=(proposal,), usage=Usage("engine-x"))),
        Message("assistant", "Made.", 4.0, record=Record(outcome=Outcome("Scale it", True, "five parcels stand"))),
    ]
    conversation = await store.conversations.create("Talk", "prod")
    for message in told:
        await store.conversations.append(conversation.id, message)
    branched = await store.conversations.branch(conversation.id, "Branch")
    found = ("tracking-9", "basement", "gateway-7", "ledger-db", "invoice-0", "missing-key", "parcel", "stand", "48")
    for word in found:
        hits = await store.conversations.search(word)
        assert {hit.conversation.id for hit in hits} == {conversation.id, branched.id}, word
        assert all(word in hit.excerpt for hit in hits), word
    for word in ("overlooked", "engine-x", "name"):
        assert await store.conversations.search(word) == [], word
    await store.conversations.delete(conversation.id)
    assert [hit.conversation.id for hit in await store.conversations.search("ledger-db")] == [branched.id]


async def test_search_finds_words_beginnings_and_titles(store: Store) -> None:
    crash = await say(store, "Crash", "pod checkout-7c9f4-x2xkq crashes", "checkout-7c9f4 is fine", at=1)
    other = await say(store, "Outage of checkout", "nothing here", at=2)
    await say(store, "Unrelated", "quota of team-a", at=3)
    search = store.conversations.search
    assert [found.conversation.id for found in await search("CHECKOUT")] == [other, crash]
    assert [found.conversation.id for found in await search("checkout-7c crash")] == [crash]
    assert [found.conversation.id for found in await search("nothing")] == [other]
    assert await search("absent") == []
    assert len(await search("checkout", limit=1)) == 1


async def test_the_excerpt_is_of_the_latest_match(store: Store) -> None:
    await say(store, "t", "old checkout talk", "newer checkout talk", "something else")
    (found,) = await store.conversations.search("checkout")
    assert found.excerpt == "newer checkout talk"
    assert found.conversation.messages == 3


@pytest.mark.parametrize("text", ["", "  ", '"', "-", "a AND", "x* OR (", "NEAR(", 'co"de', "col:umn", "\0", "\ud800"])
async def test_any_text_may_be_searched(store: Store, text: str) -> None:
    await say(store, "t", "plain words")
    assert await store.conversations.search(text) == []


async def test_deleted_messages_are_not_found(store: Store) -> None:
    gone = await say(store, "t", "secretive")
    await store.conversations.delete(gone)
    assert await store.conversations.search("secretive") == []
    assert await store.conversations.messages(gone) == []
    assert await store.conversations.recent() == []


async def test_a_conversation_deleted_elsewhere_takes_no_message(store: Store) -> None:
    gone = await say(store, "t")
    await store.conversations.delete(gone)
    with pytest.raises(StoreError, match="deleted"):
        await store.conversations.append(gone, Message("user", "hello", 1.0))


async def test_rename(store: Store) -> None:
    conversation = await say(store, "old")
    await store.conversations.rename(conversation, "new")
    assert (await store.conversations.recent())[0].title == "new"


async def test_text_that_utf8_cannot_hold_is_kept_as_far_as_it_goes(store: Store) -> None:
    conversation = await say(store, "bad \ud800", "half \udfff pair")
    assert [m.text for m in await store.conversations.messages(conversation)] == ["half ? pair"]


async def test_many_tasks_at_once_lose_nothing(store: Store) -> None:
    conversation = await say(store, "t")
    append = store.conversations.append
    await asyncio.gather(*(append(conversation, Message("user", str(n), float(n))) for n in range(50)))
    texts = [message.text for message in await store.conversations.messages(conversation)]
    assert sorted(map(int, texts)) == list(range(50))


async def test_a_cancelled_write_leaves_no_transaction_behind(store: Store) -> None:
    conversation = await say(store, "t")
    for steps in range(1, 12):
        task = asyncio.create_task(store.conversations.append(conversation, Message("user", "half", 1.0)))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await store.facts.set("after", str(steps), "written")
    assert await store.facts.get("after", "11") == "written"


SECRET = ObjectRef("secrets", "checkout-db", "shop", "prod")
WHOLE = Record(
    Focus("prod", "shop", "pods", SECRET, "!ready"),
    LookUp("diagnose", '{"name": "checkout"}', False, "1 problem", 3.5, (Symptom("r", SECRET, "t", (SECRET,)),)),
    (Proposal("Roll back", "prod", 2, "kubegenie do rollback deployment/checkout"), Proposal("Restart web")),
    Outcome("Roll back", True, "done"),
    Usage("gpt-x", 7, 3, 1.5, "failed", 0.02),
)


async def test_what_was_recorded_beside_a_text_comes_back_as_it_was(store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    for record in (WHOLE, Record(), None):
        await store.conversations.append(conversation.id, Message("assistant", "so", 1.0, record=record))
    assert [m.record for m in await store.conversations.messages(conversation.id)] == [WHOLE, Record(), None]


async def test_a_proposal_that_an_older_version_recorded_is_still_known(store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    await store.conversations.append(conversation.id, Message("assistant", "a", 1.0))
    async with store._database.transaction() as connection:
        await connection.execute("UPDATE messages SET record = ?", ('{"proposal": {"title": "Roll back", "tier": 2}}',))
    [message] = await store.conversations.messages(conversation.id)
    assert message.record == Record(proposals=(Proposal("Roll back", tier=2),))


async def test_a_record_that_utf8_cannot_hold_or_that_is_not_understood_loses_no_message(store: Store) -> None:
    conversation = await store.conversations.create("t", "prod")
    torn = Record(usage=Usage("gpt \ud800"))
    await store.conversations.append(conversation.id, Message("assistant", "a", 1.0, record=torn))
    await store.conversations.append(conversation.id, Message("assistant", "b", 1.0))
    async with store._database.transaction() as connection:
        await connection.execute("""UPDATE messages SET record = '{"usage": 3}' WHERE text = 'b'""")
    first, second = await store.conversations.messages(conversation.id)
    assert first.record == Record(usage=Usage("gpt ?"))
    assert (second.text, second.record) == ("b", None)


async def test_a_branch_begins_as_the_other_and_goes_its_own_way(store: Store) -> None:
    conversation = await say(store, "why", "one", "two", "three")
    first, second, _ = await store.conversations.messages(conversation)
    branched = await store.conversations.branch(conversation, "what if", second.id)
    assert (branched.cluster, branched.messages, branched.branched_from) == ("prod", 2, conversation)
    await store.conversations.append(branched.id, Message("user", "other", 2e9 + 9))
    assert [m.text for m in await store.conversations.messages(branched.id)] == ["one", "two", "other"]
    assert [m.text for m in await store.conversations.messages(conversation)] == ["one", "two", "three"]
    assert (await store.conversations.messages(branched.id))[0].at == first.at
    assert {f.conversation.id for f in await store.conversations.search("two")} == {conversation, branched.id}
    whole = await store.conversations.branch(branched.id, "again")
    assert [m.text for m in await store.conversations.messages(whole.id)] == ["one", "two", "other"]
    await store.conversations.delete(conversation)
    assert await store.conversations.get(branched.id) is not None


async def test_of_a_conversation_that_is_gone_there_is_no_branch(store: Store) -> None:
    with pytest.raises(StoreError, match="deleted"):
        await store.conversations.branch(7, "t")
    assert await store.conversations.recent() == []


async def test_what_is_old_is_forgotten_except_what_is_pinned_open_or_read_again(store: Store) -> None:
    titles = ["old", "pinned", "open", "read again", "young"]
    ids = {title: await say(store, title, "hello") for title in titles}
    async with store._database.transaction() as connection:
        await connection.execute("UPDATE conversations SET updated = 100")
    await store.conversations.pin(ids["pinned"], pinned=True)
    await store.conversations.opened(ids["read again"])
    await store.conversations.append(ids["young"], Message("user", "again", 300.0))
    keep = {ids["open"]}
    assert [each.title for each in await store.conversations.old(200.0, keep)] == ["old"]
    assert len(await store.conversations.recent()) == 5
    assert [each.title for each in await store.conversations.forget(200.0, keep)] == ["old"]
    assert {each.title for each in await store.conversations.recent()} == {*titles} - {"old"}
    assert await store.conversations.messages(ids["old"]) == []
    await store.conversations.pin(ids["pinned"], pinned=False)
    assert [each.title for each in await store.conversations.forget(200.0, keep)] == ["pinned"]
