"""Tools of other people's servers for a model: what they say of themselves and what they answer is not trusted."""

import asyncio
import importlib
import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.errors import ModelError, UsageError
from kubegenie_tui.domain.outside_server import OutsideServer
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, bounded
from kubegenie_tui.genie.leave import require_leave
from kubegenie_tui.genie.reading.scope import Result
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.llm.backend import CallReady, Wire
from kubegenie_tui.mcp.outside import Connection, OutsideTool

NOT_OURS = "is not ours. It would be called with"
"""Said of a tool that the person is asked about."""
PATIENCE_SECONDS = 3.0
"""How long a turn waits for servers that are not connected yet."""
LONGEST_SCHEMA = 6_000
"""Characters of the schema of a tool's arguments; a tool with a longer one is not offered."""
MOST_SAID = 40_000
"""Characters that all descriptions and schemas may take of a model's memory."""
_LONGEST_DESCRIPTION = 600
_MOST_READ = 5 * RESULT_CHARACTERS
"""Characters of an answer that are looked at."""
_DEEPEST = 12
_SLOW = "it takes long to start; its tools come when it is there"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
_LONGEST_NAME = 64
"""Of a function, as the chat completions API has it."""


class _Offered(msgspec.Struct, frozen=True):
    server: str
    tool: OutsideTool
    asks: bool
    """Whether the person is asked first."""


class OutsideTools:
    """All servers of the settings; connected when a model is first asked something."""

    def __init__(self, servers: Mapping[str, OutsideServer]) -> None:
        self._servers = servers
        self._connections = {name: Connection(server) for name, server in servers.items()}
        self._offered: dict[str, _Offered] = {}
        self._withheld: set[str] = set()
        self._said: dict[str, str] = {}
        self.schemas: list[Wire] = []
        """The tools as the chat completions API wants them."""

    async def open(self) -> list[str]:
        """Connect to those that are not connected, for a few seconds at most; a line for each that is newly amiss."""
        await asyncio.gather(*(each.ready(PATIENCE_SECONDS) for each in self._connections.values()))
        catalogue = await asyncio.to_thread(importlib.import_module, "kubegenie_tui.genie.tools.catalogue")
        left_out = self._take(catalogue.TOOLS.keys())
        lines = []
        for name, each in self._connections.items():
            words = "" if each.is_open else f"cannot be used: {each.fault or _SLOW}"
            if count := left_out[name]:
                words = f"has tools that are left out ({count}): their names are taken, or they say too much"
            missing = sorted(self._servers[name].tools.keys() - {tool.name for tool in each.tools})
            if each.is_open and missing:
                words = f"{words}; it has" if words else "has"
                words = f"{words} no tool {', '.join(missing)}, of which the settings speak"
            if words and self._said.get(name) != words:
                lines.append(f"The MCP server {name} {plain(words)}")
            self._said[name] = words
        return lines

    def _take(self, taken: Collection[str]) -> Counter[str]:
        """Offer what is there to be offered; how many tools of each server cannot be."""
        self._offered, self._withheld, self.schemas = {}, set(), []
        left_out: Counter[str] = Counter()
        room = MOST_SAID
        for server, connection in self._connections.items():
            for tool in connection.tools:
                name = _NOT_IN_A_NAME.sub("_", f"{server}_{tool.name}")
                if (asks := _asks(self._servers[server], tool)) is None:
                    self._withheld.add(name)
                    continue
                schema = _schema(server, name, tool)
                room -= len(json.dumps(schema))
                if schema is None or name in taken or name in self._offered or len(name) > _LONGEST_NAME or room < 0:
                    left_out[server] += 1
                    continue
                self._offered[name] = _Offered(server, tool, asks)
                self.schemas.append(schema)
        self._withheld -= {*taken, *self._offered}
        return left_out

    def __contains__(self, name: str) -> bool:
        return name in self._offered or name in self._withheld

    async def run(self, call: CallReady, redactor: Redactor) -> Result:
        """Do what a call asks for, when the person lets it where they are to be asked.

        Raises:
            UsageError: it is not offered, or its arguments are no object.
            ModelError: the person said no or cannot be asked, or the server failed.
        """
        if call.name in self._withheld:
            what = (
                f"{call.name} is not offered: the settings leave it out, or its server does not say that it only reads"
            )
            raise UsageError(what, "", "the person can set its tier to ask")
        offered, arguments = self._offered[call.name], _arguments(call)
        if offered.asks:
            await require_leave(call.name, NOT_OURS, arguments)
        answered = await self._connections[offered.server].call(offered.tool.name, arguments)
        text = redactor.text(plain_lines(answered.text[:_MOST_READ]))
        if len(answered.text) > _MOST_READ:
            text = f"(the first {_MOST_READ:,} of {len(answered.text):,} characters)\n{text}"
        if not answered.ok:
            raise ModelError(f"{call.name} failed", bounded(text))
        summary = f"{len(answered.text):,} characters from {offered.server}"
        return Result(summary, text or "(nothing)")

    async def close(self) -> None:
        """End all connections."""
        await asyncio.gather(*(each.close() for each in self._connections.values()))


def _asks(server: OutsideServer, tool: OutsideTool) -> bool | None:
    """Whether the person is asked before a call of a tool; None where it is not offered."""
    tier = server.tools.get(tool.name)
    if tier is None:
        return True if server.tier == "ask" else (False if tool.reads else None)
    return None if tier == "off" else not (tier == "read" and tool.reads)


def _schema(server: str, name: str, tool: OutsideTool) -> Wire | None:
    parameters = tame(tool.parameters)
    if parameters is None:
        return None
    words = f"(Of the MCP server {server}, not of the cluster.) {plain(tool.description)}"
    function = {"name": name, "description": words[:_LONGEST_DESCRIPTION], "parameters": parameters}
    return {"type": "function", "function": function}


def _arguments(call: CallReady) -> dict[str, Any]:
    try:
        found = json.loads(call.arguments or "{}")
    except ValueError as error:
        raise UsageError(f"{call.name}: the arguments are no JSON", str(error)) from None
    if not isinstance(found, dict):
        raise UsageError(f"{call.name}: the arguments have to be an object")
    return found


def tame(schema: dict[str, Any]) -> dict[str, Any] | None:
    """A schema with safe text only; None when it is no object's, too long, or too deep."""
    if schema.get("type") != "object" or len(json.dumps(schema)) > LONGEST_SCHEMA:
        return None
    try:
        tamed: dict[str, Any] = _tame(schema, _DEEPEST)
    except RecursionError:
        return None
    return tamed


def _tame(value: Any, depth: int) -> Any:
    if depth == 0:
        raise RecursionError
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {plain(str(key)): _tame(inner, depth - 1) for key, inner in value.items()}
    return [_tame(inner, depth - 1) for inner in value] if isinstance(value, list) else value
