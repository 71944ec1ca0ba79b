"""`kubegenie chats replay`: a recorded conversation, asked again of the model of today."""

import argparse
import sys
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.chats import of_number, opened_store
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json_line
from kubegenie_tui.domain.conversation import Usage
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from kubegenie_tui.genie.replaying import Replayed


async def replayed(arguments: argparse.Namespace) -> int:
    """Ask every question again; no cluster is asked anything.

    Raises:
        UsageError: there is no model, or no conversation of that number.
    """
    from kubegenie_tui.genie.replaying import replay
    from kubegenie_tui.llm.choosing import Models
    from kubegenie_tui.settings import load_settings

    async with opened_store() as store:
        chat = await of_number(store.conversations, arguments.number)
        messages = await store.conversations.messages(chat.id)
    settings = load_settings()
    backend = Models(settings.model, settings.models).of()
    if backend is None:
        why = "the built-in engine reads live objects, and texts are what was recorded"
        raise UsageError("There is no model to ask again", why, "set OPENAI_API_KEY or KUBEGENIE_MODEL_URL")
    number, failed = 0, False
    try:
        async for turn in replay(chat.cluster, messages, backend):
            number, failed = number + 1, failed or (turn.usage.ended == "failed" and not turn.left_out)
            if arguments.output == "json":
                write_json_line({**msgspec.structs.asdict(turn), "differences": turn.differences})
            else:
                sys.stdout.write(_told(number, turn))
    finally:
        await backend.close()
    return Exit.FAILED if failed else Exit.OK


def _told(number: int, turn: "Replayed") -> str:
    """A turn for a person to read."""
    lines = [f"{number}. {turn.question}"]
    if turn.left_out:
        return _safe([*lines, f"   not asked again: {turn.left_out}", ""])
    lines.append(f"   then     {_took(turn.usage_then)}")
    lines.append(f"   now      {_took(turn.usage)}")
    for word, labels in (
        ("recorded", turn.recorded),
        ("not recorded", turn.not_recorded),
        ("not asked for now", turn.not_asked),
    ):
        lines += [f"   {word}: {label}" for label in labels]
    differences = turn.differences
    lines.append("   the answer differs:" if differences else "   the answer is the same")
    return _safe([*lines, *(f"   {line}" for line in differences), ""])


def _safe(lines: list[str]) -> str:
    return "".join(f"{plain(line)}\n" for line in lines)


def _took(usage: Usage) -> str:
    return f"{usage.engine or 'unknown'}, {usage.input_tokens:,} + {usage.output_tokens:,} tokens"
