from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.helm import HelmScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.said import FailureScreen
from tests.ui.on_demo import OnDemo, app_on_demo

PODS: dict[str, Any] = {"context": "staging", "namespace": "platform", "command": "pods"}


async def opened(demo: OnDemo) -> None:
    await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
    await demo.command("helm")
    await demo.until(lambda: isinstance(demo.app.screen, HelmScreen))
    await demo.until_shown("fluent-bit-0.48.9")


async def test_releases_their_history_and_what_a_revision_changed(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        assert demo.names == ["fluent-bit"]
        await demo.pilot.press("v")
        await demo.until_shown("memory: 96Mi")
        await demo.pilot.press("y")
        await demo.until_shown("kind: DaemonSet")
        await demo.pilot.press("escape", "enter")
        await demo.until(lambda: len(demo.names) == 2)
        await demo.until_shown("platform/fluent-bit Revisions  2")
        await demo.pilot.press("D")
        await demo.until_shown("fluent-bit:4.2.0")
        assert any(line.lstrip(" ").startswith("-") and "4.1.1" in line for line in demo.text().splitlines())
        await demo.pilot.press("escape", "escape")
        await demo.until(lambda: len(demo.names) == 1)
        await demo.until_shown("Releases  1  ")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))


@pytest.mark.parametrize("where", ["-A", "platform", "-n platform"])
async def test_releases_of_other_namespaces(where: str, tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS | {"namespace": "shop"}) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.command(f"helm {where}")
        await demo.until(lambda: isinstance(demo.app.screen, HelmScreen) and "fluent-bit" in demo.names)


async def test_where_there_are_no_releases_the_way_to_all_is_told(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS | {"namespace": "shop"}) as demo:
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen) and demo.names)
        await demo.command("helm")
        await demo.until_shown("There are no releases in shop. `:helm -A` lists those of all namespaces.")


async def test_any_two_revisions_are_compared(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("enter")
        await demo.until(lambda: len(demo.names) == 2)
        await demo.pilot.press("m", "down", "D")
        await demo.until_shown("fluent-bit 1 to 2")
        lines = [line.lstrip() for line in demo.text().splitlines()]
        assert any(line.startswith("-") and "4.1.1" in line for line in lines)
        assert any(line.startswith("+") and "4.2.0" in line for line in lines)
        await demo.pilot.press("escape", "up", "m", "down", "D")
        await demo.until_shown("Changes  fluent-bit 1 ")
        assert "1 to 2" not in demo.text()


async def test_a_release_is_rolled_back_by_a_plan(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("b")
        await demo.asked_to_decide()
        await demo.until_shown('type "fluent-bit"')
        await demo.pilot.press(*"fluent", "minus", *"bit", "enter")
        assert demo.server is not None
        cluster = demo.server.cluster("staging")

        def image() -> str:
            found = cluster.get("daemonsets.apps", "fluent-bit", "platform")
            return str(found["spec"]["template"]["spec"]["containers"][0]["image"]) if found else ""

        await demo.until(lambda: image().endswith(":4.1.1"))
        await demo.until(lambda: cluster.get("secrets", "sh.helm.release.v1.fluent-bit.v3", "platform"))


async def test_without_helm_the_menu_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with app_on_demo(tmp_path, **PODS) as demo:
        await opened(demo)
        await demo.pilot.press("full_stop")
        await demo.until(lambda: isinstance(demo.app.screen, PickerScreen))
        await demo.until_shown("helm is not installed, or not in PATH")
        await demo.pilot.press(*"history", "enter")
        await demo.until(lambda: isinstance(demo.app.screen, HelmScreen) and len(demo.names) == 2)
        await demo.pilot.press("u")
        await demo.until_shown("works without it")
        assert isinstance(demo.app.screen, FailureScreen)
