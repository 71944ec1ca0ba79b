"""`kubegenie ask`: one question, its answer on standard output."""

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services, require_namespace
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json_line
from kubegenie_tui.cli.piped import piped
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    ChoicesOffered,
    Failed,
    Finished,
    Focus,
    NextOffered,
    Noted,
    PlanProposed,
    TextDelta,
    TokensCounted,
    ToolStarted,
)
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie ask QUESTION`; `-` reads the question from standard input, else what is piped in is read with it.

    Raises:
        UsageError: there is no question, or no cluster to ask about.
    """
    words = " ".join(arguments.question)
    question = sys.stdin.read().strip() if words == "-" else words.strip()
    if not question:
        raise UsageError("There is no question", next_step='try `kubegenie ask "what is wrong?"`')
    return run_to_end(_ask(arguments, question, "" if words == "-" else _beside()))


def _beside() -> str:
    """What is piped in, with what is missing of it, which is also said on standard error."""
    given = piped()
    if given.note:
        complain(KubeGenieError(given.note))
    return "\n".join(filter(None, (given.note, given.text))) if given.text else ""


async def _ask(arguments: argparse.Namespace, question: str, beside: str) -> int:
    write = write_event if arguments.output == "json" else Answer().write
    async with opened_services(arguments) as services:
        if arguments.model:
            services.models.choose(arguments.model)
        agent = await cluster_of(services, arguments)
        focus = await _focus(agent, namespace_of(arguments))
        last: ChatEvent | None = None
        asks_back = False
        async for last in services.genie.ask(question, focus, (), beside):
            write(last)
            asks_back = asks_back or isinstance(last, ChoicesOffered)
        if isinstance(last, Failed):
            return await _why_it_failed(agent)
        if isinstance(last, Finished) and last.limit:
            return Exit.FAILED
        return Exit.ASKS_BACK if asks_back or not (isinstance(last, Finished) and last.understood) else Exit.OK


async def _focus(agent: "ClusterAgent", namespace: str | None) -> Focus:
    if namespace:
        await require_namespace(agent, namespace)
    return Focus(agent.name, agent.status.namespace if namespace is None else namespace)


async def _why_it_failed(agent: "ClusterAgent") -> Exit:
    """A failure says what it is in words only: whether it was the cluster, the cluster tells."""
    try:
        await agent.client.get("/version")
    except KubeGenieError as error:
        return Exit.of(error)
    return Exit.FAILED


def write_event(event: ChatEvent) -> None:
    """One event as a line of JSON: its type's name under `event`, then its fields; of a plan what names it."""
    fields = proposal_fields(event) if isinstance(event, PlanProposed) else msgspec.structs.asdict(event)
    write_json_line({"event": type(event).__name__, **fields})


def proposal_fields(event: PlanProposed) -> dict[str, str]:
    """A proposal without its steps: what they write may be a secret."""
    tier = event.tier.words if event.tier is not None else ""
    return {"title": event.plan.title, "cluster": event.plan.cluster, "tier": tier, "command": event.command}


_IN_CHAT = "To look at it and decide, say the same in the chat of `kubegenie`."


def proposal_text(event: PlanProposed) -> str:
    """What is proposed, and the command that shows what it would do and asks for a yes."""
    tier = f" ({event.tier.words})" if event.tier is not None else ""
    decide = f"To look at it and decide:\n  {plain(event.command)}" if event.command else _IN_CHAT
    return f"Proposed, not made: {plain(event.plan.title)}{tier}\n{decide}\n"


_TAKEN_BACK = "\n\n(This is taken back: the model did not look anything up, and is asked again.)\n\n"


class Answer:
    """The answer as it comes on standard output, ended by one line break; for a person, what is looked up meanwhile."""

    def __init__(self) -> None:
        self._said = False
        self._doubted = ""
        """What a program that reads along is not told before it is certain."""
        self._breaks = ""
        """Line breaks that are written when more comes."""

    def write(self, event: ChatEvent) -> None:
        """Take in the next event; the last one is Finished or Failed."""
        if not isinstance(event, TextDelta | Noted | TokensCounted):
            self._settle()
        match event:
            case TextDelta():
                self._hear(event)
            case ChoicesOffered(question=question):
                lines = [str(choice) for choice in event.choices] or event.answers
                self._say("\n".join([plain(question), *(f"  {plain(line)}" for line in lines)]))
            case NextOffered(lines=lines):
                self._say("\n".join(map(plain, lines)))
            case PlanProposed():
                self._say(proposal_text(event))
            case ToolStarted(label=label) if sys.stderr.isatty():
                sys.stderr.write(f"… {plain(label)}\n")
            case Noted(text=text) if sys.stderr.isatty():
                sys.stderr.write(f"… {plain(text)}\n")
            case Failed(what=what, why=why, next_step=next_step):
                self._end()
                complain(KubeGenieError(what, why, next_step))
            case Finished():
                self._end()

    def _hear(self, more: TextDelta) -> None:
        """More of the answer: a terminal shows what is in doubt as well, and that it is taken back."""
        if more.is_anew and not self._doubted:
            self._say(_TAKEN_BACK)
        elif more.is_anew:
            self._doubted = ""
        if more.in_doubt and not sys.stdout.isatty():
            self._doubted += plain_lines(more.text)
        elif more.text:
            self._settle()
            self._say(plain_lines(more.text))

    def _settle(self) -> None:
        """What was in doubt stands."""
        held, self._doubted = self._doubted, ""
        self._say(held)

    def _say(self, text: str) -> None:
        words = text.rstrip("\n")
        if words:
            sys.stdout.write(self._breaks + words)
            sys.stdout.flush()
            self._said, self._breaks = True, ""
        if self._said:
            self._breaks += text[len(words) :]

    def _end(self) -> None:
        if self._said:
            sys.stdout.write("\n")
