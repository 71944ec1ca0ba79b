"""Headers, more parameters, proxies, certificates and keys: what reaches the server, and what never shows."""

import asyncio
import ssl
from pathlib import Path

import pytest
from aiohttp import web

from kubegenie_tui.demo.model_script import Fault, Turn, in_order
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.domain.errors import KubeGenieError, ModelError, SettingsError
from kubegenie_tui.domain.model_settings import ModelSettings
from kubegenie_tui.llm.openai_backend import OpenAIBackend
from tests.unit.kube.authority import Authority
from tests.unit.llm.raw_server import DONE, chunk

QUESTION = [{"role": "user", "content": "hello"}]
SECRET = "azure-secret-value-1"


async def hear(backend: OpenAIBackend) -> None:
    try:
        async for _ in backend.stream(QUESTION, []):
            pass
    finally:
        await backend.close()


async def served(turn: Turn, settings: ModelSettings) -> tuple[ModelServer, OpenAIBackend, KubeGenieError | None]:
    """What one question came to."""
    server, failed = ModelServer(in_order(turn)), None
    await server.start()
    backend = OpenAIBackend(server.base_url, "", "scripted", settings=settings)
    try:
        await hear(backend)
    except KubeGenieError as error:
        failed = error
    await server.stop()
    return server, backend, failed


async def test_headers_are_sent_with_the_values_of_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_KEY", SECRET)
    settings = ModelSettings(headers={"api-key": "${AZURE_KEY}", "x-team": "shop"}, extra_body={"temperature": 0.2})
    server, backend, failed = await served(Turn("hi"), settings)
    assert failed is None
    sent = {name.lower(): value for name, value in server.requests[0].headers.items()}
    assert (sent["api-key"], sent["x-team"]) == (SECRET, "shop")
    assert server.requests[0].json["temperature"] == 0.2
    assert backend.last_request == server.requests[0].json
    assert SECRET not in f"{backend!r} {backend.last_request}"


async def test_a_header_that_the_server_repeats_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_KEY", SECRET)
    body = {"error": {"message": f"the key {SECRET} is not of this resource"}}
    settings = ModelSettings(headers={"api-key": "${AZURE_KEY}"})
    _, _, failed = await served(Turn(fault=Fault("status", 400, body)), settings)
    assert failed is not None
    assert failed.why == "the key [key] is not of this resource"


async def test_a_variable_that_is_not_set_is_named() -> None:
    _, _, failed = await served(Turn("hi"), ModelSettings(headers={"api-key": "${NOT_SET_ANYWHERE}"}))
    assert isinstance(failed, SettingsError)
    assert "NOT_SET_ANYWHERE" in failed.what


async def test_a_key_that_is_fetched_is_sent_and_not_shown() -> None:
    server = ModelServer(in_order(Turn("hi")), key="another")
    await server.start()
    backend = OpenAIBackend(server.base_url, "", "scripted", fetch_key=lambda: SECRET)
    with pytest.raises(ModelError, match="refused the key") as raised:
        await hear(backend)
    assert server.requests[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert SECRET not in f"{raised.value!r} {backend!r}"
    await server.stop()


async def test_requests_go_by_the_proxy() -> None:
    asked: list[str] = []

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n")).decode())
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    proxy = await asyncio.start_server(relay, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    backend = OpenAIBackend("http://model.invalid/v1", "", "m", settings=ModelSettings(proxy=address))
    with pytest.raises(ModelError, match="502"):
        await hear(backend)
    assert set(asked) == {"POST http://model.invalid/v1/chat/completions HTTP/1.1\r\n"}
    proxy.close()
    await proxy.wait_closed()


async def test_a_certificate_of_ones_own_is_trusted_when_its_authority_is_named(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca")
    certificate, key = authority.issue("model")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=chunk({"content": "hi"}, "stop") + DONE, content_type="text/event-stream")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    url = f"https://127.0.0.1:{runner.addresses[0][1]}/v1"
    await hear(OpenAIBackend(url, "", "m", settings=ModelSettings(ca_file=str(authority.certificate))))
    with pytest.raises(ModelError, match="is not trusted") as raised:
        await hear(OpenAIBackend(url, "", "m"))
    assert "ca_file" in raised.value.next_step
    with pytest.raises(ModelError, match="cannot be read"):
        await hear(OpenAIBackend(url, "", "m", settings=ModelSettings(ca_file=str(tmp_path / "none.crt"))))
    await runner.cleanup()
