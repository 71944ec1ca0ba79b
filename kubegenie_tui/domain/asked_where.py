"""Which cluster the turns of a conversation are about, and as whom it was asked: one that is reopened may be elsewhere.

A cluster is told by the name that it had then, which also says who was acted as (`domain.acting`): what somebody else
has seen is not seen by us. Nothing is known of what was kept without a place: that counts as here.
"""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from kubegenie_tui.domain.acting import acting_as, own_name
from kubegenie_tui.domain.conversation import Link, Message, Record, ShowRequested


def asked_in(question: Message) -> str:
    """The cluster that a question was about; empty where that was not kept."""
    focus = question.record.focus if question.record is not None else None
    return focus.cluster if focus is not None else ""


def here(messages: Sequence[Message], cluster: str) -> list[Message]:
    """The messages without those that are about another cluster, or were asked as somebody else."""
    return [message for message, about in _places(messages) if not _is_elsewhere(about, cluster)]


def told_apart(messages: Sequence[Message], cluster: str) -> list[Message]:
    """The messages as a model is told them: questions asked elsewhere say so; what was looked up there is not told."""
    told = []
    for message, about in _places(messages):
        if not _is_elsewhere(about, cluster):
            told.append(message)
        elif message.role == "user":
            where = f"as {_who(about)}" if _is_same_cluster(about, cluster) else f"about cluster {about}"
            told.append(replace(message, text=f"(This was asked {where}.) {message.text}"))
        elif message.role == "assistant":
            told.append(message)
    return told


def leading_there(messages: Sequence[Message], cluster: str) -> list[Message]:
    """The messages with what can be picked as it was meant: links lead to the cluster that they are of.

    What was to be chosen in another cluster, or by somebody else, is no answer to a question asked here.
    """
    return [
        message
        if not _is_elsewhere(about, cluster)
        else replace(message, record=_leading(message.record, "" if _is_same_cluster(about, cluster) else about))
        for message, about in _places(messages)
    ]


def moved_words(before: str, now: str) -> str:
    """What is told between turns where the cluster or the identity changes; empty where neither does."""
    if not before or not now or before == now:
        return ""
    there = f"What is above was asked about {before}. What follows is about {now}"
    if _is_same_cluster(before, now):
        there = f"What is above was asked as {_who(before)}. What follows is asked as {_who(now)}, in {own_name(now)}"
    return f"{there}: what was seen there does not count as seen here."


def back_to(before: str, now: str) -> Link | None:
    """What leads to whom a conversation was held as before, in the cluster in view; None where that is the same.

    It shows no kind: the place stays as it is.
    """
    if not before or not now or before == now or not _is_same_cluster(before, now):
        return None
    acting = acting_as(before)
    command = " ".join((":as", *((acting.user, *acting.groups) if acting else ())))
    return Link(f"go on as {_who(before)}  {command}", ShowRequested("", cluster=before))


def _who(name: str) -> str:
    acting = acting_as(name)
    if acting is None:
        return "yourself"
    return f"{acting.user} ({', '.join(acting.groups)})" if acting.groups else acting.user


def _is_elsewhere(about: str, cluster: str) -> bool:
    return bool(about and cluster) and about != cluster


def _is_same_cluster(one: str, other: str) -> bool:
    return own_name(one) == own_name(other)


def _places(messages: Sequence[Message]) -> Iterator[tuple[Message, str]]:
    """Each message with the cluster that its turn is about."""
    about = ""
    for message in messages:
        if message.role == "user":
            about = asked_in(message)
        yield message, about


def _leading(record: Record | None, cluster: str) -> Record | None:
    if record is None:
        return None
    links = tuple(Link(each.words, replace(each.show, cluster=each.show.cluster or cluster)) for each in record.links)
    return replace(record, links=links, choices=(), answers=())
