"""`kubegenie ask`: one question, its answer on standard output."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.fullscreen import namespace_of
from kubegenie_tui.cli.output import write_json_line
from kubegenie_tui.domain.conversation import ChatEvent, ChoicesOffered, Failed, Focus, TextDelta, ToolStarted
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions
from kubegenie_tui.domain.text import plain, plain_lines

if TYPE_CHECKING:
    from kubegenie_tui.services import Services


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie ask QUESTION`; `-` reads the question from standard input.

    Raises:
        UsageError: there is no question, or no cluster to ask about.
    """
    words = " ".join(arguments.question)
    question = sys.stdin.read().strip() if words == "-" else words.strip()
    if not question:
        raise UsageError("There is no question", next_step='try `kubegenie ask "what is wrong?"`')
    return asyncio.run(_ask(arguments, question))


async def _ask(arguments: argparse.Namespace, question: str) -> int:
    from kubegenie_tui.services import build_services
    from kubegenie_tui.settings import load_settings

    services = await build_services(load_settings(), StartOptions(kubeconfig=arguments.kubeconfig, read_only=True))
    try:
        focus = await _focus(services, arguments)
        write = write_event if arguments.output == "json" else write_text
        failed = False
        async for event in services.genie.ask(question, focus, ()):
            write(event)
            failed = failed or isinstance(event, Failed)
    finally:
        await services.close()
    if arguments.output != "json":
        sys.stdout.write("\n")
    return Exit.FAILED if failed else Exit.OK


async def _focus(services: "Services", arguments: argparse.Namespace) -> Focus:
    name = arguments.context or services.manager.current
    if not name:
        raise UsageError("There is no current cluster", next_step="name one with --context, or try `kubegenie demo`")
    agent = await services.manager.open(name)
    asked = namespace_of(arguments)
    return Focus(name, agent.status.namespace if asked is None else asked)


def write_event(event: ChatEvent) -> None:
    """One event as a line of JSON: its type's name under `event`, then its fields."""
    write_json_line({"event": type(event).__name__, **msgspec.structs.asdict(event)})


def write_text(event: ChatEvent) -> None:
    """The answer as it comes on standard output, what is looked up meanwhile on standard error."""
    match event:
        case TextDelta(text=text):
            sys.stdout.write(plain_lines(text))
            sys.stdout.flush()
        case ToolStarted(label=label):
            sys.stderr.write(f"… {plain(label)}\n")
        case ChoicesOffered(question=question, choices=choices):
            names = "".join(f"\n  {plain(str(choice))}" for choice in choices)
            sys.stdout.write(f"{plain(question)}{names}")
        case Failed(what=what, why=why, next_step=next_step):
            sys.stderr.write(f"kubegenie: {plain(' · '.join(part for part in (what, why, next_step) if part))}\n")
