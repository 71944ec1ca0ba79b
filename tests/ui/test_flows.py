"""What a person can do, from key to screen, in the whole app on the demo's clusters."""

import asyncio
import re
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from textual.events import MouseScrollDown
from textual.widgets import Input

from kubegenie_tui.demo.api.faults import Fault
from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.story.stories import build_world
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.detail import DetailScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.help import HelpScreen
from kubegenie_tui.screens.logs import LogsScreen
from tests.ui.on_demo import OnDemo, app_on, app_on_demo
from tests.unit.kube.loopback import serve

PODS: dict[str, Any] = {"context": "prod-eu", "namespace": "shop", "command": "pods"}
EVERYWHERE: dict[str, Any] = {**PODS, "namespace": ""}


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    await demo.until(lambda: demo.table.live.state.phase is Phase.LIVE)


async def delete(demo: OnDemo, path: str) -> None:
    """As someone else would, by the API."""
    assert demo.server is not None
    url = f"{demo.server.url('prod-eu')}{path}"
    async with aiohttp.ClientSession() as session, session.delete(url, params={"gracePeriodSeconds": "0"}) as answer:
        assert answer.status in (200, 202)


async def test_the_list_of_clusters_tells_health_version_counts_and_latency(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path) as demo:
        await demo.until(lambda: demo.text().count(" ms") >= 3)
        [line] = [line for line in demo.text().splitlines() if "prod-eu" in line]
        assert re.search(r"healthy +v1\.37\.2 +12/12 +\d+ +\d+ ms", line)
        [line] = [line for line in demo.text().splitlines() if "rack-7" in line]
        assert re.search(r"✖ unreachable", line)


async def test_the_list_of_clusters_tells_whom_an_opened_one_takes_us_for(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, (200, 45), context="prod-eu", command="pods") as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.explorer.agent.status.identity)
        await demo.pilot.press("ctrl+k")
        await demo.until(lambda: isinstance(demo.app.screen, ClustersScreen) and "USER" in demo.text())
        [line] = [line for line in demo.text().splitlines() if "prod-eu" in line and "127.0.0.1" in line]
        assert "platform-admin" in line


class HeldServer:
    """Passes on to the demo, but holds a list of pods in the middle until it may go on."""

    def __init__(self, behind: str) -> None:
        self._behind = behind
        self.may_go_on = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {"Accept": request.headers.get("Accept", "*/*")}
        url = f"{self._behind}{request.path}"
        async with (
            aiohttp.ClientSession() as session,
            session.get(url, params=request.query, headers=headers) as answer,
        ):
            response = web.StreamResponse(status=answer.status, headers={"Content-Type": answer.content_type})
            await response.prepare(request)
            count = 0
            async for line in answer.content:
                await response.write(line)
                count += 1
                if count == 20 and request.path.endswith("/pods"):
                    await self.may_go_on.wait()
            return response


async def test_rows_appear_while_the_list_still_comes(tmp_path: Path) -> None:
    async with DemoServer([build_world("prod-eu")], ticking=False) as server:
        held = HeldServer(f"http://127.0.0.1:{server.port}")
        async with serve(held.answer) as url:
            kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
            kubeconfig.write_text(kubeconfig.read_text().replace(f"http://127.0.0.1:{server.port}", url))
            async with app_on(kubeconfig, **EVERYWHERE) as (app, pilot):
                demo = OnDemo(app, pilot, server)
                await demo.until(lambda: isinstance(app.screen, ExplorerScreen) and len(demo.names) == 20)
                await demo.until_shown("loading")
                await pilot.press("down", "down")
                assert demo.table.current
                name = demo.table.current.name
                held.may_go_on.set()
                await demo.until(lambda: len(demo.names) > 100)
                assert demo.table.current.name == name


async def test_rows_change_live(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        gone, count = demo.names[0], len(demo.names)
        await delete(demo, f"/api/v1/namespaces/shop/pods/{gone}")
        await demo.until(lambda: gone not in demo.names)
        assert gone not in demo.text()
        await demo.until(lambda: len(demo.names) >= count - 1)


async def test_cursor_filter_and_sort_are_there_on_the_way_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **EVERYWHERE) as demo:
        await opened(demo)
        await demo.pilot.press("slash", *"login", "enter", "A", "down")
        names = demo.names
        assert demo.table.current
        name = demo.table.current.name
        await demo.command("deploy")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "deployments" and demo.names)
        await demo.pilot.press("escape")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "pods" and demo.names)
        await demo.until(lambda: demo.table.current and demo.table.current.name == name)
        assert demo.names == names
        assert demo.table.filter_text == "login"
        await demo.command("ctx staging")
        await demo.until(lambda: demo.explorer.agent.name == "staging" and demo.names)
        await demo.pilot.press("ctrl+n")
        await demo.until(lambda: demo.explorer.agent.name == "prod-eu")
        assert demo.names == names
        assert demo.table.current.name == name


@pytest.mark.parametrize(
    ("typed", "passes"),
    [
        ("cart", lambda row: "cart" in row.name),
        ("^c.*-[0-9a-z]+$", lambda row: row.name.startswith("c")),
        ("!cart", lambda row: "cart" not in row.name),
        ("app=cart", lambda row: row.labels.get("app") == "cart"),
        ("status:crash", lambda row: "CrashLoopBackOff" in row.cells),
        ("name:cart", lambda row: "cart" in row.name),
        ("restarts:>2", lambda row: any(isinstance(cell, int) and cell > 2 for cell in row.cells)),
    ],
)
async def test_every_form_of_filter(tmp_path: Path, typed: str, passes: Any) -> None:
    async with app_on_demo(tmp_path, **EVERYWHERE) as demo:
        await opened(demo)
        total = len(demo.names)
        await demo.pilot.press("slash")
        demo.app.screen.query_one(Input).value = typed
        await demo.pilot.press("enter")
        await demo.until(lambda: 0 < len(demo.names) < total)
        assert all(passes(row) for row in demo.table.view.window(0, len(demo.names)))
        await demo.until_shown(f"{len(demo.names)} of {total}")


async def test_a_command_is_completed_and_brought_back(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("colon", *"statef", "tab")
        await demo.until(lambda: demo.app.screen.query_one(Input).value == "statefulsets ")
        await demo.pilot.press("minus", "n", "space", *"pay", "tab", "enter")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "statefulsets")
        assert demo.explorer.pane.namespace == "payments"
        await demo.command("pods -n shop")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "pods")
        await demo.pilot.press("colon", "up", "up", "enter")
        await demo.until(lambda: demo.explorer.kind and demo.explorer.kind.plural == "statefulsets")


async def test_numbers_switch_namespaces(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.command("ns payments")
        await demo.until(lambda: demo.explorer.pane.namespace == "payments")
        await demo.pilot.press("0")
        await demo.until(lambda: demo.explorer.pane.namespace == "")
        seen: set[str] = set()
        for slot in "12":
            await demo.pilot.press(slot)
            await demo.until(lambda: demo.explorer.pane.namespace not in ("", *seen))
            seen.add(demo.explorer.pane.namespace)
        assert seen == {"shop", "payments"}


@pytest.mark.parametrize(
    ("pattern", "read_only", "word"), [("prod-*", False, "protected"), ("prod-*", True, "read-only")]
)
async def test_the_header_says_what_care_a_cluster_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, read_only: bool, word: str
) -> None:
    monkeypatch.setenv("KUBEGENIE_CLUSTERS_PROTECTED", pattern)
    async with app_on_demo(tmp_path, read_only=read_only, **PODS) as demo:
        await opened(demo)
        await demo.until_shown(f"KubeGenie  prod-eu {word} ●")


async def test_a_misspelt_namespace_is_told_and_not_shown_empty(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.until(demo.explorer.namespaces)
        for line in ("ns paymnets", "deploy paymnets", "pods -n shop,paymnets"):
            await demo.command(line)
            await demo.until_shown('There is no namespace "paymnets" · did you mean payments?')
            demo.app.clear_notifications()
            await demo.pilot.pause()
        assert demo.explorer.pane.namespace == "shop"


async def test_the_mouse_points_scrolls_and_sorts(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **EVERYWHERE) as demo:
        await opened(demo)
        await demo.until_shown("Workloads")
        name = demo.names[4]
        await demo.pilot.click(demo.table, offset=(8, 5))
        await demo.until(lambda: demo.table.current and demo.table.current.name == name)
        third = demo.names[7]
        await demo.pilot._post_mouse_events([MouseScrollDown], demo.table, (8, 5))
        await demo.until(lambda: demo.table.current and demo.table.current.name == third)
        names = demo.names
        title = demo.text().splitlines()[2].index("STATUS") - demo.table.region.x
        await demo.pilot.click(demo.table, offset=(title, 0))
        await demo.until(lambda: demo.names != names)
        await demo.until(lambda: re.search(r"STATUS *[↑↓]", demo.text()))


async def test_help_shows_the_keys_in_force_and_the_persons_own(tmp_path: Path, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text('[keys]\nshow-logs = "f9"\n')
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("question_mark")
        await demo.until(lambda: isinstance(demo.app.screen, HelpScreen))
        await demo.pilot.press(*"logs")
        await demo.until_shown("f9")
        assert re.search(r"f9 +logs", demo.text())
        await demo.pilot.press("escape", "f9")
        await demo.until(lambda: isinstance(demo.app.screen, LogsScreen))


async def test_the_log_of_a_pod_that_crashes_and_of_its_run_before(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("slash")
        demo.app.screen.query_one(Input).value = "status:crash"
        await demo.pilot.press("enter")
        await demo.until(lambda: demo.names and demo.names[0].startswith("checkout"))
        await demo.pilot.press("l")
        await demo.until_shown("FATAL")
        await demo.until_shown("following")
        await demo.pilot.press("p")
        await demo.until_shown("previous run")
        await demo.until_shown("FATAL")
        await demo.pilot.press("escape")
        await opened(demo)
        await demo.pilot.press("enter")
        await demo.until(lambda: isinstance(demo.app.screen, DetailScreen))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(path="/pods", status=403, count=-1), ("Not allowed to list pods", "ask for a role")),
        (Fault(path="/pods", status=401, count=-1), ("not accept", "log in")),
        (Fault(path="/pods", status=500, count=-1), ("retry in",)),
    ],
    ids=["forbidden", "expired", "broken"],
)
async def test_why_there_are_no_rows_is_said_in_their_place(
    tmp_path: Path, fault: Fault, words: tuple[str, ...]
) -> None:
    async with app_on_demo(tmp_path, **{**PODS, "command": "services"}) as demo:
        await opened(demo)
        assert demo.server is not None
        demo.server.inject(fault)
        await demo.command("pods -n payments")
        await demo.until(lambda: all(word in demo.text() for word in ("✖", *words)))
        await demo.command("services -n shop")
        await demo.until(lambda: "checkout" in demo.names)


@pytest.mark.parametrize("size", [(80, 24), (160, 45), (200, 60)], ids=["80x24", "160x45", "200x60"])
async def test_every_place_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with app_on_demo(tmp_path, size, **EVERYWHERE) as demo:
        await opened(demo)
        for key in ("d", "l", "question_mark", "ctrl+o", "ctrl+k"):
            await demo.pilot.press(key)
            await demo.until(lambda: not isinstance(demo.app.screen, ExplorerScreen))
            strips = demo.app.screen._compositor.render_strips()
            assert [strip.cell_length for strip in strips] == [size[0]] * size[1]
            if isinstance(demo.app.screen, ClustersScreen):
                break
            await demo.pilot.press("escape")
            await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
