"""`kubegenie chats replay`: a recorded conversation, asked again of the model of today, or without one played back."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.chats import of_number, opened_store
from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json_line
from kubegenie_tui.domain.conversation import Usage
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from kubegenie_tui.genie.replaying import Replayed

Lines = Iterator[str]
_TO_ASK = "set OPENAI_API_KEY or KUBEGENIE_MODEL_URL to ask a model again"


async def replayed(arguments: argparse.Namespace) -> int:
    """Ask every question again, or play back the answers where there is no model; no cluster is asked anything.

    Raises:
        UsageError: there is no conversation of that number.
    """
    from kubegenie_tui.genie.replaying import NO_MODEL, played_back, replay
    from kubegenie_tui.llm.choosing import Models
    from kubegenie_tui.settings import load_settings

    async with opened_store() as store:
        chat = await of_number(store.conversations, arguments.number)
        messages = await store.conversations.messages(chat.id)
    settings = load_settings()
    backend = Models(settings.model, settings.models).of()
    if backend is None:
        complain(KubeGenieError("Played back as it was recorded", NO_MODEL, _TO_ASK))
        for number, turn in enumerate(played_back(messages), 1):
            _tell(arguments, number, turn, _told_back)
        return Exit.OK
    number, failed = 0, False
    try:
        async for turn in replay(chat.cluster, messages, backend):
            number, failed = number + 1, failed or (turn.usage.ended == "failed" and not turn.left_out)
            _tell(arguments, number, turn, _told)
    finally:
        await backend.close()
    return Exit.FAILED if failed else Exit.OK


def _tell(
    arguments: argparse.Namespace, number: int, turn: "Replayed", as_text: "Callable[[Replayed], Iterator[str]]"
) -> None:
    if arguments.output == "json":
        write_json_line({**msgspec.structs.asdict(turn), "differences": turn.differences})
        return
    lines = (f"   {line}".rstrip() for line in as_text(turn))
    sys.stdout.write("".join(f"{plain(line)}\n" for line in (f"{number}. {turn.question}", *lines, "")))


def _told_back(turn: "Replayed") -> Lines:
    """A turn as it was recorded."""
    yield f"then     {_took(turn.usage_then)}"
    for each in turn.look_ups:
        failed = "" if each.ok else "failed: "
        yield f"looked up: {each.label}" + (f" · {failed}{each.summary}" if each.summary else "")
    yield "the answer then:" if turn.then else "there was no answer"
    yield from (f"  {line}" for line in turn.then.splitlines())
    yield from (f"afterwards: {line}" for text in turn.afterwards for line in text.splitlines())


def _told(turn: "Replayed") -> Lines:
    """What a turn was and what it is today."""
    if turn.left_out:
        yield f"not asked again: {turn.left_out}"
        return
    yield f"then     {_took(turn.usage_then)}"
    yield f"now      {_took(turn.usage)}"
    for word, labels in (
        ("recorded", turn.recorded),
        ("not recorded", turn.not_recorded),
        ("not asked for now", turn.not_asked),
    ):
        yield from (f"{word}: {label}" for label in labels)
    differences = turn.differences
    yield "the answer differs:" if differences else "the answer is the same"
    yield from differences


def _took(usage: Usage) -> str:
    return f"{usage.engine or 'unknown'}, {usage.input_tokens:,} + {usage.output_tokens:,} tokens"
