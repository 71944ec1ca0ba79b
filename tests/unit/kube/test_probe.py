import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from kubegenie_tui.kube import probe as probing
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Tls
from kubegenie_tui.kube.probe import ProbeStep, probe
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, raw_server, refusal, serve

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
STEPS = ["name", "connection", "version", "readiness", "identity", "rights"]
VERSION = {"major": "1", "minor": "37", "gitVersion": "v1.37.2"}


async def well(request: web.Request) -> web.StreamResponse:
    """A server that knows us and lets us list nodes."""
    match request.path:
        case "/version":
            return web.json_response(VERSION)
        case "/readyz":
            return web.Response(text="ok")
        case "/apis/authentication.k8s.io/v1/selfsubjectreviews":
            return web.json_response({"status": {"userInfo": {"username": "me", "groups": ["ops", "all"]}}}, status=201)
    asked = (await request.json())["spec"]["resourceAttributes"]
    return web.json_response({"spec": {}, "status": {"allowed": asked["resource"] == "nodes"}}, status=201)


def failing(path: str, answer: web.Response) -> Answer:
    async def handler(request: web.Request) -> web.StreamResponse:
        return answer if request.path.endswith(path) else await well(request)

    return handler


async def steps_of(client: Client) -> list[ProbeStep]:
    return [step async for step in probe(client)]


async def test_all_is_well() -> None:
    async with serve(well) as url, client_of(url) as client:
        steps = await steps_of(client)
    assert [step.name for step in steps] == STEPS
    assert all(step.ok for step in steps)
    details = {step.name: step.detail for step in steps}
    assert details["name"] == "127.0.0.1 is 127.0.0.1"
    assert details["version"] == "v1.37.2"
    assert details["readiness"].startswith("ready, ")
    assert details["identity"] == "me (ops, all)"
    assert details["rights"] == "may list nodes; may not list pods, secrets"


@pytest.mark.parametrize(
    ("granted", "told"),
    [
        ({("pods", "shop"), ("secrets", "cart")}, "; in shop may list pods; in cart may list secrets"),
        (set(), " · name the namespace in which you have rights, or ask the cluster's administrator for a role"),
    ],
)
async def test_rights_where_we_begin_are_told_too_and_none_at_all_what_to_do(
    granted: set[tuple[str, str]], told: str
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if not request.path.endswith("selfsubjectaccessreviews"):
            return await well(request)
        asked = (await request.json())["spec"]["resourceAttributes"]
        return web.json_response({"status": {"allowed": (asked["resource"], asked.get("namespace")) in granted}})

    async with serve(answer) as url, client_of(url, namespace="shop,cart") as client:
        assert (await steps_of(client))[-1].detail == f"may not list pods, secrets, nodes{told}"


async def test_a_server_of_which_nothing_is_to_be_asked() -> None:
    async with serve(failing("", refusal(500, "InternalError", "asked"))) as url, client_of(url) as client:
        steps = [step async for step in probe(client, asks=False)]
    assert [(step.name, step.ok) for step in steps] == [("name", True), ("connection", True)]


@pytest.mark.parametrize(
    ("path", "answer", "last", "said"),
    [
        ("/version", refusal(401, "Unauthorized", "Unauthorized"), "version", "does not accept"),
        ("/readyz", web.Response(status=500, text="[-]etcd failed"), "readiness", "not ready"),
        ("reviews", refusal(500, "InternalError", "boom"), "identity", "boom"),
    ],
)
async def test_the_first_failure_is_the_last_step(path: str, answer: web.Response, last: str, said: str) -> None:
    async with serve(failing(path, answer)) as url, client_of(url) as client:
        steps = await steps_of(client)
    assert [(step.name, step.ok) for step in steps] == [(name, name != last) for name in STEPS[: STEPS.index(last) + 1]]
    assert said in steps[-1].detail


@pytest.mark.parametrize("code", [403, 404])
async def test_a_server_that_does_not_tell_who_we_are_fails_no_test(code: int) -> None:
    handler = failing("selfsubjectreviews", refusal(code, "", "no"))
    async with serve(handler) as url, client_of(url) as client:
        steps = await steps_of(client)
    assert [step.ok for step in steps] == [True] * 6
    assert "does not tell" in steps[4].detail


async def test_a_step_that_takes_too_long_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(request: web.Request) -> web.StreamResponse:
        if request.path == "/readyz":
            await asyncio.get_running_loop().create_future()
        return await well(request)

    monkeypatch.setattr(probing, "STEP_SECONDS", 0.2)
    async with serve(hang) as url, client_of(url) as client:
        steps = await steps_of(client)
    assert (steps[-1].name, steps[-1].ok) == ("readiness", False)
    assert "took longer" in steps[-1].detail


@pytest.mark.parametrize(
    ("server", "last"),
    [
        ("https://no-such-host.invalid", "name"),
        (f"https://{'a' * 300}.example", "name"),
        ("https://127.0.0.1:9", "connection"),
    ],
)
async def test_what_is_not_there(server: str, last: str) -> None:
    async with client_of(server) as client:
        steps = await steps_of(client)
    assert (steps[-1].name, steps[-1].ok) == (last, False)
    assert server.removeprefix("https://").partition(":")[0] in steps[-1].detail


async def test_a_server_that_is_slow_and_then_answers_is_waited_for_within_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, asked = asyncio.Event(), asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        if request.path == "/version":
            asked.set()
            await answers.wait()
        return await well(request)

    async with serve(slow) as url, client_of(url) as client:
        probed = asyncio.create_task(steps_of(client))
        await asked.wait()
        assert not probed.done()
        answers.set()
        assert all(step.ok for step in await probed)
        answers.clear()
        monkeypatch.setattr(probing, "STEP_SECONDS", 0.2)
        late = await steps_of(client)
        assert (late[-1].name, late[-1].ok) == ("version", False)
        assert "took longer than" in late[-1].detail
        answers.set()
        monkeypatch.undo()
        assert all(step.ok for step in await steps_of(client))


async def last_of(server: str, tls: Tls) -> ProbeStep:
    async with client_of(server, tls=tls) as client:
        return (await steps_of(client))[-1]


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ours")


async def test_a_certificate_of_an_unknown_authority_is_shown(ours: Authority, tmp_path: Path) -> None:
    other = Tls(ca_file=str(Authority(tmp_path / "other").certificate))
    async with serve(well, certificate=ours.issue("server")) as server:
        for tls in (other, Tls()):
            step = await last_of(server, tls)
            assert (step.name, step.ok) == ("TLS", False)
            assert "is not trusted" in step.detail
            assert "CN=server, issued by CN=ca, valid from 20" in step.detail
            assert re.search(r"SHA-256 [0-9a-f]{64}", step.detail)
            assert "register the cluster with it" in step.detail


async def test_a_self_signed_certificate_says_so(tmp_path: Path) -> None:
    made = Authority(tmp_path / "alone")
    async with serve(well, certificate=(made.certificate, made.directory / "ca.key")) as server:
        step = await last_of(server, Tls())
    assert "CN=ca, self-signed, valid from" in step.detail


@pytest.mark.parametrize(
    ("alternative", "days", "said", "remedy"),
    [
        ("IP:127.0.0.1", -1, "has expired · it ended", "renew it"),
        ("DNS:api.example.com", 30, "is for another name · it is for api.example.com", "tls-server-name"),
    ],
)
async def test_an_expired_one_and_one_for_another_name(
    ours: Authority, alternative: str, days: int, said: str, remedy: str
) -> None:
    async with serve(well, certificate=ours.issue("server", alternative, days)) as server:
        step = await last_of(server, Tls(ca_file=str(ours.certificate)))
    assert (step.name, step.ok) == ("TLS", False)
    assert said in step.detail
    assert remedy in step.detail


async def test_a_server_that_takes_the_connection_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def half_open(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass

    monkeypatch.setattr(probing, "STEP_SECONDS", 0.2)
    async with raw_server(half_open) as url:
        step = await last_of(url.replace("http:", "https:"), Tls())
    assert (step.name, step.ok) == ("TLS", False)
    assert "takes the connection and then says nothing" in step.detail
    assert "load balancer" in step.detail


WHOAMI, MAY_I = "selfsubjectreviews", "selfsubjectaccessreviews"
NO_ANSWERS = (b"", b"null", b"[]", b"{}", b'{"status": null}', b'{"status": "ok"}', b"<html>", b"\xff\xfe")
PAGE = b"<html><h1>Log in</h1></html>"


@pytest.mark.parametrize("body", NO_ANSWERS)
@pytest.mark.parametrize(
    ("path", "last"),
    [("/version", "version"), (WHOAMI, "identity"), (MAY_I, "rights")],
)
async def test_answers_that_no_api_server_gives(path: str, last: str, body: bytes) -> None:
    for status in (200, 204) if not body else (200,):
        answer = web.Response(status=status, body=body, content_type="application/json")
        async with serve(failing(path, answer)) as url, client_of(url) as client:
            step = (await steps_of(client))[-1]
        assert (step.name, step.ok) == (last, False)
        assert "as a Kubernetes API server" in step.detail
        assert "check its URL" in step.detail


@pytest.mark.parametrize("status", [200, 403, 404, 500, 502, 503])
@pytest.mark.parametrize("path", ["/version", MAY_I])
async def test_a_web_page_is_of_what_stands_in_front(path: str, status: int) -> None:
    handler = failing(path, web.Response(status=status, body=PAGE, content_type="text/html"))
    async with serve(handler) as url, client_of(url) as client:
        step = (await steps_of(client))[-1]
    assert not step.ok
    assert "web page" in step.detail
    assert "in front of it" in step.detail
    assert "role" not in step.detail


@pytest.mark.parametrize("path", ["/version", "/readyz", WHOAMI, MAY_I])
async def test_a_redirection_is_not_followed(path: str) -> None:
    handler = failing(path, web.Response(status=302, headers={"Location": "https://login.example.com/"}))
    async with serve(handler) as url, client_of(url) as client:
        step = (await steps_of(client))[-1]
    assert not step.ok
    assert "elsewhere (302) · to https://login.example.com/ · check the server's URL" in step.detail


def saying(words: bytes, after: bytes = b"\r\n\r\n") -> Callable[..., Awaitable[None]]:
    """Reads as far as `after`, or anything at all without it; says the words, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await (reader.readuntil(after) if after else reader.read(4096))
        except asyncio.IncompleteReadError:  # a connection that is only opened
            return
        writer.write(words)
        await writer.drain()

    return talk


async def test_http_of_the_oldest_kind_is_understood() -> None:
    answer = b'HTTP/1.0 200 OK\r\n\r\n{"major": "1", "minor": "37", "gitVersion": "v1.37.2"}'
    async with raw_server(saying(answer)) as url, client_of(url) as client:
        steps = await steps_of(client)
    assert {step.name: step.detail for step in steps}["version"] == "v1.37.2"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"", "hung up without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "does not speak HTTP"),
        (b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", "speaks TLS only"),
        (
            b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
            b"<html>The plain HTTP request was sent to HTTPS port</html>",
            "speaks TLS only",
        ),
    ],
)
async def test_plain_http_where_it_does_not_belong(words: bytes, said: str) -> None:
    async with raw_server(saying(words)) as url:
        step = await last_of(url, Tls())
    assert (step.name, step.ok) == ("version", False)
    assert said in step.detail
    assert "use https:// in its URL" in step.detail
    assert "message=" not in step.detail


@pytest.mark.parametrize(
    ("alert", "said", "remedy"),
    [
        (40, "alert handshake failure", "it may want a client certificate"),
        (42, "alert bad certificate", "the client certificate may be missing"),
        (70, "alert protocol version", "older TLS than 1.2"),
        (71, "insufficient security", "its ciphers are none of ours"),
        (80, "alert internal error", "its own log may say more"),
        (112, "unrecognized name", "tls-server-name"),
    ],
)
async def test_what_a_server_says_against_our_tls(alert: int, said: str, remedy: str) -> None:
    async with raw_server(saying(bytes((21, 3, 3, 0, 2, 2, alert)), b"")) as url:
        step = await last_of(url.replace("http:", "https:"), Tls())
    assert (step.name, step.ok) == ("TLS", False)
    assert "refused our side of TLS" in step.detail
    assert said in step.detail
    assert remedy in step.detail


async def test_a_server_that_hangs_up_while_tls_begins() -> None:
    async with raw_server(saying(b"", b"")) as url:
        step = await last_of(url.replace("http:", "https:"), Tls())
    assert (step.name, step.ok) == ("TLS", False)
    assert "hung up while TLS began · it may not speak TLS" in step.detail
    assert "check the port, tls-server-name" in step.detail


async def test_a_port_that_speaks_no_tls() -> None:
    async with serve(well) as url:
        step = await last_of(url.replace("http:", "https:"), Tls())
    assert (step.name, step.ok) == ("TLS", False)
    assert "does not speak TLS" in step.detail


async def test_a_certificate_that_is_not_checked_is_called_so(ours: Authority) -> None:
    async with (
        serve(well, certificate=ours.issue("server")) as server,
        client_of(server, tls=Tls(insecure=True)) as client,
    ):
        steps = await steps_of(client)
    assert "NOT checked" in {step.name: step.detail for step in steps}["TLS"]
