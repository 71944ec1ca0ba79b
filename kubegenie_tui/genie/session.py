"""One conversation as it goes on: every turn is kept while it runs, so that a restart loses nothing that was said."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from kubegenie_tui.domain.asked_where import here
from kubegenie_tui.domain.closing import closing, to_the_end
from kubegenie_tui.domain.conversation import (
    MADE,
    NOT_MADE,
    PROPOSED,
    Aftermath,
    ChatEvent,
    ChoicesOffered,
    Conversation,
    Failed,
    Finished,
    Focus,
    Link,
    LinksOffered,
    LookUp,
    Message,
    NextOffered,
    Outcome,
    PlanProposed,
    Proposal,
    Record,
    Symptom,
    TextDelta,
    TokensCounted,
    ToolFinished,
    Usage,
)
from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.incident import symptom_touched
from kubegenie_tui.domain.kept_result import LONGEST_KEPT, KeptResult
from kubegenie_tui.domain.plan import Plan, said_of
from kubegenie_tui.genie.context.kept import Kept
from kubegenie_tui.genie.session_parts import Answerer, Memory

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef

TITLE_CHARACTERS = 60


class Sessions:
    """The conversation that goes on about each cluster, the same wherever it is shown."""

    def __init__(self, genie: "Answerer", memory: "Memory", *, now: Callable[[], float] = time.time) -> None:
        self._genie = genie
        self._memory = memory
        self._now = now
        self._by_cluster: dict[str, ChatSession] = {}

    def of(self, cluster: str) -> "ChatSession":
        """The conversation about a cluster; empty for none of them."""
        if cluster not in self._by_cluster:
            self._by_cluster[cluster] = ChatSession(self._genie, self._memory, now=self._now)
        return self._by_cluster[cluster]

    @property
    def open_ids(self) -> set[int]:
        """Ids of the conversations that go on."""
        talks = (session.conversation for session in self._by_cluster.values())
        return {talk.id for talk in talks if talk is not None}


class ChatSession:
    """A conversation that can be left, begun anew, and reopened. One turn at a time: the next stops the one before."""

    def __init__(self, genie: Answerer, memory: Memory, *, now: Callable[[], float] = time.time) -> None:
        self._genie = genie
        self._memory = memory
        self._now = now
        self._turn = asyncio.Lock()
        self._asking: asyncio.Task[object] | None = None
        self._kept = Kept((), self._stored)
        self.conversation: Conversation | None = None
        """None until the first question."""
        self.messages: list[Message] = []
        """What was said so far, oldest first."""
        self.not_kept: StoreError | None = None
        """Why the last turn could not be stored, None when it was."""
        self.version = 0
        """Grows when a turn has ended, or another conversation was taken."""

    async def begin(self) -> None:
        """Leave the conversation; the next question begins another."""
        self.stop()
        async with self._turn:
            self.conversation, self.messages, self._kept = None, [], Kept((), self._stored)
            self.version += 1

    async def reopen(self, conversation: Conversation) -> None:
        """Go on with a stored conversation.

        Raises:
            StoreError: it cannot be read.
        """
        self.stop()
        async with self._turn:
            await self._memory.opened(conversation.id)
            messages = _placed(await self._memory.messages(conversation.id), conversation.cluster)
            self._kept = Kept(await self._memory.results.names(conversation.id), self._stored)
            self.messages = messages
            self.conversation = conversation
            self.version += 1

    async def branch(self, last: Message | None = None) -> Conversation:
        """Go on in a new conversation that begins as this one, up to the message `last`, or as all of it.

        Raises:
            UsageError: nothing was said yet.
            StoreError: it cannot be kept, or the conversation is no more.
        """
        if self.conversation is None:
            raise UsageError("There is no conversation to branch from", next_step="ask something first")
        branched = await self._memory.branch(self.conversation.id, self.conversation.title, last.id if last else None)
        await self.reopen(branched)
        return branched

    def renamed(self, title: str) -> None:
        """Know the conversation by another title."""
        if self.conversation is not None:
            self.conversation = msgspec.structs.replace(self.conversation, title=title)

    def symptoms_in(self, cluster: str) -> tuple[Symptom, ...]:
        """What the last diagnosis of a cluster in this conversation found, the worst first."""
        records = (message.record for message in reversed(here(self.messages, cluster)))
        looked = (record.look_up for record in records if record is not None)
        return next((each.findings for each in looked if each is not None and each.findings), ())

    @property
    def tokens(self) -> int:
        """What the answers of this conversation took, in and out."""
        return sum(usage.input_tokens + usage.output_tokens for usage in self._usages())

    @property
    def cost(self) -> float:
        """Dollars, as far as it was known what they cost."""
        return sum(usage.cost for usage in self._usages())

    def _usages(self) -> Iterator[Usage]:
        records = (message.record for message in self.messages if message.record is not None)
        return (record.usage for record in records if record.usage is not None)

    def stop(self) -> None:
        """Stop the turn that runs, whoever asked."""
        if self._asking is not None and self._asking is not asyncio.current_task():
            self._asking.cancel()

    async def ask(self, text: str, focus: Focus) -> AsyncIterator[ChatEvent]:
        """One turn; closing the iterator stops it, and what was said until then is kept."""
        self.stop()
        async with self._turn:
            self._asking = asyncio.current_task()
            history, spoken, began = tuple(self.messages), Spoken(self._genie.keepable), self._now()
            self.not_kept = None
            self._genie.heard(text)
            await self._keep("user", text, cluster=focus.cluster, record=Record(focus=focus))
            try:
                async with closing(self._genie.ask(text, focus, history, kept=self._kept)) as events:
                    async for each in events:
                        event = self._answering(each)
                        spoken.take(event)
                        if isinstance(event, ToolFinished):
                            await self._keep("tool", event.result, tool=event.label, record=_looked_up(event))
                        yield event
                        if isinstance(event, ToolFinished):
                            await self._keep_results()
            finally:
                self._asking = None
                self.version += 1
                await to_the_end(self._keep_answer(spoken, self._now() - began))

    async def _keep_answer(self, spoken: "Spoken", seconds: float) -> None:
        if spoken.is_to_be_kept:
            await self._keep("assistant", spoken.text, record=spoken.record(seconds))
        await self._keep_results()

    def _answering(self, event: ChatEvent) -> ChatEvent:
        """A proposal with the finding of the last diagnosis that is about what it touches, unless it tells of one."""
        if not isinstance(event, PlanProposed) or event.answers is not None:
            return event
        answers = symptom_touched(self.symptoms_in(event.plan.cluster), event.plan)
        return msgspec.structs.replace(event, answers=answers)

    async def note(self, became: Outcome | Aftermath, conversation: Conversation | None) -> None:
        """Keep what became of a change that was proposed in a conversation, so that its next turn knows it."""
        if isinstance(became, Outcome):
            text = f"{MADE if became.made else NOT_MADE}: {became.title}. {became.how}"
            record = Record(outcome=became)
        else:
            text, record = became.text, Record(aftermath=became)
        async with self._turn:
            if _id_of(conversation) == _id_of(self.conversation):
                await self._keep("assistant", text, record=record)
                self.version += 1
            elif conversation is not None:
                await self._keep_in(conversation, text, record)

    async def _keep_in(self, conversation: Conversation, text: str, record: Record) -> None:
        """Keep what became of a change in the conversation that it was proposed in, though another goes on by now."""
        masked = await self._genie.masked_long(text)
        message = Message("assistant", masked, self._now(), record=masked_record(record, self._genie.masked))
        with contextlib.suppress(StoreError):
            await self._memory.append(conversation.id, message)

    async def _keep(
        self,
        role: Literal["user", "assistant", "tool"],
        text: str,
        *,
        record: Record,
        tool: str = "",
        cluster: str = "",
    ) -> None:
        mask = self._genie.masked
        masked = await self._genie.masked_long(text)
        message = Message(role, masked, self._now(), mask(tool), record=masked_record(record, mask))
        place = len(self.messages)
        self.messages.append(message)
        try:
            if self.conversation is None:
                self.conversation = await self._memory.create(title_of(message.text), cluster)
            self.messages[place] = await self._memory.append(self.conversation.id, message)
        except StoreError as error:
            self.not_kept = error

    async def _keep_results(self) -> None:
        """Store what a model was told in part, so that it can be recalled after a restart."""
        if self.conversation is None:
            return
        whole = self._kept.to_be_stored()
        results = [KeptResult(name, len(text), await self._storable(text)) for name, text in whole.items()]
        if results:
            try:
                await self._memory.results.add(self.conversation.id, results)
            except StoreError as error:
                self.not_kept = error

    async def _storable(self, text: str) -> str:
        return await self._genie.masked_long(text) if len(text) <= LONGEST_KEPT else ""

    async def _stored(self, name: str) -> str:
        return await self._memory.results.text(_id_of(self.conversation), name)


class Spoken:
    """The answer of one turn, put together."""

    def __init__(self, keepable: Callable[[Plan], bool] = lambda _: False) -> None:
        """Nothing is said yet; `keepable`: whether a plan can be kept whole."""
        self.text = ""
        self._keepable = keepable
        self._ends_paragraph = False
        self._in_doubt = 0
        """Characters at the end of the text that may be taken back."""
        self._proposals: list[Proposal] = []
        self._choices: tuple[ObjectRef, ...] = ()
        self._answers: tuple[str, ...] = ()
        self._links: tuple[Link, ...] = ()
        self._next: tuple[str, ...] = ()
        self._usage = Usage(ended="stopped")

    def take(self, event: ChatEvent) -> None:
        """The next event."""
        match event:
            case TextDelta():
                self._say(event)
            case PlanProposed():
                self._go_on(f"{PROPOSED}{event.plan.title}")
                self._proposals.append(self._kept(event))
            case ChoicesOffered():
                self._choices = (*self._choices, *event.choices)
                self._answers = (*self._answers, *event.answers)
                self._go_on("\n".join([event.question, *event.lines]))
            case NextOffered():
                self._next = (*self._next, *event.steps)
                self._go_on("\n".join(event.lines))
            case LinksOffered():
                self._links = (*self._links, *event.links)
            case Failed():
                self._go_on(" · ".join(part for part in (event.what, event.why, event.next_step) if part))
                self._usage = msgspec.structs.replace(self._usage, ended="failed")
            case TokensCounted():
                self._usage = Usage(
                    "", event.input_tokens, event.output_tokens, ended="stopped", cost=event.cost or 0.0
                )
            case Finished() if self._usage.input_tokens and not event.input_tokens:
                self._usage = msgspec.structs.replace(self._usage, engine=event.engine, ended="answered")
            case Finished():
                self._usage = usage_of(event)

    def _kept(self, event: PlanProposed) -> Proposal:
        plan, tier = event.plan, int(event.tier or 0)
        is_told = event.command or event.undoes
        kept = msgspec.structs.replace(plan, steps=()) if is_told else plan
        whole = kept if (kept.steps or said_of(kept)) and self._keepable(plan) else None
        return Proposal(plan.title, plan.cluster, tier, event.command, event.undoes, plan.raised, event.answers, whole)

    def _say(self, more: TextDelta) -> None:
        if more.is_anew:
            self.text = self.text[: len(self.text) - self._in_doubt]
            self._ends_paragraph = bool(self.text)
        if more.text:
            text = f"\n\n{more.text.lstrip()}" if self._ends_paragraph else more.text
            self.text += text
            self._ends_paragraph = False
            self._in_doubt = self._in_doubt + len(text) if more.in_doubt else 0

    def _go_on(self, text: str) -> None:
        self.text = f"{self.text}\n\n{text}".strip()
        self._ends_paragraph = True

    @property
    def is_to_be_kept(self) -> bool:
        """Whether anything was said, or taken for nothing."""
        return bool(self.text or self._usage.input_tokens or self._usage.output_tokens)

    def record(self, seconds: float) -> Record:
        """What is kept beside the text."""
        usage = msgspec.structs.replace(self._usage, seconds=seconds)
        return Record(
            proposals=tuple(self._proposals),
            choices=self._choices,
            answers=self._answers,
            links=self._links,
            usage=usage,
            next_steps=self._next,
        )


def usage_of(event: Finished) -> Usage:
    """What a turn took that got to its end, or to one of its limits."""
    ended: Literal["failed", "answered"] = "failed" if event.limit else "answered"
    return Usage(event.engine, event.input_tokens, event.output_tokens, ended=ended, cost=event.cost or 0.0)


def _looked_up(event: ToolFinished) -> Record:
    look_up = LookUp(event.name, event.arguments, event.ok, event.summary, event.milliseconds, event.findings)
    return Record(look_up=look_up)


def _placed(messages: Sequence[Message], cluster: str) -> list[Message]:
    """Messages with the cluster of their conversation where their own was not kept."""
    place = Record(focus=Focus(cluster))
    return [
        msgspec.structs.replace(each, record=place) if each.role == "user" and each.record is None else each
        for each in messages
    ]


def _id_of(conversation: Conversation | None) -> int:
    return conversation.id if conversation is not None else 0


def masked_record(record: Record, mask: Callable[[str], str]) -> Record:
    """A record without credentials in any of its texts; a plan that would not stay as it is is left out of it."""
    masked = msgspec.convert(_masked(msgspec.to_builtins(record), mask), Record)
    if not any(each.plan for each in record.proposals):
        return masked
    whole = zip(masked.proposals, record.proposals, strict=True)
    kept = (each if each.plan == before.plan else msgspec.structs.replace(each, plan=None) for each, before in whole)
    return msgspec.structs.replace(masked, proposals=tuple(kept))


def _masked(value: Any, mask: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list | tuple):
        return [_masked(each, mask) for each in value]
    return {key: _masked(each, mask) for key, each in value.items()} if isinstance(value, dict) else value


def title_of(question: str) -> str:
    """The first line of a question, short enough for a list."""
    line = " ".join(question.strip().partition("\n")[0].split())
    return line if len(line) <= TITLE_CHARACTERS else f"{line[: TITLE_CHARACTERS - 1].rstrip()}…"
