"""Pictures of logs that are merged, at a fixed time: only what lines wait for each other by goes on."""

import asyncio
import time

import pytest

from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.logs import LogsScreen
from tests.manifests import NOW
from tests.snapshots.frozen import freeze
from tests.snapshots.test_views import SIZES, Compare, log_lines, steps
from tests.ui.played_cluster import PlayedCluster
from tests.ui.stage import Stage


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


def workload() -> PlayedCluster:
    """A deployment of three pods; each tells a third of the story."""
    played = PlayedCluster()
    spec = {"selector": {"matchLabels": {"app": "checkout"}}}
    played.put("deployments.apps", {"metadata": {"name": "checkout", "namespace": "shop"}, "spec": spec})
    played.lists["pods"] = [
        {
            "metadata": {"name": f"checkout-58d1b-{end}", "namespace": "shop", "uid": end, "resourceVersion": "1"},
            "spec": {"containers": [{"name": "app"}]},
        }
        for end in ("q7wzn", "x2xkq", "m8t2p")
    ]
    played.scripts = [[log_lines()[number::3], asyncio.Event()] for number in range(3)]
    return played


@SIZES
def test_logs_of_a_workload(snap_compare: Compare, size: tuple[int, int]) -> None:
    target = LogTarget((ObjectRef("deployments.apps", "checkout", "shop"),))
    start = time.monotonic()
    screen = LogsScreen(workload(), target, now=lambda: NOW + time.monotonic() - start)
    query = ("slash", *"level:warn", "enter", "m")
    run = steps("t", *query, first="step 59", then="1 marked")
    assert snap_compare(Stage(screen=screen), terminal_size=size, run_before=run)
