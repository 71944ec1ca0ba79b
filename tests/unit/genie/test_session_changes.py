"""What a conversation keeps of changes that were proposed in it: the finding they answer, and what became of them."""

from pathlib import Path

import msgspec

from kubegenie_tui.domain.conversation import Aftermath, PlanProposed, Proposal, Record, ToolFinished
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Step, Verb
from kubegenie_tui.genie.context.digest import digest
from kubegenie_tui.genie.session import ChatSession, masked_record
from kubegenie_tui.store.store import Store
from tests.unit.genie.test_session import BROKEN, DIAGNOSED, ROLL_BACK, Played, ask, everything_in


async def test_what_became_of_a_change_is_kept_and_told_in_short_as_made(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Played(*DIAGNOSED), store.conversations)
    await ask(session, "why?")
    seen = Aftermath(ROLL_BACK.title, "well", (Note(Health.OK, "2 of 2 pods ready"),), "it answers", 12.0)
    await session.note(seen, session.conversation)
    assert session.conversation is not None
    last = (await store.conversations.messages(session.conversation.id))[-1]
    assert (last.record, last.text, last.is_of_app) == (Record(aftermath=seen), seen.text, True)
    made = digest(session.messages).partition("Changes made:\n")[2].partition("\n")[0]
    assert made == "- " + " ".join(seen.text.split())
    await session.note(seen, None)
    assert session.messages[-1].record == last.record
    assert len(session.messages) == 4
    before, version = session.conversation, session.version
    await session.begin()
    await session.note(seen, before)
    assert (session.messages, session.version) == ([], version + 1)
    assert [each.record for each in await store.conversations.messages(before.id)][-2:] == [last.record] * 2
    await store.close()


async def test_a_proposal_about_what_the_last_diagnosis_found_answers_that_finding(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    elsewhere = Step(Verb.PATCH, ObjectRef("deployments.apps", "other", "shop"), {})
    there = Step(Verb.PATCH, msgspec.structs.replace(BROKEN.root, cluster="prod-eu"), {})
    own = msgspec.structs.replace(BROKEN, rule="own")
    proposed = [PlanProposed(Plan("One", "prod-eu", (step,))) for step in (elsewhere, there)]
    told = msgspec.structs.replace(proposed[1], answers=own)
    events = [each for each in DIAGNOSED if isinstance(each, ToolFinished)]
    session = ChatSession(Played(*events, *proposed, told), store.conversations)
    answers = [each.answers for each in await ask(session, "why?") if isinstance(each, PlanProposed)]
    assert answers == [None, BROKEN, own]
    record = session.messages[-1].record
    assert record is not None
    assert [each.answers for each in record.proposals] == answers
    await store.close()


async def test_steps_that_no_command_tells_are_kept_whole_and_found_after_a_restart(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    step = Step(Verb.PATCH, BROKEN.root, {"metadata": {"labels": {"team": "Red"}}})
    plan = Plan("Patch it", "prod-eu", (step, step), disrupts="nothing", raised="in doubt")
    told = PlanProposed(msgspec.structs.replace(plan, title="Scale it"), None, "kubegenie do scale deployment/web")
    session = ChatSession(Played(PlanProposed(plan), told), store.conversations)
    await ask(session, "patch it")
    await store.close()
    store = await Store.open(tmp_path / "kubegenie.db")
    [talk] = await store.conversations.recent()
    record = (await store.conversations.messages(talk.id))[-1].record
    assert record is not None
    assert [each.plan for each in record.proposals] == [plan, None]
    assert all(each.is_whole for each in record.proposals)
    assert not await store.conversations.search("Red")
    assert await store.conversations.search("Patch")
    await store.close()


async def test_a_step_that_masking_would_change_is_not_kept(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    env = {"containers": [{"name": "web", "env": [{"name": "DB_PASSWORD", "value": "x7-not-to-be-kept"}]}]}
    plan = Plan("Patch it", "prod-eu", (Step(Verb.PATCH, BROKEN.root, {"spec": env}),))
    session = ChatSession(Played(PlanProposed(plan)), store.conversations)
    await ask(session, "patch it")
    record = session.messages[-1].record
    assert record is not None
    assert [(each.plan, each.is_whole) for each in record.proposals] == [(None, False)]
    await store.close()
    assert b"x7-not-to-be-kept" not in everything_in(tmp_path)


def test_what_older_versions_kept_of_a_proposal_still_loads() -> None:
    kept = {"proposals": [{"title": "Patch it", "cluster": "prod", "tier": 1}], "links": []}
    [old] = msgspec.convert(kept, Record).proposals
    assert (old.plan, old.is_whole) == (None, False)


def test_a_plan_that_would_not_stay_as_it_is_is_left_out_of_a_record() -> None:
    plan = Plan("Patch it", "prod-eu", (Step(Verb.PATCH, BROKEN.root, {"spec": {"a": "odd"}}),))
    record = Record(proposals=(Proposal("Patch it", plan=plan),))
    assert masked_record(record, lambda text: text) == record
    masked = masked_record(record, lambda text: text.replace("odd", "even"))
    assert [each.plan for each in masked.proposals] == [None]
