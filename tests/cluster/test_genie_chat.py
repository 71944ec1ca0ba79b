"""The three questions of a chat on a real control plane: by the built-in engine, and by a model over the real wire."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from kubernetes import client, utils

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.conversation import ChatEvent, Finished, Focus, ShowRequested, TextDelta, ToolFinished
from kubegenie_tui.domain.health import Health
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.cluster.faults import deployment, from_secret, probe, secret
from tests.cluster.test_genie_causes import PODS, OneCluster, changes_until, looking, said
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

CANARY = "postgres://u:canary-2b8d4e@db/x"


@dataclass(frozen=True)
class Places:
    """Two namespaces."""

    shop: str
    staging: str


@pytest.fixture(scope="module")
def places(official: client.ApiClient) -> Iterator[Places]:
    """A shop with a checkout that lacks a key and an api, and a staging where two of three pods are not ready."""
    core, ending = client.CoreV1Api(official), uuid.uuid4().hex[:8]
    made = Places(f"shop-{ending}", f"staging-{ending}")
    objects = {
        made.shop: (
            secret("checkout-db", dsn=CANARY),
            deployment("checkout", env=[from_secret("DATABASE_URL", "checkout-db", "url")]),
            deployment("api", replicas=2),
        ),
        made.staging: (
            deployment("web"),
            deployment("search", replicas=2, readinessProbe=probe("/not-there", 8081)),
        ),
    }
    for name, manifests in objects.items():
        core.create_namespace({"metadata": {"name": name}})
        for manifest in manifests:
            utils.create_from_dict(official, manifest, namespace=name)
    yield made
    for name in objects:
        core.delete_namespace(name, propagation_policy="Background")


@asynccontextmanager
async def settled(plane: ControlPlane, places: Places) -> AsyncIterator[ClusterAgent]:
    """An agent, once the pods are as they will stay."""
    async with looking(plane) as agent:

        async def right() -> bool:
            return tally(agent, places.shop) == (3, 2) and tally(agent, places.staging) == (3, 1)

        await changes_until(agent, "", right)
        yield agent


def tally(agent: ClusterAgent, namespace: str) -> tuple[int, int]:
    """How many pods there are, and how many of them are well."""
    lease = agent.watch(PODS, "")
    rows = [row for row in lease.live.rows.values() if row.namespace == namespace]
    lease.release()
    return len(rows), sum(row.health is Health.OK for row in rows)


async def answered(agent: ClusterAgent, question: str, focus: Focus) -> list[ChatEvent]:
    return [event async for event in Genie(OneCluster(agent)).ask(question, focus)]


async def test_why_is_checkout_failing(control_plane: ControlPlane, places: Places) -> None:
    async with settled(control_plane, places) as agent:
        events = await answered(agent, "why is checkout failing?", Focus(agent.name, places.shop))
    assert 'Secret "checkout-db" has no key "url"; its keys are dsn' in said(events).split("\n")[0]
    assert f"Root: secret `{places.shop}/checkout-db`" in said(events)
    assert events[-1] == Finished("built-in")


async def test_how_many_pods_are_not_ready(control_plane: ControlPlane, places: Places) -> None:
    async with settled(control_plane, places) as agent:
        events = await answered(agent, f"how many pods are not ready in {places.staging}?", Focus(agent.name))
    assert f"**2 of 3 pods** in namespace {places.staging} are not ready" in said(events).replace("\\", "")
    assert said(events).count("search-") >= 2


async def test_the_logs_of_the_newest_api_pod(
    control_plane: ControlPlane, places: Places, official: client.ApiClient
) -> None:
    pods = client.CoreV1Api(official).list_namespaced_pod(places.shop, label_selector="app=api").items
    async with settled(control_plane, places) as agent:
        events = await answered(agent, "show me the logs of the newest api pod", Focus(agent.name, places.shop))
    [show] = [event for event in events if isinstance(event, ShowRequested)]
    newest = max(pod.metadata.creation_timestamp for pod in pods)
    assert show.name in {pod.metadata.name for pod in pods if pod.metadata.creation_timestamp == newest}
    assert (show.namespace, show.view) == (places.shop, "logs")
    log = client.CoreV1Api(official).read_namespaced_pod_log(show.name, places.shop).splitlines()
    assert any(line in said(events).replace("\\", "") for line in log if line)


@dataclass
class Talk:
    """A turn with a model."""

    events: list[ChatEvent]
    server: ModelServer

    @property
    def results(self) -> list[str]:
        """What the model was told of its look-ups, from the bytes that it was sent."""
        messages: list[dict[str, Any]] = self.server.requests[-1].json["messages"]
        return [message["content"] for message in messages if message["role"] == "tool"]


async def with_model(agent: ClusterAgent, question: str, focus: Focus, *turns: Turn) -> Talk:
    server = ModelServer(in_order(*turns))
    await server.start()
    backend = OpenAIBackend(server.base_url, "sk-test-key", "scripted", read_timeout=10)
    try:
        events = [event async for event in Genie(OneCluster(agent), lambda _: backend).ask(question, focus)]
        return Talk(events, server)
    finally:
        await backend.close()
        await server.stop()


QUESTIONS = [
    (
        "why is checkout failing?",
        (
            Call("diagnose", {"kind": "deployments", "name": "checkout"}),
            Call("get", {"kind": "secrets", "name": "checkout-db"}),
        ),
        ('Secret "checkout-db" has no key "url"', 'dsn: "[redacted-'),
    ),
    (
        "would the pods of staging take the traffic of tomorrow?",
        (Call("count", {"kind": "pods", "namespace": "{staging}", "filter": "!READY:1/1"}),),
        ("2 of 3 pods in namespace {staging}",),
    ),
    (
        "what do the logs of the newest api pod mean for its users?",
        (
            Call("list", {"kind": "pods", "filter": "api", "sort": "AGE", "limit": 1}),
            Call("logs", {"kind": "deployments", "name": "api"}),
            Call("show", {"kind": "deployments", "name": "api", "view": "logs"}),
        ),
        ("the first 1 of 2 shown", "pod {shop}/api-", "showing deployments api"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("question", "calls", "told"), QUESTIONS, ids=[question for question, *_ in QUESTIONS])
async def test_a_model_answers_from_what_it_looked_up(
    control_plane: ControlPlane, places: Places, question: str, calls: tuple[Call, ...], told: tuple[str, ...]
) -> None:
    names = {"shop": places.shop, "staging": places.staging}
    filled = tuple(
        Call(call.name, json.loads(json.dumps(call.arguments).replace("{staging}", places.staging))) for call in calls
    )
    answer = Turn("The cause is a key that the Secret lacks.", input_tokens=900, output_tokens=12)
    async with settled(control_plane, places) as agent:
        talk = await with_model(agent, question, Focus(agent.name, places.shop), Turn("Looking.", filled), answer)
    finished = [event for event in talk.events if isinstance(event, ToolFinished)]
    assert [event.result for event in finished if not event.ok] == []
    assert len(talk.results) == len(calls)
    everything = "\n".join(talk.results)
    assert [words for words in told if words.format(**names) not in everything] == [], everything
    assert sum(isinstance(event, TextDelta) for event in talk.events) > 5
    assert said(talk.events) == f"Looking.\n\n{answer.text}"
    assert talk.events[-1] == Finished("scripted", 1000, 32)
    assert CANARY not in talk.server.outbound.decode()
    assert "canary-2b8d4e" not in str(talk.events)
