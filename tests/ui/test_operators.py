"""Operators on screen, how far one is with an object, and pausing it through the gate, there and back."""

from pathlib import Path
from typing import Any

from kubegenie_tui.demo.server import DemoServer
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.story.custom_resources import definition
from kubegenie_tui.demo.story.manifests import manifest
from kubegenie_tui.demo.story.stories import DOWN
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.logs import LogsScreen
from kubegenie_tui.screens.operators import OperatorsScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.reconcile import ReconcileScreen
from tests.demo_worlds import demo_worlds
from tests.ui.on_demo import OnDemo, app_on, app_on_demo

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
        await on.until_shown("led by kustomize-controller-")
        await on.pilot.press("enter")
        await on.until_shown("Not ready, of kustomize-controller")
        await on.pilot.press("enter")
        await on.until(lambda: isinstance(on.app.screen, ReconcileScreen))
        await on.until_shown("HealthCheckFailed")
        await on.until_shown("flux-system/kustomize-controller")
        await on.pilot.press("p")
        await on.until(lambda: isinstance(on.app.screen, PlanScreen))
        await on.asked_to_decide()
        await on.until_shown("suspend: true")
        await on.pilot.press("y")
        await on.until(lambda: suspended(on) is True)
        await on.until_shown("undo")
        await on.pilot.press("u")
        await on.asked_to_decide()
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


OLM = {
    "Subscription": "subscriptions",
    "InstallPlan": "installplans",
    "ClusterServiceVersion": "clusterserviceversions",
    "CatalogSource": "catalogsources",
}


def with_olm(cluster: Cluster) -> None:
    """An operator of OLM whose upgrade waits for a yes, and a catalog that cannot be reached."""
    for kind, plural in OLM.items():
        cluster.create(definition("operators.coreos.com", kind, plural, [], version="v1alpha1"))

    def put(kind: str, name: str, spec: Any, status: Any) -> None:
        cluster.create(manifest("operators.coreos.com/v1alpha1", kind, name, "flux-system", spec=spec, status=status))

    put("ClusterServiceVersion", "gears.v1", {"displayName": "Gears", "version": "1.0.0"}, {"phase": "Succeeded"})
    pending = {"installedCSV": "gears.v1", "currentCSV": "gears.v2", "state": "UpgradePending"}
    wanted = {"name": "gears", "channel": "stable", "source": "hub", "installPlanApproval": "Manual"}
    put("Subscription", "gears", wanted, pending)
    plan = {"approval": "Manual", "approved": False, "clusterServiceVersionNames": ["gears.v2"]}
    put("InstallPlan", "install-x", plan, {"phase": "RequiresApproval"})
    put("CatalogSource", "hub", {}, {"connectionState": {"lastObservedState": "TRANSIENT_FAILURE"}})


async def test_an_upgrade_that_waits_is_approved_where_it_is_told(tmp_path: Path) -> None:
    worlds = [world for world in demo_worlds() if world.cluster.name == "staging"]
    cluster = worlds[0].cluster
    with_olm(cluster)
    async with DemoServer(worlds, down=DOWN, ticking=False) as server:
        kubeconfig = server.kubeconfig(tmp_path / "kubeconfig")
        options: dict[str, Any] = {"demo": True, "context": "staging", "namespace": "flux-system"}
        async with app_on(kubeconfig, (100, 30), **options) as (app, pilot):
            on = OnDemo(app, pilot, server)
            await on.until(lambda: on.names)
            await on.command("operators")
            await on.until(lambda: isinstance(on.app.screen, OperatorsScreen) and "Gears" in on.names)
            assert on.names == ["kustomize-controller", "Gears"]  # what is in trouble stands first
            await on.until_shown("catalog flux-system/hub cannot be reached (TRANSIENT_FAILURE)")
            on.table.select("flux-system", "kustomize-controller")
            await on.until(lambda: "led by kustomize-controller" in on.text())
            assert "a approve" not in on.text()
            on.table.select("flux-system", "Gears")
            await on.until_shown("install plan install-x waits to be approved: gears.v2")
            await on.until_shown("follows channel stable of hub; upgrades are installed after a yes")
            await on.until_shown("a approve")
            await pilot.press("a")
            await on.until(lambda: isinstance(on.app.screen, PlanScreen))
            await on.until_shown("approved: true")
            await on.until_shown("gears.v2")
