"""A conversation handed on: as Markdown for people, as data for programs. Times are in UTC."""

import html
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from kubegenie_tui.domain.conversation import (
    MADE,
    NOT_MADE,
    PROPOSED,
    Aftermath,
    Conversation,
    Focus,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Usage,
)
from kubegenie_tui.domain.kept_result import KeptResult
from kubegenie_tui.domain.markdown_text import fenced, inline, utc, words
from kubegenie_tui.domain.namespace_set import scope_words
from kubegenie_tui.domain.quantity import format_dollars
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.domain.turns import Turn, turns_of

_TIERS = {1: "W1 reversible", 2: "W2 disruptive", 3: "W3 destructive"}


def exported(
    conversation: Conversation, messages: Sequence[Message], form: str, results: Sequence[KeptResult] = ()
) -> str:
    """A conversation as `markdown` or `json`, with the results that it kept whole where it is data."""
    if form == "markdown":
        return as_markdown(conversation, messages)
    data = msgspec.json.encode(as_data(conversation, messages, results))
    return msgspec.json.format(data, indent=2).decode() + "\n"


def as_data(
    conversation: Conversation, messages: Sequence[Message], results: Sequence[KeptResult] = ()
) -> dict[str, Any]:
    """All that was recorded, in plain values."""
    told: dict[str, Any] = msgspec.to_builtins(conversation)
    told |= {"created": stamp(conversation.created), "updated": stamp(conversation.updated)}
    whole = {"results": msgspec.to_builtins(list(results))} if results else {}
    return told | {"messages": [_message_data(message) for message in messages]} | whole


def _message_data(message: Message) -> dict[str, Any]:
    return {**msgspec.to_builtins(message), "at": stamp(message.at)}


def as_markdown(conversation: Conversation, messages: Sequence[Message]) -> str:
    """To be read: a heading a question, look-ups folded, the answer, and what became of what was proposed."""
    facts = f"Cluster {inline(conversation.cluster)}, from {utc(conversation.created)}"
    parts = [f"# {words(conversation.title)}", f"{facts} to {utc(conversation.updated)}."]
    for number, turn in enumerate(turns_of(messages), start=1):
        parts += _turn(number, turn)
    return "\n\n".join(parts) + "\n"


def _turn(number: int, turn: Turn) -> Iterator[str]:
    question = plain_lines(turn.question.text).strip()
    first, _, more = question.partition("\n")
    yield f"## {number}. {words(first)}"
    if more:
        yield fenced(question)
    focus = turn.question.record.focus if turn.question.record else None
    yield f"*{utc(turn.question.at)}{_seen(focus) if focus else ''}*"
    yield from (_look_up(each) for each in turn.look_ups)
    for message in turn.answers:
        yield from _said(message)


def _seen(focus: Focus) -> str:
    parts = [scope_words(focus.namespace, inline)]
    if focus.selected is not None:
        parts.append(inline(focus.selected.words))
    return f", {', '.join(parts)}"


def _look_up(message: Message) -> str:
    call = message.record.look_up if message.record and message.record.look_up else LookUp()
    took = f" ({call.milliseconds:,.0f} ms)" if call.milliseconds else ""
    brought = f" → {call.summary}" if call.summary else ""
    failed = "" if call.ok else ", failed"
    summary = html.escape(plain(f"Looked up: {message.tool}{took}{failed}{brought}"))
    called = [fenced(f"{call.name} {call.arguments}")] if call.name else []
    inside = "\n\n".join([*called, fenced(message.text)])
    return f"<details>\n<summary>{summary}</summary>\n\n{inside}\n\n</details>"


def _said(message: Message) -> Iterator[str]:
    record = message.record
    if record is not None and record.outcome is not None:
        yield _ended(record.outcome, message.at)
        return
    if record is not None and record.aftermath is not None:
        yield _became(record.aftermath, message.at)
        return
    text = message.text
    for proposal in record.proposals if record is not None else ():
        before, _, text = text.partition(f"{PROPOSED}{proposal.title}")
        if said := plain_lines(before).strip():
            yield said
        yield _proposed(proposal)
    if said := plain_lines(text).strip():
        yield said
    if record is not None and record.usage is not None:
        yield f"*{_took(record.usage)}*"


def _proposed(proposal: Proposal) -> str:
    tier = f" ({_TIERS[proposal.tier]})" if proposal.tier in _TIERS else ""
    command = f"\n>\n> {inline(proposal.command)}" if proposal.command else ""
    return f"> **Proposed**{tier}: {words(proposal.title)}{command}"


def _ended(outcome: Outcome, at: float) -> str:
    end = MADE if outcome.made else NOT_MADE
    return f"> **{end}** at {utc(at)}: {words(outcome.title)}. {words(outcome.how)}"


def _became(aftermath: Aftermath, at: float) -> str:
    lines = [f"> **Seen after it** at {utc(at)}: {words(aftermath.title)}: {aftermath.words}", ">"]
    lines += [f"> - {words(note.text)}" for note in aftermath.notes]
    return "\n".join(
        [*lines, *([f"> - promised was, not checked: {words(aftermath.promised)}"] if aftermath.promised else [])]
    )


def _took(usage: Usage) -> str:
    parts = [words(usage.engine)] if usage.engine else []
    if usage.ended != "answered":
        parts.append(usage.ended)
    if usage.input_tokens or usage.output_tokens:
        parts.append(f"{usage.input_tokens:,} + {usage.output_tokens:,} tokens")
    if usage.cost:
        parts.append(format_dollars(usage.cost))
    return " · ".join([*parts, f"{usage.seconds:.1f} s"])


def stamp(at: float) -> str:
    """`2026-11-27T14:30:00Z`."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"
