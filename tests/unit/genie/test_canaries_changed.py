"""Secrets in what is changed: beside a seal they stay nowhere, also where the server quotes them as it refuses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.changes.opening import Changes, open_changes
from kubegenie_tui.changes.operations.editing import draft_of
from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.domain.conversation import Outcome, PlanProposed, ToolFinished, ToolStarted
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.proposing.planning import Wish, applied, planned
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import ChatSession
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.objects import get_object
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from kubegenie_tui.screens.plan_end import tell_end
from kubegenie_tui.screens.plan_run import PlanRun
from kubegenie_tui.store.store import Store
from tests.unit.agents.demo_clusters import agent_of, serving
from tests.unit.genie.canaries import CANARIES, check, check_files, encoded, planted
from tests.unit.genie.model_and_cluster import FOCUS, Agents

FRONT = ObjectRef("deployments.apps", "front", "shop", "prod")
SETTINGS = ObjectRef("configmaps", "settings", "shop", "prod")
DB = ObjectRef("secrets", "db", "shop", "prod")


class Bench:
    """A cluster full of canaries with its gate, and its records on disk."""

    def __init__(self, server: DemoServer, agent: ClusterAgent, store: Store, changes: Changes) -> None:
        self.server, self.agent, self.store, self.changes = server, agent, store, changes
        self.scope = Scope(agent, FOCUS, Redactor(), Agents({"prod": agent}), look=self.look)

    async def look(self, plan: Plan) -> Preview:
        return await self.changes.gate.preview(self.agent, plan)

    async def run(self, plan: Plan) -> PlanRun:
        steps = tuple(msgspec.structs.replace(step, wait=False) for step in plan.steps)
        preview = await self.look(msgspec.structs.replace(plan, steps=steps))
        assert preview.refusal is None, preview.refusal
        approval = self.changes.gate.approve(preview, "test", preview.confirm)
        run = PlanRun(preview, Clock().monotonic)
        await run.go(self.changes.gate.carry_out(self.agent, preview, approval))
        return run

    async def make(self, plan: Plan) -> None:
        run = await self.run(plan)
        assert run.well, run.error

    async def outcome(self, plan: Plan) -> Outcome:
        """How a plan ends, as whoever asked for it hears."""
        preview = await self.look(plan)
        run = await self.run(plan) if preview.refusal is None else None
        heard: list[Outcome] = []
        tell_end(run, preview, lambda made, how, undo_id: heard.append(Outcome(plan.title, made, how, "prod", undo_id)))
        return heard[0]

    def refuse(self, said: str, *, dry: bool = False, count: int = 1) -> None:
        """The server says no to the next write, or to the next one that it tries; `dry`."""
        path = "dryRun=All" if dry else "^(?!.*dryRun).*/(?:front|settings|db)"
        self.server.inject(Fault(path=path, method="PATCH", status=403, message=said, count=count))


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "kubegenie.db")
    async with serving(planted()) as server, agent_of(server, "prod") as agent:
        yield Bench(server, agent, store, await open_changes(store, tmp_path))
    await store.close()


def quoted(canary: str) -> str:
    """What an admission webhook may say of it."""
    return f'admission webhook "plain.example.com" denied the request: {canary} is no reference, nor {encoded(canary)}'


async def edited(agent: ClusterAgent, ref: ObjectRef, before: str, after: str) -> Plan:
    kind = agent.kinds.resolve(ref.kind)
    draft = draft_of("prod", kind, await get_object(agent.client, kind, ref.name, ref.namespace))
    assert before in draft.text
    plan = draft.plan(draft.text.replace(before, after), draft)
    assert plan is not None
    return plan


def manifest_of(value: str) -> dict[str, Any]:
    notes, metadata = {"example.com/mode": value}, {"name": "settings", "namespace": "shop"}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**metadata, "annotations": notes},
        "data": {"m": value},
    }


async def plans(bench: Bench) -> dict[str, Plan]:
    """Each way to set a value, by what it is a canary of."""

    async def operated(operation: str, ref: ObjectRef, **given: str) -> Plan:
        return (await planned(bench.scope, Wish(operation, (ref,), given)))[0]

    return {
        "a variable that is set": await operated("env", FRONT, pairs=f"MODE={CANARIES['a variable that is set']}"),
        "an annotation that is set": await operated(
            "annotate", FRONT, pairs=f"example.com/mode={CANARIES['an annotation that is set']}"
        ),
        "a key of a ConfigMap that is set": await edited(
            bench.agent, SETTINGS, "host=db", f"host={CANARIES['a key of a ConfigMap that is set']}"
        ),
        "a key of a Secret that is set": await edited(
            bench.agent, DB, CANARIES["a Secret read elsewhere"], CANARIES["a key of a Secret that is set"]
        ),
        "what is applied": applied(bench.scope, manifest_of(CANARIES["what is applied"]), "shop"),
        "what is edited": await edited(
            bench.agent, FRONT, CANARIES["a variable"], CANARIES["what is edited"]
        ),
    }  # fmt: skip


async def test_no_canary_stays_of_a_change_and_of_what_takes_it_back(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for plan in (await plans(bench)).values():
        await bench.make(plan)
    kept = await bench.changes.undo.recent("prod")
    assert len(kept) == 6
    assert [each.title for each in kept if each.plan is None] == ["Edit secret shop/db"]
    first = await bench.changes.undo.plan_for(bench.agent, kept[-1].id)
    await bench.make(first)
    check(caplog.text, "a log")
    check_files(tmp_path)


async def test_no_canary_stays_of_a_change_that_the_server_refuses_with_the_value_in_its_words(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for what, plan in (await plans(bench)).items():
        for dry in (False, True):
            bench.refuse(quoted(CANARIES[what]), dry=dry)
            outcome = await bench.outcome(plan)
            assert not outcome.made
            assert "plain.example.com" in outcome.how
            check(outcome.how, f"the outcome of {plan.title}")
    entries = await bench.changes.audit.entries()
    assert [entry.result for entry in entries if entry.phase == "result"] == ["failed"] * 6
    assert sum("plain.example.com" in entry.message for entry in entries) == 5, "all but that of the Secret"
    check(caplog.text, "a log")
    check_files(tmp_path)


async def test_a_person_sees_on_the_screen_what_the_server_said(bench: Bench) -> None:
    plan = (await plans(bench))["a variable that is set"]
    bench.refuse(quoted(CANARIES["a variable that is set"]))
    run = await bench.run(plan)
    assert CANARIES["a variable that is set"] in str(run.error)


async def test_no_canary_stays_of_what_is_set_in_the_chat(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    told = CANARIES["what a chat is told to set"]
    session = ChatSession(Genie(Agents({"prod": bench.agent}), None, bench.look), bench.store.conversations)
    wish = f"set API_TOKEN={told} in deployment front"
    bench.refuse(quoted(told), dry=True)
    events = [event async for event in session.ask(wish, FOCUS)]
    assert "plain.example.com" in str(events)
    check(str(events), "what is said of a refusal")
    [proposed] = [event async for event in session.ask(wish, FOCUS) if isinstance(event, PlanProposed)]
    bench.refuse(quoted(told))
    await session.note(await bench.outcome(proposed.plan), session.conversation)
    await session.note(await bench.outcome(proposed.plan), session.conversation)
    assert [each.record.outcome.made for each in session.messages if each.record and each.record.outcome] == [
        False,
        True,
    ]
    check(caplog.text, "a log")
    check_files(tmp_path)


async def test_no_canary_of_what_a_model_sets_leaves_or_stays(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    canary = CANARIES["what a model sets"]
    notes = {"metadata": {"annotations": {"example.com/webhook-token": canary}}}
    env = {"name": "API_TOKEN", "value": canary}
    pods = {"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "app", "env": [env]}]}}}}
    about = [("deployments", "front", pods), ("configmaps", "settings", notes)]
    steps = [{"operation": "patch", "kind": kind, "name": name, "manifest": body} for kind, name, body in about]
    refused, proposed, once_more = (Call("propose", {"steps": [step]}) for step in (*steps, steps[0]))
    model = ModelServer(
        in_order(
            *(turn for call in (refused, proposed, once_more) for turn in (Turn(calls=(call,)), Turn("There."))),
            Turn("No."),
        )
    )
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    session = ChatSession(
        Genie(Agents({"prod": bench.agent}), lambda _: backend, bench.look), bench.store.conversations
    )
    bench.refuse(quoted(canary), dry=True)
    try:
        for text in ("set the token of deployment front", "and in configmap settings", "deployment front again"):
            for event in [event async for event in session.ask(text, FOCUS)]:
                check(str(event.result) if isinstance(event, ToolFinished) else "", "a result")
                if isinstance(event, PlanProposed):
                    bench.refuse(quoted(canary))
                    await session.note(await bench.outcome(event.plan), session.conversation)
        assert [event async for event in session.ask("what became of it?", FOCUS)]
    finally:
        await backend.close()
        await model.stop()
    sent = model.outbound.decode()
    assert sent.count("plain.example.com") > 3
    check(sent, "what the model was sent")
    check(caplog.text, "a log")
    check_files(tmp_path)


@pytest.mark.parametrize(
    "wish",
    [
        "set colour to {} in secret db",
        "please change colour of secret db to '{}'",
        "kubectl create secret generic paint --from-literal=colour={}",
        "create secret paint with colour={}",
    ],
)
async def test_no_canary_stays_of_what_a_secret_is_told_to_hold(bench: Bench, tmp_path: Path, wish: str) -> None:
    model = ModelServer(in_order(Turn("I heard.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    canary = CANARIES["what a Secret is told to hold"]
    agents = Agents({"prod": bench.agent})
    try:
        for genie in (Genie(agents, None, bench.look), Genie(agents, lambda _: backend, bench.look)):
            session = ChatSession(genie, bench.store.conversations)
            events = [event async for event in session.ask(wish.format(canary), FOCUS)]
            proposed = [event.plan for event in events if isinstance(event, PlanProposed)]
            check("".join(message.text for message in session.messages), "what is kept in memory")
    finally:
        await backend.close()
        await model.stop()
    for plan in proposed:
        assert any("Secret" in str(step.body) or step.ref.kind == "secrets" for step in plan.steps)
        await bench.make(plan)
    check(model.outbound.decode(), "what the model was sent")
    check_files(tmp_path)


@pytest.mark.parametrize("encoding", ["stringData", "data"])
async def test_no_canary_stays_of_what_a_model_has_a_secret_hold(bench: Bench, tmp_path: Path, encoding: str) -> None:
    canary = CANARIES["what a model has a Secret hold"]
    body = {encoding: {"colour": encoded(canary) if encoding == "data" else canary}}
    step = {"operation": "patch", "kind": "secret", "name": "db", "manifest": body}
    model = ModelServer(in_order(Turn(calls=(Call("propose", {"steps": [step]}),)), Turn(f"It is {canary} then.")))
    await model.start()
    backend = OpenAIBackend(model.base_url, CANARIES["the key of the model"], "scripted", read_timeout=5)
    session = ChatSession(
        Genie(Agents({"prod": bench.agent}), lambda _: backend, bench.look), bench.store.conversations
    )
    try:
        events = [event async for event in session.ask("I would like another colour for what is in db", FOCUS)]
    finally:
        await backend.close()
        await model.stop()
    [proposed] = [event for event in events if isinstance(event, PlanProposed)]
    check(str([event for event in events if isinstance(event, ToolStarted | ToolFinished)]), "a look-up")
    check(model.outbound.decode(), "what the model was sent")
    await bench.make(proposed.plan)
    check_files(tmp_path)
