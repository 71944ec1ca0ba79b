from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from kubegenie_tui.demo.model_script import Script
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.llm.resting import Resting

Serve = Callable[..., Awaitable[tuple[ModelServer, OpenAIBackend]]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start a scripted model and a backend that speaks to it; both are closed afterwards."""
    async with AsyncExitStack() as stack:

        async def start(
            script: Script, *, sends: str = "sk-test-key", model: str = "scripted", **options: object
        ) -> tuple[ModelServer, OpenAIBackend]:
            server = ModelServer(script, **options)  # type: ignore[arg-type]
            await server.start()
            stack.push_async_callback(server.stop)
            backend = OpenAIBackend(server.base_url, sends, model, read_timeout=5, rest=Resting())
            stack.push_async_callback(backend.close)
            return server, backend

        yield start
