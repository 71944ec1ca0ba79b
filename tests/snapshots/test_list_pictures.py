"""Pictures of lists to pick from: what is kept by name, modes, models, what was made; and of what is waited for."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from textual.pilot import Pilot

from kubegenie_tui.domain.live import Phase
from kubegenie_tui.screens import waiting
from kubegenie_tui.screens.explorer import ExplorerScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.waiting import WaitingScreen
from kubegenie_tui.screens.works import WorksScreen
from kubegenie_tui.widgets.resource_tree import ResourceTree
from tests.snapshots.frozen import freeze, frozen_app, has_counted, header_told, text_of, until
from tests.snapshots.test_explorer import SIZES, Compare
from tests.snapshots.test_pictures import PODS, counted
from tests.snapshots.test_wizard_pictures import work

KEPT = {
    "nsset": ("nsset web shop,payments,accounts", "nsset platform-and-everything-around-it kube-system,monitoring"),
    "view": ("view save all-pods", "deploy -A /check", "view save checks"),
    "bookmark": ("bookmark save pods of the shop", "svc -A", "bookmark save services"),
    "mode": (),
    "model": (),
    "approvals": (),
}


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


async def settled(pilot: Pilot[Any]) -> ExplorerScreen:
    await until(pilot, lambda: counted(pilot) and header_told(pilot))
    explorer = pilot.app.screen
    assert isinstance(explorer, ExplorerScreen)
    return explorer


def counts_of_shop(explorer: ExplorerScreen) -> bool:
    """Whether the tree, where it is shown, counts the shop again, and no longer all namespaces."""
    counts = explorer.query_one(ResourceTree).counts
    in_tree = [counts.get(kind) for kind in ("pods", "deployments.apps", "replicasets.apps")]
    return in_tree == [35, 9, 19] or not explorer.query_one(ResourceTree).display


def measured(explorer: ExplorerScreen) -> bool:
    """Whether the first pod's use is told."""
    view = explorer.table.view
    first = view.row(0)
    return first is not None and None not in view.used(first)


def listed(command: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Keep something, come back to the pods, and open the list."""

    async def run(pilot: Pilot[Any]) -> None:
        explorer = await settled(pilot)
        for line in KEPT[command]:
            explorer.run_command(line)
            keeping = [each for each in pilot.app.workers if each.group in ("keep-view", "bookmarks")]
            await pilot.app.workers.wait_for_complete(keeping)
            await pilot.pause()
            await until(pilot, lambda: explorer.table.live.state.phase is Phase.LIVE and explorer.table.current)
        explorer.run_command("pods shop")
        await settled(pilot)
        await until(pilot, lambda: counts_of_shop(explorer) and has_counted(pilot) and measured(explorer))
        pilot.app.clear_notifications()
        explorer.run_command(command)
        await until(pilot, lambda: isinstance(pilot.app.screen, PickerScreen) and pilot.app.focused)

    return run


@SIZES
@pytest.mark.parametrize("command", KEPT)
def test_list(snap_compare: Compare, tmp_path: Path, size: tuple[int, int], command: str) -> None:
    app = frozen_app(tmp_path, genie=False, **PODS)
    assert snap_compare(app, terminal_size=size, run_before=listed(command))


@SIZES
def test_works(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        explorer = await settled(pilot)
        works = explorer.services.works
        setattr(works, "is_worked_on", lambda _: True)  # noqa: B010 - no process works in a picture
        failed = "EKS refused: the limit of 5 VPCs is reached in eu-west-1; delete one or ask AWS for more"
        for each in (work(""), msgspec.structs.replace(work(failed), id="kg2")):
            await explorer.services.store.works.add(each, {})
        explorer.run_command("works")
        await until(pilot, lambda: isinstance(pilot.app.screen, WorksScreen) and pilot.app.focused)

    assert snap_compare(frozen_app(tmp_path, genie=False, **PODS), terminal_size=size, run_before=run)


@SIZES
def test_waiting(snap_compare: Compare, tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await settled(pilot)
        monkeypatch.setattr(waiting, "time", SimpleNamespace(monotonic=lambda: 12.3))
        words = "looking for the ports of deployment shop/checkout"
        await pilot.app.push_screen(WaitingScreen(words, 0.0, lambda: None))
        await until(pilot, lambda: "12.3s" in text_of(pilot))

    assert snap_compare(frozen_app(tmp_path, genie=False, **PODS), terminal_size=size, run_before=run)
