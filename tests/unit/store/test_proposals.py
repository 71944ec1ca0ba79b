"""Proposals from outside: kept, found again by another process, decided once."""

from pathlib import Path

import pytest

from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Step, Verb
from kubegenie_tui.domain.proposal import Asked, ProposalState
from kubegenie_tui.store.proposals import KEPT, MOST_WAITING
from kubegenie_tui.store.store import Store

REF = ObjectRef("deployments.apps", "web", "shop", "prod")
PLAN = Plan("Scale web to 3", "prod", (Step(Verb.PATCH, REF, {"spec": {"replicas": 3}}, PatchType.MERGE, grace=5),))
ASKED = Asked(PLAN, "https://10.0.0.1:6443", "W1 reversible", "it is slow")


async def test_a_proposal_comes_back_as_it_was_asked(path: Path, store: Store) -> None:
    kept = await store.proposals.add(ASKED)
    again = await Store.open(path)
    assert await again.proposals.get(kept.id) == kept
    assert (kept.asked, kept.state, kept.title) == (ASKED, ProposalState.WAITING, PLAN.title)
    assert await again.proposals.get(kept.id + 1) is None
    await again.close()


async def test_another_process_is_heard_of_and_our_own_writes_are_not(path: Path, store: Store) -> None:
    await store.proposals.changed()
    assert not await store.proposals.changed()
    await store.proposals.add(ASKED)
    assert not await store.proposals.changed()
    again = await Store.open(path)
    await again.proposals.add(ASKED)
    await again.close()
    assert await store.proposals.changed()
    assert await store.proposals.waiting() == [1, 2]
    assert not await store.proposals.changed()


async def test_what_has_ended_stays_as_it_ended(store: Store) -> None:
    kept = await store.proposals.add(ASKED)
    other = await store.proposals.add(ASKED)
    await store.proposals.mark(kept.id, ProposalState.UNDER_WAY)
    await store.proposals.mark(kept.id, ProposalState.DONE, "Done in 2 s")
    await store.proposals.mark(kept.id, ProposalState.REFUSED)
    found = await store.proposals.get(kept.id)
    assert found is not None
    assert (found.state, found.outcome) == (ProposalState.DONE, "Done in 2 s")
    assert [each.id for each in await store.proposals.latest()] == [other.id, kept.id]


async def test_only_so_many_wait_and_only_so_many_are_remembered(store: Store) -> None:
    for _ in range(MOST_WAITING):
        await store.proposals.add(ASKED)
    with pytest.raises(UsageError, match="20 proposals wait already"):
        await store.proposals.add(ASKED)
    await store.proposals.mark(2, ProposalState.REFUSED)
    for number in range(MOST_WAITING + 1, KEPT + 4):
        await store.proposals.add(ASKED)
        await store.proposals.mark(number, ProposalState.REFUSED)
    assert await store.proposals.get(1) is not None
    assert await store.proposals.get(2) is None
    assert await store.proposals.get(KEPT + 3) is not None


async def test_what_another_version_wrote_is_told_without_its_plan(store: Store) -> None:
    kept = await store.proposals.add(ASKED)
    async with store._database.transaction() as connection:
        await connection.execute("UPDATE proposals SET asked = '{\"plan\": 3}'")
    found = await store.proposals.get(kept.id)
    assert found is not None
    assert (found.title, found.asked) == (PLAN.title, None)


async def test_a_store_that_forgets_takes_none() -> None:
    store = await Store.in_memory()
    with pytest.raises(StoreError, match="cannot be kept"):
        await store.proposals.add(ASKED)
    await store.close()
