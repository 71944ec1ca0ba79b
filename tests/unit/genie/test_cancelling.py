"""A turn stops at once wherever it is, leaves nothing running, and hangs up on whoever was being asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from kubegenie_tui.demo.api.faults import Fault as ApiFault
from kubegenie_tui.demo.model_script import Call, Fault, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import ChatEvent, Message, TextDelta, ToolFinished, ToolStarted
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.agents.demo_clusters import agent_of, serving, world
from tests.unit.genie.context.test_compaction import OF_PAST
from tests.unit.genie.context.test_long_talks import HISTORY
from tests.unit.genie.model_and_cluster import FOCUS, Agents
from tests.unit.llm.raw_server import raw

AT_ONCE = 10.0
"""Seconds: far more than a busy machine needs, and far less than what would be waited for otherwise."""
LIST, LOGS = Call("list", {"kind": "pods"}), Call("get", {"kind": "pods", "name": "pod-0"})
SILENT_AT_ONCE = Turn("x", fault=Fault("silent", after=0))
SILENT_IN_TEXT = Turn("Let me think about it", fault=Fault("silent", after=3))


class Listener:
    """Hears a turn until it is stopped."""

    def __init__(self, genie: Genie, question: str = "why is pod-0 failing?", history: Sequence[Message] = ()) -> None:
        self.heard: list[ChatEvent] = []
        self.changed = asyncio.Condition()
        self.task = asyncio.create_task(self._listen(genie, question, history))

    async def _listen(self, genie: Genie, question: str, history: Sequence[Message]) -> None:
        async with closing(genie.ask(question, FOCUS, history)) as events:
            async for event in events:
                async with self.changed:
                    self.heard.append(event)
                    self.changed.notify_all()

    async def until(self, kind: type[ChatEvent]) -> None:
        async with self.changed:
            await asyncio.wait_for(self.changed.wait_for(lambda: any(isinstance(e, kind) for e in self.heard)), 5)

    async def stop(self) -> None:
        """Cancel it, with nothing left over."""
        self.task.cancel()
        await asyncio.wait((self.task,), timeout=AT_ONCE)
        assert self.task.cancelled()
        assert [task for task in asyncio.all_tasks() if _is_ours(task)] == []


def _is_ours(task: asyncio.Task[object]) -> bool:
    """Whether it works for the genie, or looks at a change for it."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and any(
        room in code.co_filename for room in ("kubegenie_tui/genie", "kubegenie_tui/changes")
    )


@asynccontextmanager
async def asked(*turns: Turn, slow: str = "") -> AsyncIterator[tuple[Listener, ModelServer]]:
    """A question to a scripted model; requests to the cluster that match `slow` take long."""
    model = ModelServer(in_order(*turns))
    await model.start()
    backend = OpenAIBackend(model.base_url, "", "scripted", read_timeout=30)
    try:
        async with serving(world("prod")) as server, agent_of(server, "prod") as agent:
            if slow:
                server.inject(ApiFault(path=slow, delay=30.0, count=-1))
            listener = Listener(Genie(Agents({"prod": agent}), lambda _: backend))
            yield listener, model
            server.faults.clear()
    finally:
        await backend.close()
        await model.stop()


Stage = Callable[[Listener, ModelServer], Awaitable[None]]


async def before_the_first_word(_: Listener, model: ModelServer) -> None:
    await asyncio.wait_for(model.speaking.wait(), 5)


async def amid_the_text(listener: Listener, _: ModelServer) -> None:
    await listener.until(TextDelta)


async def during_a_look_up(listener: Listener, _: ModelServer) -> None:
    await listener.until(ToolStarted)


async def between_rounds(listener: Listener, model: ModelServer) -> None:
    model.hung_up.clear()
    await listener.until(ToolFinished)


@pytest.mark.parametrize(
    ("turns", "stage", "slow"),
    [
        ((SILENT_AT_ONCE,), before_the_first_word, ""),
        ((SILENT_IN_TEXT,), amid_the_text, ""),
        ((Turn("Looking.", (LOGS,)), Turn("x")), during_a_look_up, "pods/pod-0"),
        ((Turn(calls=(LIST, LOGS)), Turn("x")), during_a_look_up, "pods/pod-0"),
        ((Turn(calls=(LIST,)), SILENT_AT_ONCE), between_rounds, ""),
    ],
    ids=["before the first word", "amid the text", "during a look-up", "during one of two", "between rounds"],
)
async def test_a_turn_with_a_model_stops(turns: tuple[Turn, ...], stage: Stage, slow: str) -> None:
    async with asked(*turns, slow=slow) as (listener, model):
        await stage(listener, model)
        await listener.stop()
        asked_so_far = len(model.requests)
        await asyncio.sleep(0)
        assert len(model.requests) == asked_so_far


async def test_a_turn_stops_while_the_model_sums_up_what_was_said_before() -> None:
    model = ModelServer(in_order(SILENT_IN_TEXT))
    await model.start()
    backend = OpenAIBackend(model.base_url, "", "scripted", read_timeout=30)
    backend.settings = ModelSettings(context=60_000)
    async with serving(world("prod")) as server, agent_of(server, "prod") as agent:
        listener = Listener(Genie(Agents({"prod": agent}), lambda _: backend), history=HISTORY)
        await listener.until(ToolStarted)
        await asyncio.wait_for(model.speaking.wait(), 5)
        await listener.stop()
        await asyncio.wait_for(model.hung_up.wait(), 5)
    assert [event.label for event in listener.heard if isinstance(event, ToolStarted)] == [OF_PAST]
    assert not [event for event in listener.heard if isinstance(event, ToolFinished | TextDelta)]
    [request] = model.requests
    assert "tools" not in request.json
    await backend.close()
    await model.stop()


async def test_a_turn_stops_while_the_model_has_not_even_answered_the_request() -> None:
    async with raw(None) as (server, backend), serving(world("prod")) as cluster, agent_of(cluster, "prod") as agent:
        listener = Listener(Genie(Agents({"prod": agent}), lambda _: backend))
        await asyncio.wait_for(server.asked.wait(), 5)
        await listener.stop()
        await asyncio.wait_for(server.left.wait(), 5)


async def test_a_turn_without_a_model_stops_during_a_look_up() -> None:
    async with serving(world("prod")) as cluster, agent_of(cluster, "prod") as agent:
        cluster.inject(ApiFault(path="secrets|configmaps", delay=30.0, count=-1))
        listener = Listener(Genie(Agents({"prod": agent})))
        await listener.until(ToolStarted)
        await listener.stop()
        cluster.faults.clear()
