"""The list that a model keeps of what it has still to look at, so that a long diagnosis loses no thread."""

from collections.abc import Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.genie.reading.scope import Result

TODO = "todo"
"""Writes the list anew."""
_SIGNS = {"pending": "[ ]", "doing": "[>]", "done": "[x]"}


def listed(items: Sequence[tuple[str, str]]) -> Result:
    """The list as the person unfolds it and the model is reminded of it.

    Args:
        items: the text and the state of each: pending, doing or done.
    """
    done = sum(state == "done" for _, state in items)
    doing = next((f" · now: {text}" for text, state in items if state == "doing"), "")
    lines = [f"{_SIGNS[state]} {text}" for text, state in items]
    return Result(f"{done} of {len(items)} done{doing}", "\n".join(lines))


def open_list(said: Sequence[Message]) -> str:
    """The latest list of a conversation; empty where there is none, or nothing of it is left to be done."""
    for message in reversed(said):
        look_up = message.record.look_up if message.record is not None else None
        if look_up is not None and look_up.name == TODO and look_up.ok:
            is_open = any(not line.startswith(_SIGNS["done"]) for line in message.text.splitlines())
            return message.text if is_open else ""
    return ""


def open_items(said: Sequence[Message]) -> list[str]:
    """What is left to be done of the latest list, a line each."""
    return [line for line in open_list(said).splitlines() if not line.startswith(_SIGNS["done"])]
