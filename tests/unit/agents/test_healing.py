"""A server on loopback drops everything, knows us no more, and forgets its history: the agent comes back by itself."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from kubegenie_tui.agents.agent import AgentState
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.supervisor import Supervisor
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Secret
from tests.unit.agents.demo_clusters import CONFIG_MAPS
from tests.unit.agents.fakes import FakeClock
from tests.unit.agents.waiting import eventually
from tests.unit.kube.loopback import refusal, serve

API = "client.authentication.k8s.io/v1"


class Moody:
    """One ConfigMap behind an API server that does as it is told."""

    def __init__(self) -> None:
        self.token = "first"
        self.is_down = False
        self.forgets = False
        self.name = "one"
        self.lists = 0
        self._streams: set[asyncio.Event] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        if self.is_down:
            request.transport.abort()
            return web.Response()
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "Unauthorized", "Unauthorized")
        match request.path:
            case "/version":
                return web.json_response({"major": "1", "minor": "20", "gitVersion": "v1.20.0"})
            case "/readyz":
                return web.Response(text="ok")
            case "/api/v1/configmaps":
                return await (self._watch(request) if request.query.get("watch") else self._list())
        raise web.HTTPNotFound

    async def _list(self) -> web.Response:
        self.lists += 1
        self.forgets = False
        item = {"metadata": {"name": self.name, "namespace": "shop", "uid": self.name, "resourceVersion": "5"}}
        head = {"kind": "ConfigMapList", "apiVersion": "v1", "metadata": {"resourceVersion": "5"}}
        return web.json_response({**head, "items": [item]})

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        if self.forgets:
            return refusal(410, "Expired", "too old resource version")
        response = web.StreamResponse()
        await response.prepare(request)
        over = asyncio.Event()
        self._streams.add(over)
        await over.wait()
        self._streams.discard(over)
        if request.transport is not None:
            request.transport.abort()
        return response

    def cut(self) -> None:
        """Every stream breaks."""
        for over in self._streams:
            over.set()


class Patient:
    """An agent under supervision, and one watch of it."""

    def __init__(self, server: Moody, agent: ClusterAgent, clock: FakeClock, streams: FakeClock) -> None:
        self.server = server
        self.agent = agent
        self.clock = clock
        self.streams = streams
        self.live = agent.watch(CONFIG_MAPS).live

    @property
    def names(self) -> set[str]:
        return {row.name for row in self.live.rows.values()}

    @property
    def steps(self) -> list[str]:
        return [text for _, text in self.agent.steps]

    async def until_live(self) -> None:
        await eventually(lambda: self.live.state.phase is Phase.LIVE and self.agent.state is AgentState.RUNNING)

    async def fall_ill(self) -> None:
        self.server.cut()
        await eventually(lambda: self.live.state.error is not None)
        self.agent.call_for_check()
        await eventually(lambda: self.agent.state is AgentState.DEGRADED)

    async def next_try(self) -> None:
        """Only the supervisor's wait passes: the agent's own clock stands still, so that no stream tries by itself."""
        await eventually(lambda: self.clock.waits)
        await self.clock.advance(min(self.clock.waits))

    async def next_try_of_streams(self) -> None:
        """Streams try by themselves before the supervisor does."""
        await eventually(lambda: self.live.state.error is None or self.streams.waits)
        await self.streams.advance(min(self.streams.waits))


@asynccontextmanager
async def patient(auth: AuthInfo) -> AsyncIterator[Patient]:
    server, clock, streams = Moody(), FakeClock(), FakeClock()
    supervisor = Supervisor(clock=clock)
    async with serve(server.answer) as url:
        agent = ClusterAgent(Context("moody", server=url, auth=auth), clock=streams)
        await supervisor.start(agent)
        made = Patient(server, agent, clock, streams)
        await made.until_live()
        try:
            yield made
        finally:
            await supervisor.close()
            server.cut()


async def back_in_health(ill: Patient) -> None:
    while ill.agent.state is not AgentState.RUNNING:
        await ill.next_try()
        await eventually(lambda: ill.clock.waits)
    await ill.until_live()


async def test_it_connects_anew_and_subscribes_again_when_the_server_has_dropped_everything() -> None:
    async with patient(AuthInfo(token=Secret("first"))) as ill:
        ill.server.is_down = True
        await ill.fall_ill()
        await ill.next_try()
        await eventually(lambda: "hangs up, to connect anew" in ill.steps)
        ill.server.is_down, ill.server.name, ill.server.forgets = False, "two", True
        await back_in_health(ill)
        await eventually(lambda: ill.names == {"two"})  # 410: the list is read anew
        assert ill.server.lists == 2
        assert ill.steps[-1] == "answers again; 2 watches subscribed anew"  # the namespaces besides


async def test_streams_that_came_back_by_themselves_are_not_hung_up_on() -> None:
    async with patient(AuthInfo(token=Secret("first"))) as ill:
        ill.server.is_down = True
        await ill.fall_ill()
        ill.server.is_down = False
        while ill.live.state.phase is not Phase.LIVE:
            await ill.next_try_of_streams()
        phases: list[Phase] = []
        ill.live.subscribe(lambda changes: phases.append(ill.live.state.phase))
        await back_in_health(ill)
        assert "hangs up, to connect anew" in ill.steps
        assert set(phases) <= {Phase.LIVE}


async def test_it_reads_the_token_file_until_there_is_a_token_that_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first")
    async with patient(AuthInfo(token_file=str(file))) as ill:
        ill.server.token = "second"
        await ill.fall_ill()
        assert "does not accept us (401)" in ill.agent.reason
        await ill.next_try()
        await eventually(lambda: "reads its token file again" in ill.steps)
        file.write_text("second")
        await back_in_health(ill)
        assert ill.steps[-1] == "answers again; 2 watches subscribed anew"  # the namespaces besides
        assert ill.names == {"one"}


async def test_a_login_program_is_not_run_again_before_its_time(tmp_path: Path) -> None:
    runs, script = tmp_path / "runs", tmp_path / "login.py"
    status = {"token": "first"}
    script.write_text(
        f"import pathlib\nwith pathlib.Path({str(runs)!r}).open('a') as file:\n    file.write('x')\n"
        f"print({json.dumps({'apiVersion': API, 'kind': 'ExecCredential', 'status': status})!r})\n"
    )
    async with patient(AuthInfo(exec=Exec(API, sys.executable, ("-S", str(script))))) as ill:
        ill.server.token = "never"
        await ill.fall_ill()
        await ill.next_try()
        await eventually(lambda: "asked for another credential less than a minute ago" in ill.steps)
        assert runs.read_text() == "xx"  # the first, and one because of the 401


async def test_credentials_that_were_given_in_words_are_all_there_is() -> None:
    async with patient(AuthInfo(token=Secret("first"))) as ill:
        ill.server.token = "another"
        await ill.fall_ill()
        await ill.next_try()
        await eventually(lambda: any(step.startswith("has no other credentials") for step in ill.steps))
