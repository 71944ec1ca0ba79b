"""The demo's clusters as a child process, as `kubegenie demo` starts them; a model that says what a test tells it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.cli.demo import simulated
from kubegenie_tui.demo.model_script import Script, Turn
from kubegenie_tui.demo.model_server import ModelServer


@pytest.fixture(scope="session")
def demo_kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The kubeconfig of clusters that live for the whole session."""
    with simulated(tmp_path_factory.mktemp("demo")) as kubeconfig:
        yield kubeconfig


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Turn]]:
    """A model server in a thread of its own; it says the turns that the test puts into the list."""
    turns: list[Turn] = []
    script: Script = lambda _: turns.pop(0)  # noqa: E731 - a name for what it is
    server, loop, ready = ModelServer(script), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        await server.start()
        ready.set()

    loop.create_task(serve())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    assert ready.wait(10)
    monkeypatch.setenv("KUBEGENIE_MODEL_URL", server.base_url)
    yield turns
    asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
