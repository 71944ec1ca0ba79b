"""The demo's clusters as a child process, as `kubegenie demo` starts them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.cli.demo import simulated


@pytest.fixture(scope="session")
def demo_kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of clusters that live for the whole session."""
    with simulated(tmp_path_factory.mktemp("demo")) as kubeconfig:
        yield kubeconfig
