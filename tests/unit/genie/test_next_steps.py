"""What an answer ends with: a plan for each fault that one surely ends, and sentences to ask next."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from kubegenie_tui.demo.story.stories import build_world
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Finished,
    Focus,
    LinksOffered,
    NextOffered,
    PlanProposed,
    TextDelta,
)
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.next_steps import MOST, askable, placed
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.reading.usage import Used
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.remedies import remedies_for
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import played_scope

FOCUS = Focus("prod-eu", "payments", "pods")


@pytest.fixture(scope="module")
def troubled() -> World:
    """The demo's production with a Service more whose selector is misspelt."""
    made = build_world("prod-eu")
    spec = {"selector": {"app": "ledgr"}, "ports": [{"port": 80, "targetPort": 8080}]}
    metadata = {"name": "books", "namespace": "payments"}
    made.cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec})
    return made


@pytest.fixture
async def genie(troubled: World) -> AsyncIterator[Genie]:
    async def look(plan: Plan) -> Preview:
        raise AssertionError("what is offered beside a diagnosis is not looked at yet")

    async with serving(troubled) as server, agent_of(server, "prod-eu") as agent:
        yield Genie(Agents({"prod-eu": agent}), None, look)


async def ask(genie: Genie, text: str) -> list[ChatEvent]:
    return [event async for event in genie.ask(text, FOCUS)]


def plans(events: list[ChatEvent]) -> list[PlanProposed]:
    return [event for event in events if isinstance(event, PlanProposed)]


def steps(events: list[ChatEvent]) -> list[str]:
    return [step for event in events if isinstance(event, NextOffered) for step in event.steps]


async def test_an_overview_ends_with_the_causes_to_ask_for(genie: Genie) -> None:
    events = await ask(genie, "overview of payments")
    assert steps(events)
    assert all(step.startswith("why is ") and step.endswith(" in payments?") for step in steps(events))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("which pods are not ready?", ["why is pod reconcile-", "why is pod ledger-"]),
        ("how many pods are failing?", ["why is pod reconcile-", "why is pod ledger-"]),
        ("list deployments", ["why is deployment ledger "]),
        ("describe deployment ledger", ["why is deployment ledger "]),
        ("events", ["why is pod ledger-", "why is job reconcile-"]),
        ("describe deployment gateway", []),
        ("yaml of deployment ledger", ["why is deployment ledger "]),
        ("yaml of deployment gateway", []),
        ("logs of gateway", []),
        ("top 3 pods", []),
        ("top 50 pods", ["why is pod ledger-"]),
        ("top nodes", []),
        ("what is related to deployment ledger?", ["why is deployment ledger "]),
        ("what is related to deployment gateway?", []),
        ("list services", []),
    ],
)
async def test_what_shows_trouble_ends_with_asking_why(genie: Genie, text: str, about: list[str]) -> None:
    offered = steps(await ask(genie, text))
    assert len(offered) == len(about)
    assert all(step.startswith(start) for step, start in zip(offered, about, strict=True))
    assert all(step.endswith("failing in payments?") for step in offered)


@pytest.mark.parametrize(
    ("lines", "about"),
    [
        (["I started", "FATAL: password authentication failed for user app"], ["why is deployment gateway failing"]),
        (["GET /api 200", "served 12 requests"], []),
    ],
)
async def test_a_log_with_a_fault_in_it_ends_with_asking_why(
    genie: Genie, monkeypatch: pytest.MonkeyPatch, lines: list[str], about: list[str]
) -> None:
    spoken = [(float(second), text) for second, text in enumerate(lines)]
    monkeypatch.setattr("kubegenie_tui.demo.api.logs.spoken", lambda *_: spoken)
    assert [step.partition(" in ")[0] for step in steps(await ask(genie, "logs of deployment gateway"))] == about


@pytest.mark.parametrize(("part", "about"), [(0.95, ["top pods by memory in all namespaces"]), (0.5, [])])
async def test_a_node_that_is_full_ends_with_asking_who_fills_it(
    genie: Genie, monkeypatch: pytest.MonkeyPatch, part: float, about: list[str]
) -> None:
    async def full(*_: object, **__: object) -> Result:
        node = Used("", "node-1", 100, int(part * 100), cpu_room=1000, memory_room=100)
        return Result("use of 1 node", "", [node])

    monkeypatch.setattr("kubegenie_tui.genie.offline.tables.top", full)
    assert steps(await ask(genie, "top nodes")) == about


async def test_a_model_s_answer_comes_with_what_ends_the_fault_it_names(troubled: World) -> None:
    async def look(plan: Plan) -> Preview:
        raise AssertionError("what is offered beside an answer is not looked at yet")

    async with serving(troubled) as server, agent_of(server, "prod-eu") as agent:
        scope = Scope(agent, FOCUS, Redactor(), look=look)
        found = [await diagnose_scope(scope, "payments")]
        answer = "The selector of service books is misspelt."
        [offered] = await remedies_for(scope, found, answer)
        assert offered.plan.title == "Patch service payments/books"
        assert offered.answers is not None
        assert await remedies_for(scope, found, "All is well with the bookshop.") == []
        assert await remedies_for(Scope(agent, FOCUS, Redactor()), found, answer) == []


async def test_every_fault_told_in_full_offers_what_surely_ends_it(genie: Genie) -> None:
    events = await ask(genie, "what is wrong in payments?")
    titles = [each.plan.title for each in plans(events)]
    assert titles == ["Patch service payments/books", "Roll deployment payments/ledger back to revision 1"]
    answers = [each.answers for each in plans(events)]
    assert [each.rule for each in answers if each] == ["service-selects-nothing", "readiness-probe-fails"]
    assert len(titles) + len(steps(events)) <= MOST
    kinds = [type(event) for event in events if not isinstance(event, TextDelta)]
    assert kinds[-5:] == [PlanProposed, PlanProposed, NextOffered, LinksOffered, Finished]


async def test_a_step_that_is_a_sentence_is_offered_and_told_once_and_one_that_is_not_is_told(genie: Genie) -> None:
    events = await ask(genie, "what is wrong in payments?")
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    [step] = steps(events)
    assert step.startswith("show me the logs of ledger-")
    assert step.endswith(" in payments")
    assert "read its log" not in text
    assert "- Next: find out in its log why it calls itself unhealthy\n" in text
    answered = await ask(genie, step)
    assert not isinstance(answered[-1], NextOffered)
    assert isinstance(answered[-1], Finished)
    assert answered[-1].understood


@pytest.mark.parametrize(
    ("question", "step"),
    [
        ("rollout status of checkout in shop", "why is checkout failing in shop?"),
        ("explain pods", "list pods"),
        ("can user mallory delete pods?", "who can delete pods?"),
        ("when was checkout in shop deployed?", "events for checkout in shop"),
    ],
)
async def test_other_answers_offer_what_to_ask_next(genie: Genie, question: str, step: str) -> None:
    events = await ask(genie, question)
    assert steps(events) == [step]
    answered = (await ask(genie, step))[-1]
    assert isinstance(answered, Finished)
    assert answered.understood


def finding(*steps: str) -> Finding:
    root = ObjectRef("deployments.apps", "checkout", "shop")
    return Finding("r", Severity.CRITICAL, "it is down", "why not", root, next_steps=steps)


async def test_only_what_asks_about_something_that_is_there_is_a_sentence() -> None:
    known = finding(
        "find out why: why is service checkout failing?",
        "find out why: why is service gone failing?",
        "mend it: scale checkout to 3",
        "set it right: the port is 80",
        "restart checkout",
    )
    sentences = {"find out why: why is service checkout failing?": "why is service checkout failing in shop?"}
    assert await askable(played_scope(), [known]) == sentences
    assert placed("list nodes", "") == "list nodes"


async def test_what_is_asked_of_a_cluster_that_is_not_in_view_is_told_in_words_alone() -> None:
    scope = msgspec.structs.replace(played_scope(), elsewhere=True)
    assert not await askable(scope, [finding("find out why: why is service checkout failing?")])
    desk = Desk(scope)
    desk.offer_next("why is *web* failing?")
    assert desk.events.get_nowait() == TextDelta("- Next: why is \\*web\\* failing?\n")


async def test_a_sentence_that_would_be_masked_is_not_offered() -> None:
    desk = Desk(played_scope())
    desk.offer_next("why is ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 failing?", "list pods")
    assert desk.events.get_nowait() == NextOffered(("list pods",))
