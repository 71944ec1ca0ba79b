"""A conversation as its turns: a question, what was looked up for it, what was answered, and what became of that."""

from collections.abc import Iterable

import msgspec

from kubegenie_tui.domain.conversation import Message, Record


class Turn(msgspec.Struct, frozen=True):
    """One question and what came of it."""

    question: Message
    look_ups: tuple[Message, ...] = ()
    answers: tuple[Message, ...] = ()
    """The answer, then how the changes that it proposed ended."""

    @property
    def answer(self) -> Message | None:
        """What was said; None when nothing was, or only how a change ended."""
        return next((each for each in self.answers if not _is_of_change(each.record)), None)

    @property
    def last(self) -> Message:
        """Its last message."""
        return [self.question, *self.look_ups, *self.answers][-1]


def _is_of_change(record: Record | None) -> bool:
    return record is not None and (record.outcome is not None or record.aftermath is not None)


def turns_of(messages: Iterable[Message]) -> list[Turn]:
    """The turns in their order. What stands before the first question belongs to none."""
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(message))
        elif turns:
            group = "look_ups" if message.role == "tool" else "answers"
            turns[-1] = msgspec.structs.replace(turns[-1], **{group: (*getattr(turns[-1], group), message)})
    return turns
