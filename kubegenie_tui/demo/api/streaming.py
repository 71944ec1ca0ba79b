"""How answers leave: whole or in pieces, and spoiled when a fault is on order."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress

import msgspec
from aiohttp import web

from kubegenie_tui.demo.api.faults import Fault

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"

Pieces = AsyncGenerator[bytes, None]


class Answer(msgspec.Struct):
    """What is answered."""

    body: bytes | Pieces
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = {}
    warnings: Sequence[str] = ()


async def respond(request: web.Request, answer: Answer, fault: Fault | None) -> web.StreamResponse:
    """Send an answer; a fault may cut it short."""
    headers = {"Content-Type": answer.content_type, "Cache-Control": "no-cache, private", **answer.headers}
    limit = fault.cut_after if fault else -1
    if isinstance(answer.body, bytes) and limit < 0:
        whole = web.Response(body=answer.body, status=answer.status, headers=headers)
        for warning in answer.warnings:
            whole.headers.add("Warning", f"299 - {json.dumps(warning)}")
        return whole
    response = web.StreamResponse(status=answer.status, headers=headers)
    await response.prepare(request)
    with suppress(ConnectionError):
        async with aclosing(_whole(answer.body) if isinstance(answer.body, bytes) else answer.body) as pieces:
            await _write(request, response, pieces, limit)
    return response


async def _write(request: web.Request, response: web.StreamResponse, pieces: Pieces, limit: int) -> None:
    async for piece in pieces:
        if 0 <= limit <= len(piece):
            await response.write(piece[:limit])
            if request.transport:
                request.transport.close()
            return
        limit -= len(piece) if limit > 0 else 0
        if piece:
            await response.write(piece)
    await response.write_eof()


async def _whole(body: bytes) -> Pieces:
    yield body
