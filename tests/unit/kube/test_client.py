import asyncio
import gzip
import json

import pytest
from aiohttp import web

from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import (
    Forbidden,
    Invalid,
    KubeconfigError,
    NameNotFound,
    NotFound,
    Refused,
    ServerFailed,
    Throttled,
    TimedOut,
    TlsFailed,
    Unauthorized,
    Unreachable,
)
from kubegenie_tui.kube import client as client_module
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import AuthInfo, Context, Impersonation, Lent, Problem, Secret
from tests.unit.kube.loopback import client_of, raw_server, refusal, serve


async def test_get_sends_query_accept_and_our_own_user_agent() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"path": request.path, "query": dict(request.query), "headers": dict(request.headers)})

    async with serve(echo) as server, client_of(f"{server}/k8s/clusters/c-1") as client:
        seen = json.loads(await client.get("/api/v1/pods", {"continue": "a+b/c=", "limit": "1"}, accept="text/plain"))
    assert seen["path"] == "/k8s/clusters/c-1/api/v1/pods"
    assert seen["query"] == {"continue": "a+b/c=", "limit": "1"}
    assert seen["headers"]["Accept"] == "text/plain"
    assert seen["headers"]["User-Agent"].startswith("kubegenie/")
    assert seen["headers"]["Accept-Encoding"] == "gzip"
    assert "Authorization" not in seen["headers"]


async def test_names_with_odd_characters_stay_one_path_segment() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    async with serve(echo) as server, client_of(server) as client:
        assert await client.get("/x/system:a b?c#d") == b"/x/system:a%20b%3Fc%23d"


async def test_post_sends_json() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response({"type": request.content_type, "body": await request.json()}, status=201)

    async with serve(echo) as server, client_of(server) as client:
        assert json.loads(await client.post("/r", {"a": 1})) == {"type": "application/json", "body": {"a": 1}}


async def test_gzip_is_decompressed_in_whole_answers_and_streams() -> None:
    async def zipped(_: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"x" * 100_000), headers={"Content-Encoding": "gzip"})

    async with serve(zipped) as server, client_of(server) as client:
        assert await client.get("/") == b"x" * 100_000
        async with client.stream("/", idle_timeout=5) as response:
            assert b"".join([chunk async for chunk in response.chunks()]) == b"x" * 100_000


async def test_latency_is_measured() -> None:
    async def ok(_: web.Request) -> web.Response:
        return web.Response()

    async with serve(ok) as server, client_of(server) as client:
        before = client.latency_ms
        await client.get("/readyz")
        after = client.latency_ms
    assert before is None
    assert after is not None
    assert 0 < after < 5000


async def test_stream_yields_what_comes_when_it_comes() -> None:
    go_on = asyncio.Event()

    async def two_parts(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"X-Marker": "here"})
        await response.prepare(request)
        await response.write(b"first")
        await go_on.wait()
        await response.write(b"second")
        return response

    async with (
        serve(two_parts) as server,
        client_of(server) as client,
        client.stream("/", idle_timeout=5) as response,
    ):
        assert response.headers["x-marker"] == "here"
        chunks = response.chunks()
        assert await anext(chunks) == b"first"
        go_on.set()
        assert [chunk async for chunk in chunks] == [b"second"]


async def test_an_idle_stream_times_out() -> None:
    async def silent(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"first")
        await asyncio.Event().wait()
        return response

    async with (
        serve(silent) as server,
        client_of(server) as client,
        client.stream("/", idle_timeout=0.05) as response,
    ):
        chunks = response.chunks()
        assert await anext(chunks) == b"first"
        with pytest.raises(TimedOut):
            await anext(chunks)


async def test_a_get_times_out_though_bytes_keep_coming() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x")
            await asyncio.sleep(0)

    async with serve(endless) as server, client_of(server) as client:
        with pytest.raises(TimedOut) as raised:
            await client.get("/", timeout=0.1)
    assert server in raised.value.what


@pytest.mark.parametrize("head", [b"Content-Length: 100\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf"])
async def test_a_server_that_hangs_up_in_the_middle(head: bytes) -> None:
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head)
        await writer.drain()

    async with raw_server(cut) as server, client_of(server) as client:
        with pytest.raises(Refused, match="in the middle"):
            await client.get("/")
        async with client.stream("/", idle_timeout=5) as response:
            chunks = response.chunks()
            assert await anext(chunks) == b"half"
            with pytest.raises(Refused, match="in the middle"):
                await anext(chunks)


async def test_a_server_that_hangs_up_without_a_word() -> None:
    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    async with raw_server(mute) as server, client_of(server) as client:
        with pytest.raises(Refused, match="without an answer"):
            await client.get("/")


async def test_a_server_that_talks_nonsense() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.9\r\n")
        await writer.drain()
        await reader.read()

    async with raw_server(nonsense) as server, client_of(server) as client:
        with pytest.raises(Unreachable):
            await client.get("/")


async def test_nothing_listens() -> None:
    async def ok(_: web.Request) -> web.Response:
        return web.Response()

    async with serve(ok) as server:
        pass
    async with client_of(server) as client:
        with pytest.raises(Refused) as raised:
            await client.get("/")
    assert raised.value.what == f"Nothing listens at {server}"


async def test_a_name_that_does_not_exist() -> None:
    async with client_of("https://no-such-host.invalid:6443") as client:
        with pytest.raises(NameNotFound, match=r'The name "no-such-host\.invalid" is not known'):
            await client.get("/")


async def test_a_broken_context_fails_when_used_and_not_before() -> None:
    context = Context("broken", problem=Problem("The user is missing", file="config", line=7))
    client = Client(context)
    with pytest.raises(KubeconfigError, match="config:7 · The user is missing"):
        await client.get("/")
    await client.close()


async def test_a_server_that_is_no_url() -> None:
    async with client_of("https://host:port") as client:
        with pytest.raises(KubeconfigError, match="not a URL"):
            await client.get("/")


async def test_a_closed_client_says_so() -> None:
    async with client_of("http://127.0.0.1:1") as client:
        pass
    with pytest.raises(Unreachable, match="was closed"):
        await client.get("/")


async def test_a_web_page_is_not_kubernetes() -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="<html>Log in</html>", content_type="text/html")

    async with serve(page) as server, client_of(server) as client:
        with pytest.raises(ServerFailed, match="web page"):
            await client.get("/api")
        with pytest.raises(ServerFailed, match="web page"):
            async with client.stream("/api", idle_timeout=5):
                pass


async def test_a_redirect_is_not_followed() -> None:
    async def elsewhere(_: web.Request) -> web.Response:
        raise web.HTTPFound("https://login.example.com/?next=x")

    async with serve(elsewhere) as server, client_of(server, auth=AuthInfo(token=Secret("t"))) as client:
        with pytest.raises(ServerFailed, match="elsewhere") as raised:
            await client.get("/api")
    assert "login.example.com" in raised.value.why


async def test_refusals_carry_verb_and_resource() -> None:
    async def refuse(request: web.Request) -> web.Response:
        if request.path.endswith("/gone"):
            return refusal(404, "NotFound", 'pods "gone" not found', name="gone", kind="pods")
        return refusal(403, "Forbidden", 'pods is forbidden: User "jane" cannot watch resource "pods"')

    async with serve(refuse) as server, client_of(server) as client:
        with pytest.raises(Forbidden) as raised:
            async with client.stream("/api/v1/namespaces/x/pods", {"watch": "1"}, idle_timeout=5):
                pass
        assert (raised.value.verb, raised.value.resource, raised.value.code) == ("watch", "pods", 403)
        with pytest.raises(NotFound) as missing:
            await client.get("/api/v1/namespaces/x/pods/gone")
        assert missing.value.reason == "NotFound"


async def test_an_endless_error_body_is_cut() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=400)
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    async with serve(endless) as server, client_of(server) as client:
        with pytest.raises(Invalid):
            await client.get("/")


class Busy:
    """Answers 429 or 503 so often, then 200."""

    def __init__(self, times: int, status: int = 429, retry_after: str = "0") -> None:
        self.left = times
        self.asked = 0
        self._status = status
        self._headers = {"Retry-After": retry_after} if retry_after else {}

    async def __call__(self, _: web.Request) -> web.Response:
        self.asked += 1
        self.left -= 1
        if self.left < 0:
            return web.json_response({})
        return web.Response(status=self._status, headers=self._headers, text="slow down")


@pytest.mark.parametrize("status", [429, 503])
async def test_a_get_waits_as_a_busy_server_asks(status: int) -> None:
    busy = Busy(client_module.TRIES - 1, status)
    async with serve(busy) as server, client_of(server) as client:
        assert await client.get("/") == b"{}"
    assert busy.asked == client_module.TRIES


async def test_patience_ends() -> None:
    busy = Busy(99)
    async with serve(busy) as server, client_of(server) as client:
        with pytest.raises(Throttled):
            await client.get("/")
    assert busy.asked == client_module.TRIES


@pytest.mark.parametrize(("status", "retry_after"), [(429, "3600"), (503, "3600"), (503, ""), (500, "")])
async def test_no_patience_with_long_waits_and_plain_failures(status: int, retry_after: str) -> None:
    busy = Busy(99, status, retry_after)
    async with serve(busy) as server, client_of(server) as client:
        with pytest.raises((Throttled, ServerFailed)) as raised:
            await client.get("/")
    assert busy.asked == 1
    assert getattr(raised.value, "retry_after", None) == (3600.0 if retry_after else None)


async def test_a_stream_and_a_post_do_not_wait() -> None:
    busy = Busy(99)
    async with serve(busy) as server, client_of(server) as client:
        with pytest.raises(Throttled):
            async with client.stream("/", idle_timeout=5):
                pass
        with pytest.raises(Throttled):
            await client.post("/", {})
    assert busy.asked == 2


async def test_impersonation_headers() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response([[name, value] for name, value in request.headers.items() if "Imper" in name])

    whom = Impersonation("jane", "u-1", ("dev", "ops"), (("example.com/team", ("a", "b")),))
    async with serve(echo) as server, client_of(server, auth=AuthInfo(impersonation=whom)) as client:
        assert json.loads(await client.get("/")) == [
            ["Impersonate-User", "jane"],
            ["Impersonate-Uid", "u-1"],
            ["Impersonate-Group", "dev"],
            ["Impersonate-Group", "ops"],
            ["Impersonate-Extra-example.com%2Fteam", "a"],
            ["Impersonate-Extra-example.com%2Fteam", "b"],
        ]


async def test_many_streams_do_not_block_a_get() -> None:
    opened = 0

    async def hold(request: web.Request) -> web.StreamResponse:
        nonlocal opened
        if request.path == "/get":
            return web.json_response({})
        opened += 1
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await asyncio.Event().wait()
        return response

    async with serve(hold) as server, client_of(server) as client:
        async with asyncio.timeout(30):
            contexts = [client.stream("/watch", idle_timeout=30) for _ in range(150)]
            responses = await asyncio.gather(*(context.__aenter__() for context in contexts))
            assert [await anext(response.chunks()) for response in responses] == [b"x"] * 150
            assert await client.get("/get") == b"{}"
            await asyncio.gather(*(context.__aexit__(None, None, None) for context in contexts))
    assert opened == 150


async def test_plain_http_to_a_tls_port() -> None:
    async def say_so(_: web.Request) -> web.Response:
        return web.Response(status=400, text="Client sent an HTTP request to an HTTPS server.\n")

    async with serve(say_so) as server, client_of(server) as client:
        with pytest.raises(TlsFailed, match="TLS only"):
            await client.get("/")


async def test_a_401_says_what_was_shown() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(401, "Unauthorized", "Unauthorized")

    async with serve(refuse) as server, client_of(server, auth=AuthInfo(token=Secret("s3cret"))) as client:
        with pytest.raises(Unauthorized, match='does not accept user "tester"') as raised:
            await client.get("/")
    assert raised.value.why == "shown: a token"
    assert raised.value.code == 401
    assert "s3cret" not in str(raised.value)


async def test_a_401_says_that_a_token_was_shown_that_lies_elsewhere() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return refusal(401, "Unauthorized", "Unauthorized")

    async def fetch(*_: object) -> str:
        return "s3cret"

    lent = Lent("rack-7", (("token", Reference("safe")),), 0, fetch)
    async with serve(refuse) as server, client_of(server, auth=AuthInfo(lent=lent)) as client:
        with pytest.raises(Unauthorized) as raised:
            await client.get("/")
    assert raised.value.why == "shown: a token"
