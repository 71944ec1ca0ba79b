"""The genie on the demo's clusters, without a model, and instead of one that fails."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from kubegenie_tui.demo.model_script import Fault, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.story.manifests import manifest
from kubegenie_tui.demo.story.stories import build_world
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    ChoicesOffered,
    Failed,
    Finished,
    Focus,
    Message,
    ShowRequested,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import Refused
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.ui.composed import tell
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import PlayedReader
from tests.unit.llm.resting import Resting

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef

PROD = Focus("prod-eu")


@pytest.fixture(scope="session")
def staging_world() -> World:
    return build_world("staging")


@pytest.fixture
async def clusters(prod_world: World, staging_world: World) -> AsyncIterator[Agents]:
    async with (
        serving(prod_world, staging_world) as server,
        agent_of(server, "prod-eu") as prod,
        agent_of(server, "staging") as staging,
    ):
        yield Agents({"prod-eu": prod, "staging": staging})


async def ask(genie: Genie, text: str, focus: Focus = PROD, history: Sequence[Message] = ()) -> list[ChatEvent]:
    return [event async for event in genie.ask(text, focus, history)]


def said(events: Sequence[ChatEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def shown(events: Sequence[ChatEvent]) -> list[ShowRequested]:
    return [event for event in events if isinstance(event, ShowRequested)]


async def test_why_is_checkout_failing_names_the_key_that_the_secret_lacks(clusters: Agents) -> None:
    events = await ask(Genie(clusters), "why is checkout failing?")
    text = said(events)
    assert 'Secret "checkout-db" has no key "url"' in text.split("\n")[0]
    assert "Root: secret `shop/checkout-db`, field `data.url`" in text
    assert "`FATAL config: environment variable DATABASE_URL is not set`" in text
    assert "secretKeyRef`: `checkout-db url`" in text
    assert "- Next: " in text
    [started] = [event for event in events if isinstance(event, ToolStarted)]
    [finished] = [event for event in events if isinstance(event, ToolFinished)]
    assert (started.call_id, started.label) == (finished.call_id, finished.label)
    assert finished.ok
    assert finished.milliseconds > 0
    assert events.index(started) < events.index(finished)
    assert events[-1] == Finished("built-in")


async def test_how_many_pods_are_not_ready_in_a_cluster_that_is_not_in_view(
    clusters: Agents, staging_world: World
) -> None:
    total = len(list(staging_world.cluster.list("pods")))
    events = await ask(Genie(clusters), "how many pods are not ready in staging?")
    assert said(events).startswith("In cluster `staging`:")
    assert f"**1 of {total} pods** in all namespaces is not ready" in said(events)
    assert "sso-bridge-" in said(events)


async def test_follow_ups_stay_in_the_cluster_that_was_named(clusters: Agents) -> None:
    genie = Genie(clusters)
    history = [Message("user", "how many pods are not ready in staging?", 1.0), Message("assistant", "One.", 2.0)]
    events = await ask(genie, "list them", history=history)
    assert "sso-bridge-" in said(events)
    assert [show.cluster for show in shown(events)] == ["staging"]
    back = await ask(genie, "and in prod?", history=history)
    assert "checkout-" in said(back)
    assert "sso-bridge-" not in said(back)
    alone = await ask(genie, "list pods in shop", history=history)
    assert shown(alone) == [ShowRequested("pods", "shop")]


async def test_the_logs_of_the_newest_api_pod_are_told_and_shown(clusters: Agents, prod_world: World) -> None:
    events = await ask(Genie(clusters), "show me the logs of the newest api pod")
    [show] = shown(events)
    assert (show.kind, show.namespace, show.view) == ("pods", "mobile", "logs")
    assert "I request   method=GET  path=" in said(events)
    assert '{"time"' not in said(events)
    pods = [
        pod["metadata"]
        for pod in prod_world.cluster.list("pods", "mobile")
        if pod["metadata"]["labels"]["app"] == "api"
    ]
    newest = max(pod["creationTimestamp"] for pod in pods)
    assert show.name in [pod["name"] for pod in pods if pod["creationTimestamp"] == newest]
    assert f"The last 20 lines of `{show.name}`" in said(events)


NOT_UNDERSTOOD = {"logs of thumbnails-typo", "who won the cup yesterday"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list deployments in shop", ["**9 deployments** in namespace shop.", "| checkout |"]),
        ("pods with more than 5 restarts", ["match `RESTARTS:>5`", "stream-bridge-"]),
        ("what is wrong in payments", ["problems in namespace payments", "Deployment ledger", "503"]),
        ("which pods use the most memory", ["uses the most memory", "| monitoring |"]),
        ("events for checkout", ["BackOff", "Back-off restarting failed container"]),
        ("describe node-1", ["**Node `node-1`**: Ready", "Kubelet: v1.37.2"]),
        ("is the cluster healthy?", ["problems in cluster `prod-eu`", "nodes: 12 (12 ok)"]),
        ("why is frontend failing?", ["Nothing wrong found with deployment `shop/frontend`"]),
        ("yaml of secret checkout-db", ["```yaml", "kind: Secret", "[redacted-"]),
        ("how many pods per namespace", ["| NAMESPACE | COUNT |", "| shop |"]),
        ("unhealthy deployments", ["6 of 48 deployments", "| beta-api |"]),
        ("logs of thumbnails-typo", ["There is no object named `thumbnails-typo`"]),
        ("pods in shpo", ["There is no namespace shpo; I took shop."]),
        ("help", ["why is checkout failing?", "A change I propose, and you decide"]),
        ("who won the cup yesterday", ["I did not understand that"]),
    ],
)
async def test_questions_that_people_ask(clusters: Agents, text: str, expected: list[str]) -> None:
    events = await ask(Genie(clusters), text)
    for words in expected:
        assert words in said(events)
    assert events[-1] == Finished("built-in", understood=text not in NOT_UNDERSTOOD)


@pytest.mark.parametrize(
    "text",
    [
        "scale checkout to 5",
        "delete pod checkout-db-0",
        "please restart the checkout deployment",
        "don't scale redis to 0",
        "undeploy deployment checkout",
        "kubectl delete ns shop",
        "create a namespace called x",
        "add 2 replicas to checkout",
        "double checkout",
    ],
)
async def test_without_a_gate_a_change_is_refused_in_words_and_nothing_is_looked_up(
    clusters: Agents, text: str
) -> None:
    events = await ask(Genie(clusters), text)
    assert "propose nothing" in said(events) or "I can propose" in said(events)
    assert not [event for event in events if not isinstance(event, TextDelta | Finished)]


async def test_a_name_with_two_meanings_is_offered_and_the_pick_is_taken(clusters: Agents) -> None:
    genie = Genie(clusters)
    events = await ask(genie, "describe configmap kube-root-ca.crt")
    [offer] = [event for event in events if isinstance(event, ChoicesOffered)]
    assert 1 < len(offer.choices) <= 9
    picked: ObjectRef = offer.choices[2]
    again = await ask(
        genie, "describe configmap kube-root-ca.crt", Focus("prod-eu", picked.namespace, picked.kind, picked)
    )
    assert f"**ConfigMap `{picked.namespace}/kube-root-ca.crt`**" in said(again)


async def test_what_cannot_be_read_is_a_failure_in_words() -> None:
    down = dict.fromkeys(
        PlayedReader()._rows, Refused("Nothing listens at https://prod", "connection refused", "start it")
    )

    class Down(Agents):
        def __init__(self) -> None:
            self.current = "prod"

        @property
        def statuses(self) -> tuple[()]:
            return ()

        async def open(self, name: str) -> PlayedReader:  # type: ignore[override] # a cluster of rows alone
            return PlayedReader(forbidden=down)

    [failed] = await ask(Genie(Down()), "why is checkout failing?", Focus("prod"))
    assert failed == Failed("Nothing listens at https://prod", "connection refused", "start it")


async def test_without_a_cluster_there_is_nothing_to_ask() -> None:
    class Nothing(Agents):
        def __init__(self) -> None:
            self.current = ""

    [failed] = await ask(Genie(Nothing()), "why?", Focus())
    assert isinstance(failed, Failed)
    assert failed.next_step


async def test_no_secret_is_said(clusters: Agents) -> None:
    genie = Genie(clusters)
    for text in (
        "yaml of secret checkout-db",
        "describe secret checkout-db",
        "list secrets in shop",
        "what is wrong in shop",
    ):
        events = await ask(genie, text)
        assert "s3cr3t" not in str(events)
        assert "postgres://checkout:" not in str(events).replace("postgres://checkout:[", "")
        assert "cG9zdGdyZXM6" not in str(events)


async def test_the_language_is_learnt_once_and_not_on_the_event_loop(
    clusters: Agents, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    monkeypatch.setattr("kubegenie_tui.genie.wishes.phrases.phrases", lambda: threads.append(threading.get_ident()))
    genie = Genie(clusters)
    await genie.prepare()
    await genie.prepare()
    [learnt_in] = threads
    assert learnt_in != threading.get_ident()


async def test_closing_a_turn_stops_it_at_once(clusters: Agents) -> None:
    async with aclosing(Genie(clusters).ask("is the cluster healthy?", PROD)) as events:  # type: ignore[type-var]
        assert isinstance(await anext(events), ToolStarted)
    assert not [task for task in asyncio.all_tasks() if "_work" in repr(task)]


async def with_model(
    turn: Turn, clusters: Agents, text: str, history: Sequence[Message] = ()
) -> tuple[list[ChatEvent], ModelServer]:
    server = ModelServer(in_order(turn))
    await server.start()
    backend = OpenAIBackend(server.base_url, "sk-test-key", "scripted", read_timeout=5, rest=Resting())
    try:
        return await ask(Genie(clusters, lambda _: backend), text, history=history), server
    finally:
        await backend.close()
        await server.stop()


async def test_a_model_answers_when_there_is_one(clusters: Agents) -> None:
    events, server = await with_model(Turn("A key is missing."), clusters, "why is checkout failing?")
    assert said(events) == "A key is missing."
    assert events[-1] == Finished("scripted", 100, 20)
    assert "Other clusters: staging" in server.outbound.decode()


async def test_the_built_in_engine_steps_in_for_a_model_that_fails(clusters: Agents) -> None:
    turn = Turn("x", fault=Fault("status", 503, "overloaded"))
    events, _ = await with_model(turn, clusters, "why is checkout failing?")
    assert "overloaded" in said(events).split("\n")[0]
    assert "The built-in engine answers instead." in said(events).split("\n")[0]
    assert 'Secret "checkout-db" has no key "url"' in said(events)
    assert events[-1] == Finished("built-in")


async def test_what_only_a_model_understands_fails_with_the_models_reason(clusters: Agents) -> None:
    turn = Turn("x", fault=Fault("status", 401, {"error": {"message": "Incorrect API key provided"}}))
    [failed], _ = await with_model(turn, clusters, "compose a haiku on our outage")
    assert isinstance(failed, Failed)
    assert failed.what
    assert "what is wrong here?" in failed.next_step


async def test_a_model_that_breaks_off_leaves_what_it_said(clusters: Agents) -> None:
    events, _ = await with_model(
        Turn("It is the key", fault=Fault("cut", after=3)), clusters, "why is checkout failing?"
    )
    assert said(events)
    assert isinstance(events[-1], Failed)


async def test_the_greeting_says_who_answers(clusters: Agents) -> None:
    assert "without a model" in Genie(clusters).greeting()
    backend = OpenAIBackend("http://127.0.0.1:1/v1", "", "qwen3")
    assert "qwen3 answers" in Genie(clusters, lambda _: backend).greeting()


@pytest.mark.parametrize(
    ("text", "by_model"),
    [
        ("list pods in shop", False),
        ("how many pods are there?", False),
        ("logs of checkout", False),
        ("scale checkout to 3", False),
        ("list pods in shop and tell me why they restart", True),
        ("why is checkout failing?", True),
        ("what should I do about checkout?", True),
        ("show pods that look better than yesterday", True),
        ("scale checkout to 3 unless it is busy", True),
        ("tell me a story about pods", True),
    ],
)
async def test_a_plain_command_costs_no_tokens(clusters: Agents, text: str, by_model: bool) -> None:
    events, server = await with_model(Turn("By the model."), clusters, text)
    assert (said(events) == "By the model.") is by_model
    assert bool(server.requests) is by_model
    history = [Message("user", text, 1.0), Message("assistant", said(events), 2.0)]
    again, _ = await with_model(Turn("By the model."), clusters, text, history)
    assert said(again) == "By the model."


@pytest.mark.parametrize("words", ["switch to staging", "use context staging", "switch to the staging cluster"])
async def test_to_go_to_another_cluster_leads_there(clusters: Agents, words: str) -> None:
    events = await ask(Genie(clusters), words)
    [show] = shown(events)
    assert (show.cluster, show.kind) == ("staging", "pods")


async def test_custom_objects_whose_table_does_not_tell_how_they_are_are_not_called_well() -> None:
    world = build_world("staging")
    tell(world.cluster)
    async with serving(world) as server, agent_of(server, "staging") as staging:
        events = await ask(
            Genie(Agents({"staging": staging})), "why are platforms not ready?", Focus("staging", "shop")
        )
    assert "Nothing wrong" not in said(events)
    assert "shop-gone" in said(events)


async def test_a_name_that_is_near_to_a_verb_is_a_name_behind_its_kind() -> None:
    world = build_world("staging")
    world.cluster.create(definition("example.org", "Gadget", "gadgets", []))
    world.cluster.create(manifest("example.org/v1", "Gadget", "lisp", "shop", spec={}))
    async with serving(world) as server, agent_of(server, "staging") as staging:
        events = await ask(Genie(Agents({"staging": staging})), "describe gadget lisp", Focus("staging", "shop"))
    assert "Gadget `shop/lisp`" in said(events)
