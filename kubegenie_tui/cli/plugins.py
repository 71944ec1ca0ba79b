"""`kubegenie plugins`: what is installed beside us, whether it can be used, and a person's leave to use it."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.chats import opened_store
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.cli.plugin_leave import allow
from kubegenie_tui.cli.plugin_lines import COMMANDS, Line, checked, checked_commands, command_lines, line_of
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.providers.registry import Registry
    from kubegenie_tui.settings import Settings

_TITLES = ("NAME", "KIND", "FROM", "STATE", "WHAT")
_GLYPHS = {"ready": "●", "off": "○", "not allowed": "▲", "changed": "▲", "failed": "✖"}


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie plugins list|check|allow`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.providers.pins import Pins
    from kubegenie_tui.providers.registry import Registry
    from kubegenie_tui.settings import load_settings

    settings = load_settings()
    async with opened_store() as store:
        registry = Registry(settings.plugins, Pins(store.facts))
        match arguments.plugins_verb:
            case "list":
                return await _list(registry, settings, arguments.output)
            case "check":
                return await _check(registry, settings, arguments)
            case _:
                return await allow(registry, settings, arguments)


async def _list(registry: "Registry", settings: "Settings", output: str) -> int:
    lines = [*map(line_of, await registry.offers()), *await asyncio.to_thread(command_lines, settings)]
    if output == "json":
        write_json([msgspec.structs.asdict(line) for line in lines])
    elif lines:
        write_table(_TITLES, [[each.name, each.kind, each.source, each.state, each.told] for each in lines])
    else:
        sys.stdout.write("No plugins are installed.\n")
    return Exit.OK


async def _check(registry: "Registry", settings: "Settings", arguments: argparse.Namespace) -> int:
    """Import what may be, and say how it went; the status is 1 when something cannot be used.

    Raises:
        UsageError: there is no plugin of a name that was given.
    """
    from kubegenie_tui.providers.registry import unknown

    offers, commands = await registry.offers(), await asyncio.to_thread(command_lines, settings)
    names = [*(each.name for each in offers), *(each.name for each in commands)]
    for name in arguments.names:
        if name not in names:
            raise unknown(name, names)
    wanted = set(arguments.names or names)
    lines = [await checked(each) for each in offers if each.name in wanted]
    if any(each.name in wanted for each in commands):
        lines += [each for each in await checked_commands(settings) if each.name in wanted]
    if arguments.output == "json":
        write_json([msgspec.structs.asdict(line) for line in lines])
    else:
        for line in lines:
            sys.stdout.write(f"{_GLYPHS[line.state]} {plain(line.name)}, {line.kind} of {plain(_said(line))}\n")
    return Exit.OK if all(line.usable for line in lines) else Exit.FAILED


def _said(line: Line) -> str:
    offers = f"offers {', '.join(line.offers)}" if line.kind == COMMANDS else f"asks for {', '.join(line.offers)}"
    return " · ".join(part for part in (line.source, line.reason, offers if line.offers else "") if part)
