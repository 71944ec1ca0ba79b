"""Credential plugins as real programs, well and badly behaved."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest
from aiohttp import web

from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.auth.exec_plugin import Given, run_plugin
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Tls
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import client_of, refusal, serve, shown_name

API = "client.authentication.k8s.io/v1"
CONTEXT = Context("prod", server="https://s:6443")


def credential(version: str = API, **status: object) -> str:
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": status})


def shell(script: str, **more: Any) -> Exec:
    return Exec(API, "/bin/sh", ("-c", script), **more)


def saying(output: str) -> Exec:
    return shell('printf %s "$OUTPUT"', env=(("OUTPUT", output),))


def python(program: str, **more: Any) -> Exec:
    return Exec(API, sys.executable, ("-S", "-c", program), **more)


async def run(plugin: Exec, context: Context = CONTEXT, timeout: float = 20.0) -> Given:
    return await run_plugin(plugin, context, environ={"PATH": os.environ["PATH"]}, timeout=timeout)


async def failure(plugin: Exec, timeout: float = 20.0, context: Context = CONTEXT) -> CredentialError:
    with pytest.raises(CredentialError) as raised:
        await run(plugin, context, timeout)
    return raised.value


async def test_a_token_and_its_end() -> None:
    given = await run(saying(credential(token="abc", expirationTimestamp="2026-01-01T02:00:00.5+02:00")))
    assert (given.token.value, given.certificate, given.expires) == ("abc", None, 1767225600.5)
    assert "abc" not in repr(given)


@pytest.fixture
def an_input_that_never_ends() -> Iterator[None]:
    """Standard input as on a terminal where nobody types."""
    ours, kept = os.pipe(), os.dup(0)
    os.dup2(ours[0], 0)
    yield
    os.dup2(kept, 0)
    for descriptor in (*ours, kept):
        os.close(descriptor)


async def test_it_has_neither_our_input_nor_our_terminal(an_input_that_never_ends: None) -> None:
    program = (
        "import json, os, sys\n"
        "token = f'{len(sys.stdin.read())} {os.getsid(0) == os.getpid()}'\n"
        f"print(json.dumps({{'apiVersion': '{API}', 'kind': 'ExecCredential', 'status': {{'token': token}}}}))"
    )
    assert (await run(python(program))).token.value == "0 True"


async def test_one_that_talks_without_end_on_both_outputs() -> None:
    program = (
        "import sys\n"
        "sys.stderr.write('x' * 600_000)\n"
        f"sys.stdout.write(' ' * 600_000 + {credential(token='abc')!r})\n"
        "sys.stderr.write('y' * 600_000)\n"
    )
    assert (await run(python(program))).token.value == "abc"


async def test_one_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    children = tmp_path / "children"
    error = await failure(shell(f"sleep 1000 & echo $! $$ >{children}; wait"), timeout=0.3)
    assert error.what == "The credential plugin sh hangs"
    assert error.why == "stopped after 0.3 s"
    async with asyncio.timeout(10):
        while any(alive(pid) for pid in map(int, children.read_text().split())):  # noqa: ASYNC110 - the kernel ends them
            await asyncio.sleep(0)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_one_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    running = asyncio.create_task(run(shell(f"echo $$ >{fifo}; exec sleep 1000")))
    pid = int(await asyncio.to_thread(fifo.read_text))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not alive(pid)


async def test_one_that_fails_has_the_last_word() -> None:
    error = await failure(shell('for i in 1 2 3 4; do echo "line\033[31m $i" >&2; done; exit 3', install_hint="no"))
    assert error.what == "The credential plugin sh failed"
    assert error.why == " / ".join(plain(f"line\033[31m {number}") for number in (2, 3, 4))
    assert (await failure(shell("exit 3"))).why == "exit code 3"


async def test_its_arguments_are_in_no_message() -> None:
    hushed = [failure(shell(f"true --password=hush; {end}"), timeout=0.3) for end in ("exit 1", "sleep 9", "echo no")]
    for error in await asyncio.gather(*hushed):
        assert "hush" not in str(error)
        assert error.next_step == "run it by itself, with its arguments, and see what it says"


async def test_one_of_a_kubeconfig_is_run_by_kubectl_to_see_what_it_says() -> None:
    error = await failure(shell("exit 1"), context=Context("prod", server="https://s:6443", file="/k"))
    assert error.next_step == 'see what it says: kubectl --context "prod" version'


async def test_one_that_is_not_there(tmp_path: Path) -> None:
    error = await failure(Exec(API, "no-such-plugin", install_hint="brew install it\033[31m"))
    assert error.what == "The credential plugin no-such-plugin cannot be started"
    assert error.why == "it is not installed, or not in PATH"
    assert error.next_step.startswith("brew install it")
    assert "\033" not in error.next_step
    assert (await failure(Exec(API, "no-such-plugin"))).next_step == "install no-such-plugin"
    there = tmp_path / "plugin"
    error = await failure(Exec(API, str(there)))
    assert (error.why, error.next_step) == (f"there is no {there}", "check its path")
    there.write_text("#!/bin/sh\n")
    error = await failure(Exec(API, str(there)))
    assert (error.why, error.next_step) == ("Permission denied", f"make {there} a program that you may run")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("", "truncated"),
        ("please log in", "malformed"),
        ("[]", "Expected `object`"),
        (credential(), "neither a token nor a certificate"),
        (json.dumps({"apiVersion": API, "kind": "ExecCredential"}), "neither a token nor a certificate"),
        (json.dumps({"apiVersion": API, "kind": "Pod", "status": {"token": "x"}}), f"it is Pod {API}"),
        (credential("client.authentication.k8s.io/v1beta1", token="x"), f"v1beta1, not ExecCredential {API}"),
        (credential(clientCertificateData="pem"), "without its key"),
        (credential(token="x", clientKeyData="pem"), "without its key"),
        (credential(token="x", expirationTimestamp="soon"), "RFC3339"),
    ],
)
async def test_one_that_gives_nothing_of_use(output: str, words: str) -> None:
    error = await failure(saying(output))
    assert error.what == "The credential plugin sh gave nothing we can use"
    assert words in error.why


async def test_one_that_wants_to_ask(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    error = await failure(shell(f"touch {ran}", interactive_mode="Always"))
    assert "interactiveMode is Always" in error.why
    assert "another terminal" in error.next_step
    for mode in ("Never", "IfAvailable"):
        plugin = msgspec.structs.replace(saying(credential(token="x")), interactive_mode=mode)
        assert (await run(plugin)).token.value == "x"
    assert not ran.exists()


async def test_one_of_a_version_that_kubernetes_dropped() -> None:
    error = await failure(Exec("client.authentication.k8s.io/v1alpha1", "/bin/true"))
    assert error.what == "The credential plugin true is too old"
    old = msgspec.structs.replace(
        saying(credential("client.authentication.k8s.io/v1beta1", token="x")),
        api_version="client.authentication.k8s.io/v1beta1",
    )
    assert (await run(old)).token.value == "x"


async def told(plugin: Exec, context: Context) -> Any:
    """KUBERNETES_EXEC_INFO as the plugin sees it."""
    given = await run(plugin, context)
    return json.loads(base64.b64decode(given.token.value))


TELL = (
    "import base64, json, os\n"
    "token = base64.b64encode(os.environ['KUBERNETES_EXEC_INFO'].encode()).decode()\n"
    f"print(json.dumps({{'apiVersion': '{API}', 'kind': 'ExecCredential', 'status': {{'token': token}}}}))"
)


async def test_what_it_is_told(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("PEM")
    context = Context("c", server="https://s", tls=Tls(ca_file=str(authority), server_name="n"), proxy_url="http://p")
    assert await told(python(TELL), context) == {
        "apiVersion": API,
        "kind": "ExecCredential",
        "spec": {"interactive": False},
    }
    full = python(TELL, provide_cluster_info=True, cluster_config=b'{"audience":"a"}')
    cluster = {
        "server": "https://s",
        "tls-server-name": "n",
        "certificate-authority-data": base64.b64encode(b"PEM").decode(),
        "proxy-url": "http://p",
        "config": {"audience": "a"},
    }
    assert (await told(full, context))["spec"] == {"interactive": False, "cluster": cluster}
    insecure = Context("c", server="https://s", tls=Tls(insecure=True))
    spec = (await told(python(TELL, provide_cluster_info=True), insecure))["spec"]
    assert spec["cluster"] == {"server": "https://s", "insecure-skip-tls-verify": True}
    authority.unlink()
    with pytest.raises(CredentialError, match=r"certificate-authority .* cannot be read · No such file"):
        await run(full, context)


async def test_a_certificate_is_shown_and_another_after_401(authority: Authority, tmp_path: Path) -> None:
    for number, name in enumerate(("old", "new"), 1):
        certificate, key = authority.issue(name)
        status = {"clientCertificateData": certificate.read_text(), "clientKeyData": key.read_text()}
        (tmp_path / str(number)).write_text(credential(**status))
    runs = tmp_path / "runs"
    auth = AuthInfo(exec=shell(f"echo run >>{runs}; cat {tmp_path}/$(wc -l <{runs} | tr -d ' ')"))

    async def only_new(request: web.Request) -> web.Response:
        name = shown_name(request)
        return web.Response(text=name) if name == "new" else refusal(401, "Unauthorized", "Unauthorized")

    async with (
        serve(only_new, certificate=authority.issue("server"), client_authority=authority.certificate) as server,
        client_of(server, tls=Tls(ca_file=str(authority.certificate)), auth=auth) as client,
    ):
        assert await asyncio.gather(*(client.get("/") for _ in range(5))) == [b"new"] * 5
    assert len(runs.read_text().splitlines()) == 2
