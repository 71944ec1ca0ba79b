"""The demo's clusters: one whose time stands still, and a server in a process of its own for clients to talk to."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kubegenie_tui.demo.story.stories import build_world
from kubegenie_tui.demo.world.world import World
from tests.demo_worlds import demo_process

NOW = 1_800_000_000.0
"""When time stands still in the worlds: some moment, seconds since the epoch."""


@pytest.fixture(scope="session")
def prod() -> World:
    """prod-eu at NOW; look, do not touch."""
    return build_world("prod-eu", now=NOW)


@pytest.fixture
def edge() -> World:
    """edge-paris at NOW: small and quick to build, for tests that change it."""
    return build_world("edge-paris", now=NOW)


@pytest.fixture(scope="session")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of a demo server that lives for the whole session; its time moves."""
    with demo_process(tmp_path_factory.mktemp("demo")) as path:
        yield path


Run = Callable[..., str]


@pytest.fixture
def run(kubeconfig: Path, kubectl: Path, tmp_path: Path) -> Run:
    """What kubectl says to some words on prod-eu: `run("get", "pods")`.

    `fails=True` for what it complains of when it must fail, `says_no=True` for what it prints as it ends with 1.
    """

    def say(*words: str, given: str = "", fails: bool = False, says_no: bool = False, context: str = "prod-eu") -> str:
        command = [str(kubectl), "--kubeconfig", str(kubeconfig), "--context", context, *words]
        environment = {"HOME": str(tmp_path), "KUBECACHEDIR": str(kubeconfig.parent / "cache"), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, timeout=60, check=False, env=environment
        )
        assert (done.returncode != 0) == (fails or says_no), f"{words}: {done.stdout}{done.stderr}"
        return done.stderr if fails else done.stdout

    return say
