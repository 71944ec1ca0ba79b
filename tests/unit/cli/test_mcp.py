"""`kubegenie mcp` as other programs meet it: a client of the library, over the real wire, on the demo's clusters."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.proposal import ProposalState
from kubegenie_tui.genie.serving import NOT_SERVED, STATUS
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import PROPOSE
from kubegenie_tui.paths import database_file
from kubegenie_tui.store.store import Store

CHECKOUT = {"kind": "deployments", "name": "checkout"}
CALLS: dict[str, tuple[dict[str, Any], str]] = {
    "list": ({"kind": "pods", "limit": 5}, "pods in namespace shop"),
    "count": ({"kind": "pods"}, "35 pods in namespace shop"),
    "get": ({**CHECKOUT, "part": "spec.replicas"}, "3"),
    "describe": (CHECKOUT, "checkout"),
    "diagnose": (CHECKOUT, 'has no key "url"'),
    "logs": (CHECKOUT, "DATABASE_URL"),
    "events": ({}, "namespace shop"),
    "top": ({"kind": "nodes"}, "node-1"),
    "overview": ({}, "nodes"),
    "related": (CHECKOUT, "checkout"),
    "search": ({"text": "checkout"}, "deployments.apps shop/checkout"),
    "used_by": ({"kind": "secrets", "name": "checkout-db"}, "checkout"),
    "rollout": ({**CHECKOUT, "action": "history"}, "revision"),
    "changes": ({"since_seconds": 86_400}, "namespace shop"),
    "can_i": ({"verb": "delete", "kind": "pods"}, "pods"),
    "who_can": ({"verb": "delete", "kind": "pods"}, "pods"),
    "whoami": ({}, "user"),
    "explain": ({"kind": "pods"}, "Pod"),
    "api_resources": ({"filter": "deploy"}, "deployments"),
    "lacking": ({"kind": "deployments", "what": "limits"}, "deployments"),
    "audit_policy": ({}, "policy checks in namespace shop"),
    "helm": ({}, "helm releases in namespace shop"),
    "crossplane": ({}, "Crossplane is not installed in prod-eu"),
    "recall": ({"result": "r99"}, 'No result "r99" is kept'),
    STATUS: ({"id": 7}, "There is no proposal 7"),
}
"""A call of every tool that reads, and what its answer has to say."""
SCALE = {"steps": [{"operation": "scale", "kind": "deployments", "name": "checkout", "arguments": {"replicas": 5}}]}


@asynccontextmanager
async def client_of(kubeconfig: Path, *words: str, act_as: str = "") -> AsyncIterator[Client]:
    """A client of `kubegenie mcp` in a process of its own."""
    arguments = ["-m", "kubegenie_tui", "--kubeconfig", str(kubeconfig), "mcp", "--context", "prod-eu", *words]
    env = {"KUBEGENIE_HOME": os.environ["KUBEGENIE_HOME"], "KUBEGENIE_GENIE_ACT_AS": act_as}
    async with Client(StdioServerParameters(command=sys.executable, args=arguments, env=env)) as client:
        yield client


def text_of(result: types.CallToolResult) -> str:
    [content] = result.content
    assert isinstance(content, types.TextContent)
    return content.text


async def test_every_look_up_is_served_and_answers(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop") as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools.keys() == {*TOOLS, STATUS} - NOT_SERVED
        assert CALLS.keys() == tools.keys() - {PROPOSE}
        for name, (arguments, words) in CALLS.items():
            result = await client.call_tool(name, arguments)
            assert words in text_of(result), (name, text_of(result))
            assert bool(result.is_error) is (name in (STATUS, "recall", "crossplane"))
            annotations = tools[name].annotations
            assert annotations is not None
            assert annotations.read_only_hint
        assert "cluster prod-eu, namespace shop. Other clusters: " in str(client.instructions)


async def test_the_values_of_secrets_are_masked(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop") as client:
        text = text_of(await client.call_tool("get", {"kind": "secrets", "name": "checkout-db"}))
        assert 'dsn: "[redacted-' in text
        assert text.startswith("<data ")


async def test_what_is_served_is_read_as_the_genie_s_own_user(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop", act_as="nobody") as client:
        for name, arguments in (("get", CHECKOUT), (PROPOSE, {**SCALE, "why": "it is slow"})):
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert 'User "nobody" cannot get resource "deployments"' in text_of(result)


async def test_what_cannot_be_done_is_an_error_in_words(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop") as client:
        for name, arguments, words in (
            ("list", {"kind": "podz"}, "did you mean pods?"),
            ("list", {"kind": "pods", "colour": "red"}, "colour"),
            ("show", {"kind": "pods"}, 'There is no tool "show"'),
        ):
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert words in text_of(result)


async def test_a_proposal_waits_in_the_store_and_changes_nothing(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop") as client:
        told = text_of(await client.call_tool(PROPOSE, {**SCALE, "why": "it is slow", "expect": "five pods"}))
        assert "Scale deployment shop/checkout from 3 to 5" in told
        assert "It is proposal 1 and waits for a person" in told
        assert "is waiting: no person has decided" in text_of(await client.call_tool(STATUS, {"id": 1}))
        assert "3" in text_of(await client.call_tool("get", {**CHECKOUT, "part": "spec.replicas"}))
        store = await Store.open(database_file())
        [kept] = await store.proposals.latest()
        assert kept.asked is not None
        assert kept.asked.plan.steps[0].ref.name == "checkout"
        assert kept.asked.plan.asked_by.endswith("MCP client") or kept.asked.plan.asked_by.endswith("(MCP)")
        assert (kept.asked.why, kept.asked.tier) == ("it is slow Expected: five pods", "W1 reversible")
        await store.proposals.mark(kept.id, ProposalState.DONE, "Done in 2 s")
        await store.close()
        told = text_of(await client.call_tool(STATUS, {"id": 1}))
        assert "is approved and done\n" in told
        assert "\nDone in 2 s\n" in told


CREDENTIALS: dict[str, dict[str, Any]] = {
    "variable": {
        "operation": "env",
        "kind": "deployments",
        "name": "checkout",
        "arguments": {"pairs": "DB_PASSWORD=hunter2"},
    },
    "patch": {
        "operation": "patch",
        "kind": "secrets",
        "name": "checkout-db",
        "manifest": {"data": {"url": "aHVudGVyMg=="}},
    },
    "secret": {
        "operation": "create",
        "manifest": {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "new", "namespace": "shop"},
            "stringData": {"note": "hunter2"},
        },
    },
}


@pytest.mark.parametrize("step", CREDENTIALS.values(), ids=CREDENTIALS)
async def test_a_proposal_with_a_credential_is_refused_and_not_kept(
    demo_kubeconfig: Path, step: dict[str, Any]
) -> None:
    async with client_of(demo_kubeconfig, "-n", "shop") as client:
        result = await client.call_tool(PROPOSE, {"steps": [step]})
        assert result.is_error
        assert "a proposal waits on the disk" in text_of(result)
        assert "hunter2" not in text_of(result)
        told = text_of(await client.call_tool(PROPOSE, {**SCALE, "why": "the password is hunter2-very-secret"}))
        assert "It is proposal 1" in told
    for file in database_file().parent.iterdir():
        assert b"hunter2" not in file.read_bytes()
        assert b"aHVudGVyMg" not in file.read_bytes()


async def test_read_only_nothing_is_proposed(demo_kubeconfig: Path) -> None:
    async with client_of(demo_kubeconfig, "--read-only") as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert not names & {PROPOSE, STATUS}
        assert (await client.call_tool(PROPOSE, SCALE)).is_error
        assert "Nothing can be changed or proposed" in str(client.instructions)


def test_no_other_address_is_served_on(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("0.0.0.0:8765", "10.0.0.1:8765", "[::]:8765", "127.0.0.1.example.com:80", "http"):
        assert main(["--kubeconfig", str(demo_kubeconfig), "mcp", "--http", address]) == Exit.USAGE
        assert capsys.readouterr().err


async def test_over_http_with_the_token_that_is_printed(demo_kubeconfig: Path) -> None:
    import httpx2
    from mcp.client.streamable_http import streamable_http_client

    words = ["--kubeconfig", str(demo_kubeconfig), "mcp", "--context", "prod-eu", "-n", "shop", "--http", "0"]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kubegenie_tui", *words, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    try:
        url = (await child.stdout.readline()).decode().removeprefix("url: ").strip()
        name, _, value = (await child.stdout.readline()).decode().removeprefix("header: ").strip().partition(": ")
        async with (
            httpx2.AsyncClient(headers={name: value}) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            assert {tool.name for tool in (await client.list_tools()).tools} == {*TOOLS, STATUS} - NOT_SERVED
            for tool, (arguments, words_of_it) in CALLS.items():
                assert words_of_it in text_of(await client.call_tool(tool, arguments)), tool
        async with httpx2.AsyncClient() as http:
            assert (await http.post(url, json={})).status_code == 401
    finally:
        child.terminate()
        await child.communicate()
    assert child.returncode == 128 + 15
