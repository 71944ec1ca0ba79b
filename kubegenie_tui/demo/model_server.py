"""A scripted model on loopback that speaks the OpenAI wire format, so that tests and demos need no model."""

import asyncio
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import msgspec
from aiohttp import web

from kubegenie_tui.demo.model_script import Call, Fault, Script, Turn, spoken


class ModelRequest(msgspec.Struct, frozen=True):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


class ModelServer:
    """`POST /v1/chat/completions` and `GET /v1/models`."""

    def __init__(
        self,
        script: Script,
        *,
        models: tuple[str, ...] = ("scripted",),
        key: str = "",
        refuses: frozenset[str] = frozenset(),
        ignores: frozenset[str] = frozenset(),
        told: dict[str, Any] | None = None,
        pages: dict[str, Any] | None = None,
    ) -> None:
        """A server that is not started yet.

        Args:
            script: what the model says.
            models: their names.
            key: the only bearer token accepted, empty for none.
            refuses: parameters answered with 400; `system` for a first message of that role.
            ignores: parameters that the model never hears of; what it would call it then says in text, as far as it
                was told how.
            told: more fields of each model in the list, such as `max_model_len`.
            pages: JSON by path, such as `/props`.
        """
        self._script = script
        self._models = models
        self._key = key
        self._refuses = refuses
        self._ignores = ignores
        self._told = told or {}
        self._pages = pages or {}
        self._runner: web.AppRunner | None = None
        self.requests: list[ModelRequest] = []
        """Every chat request, oldest first."""
        self.listed = 0
        """How often the models were asked for."""
        self.base_url = ""
        self.speaking = asyncio.Event()
        """Set when the first piece of an answer is on its way."""
        self.hung_up = asyncio.Event()
        """Set when a client has left in the middle of an answer."""

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_get("/v1/models", self._list_models)
        app.router.add_post("/v1/chat/completions", self._complete)
        for path in self._pages:
            app.router.add_route("*", path, self._page)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}/v1"

    async def stop(self) -> None:
        """Close all connections."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def outbound(self) -> bytes:
        """All bytes that clients sent in bodies."""
        return b"\n".join(request.body for request in self.requests)

    async def _list_models(self, request: web.Request) -> web.Response:
        if not self._knows(request):
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        self.listed += 1
        head = {"object": "model", "created": 0, "owned_by": "demo", **self._told}
        entries = [{"id": name, **head} for name in self._models]
        return web.json_response({"object": "list", "data": entries})

    async def _page(self, request: web.Request) -> web.Response:
        return web.json_response(self._pages[request.path])

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(ModelRequest(request.path, dict(request.headers), body))
        asked = json.loads(body)
        if not self._knows(request):
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        refused = self._refuses & asked.keys()
        if refused:
            return _error(400, f"Unsupported parameter: {sorted(refused)[0]}", "unsupported_parameter")
        if "system" in self._refuses and asked["messages"][0]["role"] == "system":
            return _error(400, "System role not supported", "invalid_request_error")
        if asked.get("model") not in self._models:
            return _error(404, f"The model `{asked.get('model')}` does not exist", "model_not_found")
        heard = {name: value for name, value in asked.items() if name not in self._ignores}
        turn = spoken(self._script(heard), heard)
        if turn.fault is not None and turn.fault.what == "status":
            return _status(turn.fault)
        if not heard.get("stream"):
            return web.json_response(_whole(turn, asked["model"]))
        return await self._speak(request, turn, asked)

    def _knows(self, request: web.Request) -> bool:
        return not self._key or request.headers.get("Authorization") == f"Bearer {self._key}"

    async def _speak(self, request: web.Request, turn: Turn, asked: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            for number, event in enumerate(_events(turn, asked)):
                if turn.fault is not None and number == turn.fault.after:
                    await self._fail(request, response, turn.fault)
                    return response
                await _write(response, event, turn.packet)
                self.speaking.set()
        except (asyncio.CancelledError, ConnectionError):
            self.hung_up.set()
            raise
        await response.write_eof()
        return response

    async def _fail(self, request: web.Request, response: web.StreamResponse, fault: Fault) -> None:
        if fault.what == "garbage":
            await response.write(b"data: {not json\n\n")
        elif fault.what == "error":
            await response.write(_event(fault.body))
        elif fault.what == "silent":
            self.speaking.set()
            await asyncio.Event().wait()
        elif fault.what == "cut" and request.transport is not None:
            request.transport.close()


def _events(turn: Turn, asked: dict[str, Any]) -> Iterator[bytes]:
    """The answer as server-sent events."""
    head = {"id": "chatcmpl-demo", "object": "chat.completion.chunk", "created": 0, "model": asked["model"]}
    for delta in _deltas(turn):
        yield _event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    finish = turn.finish or ("tool_calls" if turn.calls else "stop")
    yield _event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield _event({**head, "choices": [], "usage": _usage(turn)})
    yield b"data: [DONE]\n\n"


def _deltas(turn: Turn) -> Iterator[dict[str, Any]]:
    yield {"role": "assistant", "content": ""}
    for piece in _pieces(turn.text, turn.piece):
        yield {"content": piece}
    for index, call in enumerate(turn.calls):
        function = {"name": call.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": _id(call, index), "type": "function", "function": function}]}
    # The arguments of parallel calls arrive interleaved, as servers may send them.
    pending = [(index, _pieces(_arguments(call), turn.piece)) for index, call in enumerate(turn.calls)]
    while pending:
        for entry in tuple(pending):
            for piece in islice(entry[1], 1):
                yield {"tool_calls": [{"index": entry[0], "function": {"arguments": piece}}]}
                break
            else:
                pending.remove(entry)


def _pieces(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _event(data: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(data, ensure_ascii=False).encode() + b"\n\n"


async def _write(response: web.StreamResponse, event: bytes, packet: int) -> None:
    for start in range(0, len(event), packet or len(event)):
        await response.write(event[start : start + (packet or len(event))])
    await asyncio.sleep(0)


def _whole(turn: Turn, model: str) -> dict[str, Any]:
    calls = [
        {"id": _id(call, index), "type": "function", "function": {"name": call.name, "arguments": _arguments(call)}}
        for index, call in enumerate(turn.calls)
    ]
    message: dict[str, Any] = {"role": "assistant", "content": turn.text or None}
    if calls:
        message["tool_calls"] = calls
    finish = turn.finish or ("tool_calls" if calls else "stop")
    choice = {"index": 0, "message": message, "finish_reason": finish}
    head = {"id": "chatcmpl-demo", "object": "chat.completion", "created": 0, "model": model}
    return {**head, "choices": [choice], "usage": _usage(turn)}


def _usage(turn: Turn) -> dict[str, int]:
    total = turn.input_tokens + turn.output_tokens
    return {"prompt_tokens": turn.input_tokens, "completion_tokens": turn.output_tokens, "total_tokens": total}


def _id(call: Call, index: int) -> str:
    return call.id or f"call_{call.name}_{index}"


def _arguments(call: Call) -> str:
    return call.arguments if isinstance(call.arguments, str) else json.dumps(call.arguments, ensure_ascii=False)


def _error(status: int, message: str, code: str) -> web.Response:
    body = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}
    return web.json_response(body, status=status)


def _status(fault: Fault) -> web.Response:
    text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
    kind = "text/plain" if isinstance(fault.body, str) else "application/json"
    return web.Response(status=fault.status, text=text, content_type=kind, headers=fault.headers)
