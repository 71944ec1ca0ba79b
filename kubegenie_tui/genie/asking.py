"""A question that a model asks the person, with answers to pick from; the next message is the answer."""

from collections.abc import Sequence

from kubegenie_tui.domain.conversation import ChoicesOffered, Message
from kubegenie_tui.genie.reading.scope import Result

ASK_USER = "ask_user"
"""Ends the turn with a question."""
_ASKED = "Asked the person; the answer is the next message."


def question_to_person(question: str, answers: Sequence[str]) -> Result:
    """What the model is told of its question; the question itself is the data."""
    return Result("asked", _ASKED, ChoicesOffered(question, answers=tuple(answers)))


def awaits_answer(history: Sequence[Message]) -> bool:
    """Whether the last turn ended with a question of the model."""
    for message in reversed(history):
        look_up = message.record.look_up if message.record is not None else None
        if message.role == "user":
            return False
        if look_up is not None and look_up.name == ASK_USER and look_up.ok:
            return True
    return False
