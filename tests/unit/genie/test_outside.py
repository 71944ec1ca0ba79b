"""Tools of other people's servers, as a model meets them: offered under their server's name, bounded, asked about."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.errors import ModelError, UsageError
from kubegenie_tui.domain.outside_server import OutsideServer
from kubegenie_tui.genie import outside as outside_room
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS
from kubegenie_tui.genie.leave import AskedCall, Asker, asker
from kubegenie_tui.genie.outside import LONGEST_SCHEMA, NOT_OURS, OutsideTools, tame
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.llm.backend import CallReady
from kubegenie_tui.mcp import outside as connections
from kubegenie_tui.mcp.keys import keep_key
from tests.keyrings import Ring, using
from tests.unit.genie.model_and_cluster import talk

SERVER = Path(__file__).parents[1] / "mcp" / "outside_server.py"
COMMAND = (sys.executable, str(SERVER))
READ = OutsideServer(COMMAND, tier="read")
ASK = OutsideServer(COMMAND)


@asynccontextmanager
async def opened(*, patience: float = 20.0, **servers: OutsideServer) -> AsyncIterator[tuple[OutsideTools, list[str]]]:
    """Tools, and what was said at the first opening."""
    tools = OutsideTools(servers)
    before, outside_room.PATIENCE_SECONDS = outside_room.PATIENCE_SECONDS, patience
    try:
        yield tools, await tools.open()
    finally:
        outside_room.PATIENCE_SECONDS = before
        await tools.close()


async def run(tools: OutsideTools, name: str, **arguments: Any) -> str:
    return (await tools.run(CallReady("1", name, json.dumps(arguments)), Redactor())).text


async def test_a_model_calls_a_tool_of_another_server() -> None:
    script = in_order(Turn(calls=(Call("tickets_find", {"text": "checkout"}),)), Turn("There is T-1."))
    async with opened(tickets=READ) as (tools, said), talk(script) as made:
        made.scope = msgspec.structs.replace(made.scope, outside=tools)
        await made.ask()
        assert said == []
        assert made.said == "There is T-1."
        [answer] = made.answered().values()
        assert answer.startswith("T-1: checkout  token=[redacted-")
        offered = {tool["function"]["name"]: tool["function"] for tool in made.model.requests[0].json["tools"]}
        assert {"tickets_find", "tickets_long", "list", "get"} <= offered.keys()
        assert "tickets_close" not in offered
        assert offered["tickets_find"]["description"].endswith("not of the cluster.) Find tickets by words.")
        [result] = [m for m in made.sent() if m["role"] == "tool"]
        assert result["content"].startswith("<data ")


async def test_results_are_bounded_and_errors_are_errors() -> None:
    async with opened(tickets=READ) as (tools, _):
        text = await run(tools, "tickets_long")
        assert text.startswith(f"(the first {5 * RESULT_CHARACTERS:,} of ")
        assert len(text) < 5.1 * RESULT_CHARACTERS
        with pytest.raises(ModelError, match="tickets_fail failed"):
            await run(tools, "tickets_fail")
        with pytest.raises(UsageError, match="does not say that it only reads"):
            await run(tools, "tickets_close", number=1)
        with pytest.raises(UsageError, match="an object"):
            await tools.run(CallReady("1", "tickets_find", "[]"), Redactor())
        assert "tickets_drop" not in tools


async def test_the_person_is_asked_before_each_call() -> None:
    asked: list[AskedCall] = []

    async def answer(call: AskedCall) -> bool:
        asked.append(call)
        return len(asked) == 1

    async with opened(tickets=ASK) as (tools, _):
        names = {schema["function"]["name"] for schema in tools.schemas}
        assert "tickets_close" in names
        with pytest.raises(ModelError, match="nobody can be asked here"):
            await run(tools, "tickets_close", number=7)
        token = asker.set(Asker(answer))
        try:
            assert await run(tools, "tickets_close", number=7) == "closed 7"
            with pytest.raises(ModelError, match="does not want tickets_close"):
                await run(tools, "tickets_close", number=8)
            with pytest.raises(UsageError, match="too long to be looked at"):
                await run(tools, "tickets_find", text="x" * 5_000)
        finally:
            asker.reset(token)
        assert asked == [AskedCall("tickets_close", NOT_OURS, f'{{\n  "number": {n}\n}}') for n in (7, 8)]


async def test_what_the_person_is_shown_is_what_is_sent() -> None:
    asked: list[str] = []

    async def no(call: AskedCall) -> bool:
        asked.append(call.arguments)
        return False

    async with opened(tickets=ASK) as (tools, _):
        token = asker.set(Asker(no))
        try:
            for text in ("password=hunter2-very-secret", "grüezi", "a\u202eb"):
                with pytest.raises(ModelError, match="does not want"):
                    await run(tools, "tickets_find", text=text)
        finally:
            asker.reset(token)
    assert [json.loads(each)["text"] for each in asked] == ["password=hunter2-very-secret", "grüezi", "a\u202eb"]
    assert "grüezi" in asked[1]
    assert "\u202e" not in asked[2]


async def test_no_tool_takes_the_place_of_one_of_ours() -> None:
    async with opened(can=READ, tickets=READ) as (tools, said):
        names = [schema["function"]["name"] for schema in tools.schemas]
        [line] = said
        assert line == "The MCP server can has tools that are left out (1): their names are taken, or they say too much"
        assert "can_i" not in names
        assert {"can_find", "tickets_i", "tickets_find"} <= set(names)
        assert "can_i" not in tools
        assert await tools.open() == []


async def test_all_tools_together_say_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside_room, "MOST_SAID", 700)
    async with opened(tickets=READ) as (tools, said):
        assert 0 < len(tools.schemas) < 4
        assert "left out" in said[0]


async def test_a_server_that_does_not_start_or_answer_is_said_once_and_blocks_nothing() -> None:
    servers = {
        "gone": OutsideServer(("/no/such/program",)),
        "dies": OutsideServer((*COMMAND, "--die")),
        "silent": OutsideServer((*COMMAND, "--silent")),
        "refused": OutsideServer(url="http://127.0.0.1:1/mcp"),
        "unset": OutsideServer(COMMAND, env=("KUBEGENIE_NO_SUCH",)),
    }
    async with opened(patience=3.0, **servers) as (tools, said):
        words = "\n".join(said)
        assert len(said) == len(servers)
        assert all("\n" not in line and len(line) < 320 for line in said)
        assert "The MCP server gone cannot be used: No such file or directory: /no/such/program" in words
        assert "silent cannot be used: it takes long to start" in words
        assert "unset cannot be used: KUBEGENIE_NO_SUCH is not set" in words
        assert tools.schemas == []
        assert all("unset" not in line for line in await tools.open())


async def test_a_call_without_an_answer_ends_and_the_server_is_connected_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CALL_SECONDS", 1.0)
    async with opened(tickets=READ) as (tools, _):
        with pytest.raises(ModelError, match="There was no answer"):
            await run(tools, "tickets_hang")
        deadline = time.monotonic() + 30
        await tools.open()
        while not tools.schemas:
            assert time.monotonic() < deadline
            await tools.open()
            await asyncio.sleep(0)
        monkeypatch.setattr(connections, "CALL_SECONDS", 8.0)
        assert (await run(tools, "tickets_find", text="a")).startswith("T-1")


async def test_it_is_given_the_variables_that_are_named_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TICKETS_URL", "x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    async with opened(tickets=OutsideServer(COMMAND, env=("TICKETS_URL",), tier="read")) as (tools, _):
        names = (await run(tools, "tickets_variables")).split()
        assert "TICKETS_URL" in names
        assert "OPENAI_API_KEY" not in names


@asynccontextmanager
async def serving(*words: str) -> AsyncIterator[str]:
    """The address of a server that runs already."""
    child = await asyncio.create_subprocess_exec(*COMMAND, "--http", *words, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await child.stdout.readline())}/mcp"
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()
        await child.communicate()


async def test_a_server_that_runs_already_is_called() -> None:
    async with serving() as url, opened(tickets=OutsideServer(url=url, tier="read")) as (tools, said):
        assert said == []
        assert (await run(tools, "tickets_find", text="web")).startswith("T-1: web")


HELD = "plain-canary-of-a-header"
BY_VARIABLE, BY_KEYRING = {"authorization": "Bearer ${TICKETS}"}, {"authorization": "Bearer ${keyring:tickets}"}


@pytest.mark.parametrize("headers", [BY_VARIABLE, BY_KEYRING], ids=["variable", "keyring"])
async def test_a_server_that_asks_for_a_key_gets_it_and_nobody_else_does(
    headers: dict[str, str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("TICKETS", f"{HELD}\n" if headers is BY_VARIABLE else "")
    ring = Ring()
    with using(ring):
        keep_key("tickets", HELD if headers is BY_KEYRING else "another")
        script = in_order(Turn(calls=(Call("tickets_headers", {}),)), Turn("So they are."))
        async with serving("--key", HELD) as url:
            server = OutsideServer(url=url, headers={**headers, "x-team": "shop"}, tier="read")
            async with opened(tickets=server) as (tools, said), talk(script) as made:
                made.scope = msgspec.structs.replace(made.scope, outside=tools)
                await made.ask()
                told = str([said, made.events, server]) + caplog.text + made.model.outbound.decode()
    [answer] = made.answered().values()
    assert "'x-team': 'shop'" in answer
    assert "'authorization': '" in answer
    assert HELD not in told
    assert "httpx" in caplog.text, "the library's own lines were heard"


async def test_what_a_server_tells_of_its_key_is_hidden_before_anybody_hears_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TICKETS", HELD)
    async with serving("--key", HELD) as url:
        connection = connections.Connection(OutsideServer(url=url, headers=BY_VARIABLE))
        try:
            await connection.ready(20)
            assert "'authorization': 'Bearer [key]'" in (await connection.call("headers", {})).text
        finally:
            await connection.close()


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"authorization": "Bearer ${WRONG}"}, "cannot be used: it asks for a key (401)"),
        ({}, "cannot be used: it asks for a key (401)"),
        ({"authorization": "Bearer ${UNSET_KEY}"}, "UNSET_KEY is not set · set it before KubeGenie is started"),
        ({"authorization": "Bearer ${keyring:none}"}, "The keyring has no key none · kubegenie mcp key set none"),
        ({"authorization": "Bearer ${LINES}"}, "What ${LINES} stands for cannot be sent in a header"),
    ],
)
async def test_a_key_that_is_not_there_or_not_right_is_said_without_it(
    headers: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "wrong-canary")
    monkeypatch.setenv("LINES", "line-canary\nof two")
    async with serving("--key", HELD) as url:
        with using(Ring()):
            async with opened(tickets=OutsideServer(url=url, headers=headers)) as (tools, [line]):
                assert tools.schemas == []
    assert says in line
    assert "canary" not in line


async def test_a_locked_keyring_is_said() -> None:
    ring = Ring()
    ring.locked = True
    with using(ring):
        async with opened(tickets=OutsideServer(url="http://127.0.0.1:1/mcp", headers=BY_KEYRING)) as (_, [line]):
            assert "The keyring is locked" in line


async def test_single_tools_have_tiers_of_their_own() -> None:
    asked: list[str] = []

    async def yes(call: AskedCall) -> bool:
        asked.append(call.tool)
        return True

    tiers: dict[str, Literal["ask", "read", "off"]] = {"find": "read", "long": "off", "close": "read", "clos": "ask"}
    tickets, wiki = OutsideServer(COMMAND, tools=tiers), OutsideServer(COMMAND, tier="read", tools={"close": "ask"})
    async with opened(tickets=tickets, wiki=wiki) as (tools, said):
        assert said == ["The MCP server tickets has no tool clos, of which the settings speak"]
        offered = {schema["function"]["name"] for schema in tools.schemas}
        assert "tickets_long" not in offered
        assert {"tickets_find", "tickets_close", "wiki_long", "wiki_close"} <= offered
        with pytest.raises(UsageError, match="the settings leave it out"):
            await run(tools, "tickets_long")
        with pytest.raises(ModelError, match="nobody can be asked here"):
            await run(tools, "wiki_close", number=1)
        token = asker.set(Asker(yes))
        try:
            assert (await run(tools, "tickets_find", text="a")).startswith("T-1: a")
            assert await run(tools, "tickets_close", number=3) == "closed 3"
            assert await run(tools, "tickets_variables")
            assert await run(tools, "wiki_close", number=4) == "closed 4"
            assert await run(tools, "wiki_variables")
        finally:
            asker.reset(token)
    assert asked == ["tickets_close", "tickets_variables", "wiki_close"]


def test_schemas_are_bounded_and_safe() -> None:
    fine = {"type": "object", "properties": {"a": {"type": "string", "description": "x\x1b[31m\u202ey"}}}
    assert tame(fine) == {"type": "object", "properties": {"a": {"type": "string", "description": "xy"}}}
    deep: dict[str, Any] = {"type": "object"}
    for _ in range(20):
        deep = {"type": "object", "properties": {"a": deep}}
    for wild in ({}, {"type": "string"}, {"type": "object", "description": "x" * LONGEST_SCHEMA}, deep):
        assert tame(wild) is None
