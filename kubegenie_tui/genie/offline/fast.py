"""Which sentences need no model even where there is one: commands that are understood whole."""

import re
from collections.abc import Sequence

from kubegenie_tui.domain.conversation import Message
from kubegenie_tui.genie.asking import awaits_answer
from kubegenie_tui.genie.offline.elsewhere import elsewhere
from kubegenie_tui.genie.offline.engine import said, understand
from kubegenie_tui.genie.offline.undoing import asks_to_undo
from kubegenie_tui.genie.reading.scope import Scope

_COMMAND = re.compile(
    r"(?:please )?(?:(?:kubectl|k|oc) )?"
    r"(?:ls|list|show|get|describe|logs?|tail|count|how many|top|events|open|go to|switch to|whoami|rollout)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 10
_PLAIN = frozenset({
    "list", "count", "get", "describe", "logs", "events", "top", "open", "clusters", "whoami",
    "rollout-status", "rollout-history", "switch-context",
})  # fmt: skip
_WONDERS = re.compile(
    r"\b(?:why|how(?! many)|should|explain|because|cause|wrong|better|compare|if|and then)\b", re.IGNORECASE
)


async def needs_no_model(scope: Scope, text: str, history: Sequence[Message]) -> bool:
    """Whether the built-in engine's answer is all that is asked for.

    A change counts when it is understood whole, and so does taking the last one back; a question when it is a short
    command that wonders about nothing. Asked once more in the same words, a question is for the model, and so is the
    answer to what the model has asked.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    if awaits_answer(history):
        return False
    if asks_to_undo(text, history):
        return True
    asked_before = next((message.text for message in reversed(history) if message.role == "user"), "")
    if asked_before == text or len(text.split()) > _MOST_WORDS or _WONDERS.search(text):
        return False
    intent = await understand(*await elsewhere(scope, said(text, history)))
    if intent.unknown or intent.note:
        return False
    if intent.verb == "change":
        return intent.wish is not None and intent.wish.outcome == "write"
    return intent.verb in _PLAIN and not intent.choices and _COMMAND.match(text.strip()) is not None
