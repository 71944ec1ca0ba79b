"""What a model is told of the conversation so far, and of this turn's results, within a budget."""

from collections.abc import Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.llm.backend import Wire

HISTORY_CHARACTERS = 24_000
"""Of what was said in earlier turns; look-ups of earlier turns are not told, for the cluster has moved on."""
TURN_CHARACTERS = 120_000
"""Of this turn's results."""
_LONGEST = 6_000
_KEPT_RESULTS = 4


def remembered(history: Sequence[Message], budget: int = HISTORY_CHARACTERS) -> list[Wire]:
    """The latest turns that fit the budget, oldest first, beginning with a question."""
    kept: list[Wire] = []
    for message in reversed([message for message in history if message.role != "tool" and message.text]):
        text = message.text if len(message.text) <= _LONGEST else f"{message.text[:_LONGEST]}… (cut)"
        budget -= len(text)
        if budget < 0:
            break
        kept.append({"role": message.role, "content": text})
    kept.reverse()
    while kept and kept[0]["role"] != "user":
        del kept[0]
    return kept


def shrunk(messages: list[Wire], budget: int = TURN_CHARACTERS) -> list[Wire]:
    """The messages with the oldest results left out where all of them would be too much; the latest always stay."""
    results = [number for number, message in enumerate(messages) if message["role"] == "tool"]
    size = sum(len(messages[number]["content"]) for number in results)
    fitting = list(messages)
    for number in results[:-_KEPT_RESULTS]:
        if size <= budget:
            break
        head = messages[number]["content"].partition("\n")[0][:200]
        fitting[number] = {**messages[number], "content": f"{head}\n(left out to save room; ask again if needed)"}
        size -= len(messages[number]["content"])
    return fitting
