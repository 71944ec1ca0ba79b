"""Whatever happens on the way, in the end rows equal what the server has."""

import asyncio
import time
from collections.abc import Callable

from aiohttp import web
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.watch.counter import Counter
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.unit.kube.fake_api import FakeApi
from tests.unit.kube.loopback import client_of, refusal
from tests.unit.kube.reflecting import PODS, is_live

SWIFTNESS = 1000
SETTLE_SECONDS = 0.2
REFUSALS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    410: "Expired",
    422: "Invalid",
    429: "TooManyRequests",
    500: "InternalError",
    504: "Timeout",
}
NAMES = st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("put"), NAMES),
    st.tuples(st.just("delete"), NAMES),
    st.tuples(
        st.sampled_from(["compact", "deliver", "bookmark", "end", "hang up", "let go", "break off", "expire pages"]),
        st.just(0),
    ),
    st.tuples(st.just("cut"), st.integers(0, 60)),
    st.tuples(st.just("refuse"), st.sampled_from(sorted(REFUSALS))),
    st.tuples(st.just("wait"), st.integers(1, 60)),
    st.tuples(st.just("settle"), st.just(0)),
    st.tuples(st.just("settle"), st.just(0)),
)
HISTORIES = st.lists(STEPS, max_size=40)


class SwiftClock(Clock):
    """A thousand seconds pass in one."""

    def monotonic(self) -> float:
        return time.monotonic() * SWIFTNESS

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SWIFTNESS)


async def hang_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


class Player:
    """Lets a history happen to a server and its client."""

    def __init__(self, api: FakeApi, client: Client, settled: Callable[[], bool]) -> None:
        self._api = api
        self._client = client
        self._settled = settled

    async def play(self, step: str, value: int) -> None:
        api = self._api
        match step:
            case "deliver":
                await api.catch_up()
            case "bookmark":
                await api.bookmark()
            case "end":
                await api.end_watches()
            case "cut":
                line = b'{"type":"ADDED","object":{"metadata":{"name":"never","uid":"never"}}}\n'
                await api.cut_watches(line[:value])
            case "wait":
                for _ in range(value):
                    await asyncio.sleep(0)
            case "settle":
                await self.settle()
            case "let go":
                self._client.doubt()
                await self._client.hang_up()
            case _:
                self.change(step, value)

    async def settle(self) -> None:
        """Let the client come as far as it can."""
        until = time.monotonic() + SETTLE_SECONDS
        while not self._settled() and time.monotonic() < until:
            await api_turn(self._api)

    def change(self, step: str, value: int) -> None:
        api = self._api
        match step:
            case "put":
                api.put(f"pod-{value}", status={"phase": "Running"})
            case "delete":
                api.delete(f"pod-{value}")
            case "compact":
                api.compact()
            case "expire pages":
                api.expire_pages()
            case "refuse":
                api.faults.append(lambda _: refusal(value, REFUSALS[value], "as it happens"))
            case "hang up":
                api.faults += [hang_up, hang_up]
            case "break off":
                api.faults.append(self.half_a_list)

    async def half_a_list(self, request: web.Request) -> web.StreamResponse:
        body = self._api._list(request).body
        assert isinstance(body, bytes)
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        return await hang_up(request)


async def api_turn(api: FakeApi) -> None:
    await api.catch_up()
    await asyncio.sleep(0)


def versions(api: FakeApi) -> dict[str, str]:
    metadata = [manifest["metadata"] for manifest in api.objects.values()]
    return {meta["uid"]: meta["resourceVersion"] for meta in metadata}


async def come_true(api: FakeApi, history: list[tuple[str, int]], clock: Clock) -> None:
    """Play the history to a reflector and a counter, then wait until both are right."""
    async with api.serving() as url, client_of(url) as client:
        gate = ClusterGate(clock)
        reflector = Reflector(client, PODS, mode=SyncMemory(), gate=gate, clock=clock)
        counter = Counter(client, PODS, gate=gate, clock=clock)
        tasks = [asyncio.create_task(each.run()) for each in (reflector, counter)]

        def right() -> bool:
            rows = {uid: row.version for uid, row in reflector.live.rows.items()}
            return is_live(reflector)() and rows == versions(api) and counter.count == len(api.objects)

        player = Player(api, client, right)
        for step, value in history:
            await player.play(step, value)
        api.faults.clear()
        async with asyncio.timeout(20):
            while not right():
                await api_turn(api)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def run(history: list[tuple[str, int]], minor: str, *, in_stream: bool, filled: int) -> None:
    api = FakeApi(minor=minor)
    api.expires_in_stream = in_stream
    for number in range(filled):
        api.put(f"pod-{number}")
    asyncio.run(come_true(api, history, SwiftClock()))


@settings(max_examples=60)
@given(HISTORIES, st.sampled_from(["30", "37"]), st.booleans())
@example([("settle", 0), ("delete", 1), ("compact", 0), ("cut", 30), ("refuse", 410), ("settle", 0)], "37", True)
@example([("settle", 0), ("put", 1), ("settle", 0), ("delete", 1), ("put", 1), ("settle", 0)], "30", True)
@example([("settle", 0), ("let go", 0), ("put", 3), ("settle", 0)], "37", True)
def test_rows_and_counts_equal_the_server_s_in_the_end(
    history: list[tuple[str, int]], minor: str, in_stream: bool
) -> None:
    run(history, minor, in_stream=in_stream, filled=3)


@settings(max_examples=10)
@given(HISTORIES)
def test_pages_are_never_stitched_of_two_states(history: list[tuple[str, int]]) -> None:
    run([("settle", 0), ("refuse", 410), ("refuse", 410), ("end", 0), *history], "30", in_stream=True, filled=1100)
