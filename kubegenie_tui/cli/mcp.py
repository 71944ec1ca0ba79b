"""`kubegenie mcp`: the genie's tools for other programs, by the Model Context Protocol."""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.typed_key import typed_key
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.outside_server import REFERENCE
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.genie.serving import ServedTools


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie mcp`: on standard input and output, or with `--http` on a port of this computer.

    Raises:
        UsageError: the library is not installed, there is no cluster, or the port cannot be served on.
        KeyringFailed: a key is to be kept or forgotten, and there is no keyring, or it refuses.
    """
    if getattr(arguments, "mcp_verb", None) == "key":
        return _key(arguments.key_verb, arguments.name)
    return run_to_end(_serve(arguments))


def _key(verb: str, name: str) -> int:
    from kubegenie_tui.mcp.keys import forget_key, keep_key
    from kubegenie_tui.settings import load_settings

    reference = f"${{keyring:{name}}}"
    if not REFERENCE.fullmatch(reference):
        raise UsageError(
            "That cannot be the name of a key", "it has small letters, digits and dashes", "mcp key set tickets"
        )
    if verb == "delete":
        sys.stdout.write("Forgotten.\n" if forget_key(name) else "There was none.\n")
        return Exit.OK
    keep_key(name, typed_key(name))
    sys.stdout.write(f"The key {name} is in your keyring.\n")
    if not any(name in server.words for server in load_settings().mcp.values()):
        sys.stdout.write(f"It is used once the settings have {reference} in a header of an [mcp] server.\n")
    return Exit.OK


async def _serve(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.mcp.sdk import load_sdk

    await load_sdk()
    if arguments.http is None:
        async with _tools(arguments) as tools:
            await _on_stdio(tools)
        return Exit.OK
    from kubegenie_tui.mcp.over_http import port_of, serving_http

    port = port_of(arguments.http)
    async with _tools(arguments) as tools, serving_http(tools, port) as address:
        sys.stdout.write(f"url: {address.url}\nheader: Authorization: Bearer {address.token}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
    return Exit.OK


async def _on_stdio(tools: "ServedTools") -> None:
    from kubegenie_tui.mcp.serving import serve_stdio

    if sys.stdin.isatty():
        sys.stderr.write("kubegenie: waiting for a program that speaks MCP; the guide says how to name us to one\n")
    # A read of standard input cannot be called off: an interruption ends us as the signal to end does, in time.
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, signal.raise_signal, signal.SIGTERM)
    await serve_stdio(tools)


@contextlib.asynccontextmanager
async def _tools(arguments: argparse.Namespace) -> AsyncIterator["ServedTools"]:
    from kubegenie_tui.domain.conversation import Focus
    from kubegenie_tui.genie.reading.scope import Scope
    from kubegenie_tui.genie.redaction.redactor import Redactor
    from kubegenie_tui.genie.serving import ServedTools

    async with opened_services(arguments) as services:
        agent = await cluster_of(services, arguments)
        namespace = namespace_of(arguments)
        focus = Focus(agent.name, agent.status.namespace if namespace is None else namespace)
        ignored = services.settings.diagnosis.patterns()
        clusters = services.deputies or services.manager
        reader = await clusters.open(agent.name)
        scope = Scope(reader, focus, Redactor(), clusters, ignored=ignored, look=services.preview)
        tools = ServedTools(scope, services.store.proposals)
        await tools.open()
        yield tools
