"""The reference page of the command line, made from the parser: `python -m kubegenie_tui.cli.reference`."""

import argparse
import sys
from collections.abc import Iterator

from kubegenie_tui.cli.command_tree import Command, commands
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.parser import build_parser

_HEAD = """# Command line

This page is made from the code: `python -m kubegenie_tui.cli.reference > docs/reference/cli.md`.
"""


def reference() -> str:
    """The page, Markdown."""
    sections = [section for command in commands(build_parser()) for section in _section(command)]
    return "\n".join([_HEAD, *sections, "## Exit status\n", *_exits()]) + "\n"


def _section(command: Command) -> Iterator[str]:
    name = " ".join(("kubegenie", *command.path))
    yield f"## {name}\n\n{command.summary}\n"
    shown = [(_argument(action), action.help or "") for action in command.arguments]
    shown += [(_option(action), action.help or "") for action in command.options if action.dest != "help"]
    if shown:
        yield "| | |\n|---|---|"
        yield from (f"| `{usage}` | {note.replace('|', chr(92) + '|')} |" for usage, note in shown)
        yield ""
    if command.verbs:
        yield "| command | |\n|---|---|"
        yield from (f"| [`{name} {verb}`](#{_anchor(name, verb)}) | {note} |" for verb, note in command.verbs.items())
        yield ""


def _argument(action: argparse.Action) -> str:
    name = str(action.metavar or _choices(action))
    many = {"+": f"{name}...", "*": f"[{name}...]", "?": f"[{name}]"}
    return many.get(str(action.nargs), name)


def _option(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {action.metavar or _choices(action)}"
    return f"{', '.join(action.option_strings)}{value}"


def _choices(action: argparse.Action) -> str:
    return "{" + ",".join(action.choices or ()) + "}"


def _anchor(name: str, verb: str) -> str:
    return f"{name} {verb}".replace(" ", "-")


def _exits() -> Iterator[str]:
    yield "| status | meaning |\n|---|---|"
    yield from (f"| {status:d} | {status.meaning} |" for status in Exit)


if __name__ == "__main__":
    sys.stdout.write(reference())
