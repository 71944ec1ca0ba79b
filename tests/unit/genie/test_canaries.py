"""Secrets planted wherever a cluster can hold them reach neither the model, nor a screen, a log, or the disk."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Failed,
    ToolFinished,
)
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.loop import MOST_CALLS
from kubegenie_tui.genie.reading.releases import View
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.serving import ServedTools
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.kube.context import AuthInfo, Context
from kubegenie_tui.kube.context import Secret as Hidden
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.canaries import CANARIES, LOG, check, check_files, planted
from tests.unit.genie.model_and_cluster import FOCUS, Agents


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DemoServer]:
    lines = [(float(second), text) for second, text in enumerate(LOG)]
    monkeypatch.setattr("kubegenie_tui.demo.api.logs.spoken", lambda *_: lines)
    async with serving(planted()) as made:
        yield made


@pytest.fixture
async def agent(server: DemoServer) -> AsyncIterator[ClusterAgent]:
    async with agent_of(server, "prod") as made:
        yield made


BY_PERSON = frozenset({"show", "todo", "ask_user", "exec", "propose"})
"""Tools that look nothing up; what a command writes has a test of its own."""
NOT_HERE = frozenset({"crossplane", "recall"})
"""There is no Crossplane here; what can be recalled is what another tool told."""
RECALL = Call("recall", {"result": "r1", "start": 880, "lines": 60})


def calls() -> tuple[Call, ...]:
    """Every tool that looks something up, about everything there is."""
    objects = [
        ("secrets", "db"), ("secrets", "tls"), ("secrets", "registry"), ("secrets", "sh.helm.release.v1.cache.v1"),
        ("configmaps", "settings"), ("pods", "web"), ("deployments", "front"),
    ]  # fmt: skip
    about = ("get", "describe", "diagnose", "related", "used_by")
    of_objects = [Call(tool, {"kind": kind, "name": name}) for tool in about for kind, name in objects]
    helm = [Call("helm", {}), *(Call("helm", {"name": "cache", "view": view}) for view in get_args(View))]
    rollout = {"kind": "deployments", "name": "front"}
    others = [
        *helm,
        *(Call("search", {"text": text}) for text in ("db", "web", CANARIES["a token of a known form"])),
        Call("changes", {"since_seconds": 10**9}),
        Call("audit_policy", {}),
        Call("explain", {"kind": "pods", "path": "spec"}),
        Call("rollout", rollout),
        *(Call("rollout", {**rollout, "action": "history", "revision": number}) for number in (0, 1)),
        *(Call("count", {"kind": kind, "group_by": "label:app"}) for kind in ("pods", "secrets")),
        Call("lacking", {"kind": "pods", "what": "limits"}),
        Call("top", {}),
        Call("can_i", {"verb": "get", "kind": "secrets"}),
        Call("who_can", {"verb": "get", "kind": "secrets"}),
        Call("whoami", {}),
        Call("api_resources", {}),
    ]
    long = Call("get", {"kind": "configmaps", "name": "long"})
    listed = [Call("list", {"kind": kind}) for kind in ("secrets", "configmaps", "pods", "events")]
    found = [Call("list", {"kind": "pods", "filter": CANARIES["a token of a known form"]})]
    logs = [Call("logs", {"kind": "pods", "name": "web", "previous": previous}) for previous in (True, False)]
    whole = [Call("diagnose", {}), Call("overview", {}), Call("events", {}), Call("events", {"warnings_only": False})]
    return (long, *of_objects, *listed, *found, *logs, *whole, *others)


def test_every_tool_that_looks_something_up_is_called() -> None:
    assert {call.name for call in calls()} == set(TOOLS) - BY_PERSON - NOT_HERE


async def test_no_canary_leaves_or_stays(
    server: DemoServer, agent: ClusterAgent, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    question = f"is password={CANARIES['the question']} or {CANARIES['a random word']} right?"
    repeat = Turn(f"It is {CANARIES['a token of a known form']}.")
    batches = [calls()[start : start + MOST_CALLS] for start in range(0, len(calls()), MOST_CALLS)]
    turns = [turn for batch in batches for turn in (Turn(calls=batch), repeat)]
    model = ModelServer(in_order(*turns, Turn(calls=(RECALL,)), Turn("Yes.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    store = await Store.open(tmp_path / "kubegenie.db")
    try:
        session = ChatSession(Genie(Agents({"prod": agent}), lambda _: backend), store.conversations)
        events: list[ChatEvent] = []
        again = f"and is {CANARIES['a Secret read elsewhere']} right?"
        for text in (question, *[again] * len(batches)):
            events += [event async for event in session.ask(text, FOCUS)]
        assert session.conversation is not None
        kept = await store.conversations.results.all(session.conversation.id)
    finally:
        await backend.close()
        await model.stop()
        await store.close()
    assert kept, "a result that was kept whole"
    for result in kept:
        check(result.text, f"{result.name}, kept whole")
    assert any("token=[redacted-" in result.text for result in kept)
    looked = [event for event in events if isinstance(event, ToolFinished)]
    assert len(looked) == len(calls()) + 1
    assert [event.result for event in looked if not event.ok] == []
    [recalled] = [event.result for event in looked if event.label.startswith("recall")]
    assert "token=[redacted-" in recalled
    check(model.outbound.decode(), "what the model was sent")
    for event in events:
        if isinstance(event, ToolFinished):
            check(str(event), event.label)
    check(caplog.text, "a log")
    check_files(tmp_path)


async def test_no_canary_is_served_to_programs_outside(agent: ClusterAgent, tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    scope = Scope(agent, FOCUS, Redactor(), Agents({"prod": agent}))
    tools = ServedTools(scope, store.proposals)
    await tools.open()
    try:
        for call in (*calls(), RECALL):
            assert isinstance(call.arguments, dict)
            said = await tools.call(call.name, call.arguments, "")
            assert said.ok, said.text
            check(said.text, f"{call.name} {call.arguments}")
    finally:
        await store.close()
    check_files(tmp_path)


@pytest.mark.parametrize(
    "question",
    [
        "yaml of secret db",
        "describe secret tls",
        "describe configmap settings",
        "yaml of pod web",
        "describe pod web",
        "why is web failing?",
        "what is wrong here?",
        "logs of web",
        "events for web",
        "list secrets",
        f"list pods {CANARIES['a token of a known form']}",
        f"describe {CANARIES['a token of a known form']}",
        "what uses secret db?",
        "what does web need?",
        "what changed today?",
        "which certs expire soon?",
        "yaml of secret registry",
        "describe secret sh.helm.release.v1.cache.v1",
        "rollout history of front",
        "which policies are broken?",
    ],
)
async def test_the_built_in_engine_says_none(
    server: DemoServer, agent: ClusterAgent, tmp_path: Path, question: str
) -> None:
    store = await Store.open(tmp_path / "kubegenie.db")
    session = ChatSession(Genie(Agents({"prod": agent})), store.conversations)
    events = [event async for event in session.ask(question, FOCUS)]
    await store.close()
    check(str(events), question)
    check_files(tmp_path)


async def test_a_kubeconfig_s_credentials_are_in_no_error(server: DemoServer) -> None:
    auth = AuthInfo(token=Hidden(CANARIES["the kubeconfig"]))
    agent = ClusterAgent(Context("prod", server=server.url("prod"), auth=auth))
    await agent.initialize()
    [failed] = [event async for event in Genie(Agents({"prod": agent})).ask("list pods", FOCUS)][-1:]
    await agent.shutdown()
    assert isinstance(failed, Failed)
    assert "(401)" in failed.what
    check(str(failed), "an error")


async def test_a_refusal_of_the_server_names_no_credential(server: DemoServer, agent: ClusterAgent) -> None:
    said = f"bearer token {CANARIES['a token of a known form']} is not valid"
    server.inject(Fault(path="/secrets", status=403, message=said, count=-1))
    events = [event async for event in Genie(Agents({"prod": agent})).ask("list secrets", FOCUS)]
    assert events
    check(str(events), "an error")
