"""A model server that sends what it is told to the byte, to play the deviations of real ones."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from kubegenie_tui.llm.openai_backend import OpenAIBackend


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **rest: Any) -> str:
    """One event of a stream, with one choice unless `choices` says otherwise."""
    head = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return f"data: {json.dumps({**head, 'choices': choices, **rest})}\n\n"


def call(
    index: int | None, name: str | None = None, arguments: Any = None, call_id: str | None = None
) -> dict[str, Any]:
    """A delta with one piece of a tool call; whatever is None is not sent."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    piece: dict[str, Any] = {"type": "function", "function": function}
    piece |= {key: value for key, value in (("index", index), ("id", call_id)) if value is not None}
    return {"tool_calls": [piece]}


DONE = "data: [DONE]\n\n"


class RawServer:
    """Answers every chat request alike; None never answers at all."""

    def __init__(self, pieces: Sequence[str] | None, kind: str = "text/event-stream", status: int = 200) -> None:
        self._pieces, self._kind, self._status = pieces, kind, status
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.asked.set()
        if self._pieces is None:
            try:
                await asyncio.Event().wait()
            finally:
                self.left.set()
        response = web.StreamResponse(status=self._status, headers={"Content-Type": self._kind})
        await response.prepare(request)
        for piece in self._pieces or ():
            await response.write(piece.encode())
        await response.write_eof()
        return response


@asynccontextmanager
async def raw(
    pieces: Sequence[str] | None, kind: str = "text/event-stream", status: int = 200
) -> AsyncIterator[tuple[RawServer, OpenAIBackend]]:
    """The server and a backend that speaks to it."""
    server, app = RawServer(pieces, kind, status), web.Application()
    app.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    backend = OpenAIBackend(f"http://127.0.0.1:{runner.addresses[0][1]}/v1", "", "m", read_timeout=5)
    try:
        yield server, backend
    finally:
        await backend.close()
        await runner.cleanup()
