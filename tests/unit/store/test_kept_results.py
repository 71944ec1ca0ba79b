"""Results that were told in part are kept whole, within bounds, as long as their conversation."""

import random

import pytest

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kept_result import KeptResult
from kubegenie_tui.store import kept_results
from kubegenie_tui.store.store import Store


def result(name: str, text: str) -> KeptResult:
    return KeptResult(name, len(text), text)


def unlike(seed: int) -> str:
    """A thousand characters that do not get shorter than about half."""
    return random.Random(seed).randbytes(500).hex()


async def begun(store: Store, *questions: str) -> int:
    conversation = await store.conversations.create("Why", "prod")
    for question in questions:
        await store.conversations.append(conversation.id, Message("user", question, 1.0))
    return conversation.id


async def test_they_come_back_as_they_were_compressed_on_the_disk(store: Store) -> None:
    number, results = await begun(store, "why?"), store.conversations.results
    long = "row of a pod \ud800\n" * 10_000
    await results.add(number, [result("r1", long), result("r2", "b")])
    await results.add(number, [result("r1", long)])
    assert await results.text(number, "r1") == long.replace("\ud800", "?")
    assert await results.names(number) == ["r2", "r1"]
    [(size,)] = await store._database.fetch("SELECT sum(length(packed)) FROM results")
    assert size < len(long) // 50


async def test_the_oldest_give_way_and_say_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_results, "MOST_BYTES", 2_000)
    number, results = await begun(store), store.conversations.results
    other = await begun(store)
    await results.add(other, [result("r1", unlike(9))])
    for seed in range(1, 6):
        await results.add(number, [result(f"r{seed}", unlike(seed))])
    assert await results.names(number) == ["r1", "r2", "r3", "r4", "r5"]
    assert await results.text(number, "r5") == unlike(5)
    with pytest.raises(UsageError, match="r1 is no longer kept · it had 1,000 characters, and gave way to later"):
        await results.text(number, "r1")
    assert await results.text(other, "r1") == unlike(9)


async def test_a_branch_takes_along_what_was_kept_until_there(store: Store) -> None:
    number, results = await begun(store, "why?"), store.conversations.results
    await results.add(number, [result("r1", "first")])
    await store.conversations.append(number, Message("user", "and now?", 2.0))
    await results.add(number, [result("r2", "second")])
    first, _ = await store.conversations.messages(number)
    part = await store.conversations.branch(number, "part", first.id)
    again = await store.conversations.branch(part.id, "again")
    whole = await store.conversations.branch(number, "whole")
    assert [await results.names(each.id) for each in (part, again, whole)] == [["r1"], ["r1"], ["r1", "r2"]]
    await store.conversations.delete(number)
    assert await results.all(again.id) == [result("r1", "first")]
    assert await results.all(number) == []


async def test_they_go_with_their_conversation(store: Store) -> None:
    deleted, old = await begun(store), await begun(store, "why?")
    for number in (deleted, old):
        await store.conversations.results.add(number, [result("r1", "text")])
    await store.conversations.delete(deleted)
    await store.conversations.forget(before=4e9)
    assert await store._database.fetch("SELECT * FROM results") == []
    await store.conversations.results.add(deleted, [result("r1", "too late")])
    assert await store._database.fetch("SELECT * FROM results") == []
