"""Pictures of what is told beyond tables: relations, access, pulse and timeline, at two sizes and a fixed time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kubegenie_tui.agents.pulse import PulseWatch
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.timeline import Change
from kubegenie_tui.screens.access import AccessScreen
from kubegenie_tui.screens.fleet_pulse import FleetPulseScreen
from kubegenie_tui.screens.problems import ProblemsScreen
from kubegenie_tui.screens.pulse import PulseScreen
from kubegenie_tui.screens.relations import RelationsScreen
from kubegenie_tui.screens.timeline import TimelineScreen
from tests.snapshots.frozen import NOW, FrozenApp, freeze, frozen_app, header_told, text_of, until
from tests.snapshots.test_pictures import also_pictured

Compare = Callable[..., bool]
_PULLS = (("ErrImagePull", "ImagePullBackOff"), ("ImagePullBackOff", "ErrImagePull"))
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def shop(directory: Path, command: str) -> FrozenApp:
    return frozen_app(directory, genie=False, context="prod-eu", namespace="shop", command=command)


async def reached(pilot: Pilot[Any]) -> None:
    """The cluster has told how it is: the header will not change any more."""
    await until(pilot, lambda: " nodes " in text_of(pilot).partition("\n")[0] and header_told(pilot))


@SIZES
def test_relations(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, RelationsScreen) and " objects in " in text_of(pilot))
        await reached(pilot)

    app = shop(tmp_path, "xray deploy checkout")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("relations", wait))


@SIZES
def test_who_can(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, AccessScreen) and "system:masters" in text_of(pilot))

    assert snap_compare(shop(tmp_path, "whocan list pods"), terminal_size=size, run_before=wait)


@SIZES
def test_can(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, AccessScreen) and "g:viewers may do" in text_of(pilot))

    app = shop(tmp_path, "can g:viewers")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("access", wait))


@SIZES
def test_pulse(snap_compare: Compare, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, PulseScreen))
        screen = pilot.app.screen
        assert isinstance(screen, PulseScreen)
        await until(pilot, lambda: not screen._watch.loading)
        await until(
            pilot,
            lambda: bool(screen._watch.use().cpu and screen._agent.usage) and screen._agent.status.problems is not None,
        )
        await until(pilot, lambda: screen._agent.status.version and screen._agent.status.nodes is not None)
        screen._beat()
        monkeypatch.setattr(PulseWatch, "note", lambda *_: None)
        history = screen._agent.pulse
        for series, told in ((history.cpu, [30_000, 20_000, 40_000]), (history.memory, [2**36, 2**37, 2**36])):
            series.clear()
            series.extend(told)
        screen._beat()
        await until(pilot, lambda: "Most CPU" in text_of(pilot) and " problems" in text_of(pilot))

    app = shop(tmp_path, "pulse")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("pulse", wait))


@SIZES
def test_pulse_of_all_clusters(
    snap_compare: Compare, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, FleetPulseScreen))
        screen = pilot.app.screen
        assert isinstance(screen, FleetPulseScreen)
        up = ("prod-eu", "staging", "edge-paris")
        await until(pilot, lambda: all(name in screen._watches and screen._watches[name].use().cpu for name in up))
        await until(pilot, lambda: not any(screen._watches[name].loading for name in up))
        screen._beat()
        monkeypatch.setattr(PulseWatch, "note", lambda *_: None)
        for name in up:
            history = screen._watches[name].agent.pulse
            for series in (history.cpu, history.memory):
                while len(series) > 1:
                    series.popleft()
        screen._beat()
        await until(pilot, lambda: all(word in text_of(pilot) for word in (" problems", "1 problem ", "unreachable")))
        await pilot.pause()

    app = shop(tmp_path, "fleet-pulse")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("fleet-pulse", wait))


@SIZES
def test_timeline(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    def change(ago: float, name: str, what: str, before: str, after: str, health: Health) -> Change:
        return Change(NOW - ago, "pods", "shop", name, what, before, after, int(health))

    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, TimelineScreen))
        screen = pilot.app.screen
        assert isinstance(screen, TimelineScreen)
        told = [
            change(7300, "cart-6c7d-x2x9p", "came", "", "Pending", Health.PROGRESSING),
            change(7290, "cart-6c7d-x2x9p", "status", "Pending", "Running", Health.OK),
            change(340, "checkout-58d1b-q7wzn", "status", "Running", "CrashLoopBackOff", Health.BAD),
            change(340, "checkout-58d1b-q7wzn", "restarts", "3", "4", Health.BAD),
            *(change(300 - 30 * step, "web-7d9c-q2n5k", "status", *_PULLS[step % 2], Health.BAD) for step in range(8)),
            change(20, "frontend-79f-aaaaa", "went", "Running", "", Health.IDLE),
        ]
        await screen._services.store.timeline.add("prod-eu", told)
        screen._look()
        await until(pilot, lambda: screen._asked)
        await until(pilot, lambda: "CrashLoopBackOff" in text_of(pilot) and "went, Running" in text_of(pilot))
        await until(pilot, lambda: "8× ImagePullBackOff ⇄" in text_of(pilot))

    app = shop(tmp_path, "timeline")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("timeline", wait))


@SIZES
def test_problems(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemsScreen))
        await until(pilot, lambda: "objects checked" in text_of(pilot) and "cause " in text_of(pilot))

    app = shop(tmp_path, "problems")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("problems", wait))


@SIZES
def test_policies(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: isinstance(pilot.app.screen, ProblemsScreen))
        await until(pilot, lambda: " objects " in text_of(pilot) and "cause " in text_of(pilot))

    app = shop(tmp_path, "policies")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("policies", wait))
