"""Operators on screen, how far one is with an object, and pausing it through the gate, there and back."""

from pathlib import Path
from typing import Any

from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.operators import OperatorsScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.reconcile import ReconcileScreen
from tests.ui.on_demo import OnDemo, app_on_demo

STAGING: dict[str, Any] = {"context": "staging", "namespace": "flux-system", "without": ("prod-eu", "edge-paris")}
KUSTOMIZATIONS = "kustomizations.kustomize.toolkit.fluxcd.io"


def suspended(on: OnDemo) -> Any:
    assert on.server is not None
    found = on.server.worlds["staging"].cluster.get(KUSTOMIZATIONS, "accounts", "flux-system")
    assert found is not None
    return found["spec"].get("suspend")


async def test_from_an_operator_to_the_object_it_cannot_finish_and_a_pause(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **STAGING) as on:
        await on.until(lambda: on.names)
        await on.command("operators")
        await on.until(lambda: isinstance(on.app.screen, OperatorsScreen) and on.names == ["kustomize-controller"])
        await on.until_shown("1 object is not ready")
        assert "led by kustomize-controller-" in on.text()
        await on.pilot.press("enter")
        await on.until_shown("Not ready, of kustomize-controller")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ReconcileScreen))
        await on.until_shown("HealthCheckFailed")
        await on.until_shown("flux-system/kustomize-controller")
        await on.pilot.press("p")
        await on.until(lambda: isinstance(on.app.screen, PlanScreen))
        await on.until_shown("suspend: true")
        await on.pilot.press("y")
        await on.until(lambda: suspended(on) is True)
        await on.until_shown("undo")
        await on.pilot.press("u")
        await on.until_shown("suspend: true")
        await on.pilot.press("y")
        await on.until(lambda: suspended(on) is None)


async def test_its_logs_and_its_kinds(tmp_path: Path) -> None:
    async with app_on_demo(tmp_path, **STAGING) as on:
        await on.until(lambda: on.names)
        await on.command("operators")
        await on.until(lambda: isinstance(on.app.screen, OperatorsScreen) and on.names)
        await on.pilot.press("l")
        await on.until(lambda: isinstance(on.app.screen, LogsScreen))
        await on.pilot.press("escape", "i")
        await on.until_shown(KUSTOMIZATIONS)
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ExplorerScreen) and on.names == ["accounts", "apps"])
        await on.pilot.press("V")
        await on.until(lambda: isinstance(on.app.screen, ReconcileScreen))
