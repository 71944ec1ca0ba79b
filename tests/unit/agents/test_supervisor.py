from collections.abc import AsyncIterator

import pytest

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.domain.errors import Refused, StoreError
from tests.unit.agents.fakes import FakeAgent, FakeClock, settle


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def supervisor(clock: FakeClock) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(interval=15.0, clock=clock)
    yield supervisor
    await supervisor.close()


async def test_an_agent_is_initialized_then_checked_at_intervals(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    await supervisor.start(agent)
    assert agent.state is AgentState.RUNNING
    await settle()
    assert agent.calls == ["initialize", "check"]
    await clock.advance(14.9)
    assert agent.calls == ["initialize", "check"]
    await clock.advance(0.1)
    assert agent.calls == ["initialize", "check", "check"]


async def test_a_failing_agent_is_healed_ever_more_rarely(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    agent.failure = Refused("Nothing listens at https://prod", "connection refused", "is it running?")
    await supervisor.start(agent)
    await settle()
    assert agent.state is AgentState.DEGRADED
    assert agent.reason == "Nothing listens at https://prod · connection refused · is it running?"
    waits = []
    for _ in range(8):
        (wait,) = clock.waits
        waits.append(wait)
        await clock.advance(wait)
    assert waits == pytest.approx([0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0])
    assert agent.calls == ["initialize", "check", *["heal", "check"] * 8]


async def test_a_healed_agent_is_checked_at_intervals_again(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    agent.failure = Refused("down")
    await supervisor.start(agent)
    await settle()
    agent.failure = None
    await clock.advance(0.8)
    assert (agent.state, agent.reason) == (AgentState.RUNNING, "")
    assert clock.waits == [15.0]
    assert agent.calls == ["initialize", "check", "heal", "check"]


async def test_a_mistake_in_an_agent_is_a_reason_too(supervisor: Supervisor) -> None:
    agent = FakeAgent()
    agent.failure = KeyError("surprise")
    await supervisor.start(agent)
    await settle()
    assert (agent.state, agent.reason) == (AgentState.DEGRADED, "KeyError: 'surprise'")


async def test_what_cannot_be_initialized_is_not_looked_after(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    agent.refusal = StoreError("no")
    with pytest.raises(StoreError):
        await supervisor.start(agent)
    assert (agent.state, agent.reason) == (AgentState.STOPPED, "no")
    assert agent not in supervisor
    agent.refusal = None
    await supervisor.start(agent)
    assert agent in supervisor


async def test_starting_twice_is_starting_once(supervisor: Supervisor) -> None:
    agent = FakeAgent()
    await supervisor.start(agent)
    await supervisor.start(agent)
    await settle()
    assert agent.calls == ["initialize", "check"]


async def test_a_call_brings_the_check_forward(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    await supervisor.start(agent)
    await settle()
    agent.failure = Refused("down")
    supervisor.check_soon(agent)
    await settle()
    assert agent.calls == ["initialize", "check", "check"]
    supervisor.check_soon(agent)
    await settle()
    assert agent.calls == ["initialize", "check", "check"], "an agent that is not well keeps its pace"


async def test_an_idle_agent_is_checked_once_and_then_left_in_peace(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    agent.unneeded = True
    await supervisor.start(agent)
    await clock.advance(60)
    assert agent.calls == ["initialize", "check"]
    agent.unneeded = False
    await clock.advance(60)
    assert agent.calls == ["initialize", "check", "check"]


async def test_the_first_check_may_come_later(clock: FakeClock) -> None:
    supervisor, agent = Supervisor(first=0.3, clock=clock), FakeAgent()
    await supervisor.start(agent)
    await settle()
    assert (agent.state, agent.calls) == (AgentState.RUNNING, ["initialize"])
    await clock.advance(0.3)
    assert agent.calls == ["initialize", "check"]
    await supervisor.close()


@pytest.mark.parametrize("called", [False, True])
async def test_one_that_was_just_found_well_is_checked_when_it_is_due_or_called_for(
    clock: FakeClock, called: bool
) -> None:
    supervisor, agent = Supervisor(first=0.3, clock=clock), FakeAgent()
    agent.was_well = True
    await supervisor.start(agent)
    await settle()
    if called:
        agent.call_for_check()
    await clock.advance(0.3)
    assert agent.calls == ["initialize", *["check"] * called]
    await clock.advance(15.0)
    assert agent.calls[-1] == "check"
    await supervisor.close()


async def test_whoever_asks_for_the_first_check_need_not_wait_for_it(clock: FakeClock) -> None:
    supervisor, agent = Supervisor(first=60.0, clock=clock), FakeAgent()
    await supervisor.start(agent)
    supervisor.check_soon(agent)
    await settle()
    assert agent.calls == ["initialize"]
    supervisor.ask(agent)
    await settle()
    assert agent.calls == ["initialize", "check"]
    await clock.advance(60.0)
    assert agent.calls == ["initialize", "check", "check"]
    await supervisor.close()


async def test_one_that_hangs_holds_up_no_other(supervisor: Supervisor, clock: FakeClock) -> None:
    hanging, well = FakeAgent("hanging"), FakeAgent("well")
    hanging.hangs = True
    await supervisor.start(hanging)
    await supervisor.start(well)
    await settle()
    await clock.advance(15)
    assert well.calls == ["initialize", "check", "check"]
    await supervisor.close()
    assert hanging.calls == ["initialize", "check", "shutdown"]
    assert (hanging.state, well.state) == (AgentState.STOPPED, AgentState.STOPPED)


async def test_what_became_of_an_agent_is_counted(supervisor: Supervisor, clock: FakeClock) -> None:
    agent = FakeAgent()
    agent.failure = Refused("down")
    await supervisor.start(agent)
    await settle()
    life = supervisor.lives[agent]
    assert (life.begun, life.checked, life.failed, life.healed) == (1000.0, 1000.0, 1, 0)
    agent.failure = None
    await clock.advance(0.8)
    assert (life.checked, life.failed, life.healed) == (1000.8, 1, 1)
    await supervisor.stop(agent)
    assert agent not in supervisor.lives


async def test_an_agent_that_is_asked_is_checked_though_nobody_needs_it_or_it_waits(
    supervisor: Supervisor, clock: FakeClock
) -> None:
    class Idle(FakeAgent):
        @property
        def idle(self) -> bool:
            return True

    agent = Idle()
    await supervisor.start(agent)
    await settle()
    await clock.advance(15.0)
    assert agent.calls == ["initialize", "check"]
    supervisor.ask(agent)
    await settle()
    assert agent.calls == ["initialize", "check", "check"]
    supervisor.ask(agent, heal=True)
    await settle()
    assert agent.calls[-2:] == ["heal", "check"]
    assert agent.state is AgentState.RUNNING
    supervisor.ask(FakeAgent())  # one that is not looked after is no error
