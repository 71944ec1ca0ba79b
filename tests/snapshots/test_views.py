"""Pictures of the views of one object, of logs, chat, help and welcome, on fixed data at a fixed time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from kubegenie_tui.domain.conversation import (
    ChoicesOffered,
    Failed,
    Finished,
    PlanProposed,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Tier
from kubegenie_tui.screens.chat import ChatScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.messages import PlanRequested
from kubegenie_tui.screens.plan_end import LEFT
from kubegenie_tui.screens.welcome import WelcomeScreen
from kubegenie_tui.store.store import Store
from kubegenie_tui.widgets.chat_pane import ChatPane
from tests.manifests import NOW, crashing_pod, event
from tests.snapshots.frozen import freeze
from tests.ui.played_chat import FOCUS, PlayedServices, Script
from tests.ui.played_cluster import PlayedCluster, kind
from tests.ui.stage import Stage, text_of, until

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
POD = "checkout-58d1b-q7wzn"
ANSWER = """**Root cause.** The new revision `58d1b` starts with `DATABASE_URL` from Secret `checkout-db`, \
which has no key `url`.

1. log: `FATAL: DATABASE_URL is not set`
2. Secret shop/checkout-db has the key `dsn`

| NAME | READY | STATUS |
|---|---|---|
| checkout-58d1b-q7wzn | 0/1 | CrashLoopBackOff |

```yaml
secretKeyRef: {name: checkout-db, key: dsn}
```
"""
TURN = (
    ToolStarted("1", "get pods checkout-…"),
    ToolFinished("1", "get pods checkout-…", True, "48 of 482 pods", "NAME  READY\ncheckout  0/1", 38),
    ToolStarted("2", "logs checkout-58d1b-q7wzn"),
    ToolFinished("2", "logs checkout-58d1b-q7wzn", False, "you may not read logs", "403", 52),
    TextDelta(ANSWER),
    ChoicesOffered(
        "Which one shall I look at?",
        (ObjectRef("deployments.apps", "checkout", "shop"), ObjectRef("pods", POD, "shop")),
    ),
    Finished("gpt-x", 1_234, 210),
)

PROPOSAL = (
    ToolStarted("1", "look at rollback deployments.apps shop/checkout"),
    ToolFinished("1", "look at rollback deployments.apps shop/checkout", True, "W2 disruptive", "tier: W2", 64),
    TextDelta("It replaces the image. Nothing is changed until you say yes.\n- field `image` is managed by Argo CD\n"),
    PlanProposed(Plan("Roll deployment shop/checkout back to revision 3", "prod-eu", ()), Tier.DISRUPTIVE),
    Finished("gpt-x", 1_234, 210),
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    for module in ("chat_turn", "chat_tool"):
        monkeypatch.setattr(f"kubegenie_tui.widgets.{module}.monotonic", lambda: 0.0)


class Staged(Stage):
    """A stage for a screen that talks; it brings a store and ends it."""

    def __init__(self, make: Callable[[PlayedServices], Screen[None]], turn: Script = TURN, **options: Any) -> None:
        super().__init__(**options)
        self._make = make
        self._turn = turn
        self._store: Store | None = None

    async def on_mount(self) -> None:
        self._store = await Store.in_memory("")
        services = PlayedServices(self._store)
        services.genie.scripts = [self._turn, (Failed("The model hung up", "connection reset", "ask again"),)]
        services.manager.paths = (Path("/home/ada/.kube/config"),)
        await self.push_screen(self._make(services))

    async def on_unmount(self) -> None:
        if self._store is not None:
            await self._store.close()


def steps(*keys: str, first: str, then: str = "") -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press keys once the first words are on screen, and wait for the last."""

    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: first in text_of(pilot))
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: then in text_of(pilot))
        await pilot.pause()

    return run


def cluster() -> PlayedCluster:
    played = PlayedCluster()
    pod = crashing_pod()
    pod["spec"]["containers"].append({"name": "sidecar", "image": "envoy:1"})
    played.put("pods", pod)
    played.events = [
        event("BackOff", "Back-off restarting failed container app in pod checkout-58d1b-q7wzn_shop", count=14),
        event("Pulled", "Container image already present on machine", kind="Normal", seconds_ago=300),
    ]
    played.scripts = [[log_lines()], [log_lines()]]
    return played


def log_lines() -> list[str]:
    lines = []
    for number in range(60):
        level = ("INFO", "DEBUG", "WARN", "ERROR")[0 if number % 7 else (number // 7) % 4]
        words = f"{level} checkout: step {number} of the story"
        json = f'{{"level":"{level.lower()}","msg":"handled request {number}","path":"/cart","ms":{number * 3}}}'
        at = datetime.fromtimestamp(NOW - 60 + number, UTC)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%S}.5Z {json if number % 3 == 0 else words}")
    return lines


def detail(tab: str, played: PlayedCluster | None = None, **options: Any) -> Stage:
    screen = DetailScreen(played or cluster(), kind("pods"), "shop", POD, tab, now=lambda: NOW)
    return Stage(screen=screen, **options)


@SIZES
@pytest.mark.parametrize(
    ("tab", "words"),
    [("summary", "Container app"), ("yaml", "apiVersion"), ("events", "BackOff"), ("logs", "step 59")],
)
def test_detail(snap_compare: Compare, size: tuple[int, int], tab: str, words: str) -> None:
    assert snap_compare(detail(tab), terminal_size=size, run_before=steps(first=words, then="events 2"))


def test_detail_denied(snap_compare: Compare) -> None:
    played = cluster()
    played.objects["pods", "shop", POD] = Forbidden("You may not get pods in shop", "no role allows it", "ask for one")
    assert snap_compare(detail("summary", played), terminal_size=(80, 24), run_before=steps(first="ask for one"))


def test_search(snap_compare: Compare) -> None:
    run = steps("slash", *"name", "enter", first="apiVersion", then="1 of")
    assert snap_compare(detail("yaml"), terminal_size=(80, 24), run_before=run)


@SIZES
def test_logs(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Stage(screen=LogsScreen(cluster(), LogTarget((ObjectRef("pods", POD, "shop"),)), now=lambda: NOW))
    run = steps("t", first="step 59", then="Waiting")
    assert snap_compare(app, terminal_size=size, run_before=run)


def test_choosing_a_container(snap_compare: Compare) -> None:
    app = Stage(screen=LogsScreen(cluster(), LogTarget((ObjectRef("pods", POD, "shop"),)), now=lambda: NOW))
    run = steps("o", first="CrashLoopBackOff", then="sidecar")
    assert snap_compare(app, terminal_size=(120, 30), run_before=run)


async def ask(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: "Ask about" in text_of(pilot))
    pilot.app.screen.query_one(ChatPane).submit("why is checkout failing?")
    await until(pilot, lambda: "gpt-x · 1,234" in text_of(pilot) and "built-in · 1,444 tokens" in text_of(pilot))
    await pilot.pause()


async def ask_twice(pilot: Pilot[Any]) -> None:
    await ask(pilot)
    await pilot.press("ctrl+e")
    pane = pilot.app.screen.query_one(ChatPane)
    pane.submit("and then?")
    await until(pilot, lambda: "✖ The model hung up" in text_of(pilot) and not pane.is_working)
    await pilot.pause()


@SIZES
def test_chat(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Staged(lambda services: ChatScreen(services.as_services(), FOCUS))
    assert snap_compare(app, terminal_size=size, run_before=ask)


async def leave_proposal(pilot: Pilot[Any]) -> None:
    await ask(pilot)
    await pilot.press("1")
    app = pilot.app
    assert isinstance(app, Staged)
    await until(pilot, lambda: app.heard(PlanRequested))
    [wanted] = app.heard(PlanRequested)
    assert isinstance(wanted, PlanRequested)
    assert wanted.told is not None
    wanted.told(False, LEFT, 0)
    await until(pilot, lambda: LEFT in text_of(pilot))
    await pilot.pause()


@SIZES
def test_a_proposal(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Staged(lambda services: ChatScreen(services.as_services(), FOCUS), PROPOSAL)
    assert snap_compare(app, terminal_size=size, run_before=ask)


def test_a_proposal_that_was_left(snap_compare: Compare) -> None:
    app = Staged(lambda services: ChatScreen(services.as_services(), FOCUS), PROPOSAL)
    assert snap_compare(app, terminal_size=(80, 24), run_before=leave_proposal)


@pytest.mark.parametrize("theme", ["light", "high-contrast", "terminal"])
def test_chat_in_other_themes(snap_compare: Compare, theme: str) -> None:
    app = Staged(lambda services: ChatScreen(services.as_services(), FOCUS), theme=theme)
    assert snap_compare(app, terminal_size=(100, 40), run_before=ask_twice)


@SIZES
def test_chat_greets(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Staged(lambda services: ChatScreen(services.as_services(), FOCUS))
    assert snap_compare(app, terminal_size=size, run_before=steps(first="Ask about", then="3  show me"))


@SIZES
def test_welcome(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Staged(lambda services: WelcomeScreen(services.as_services()))
    assert snap_compare(app, terminal_size=size, run_before=steps(first="Try the demo"))


def test_ways_to_a_cluster(snap_compare: Compare) -> None:
    app = Staged(lambda services: WelcomeScreen(services.as_services()))
    run = steps("c", first="Try the demo", then="kind create cluster")
    assert snap_compare(app, terminal_size=(120, 30), run_before=run)


@SIZES
def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "step 59" in text_of(pilot))
        await pilot.app.push_screen(HelpScreen(pilot.app.screen.active_bindings, {"toggle-follow": "f9"}, {}))
        await until(pilot, lambda: "f9" in text_of(pilot))

    app = Stage(screen=LogsScreen(cluster(), LogTarget((ObjectRef("pods", POD, "shop"),)), now=lambda: NOW))
    assert snap_compare(app, terminal_size=size, run_before=run)
