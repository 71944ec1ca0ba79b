"""Behind a faulty proxy, through any history and a restart, rows come to equal what the official client lists."""

import asyncio
import json
import os
import random
import signal
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
from kubernetes import client, config
from urllib3.exceptions import HTTPError

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, Phase
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.watch.counter import Counter
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.reflector import Reflector
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from tests.cluster.faulty_proxy import FaultyProxy
from tests.cluster.joining import joined
from tests.contract.manifests import definition, widget
from tests.control_plane import ControlPlane
from tests.official import ask
from tests.unit.kube.loopback import client_of
from tests.unit.kube.reflecting import until

pytestmark = pytest.mark.cluster

KINDS = KindIndex(BUILTIN_KINDS)
GROUP = "reflector.example.com"
WIDGETS = Kind(GROUP, "v1", "widgets", "Widget")
WATCHED = (KINDS.resolve("configmaps"), KINDS.resolve("pods"), KINDS.resolve("secrets"), WIDGETS)
SHOWN = {
    "configmaps": ("DATA",),
    "pods": ("READY", "STATUS", "RESTARTS"),
    "secrets": ("TYPE", "DATA"),
    WIDGETS.id: ("SIZE", "COLOUR"),
}
"""Columns that both we and the server have."""
AS_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
ROUNDS = 12
STEPS = 15
"""Changes in a round."""
NAMES = [f"thing-{number}" for number in range(6)]
SWIFTNESS = 20
SETTLE_SECONDS = 0.3
WITHIN = 20.0
Shown = tuple[str, ...]
Truth = dict[str, dict[str, Shown]]
"""By kind and uid."""


class SwiftClock(Clock):
    """Twenty seconds pass in one."""

    def monotonic(self) -> float:
        return time.monotonic() * SWIFTNESS

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SWIFTNESS)


class Author:
    """Writes a history with the official client. A step that fails, or hits nothing, is a step as well."""

    def __init__(self, api: client.ApiClient, namespace: str, chance: random.Random) -> None:
        self._api = api
        self._namespace = namespace
        self._chance = chance

    def prepare(self) -> None:
        """What no controller of a bare control plane does, and a kind of our own."""
        core = client.CoreV1Api(self._api)
        core.create_namespace({"metadata": {"name": self._namespace}})
        core.create_namespaced_service_account(self._namespace, {"metadata": {"name": "default"}})
        with suppress(client.ApiException):
            self._ask("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition(GROUP))
        self.until_served()

    def until_served(self) -> None:
        """Wait for every kind to be there: after a start, and after its definition."""
        deadline = time.monotonic() + WITHIN
        for kind in WATCHED:
            while True:
                try:
                    self.asked(kind)
                    break
                except (client.ApiException, HTTPError):
                    assert time.monotonic() < deadline
                    time.sleep(0.05)

    def write(self, steps: int) -> None:
        """So many changes."""
        for _ in range(steps):
            with suppress(client.ApiException, HTTPError):
                self._step(self._chance.choice(WATCHED), self._chance.choice(NAMES))

    def asked(self, kind: Kind, accept: str = "application/json") -> Any:
        """A list of a kind, as the server gives it."""
        return self._ask("GET", kind.path(self._namespace), accept=accept)

    def create(self, kind: Kind, name: str) -> None:
        """One object."""
        self._ask("POST", kind.path(self._namespace), self._manifest(kind, name))

    def patch(self, path: str, *operations: dict[str, Any]) -> None:
        """A JSON patch."""
        self._ask("PATCH", path, list(operations), content_type="application/json-patch+json")

    def _step(self, kind: Kind, name: str) -> None:
        path = kind.path(self._namespace)
        match self._chance.choice(["create", "create", "change", "change", "delete", "hold", "let go"]):
            case "create":
                self.create(kind, name)
            case "change" if kind.id == "pods":
                self._merge(f"{path}/{name}/status", {"status": self._pod_status()})
            case "change":
                labels = {"colour": self._chance.choice(["red", "blue"])}
                self._merge(f"{path}/{name}", {"metadata": {"labels": labels}, **self._content(kind)})
            case "delete":
                self._ask("DELETE", f"{path}/{name}", {"gracePeriodSeconds": 0})
            case "hold":
                self._merge(f"{path}/{name}", {"metadata": {"finalizers": ["example.com/held"]}})
            case "let go":
                self._merge(f"{path}/{name}", {"metadata": {"finalizers": None}})

    def _manifest(self, kind: Kind, name: str) -> dict[str, Any]:
        if kind is WIDGETS:
            return {**widget(f"/apis/{GROUP}/v1", name), **self._content(kind)}
        spec = {"spec": {"containers": [{"name": "app", "image": "example.com/app:1"}]}} if kind.id == "pods" else {}
        return {"metadata": {"name": name}, **spec, **self._content(kind)}

    def _content(self, kind: Kind) -> dict[str, Any]:
        size = self._chance.randrange(1, 9)
        if kind is WIDGETS:
            return {"spec": {"size": size, "colour": self._chance.choice(["red", "blue"])}}
        if kind.id == "pods":
            return {}
        return {"stringData" if kind.id == "secrets" else "data": {f"key-{number}": "x" for number in range(size)}}

    def _pod_status(self) -> dict[str, Any]:
        restarts = self._chance.randrange(3)
        well = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
        state = self._chance.choice([well, {"waiting": {"reason": "CrashLoopBackOff"}}])
        container = {"name": "app", "image": "example.com/app:1", "imageID": "", "restartCount": restarts}
        return {
            "phase": self._chance.choice(["Pending", "Running"]),
            "containerStatuses": [{**container, "ready": state is well, "state": state}],
        }

    def _merge(self, path: str, body: Any) -> None:
        self._ask("PATCH", path, body, content_type="application/merge-patch+json")

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: str = "application/json",
        content_type: str = "application/json",
    ) -> Any:
        headers = {"Accept": accept, "Content-Type": content_type}
        return json.loads(ask(self._api, method, path, headers, body))


class Mirror:
    """Rows and a count of each kind, through one way to synchronise."""

    def __init__(self, reflectors: dict[str, Reflector], counters: dict[str, Counter]) -> None:
        self.reflectors = reflectors
        self.counters = counters

    def wrong(self, truth: Truth) -> Iterator[str]:
        """What is not true of what is shown."""
        for kind, reflector in self.reflectors.items():
            if reflector.live.state.phase is not Phase.LIVE:
                yield f"{kind}: {reflector.live.state}"
            if self.counters[kind].count != len(truth[kind]):
                yield f"{kind}: {self.counters[kind].count} counted of {len(truth[kind])}"
            shown = rows_of(reflector.live, kind)
            for uid in truth[kind].keys() | shown.keys():
                if shown.get(uid) != truth[kind].get(uid):
                    yield f"{kind} {uid}: {shown.get(uid)} for {truth[kind].get(uid)}"


@asynccontextmanager
async def mirroring(url: str, namespace: str, mode: SyncMemory) -> AsyncIterator[Mirror]:
    clock = SwiftClock()
    async with client_of(url) as ours:
        gate = ClusterGate(clock)
        reflectors = {kind.id: Reflector(ours, kind, namespace, mode=mode, gate=gate, clock=clock) for kind in WATCHED}
        counters = {kind.id: Counter(ours, kind, namespace, gate=gate, clock=clock) for kind in WATCHED}
        tasks = [asyncio.create_task(each.run()) for each in reflectors.values()]
        tasks += [asyncio.create_task(each.run()) for each in counters.values()]
        try:
            yield Mirror(reflectors, counters)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            assert all(task.cancelled() for task in tasks), [task for task in tasks if not task.cancelled()]


def rows_of(live: LiveRows, kind: str) -> dict[str, Shown]:
    """By uid what can be compared."""
    titles = [column.title for column in live.columns]
    places = [titles.index(title) for title in SHOWN[kind] if title in titles]
    return {uid: _row(row, [row.cells[place] for place in places]) for uid, row in live.rows.items()}


def _row(row: Row, cells: list[Any]) -> Shown:
    labels = ",".join(f"{key}={value}" for key, value in sorted(row.labels.items()))
    return (row.namespace, row.name, row.version, str(row.terminating), labels, *map(str, cells))


def listed(author: Author) -> Truth:
    """The same as the official client lists it."""
    return {kind.id: dict(_listed(author, kind)) for kind in WATCHED}


def _listed(author: Author, kind: Kind) -> Iterator[tuple[str, Shown]]:
    objects = {item["metadata"]["uid"]: item["metadata"] for item in author.asked(kind)["items"]}
    table = author.asked(kind, AS_TABLE)
    titles = [column["name"].upper() for column in table["columnDefinitions"]]
    rows = {row["object"]["metadata"]["uid"]: row["cells"] for row in table["rows"] or ()}
    assert rows.keys() == objects.keys()
    for uid, meta in objects.items():
        labels = ",".join(f"{key}={value}" for key, value in sorted(meta.get("labels", {}).items()))
        cells = [str(rows[uid][titles.index(title)]) for title in SHOWN[kind.id]]
        terminating = "deletionTimestamp" in meta
        yield uid, (meta["namespace"], meta["name"], meta["resourceVersion"], str(terminating), labels, *cells)


async def settle(mirrors: list[Mirror], truth: Truth, seconds: float) -> list[str]:
    """Wait until all of it is shown, for so long at most; what is not."""
    deadline = time.monotonic() + seconds
    while any(any(mirror.wrong(truth)) for mirror in mirrors) and time.monotonic() < deadline:  # noqa: ASYNC110 - many make it so
        await asyncio.sleep(0.01)
    return [wrong for mirror in mirrors for wrong in mirror.wrong(truth)]


@pytest.fixture(scope="module")
def plane(start_control_plane: Callable[..., ControlPlane]) -> Iterator[ControlPlane]:
    """A control plane of which parts may be stopped, and in which nothing happens by itself."""
    plane = start_control_plane("--bare", name="mirrored")
    yield plane
    plane.stop()


@pytest.fixture
def api(plane: ControlPlane) -> Iterator[client.ApiClient]:
    api = config.new_client_from_config(str(plane.kubeconfig), context=plane.name)
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


def listing_only() -> SyncMemory:
    mode = SyncMemory()
    mode.deny_watch_list()
    return mode


@pytest.mark.parametrize(("seed", "restarts"), [(1, False), (2, True)])
async def test_rows_and_counts_equal_what_the_official_client_lists(
    plane: ControlPlane, api: client.ApiClient, seed: int, restarts: bool
) -> None:
    chance = random.Random(seed)
    namespace = f"history-{uuid.uuid4().hex[:8]}"
    author = Author(api, namespace, chance)
    await asyncio.to_thread(author.prepare)
    assert plane.directory is not None
    proxy = FaultyProxy(api.configuration.host, plane.directory / "pki", random.Random(seed))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(proxy.serving())
        mirrors = [
            await stack.enter_async_context(mirroring(url, namespace, mode)) for mode in (SyncMemory(), listing_only())
        ]
        for number in range(ROUNDS):
            await asyncio.to_thread(author.write, STEPS)
            if restarts and number == ROUNDS // 2:
                os.kill(plane.pid("kube-apiserver"), signal.SIGKILL)
                await asyncio.to_thread(author.until_served)
            if chance.random() < 0.3:
                proxy.hang_up()
            if chance.random() < 0.5:
                truth = await asyncio.to_thread(listed, author)
                await settle(mirrors, truth, SETTLE_SECONDS)
        proxy.faulty = False
        truth = await asyncio.to_thread(listed, author)
        assert sum(map(len, truth.values())) > len(WATCHED)
        assert await settle(mirrors, truth, WITHIN) == []
    assert len(proxy.happened) >= 10, proxy.happened


async def test_columns_follow_their_definition(plane: ControlPlane, api: client.ApiClient) -> None:
    namespace = f"columns-{uuid.uuid4().hex[:8]}"
    author = Author(api, namespace, random.Random(1))
    await asyncio.to_thread(author.prepare)
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.{GROUP}"
    title = {"op": "replace", "path": "/spec/versions/0/additionalPrinterColumns/1/name"}
    async with joined(plane) as ours:
        reflector = Reflector(ours, WIDGETS, namespace, mode=SyncMemory(), gate=ClusterGate())
        running = asyncio.create_task(reflector.run())
        async with asyncio.timeout(WITHIN):
            for number in range(3):
                author.create(WIDGETS, f"widget-{number}")
            await until(lambda: len(reflector.live.rows) == 3)
            before = {row.name: row.cells for row in reflector.live.rows.values()}
            for titles in (["SIZE", "PAINT"], ["SIZE", "COLOUR"]):
                author.patch(path, {**title, "value": titles[1].capitalize()})
                await until(lambda titles=titles: [column.title for column in reflector.live.columns] == titles)  # type: ignore[misc]
                await until(lambda: {row.name: row.cells for row in reflector.live.rows.values()} == before)
        running.cancel()
        await asyncio.wait({running})
