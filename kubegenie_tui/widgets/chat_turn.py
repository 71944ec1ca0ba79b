"""One question and what came of it, drawn as it happens: look-ups, the answer, choices, the error."""

import asyncio
import importlib
from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kubegenie_tui.domain.conversation import (
    PROPOSED,
    Aftermath,
    ChatEvent,
    ChoicesOffered,
    Failed,
    Finished,
    LinksOffered,
    Message,
    NextOffered,
    Noted,
    Outcome,
    PlanProposed,
    Proposal,
    Record,
    TextDelta,
    ToolFinished,
    ToolStarted,
    Usage,
)
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier, said_of
from kubegenie_tui.domain.quantity import format_dollars
from kubegenie_tui.domain.text import plain, plain_lines
from kubegenie_tui.widgets.chat_choices import Choices
from kubegenie_tui.widgets.chat_end import End, Ended
from kubegenie_tui.widgets.chat_leave import Leave
from kubegenie_tui.widgets.chat_tool import ToolCall, format_elapsed
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from textual.timer import Timer

    from kubegenie_tui.widgets.answer import Answer

REVIEW = "review and apply"
LOST = "(its steps were not kept, so it cannot be opened again: ask for it anew)"
NEXT = "Next, by number or click"
TICK = 0.1
"""Seconds between two looks at the clocks of what runs."""


class Turn(Vertical):
    """Takes the events of one turn in their order."""

    DEFAULT_CSS = """
    Turn { height: auto; }
    Turn > .question { text-style: bold; margin-bottom: 1; }
    Turn > .waiting { color: $muted; }
    Turn > .after { margin-top: 1; }
    Turn > .closing { color: $muted; margin-bottom: 1; }
    Turn > .failure { margin-bottom: 1; }
    """

    def __init__(self, question: str, about: ObjectRef | None = None) -> None:
        super().__init__()
        self.question = question
        self.allowed: list[Choices] = []
        """What leads to plans that a standing yes covers and that nobody has picked yet."""
        self._choices: Choices | None = None
        """What was offered last to be picked."""
        self._ends: dict[Choices | None, End] = {}
        """What became of the plan that choices lead to."""
        self._about = about
        self._began = monotonic()
        self._calls: dict[str, ToolCall] = {}
        self._open_calls: set[str] = set()
        self._answer: Answer | None = None
        self._waiting = Static(markup=False, classes="waiting")
        self._clock: Timer | None = None
        self._is_over = False

    def on_mount(self) -> None:
        """Show the question."""
        if self.question:
            words = _question_words(self.question, self._about)
            self.mount(Static(words, markup=False, classes="question"))

    # While it runs

    async def begin(self) -> None:
        """An answer is on its way."""
        await self.mount(self._waiting)
        self._clock = self.set_interval(TICK, self._tick)
        self._tick()

    def _tick(self) -> None:
        for call_id in self._open_calls:
            self._calls[call_id].tick()
        thinks = not (self._is_over or self._open_calls or self._answer)
        self._waiting.display = thinks
        if thinks:
            elapsed = format_elapsed((monotonic() - self._began) * 1000, running=True)
            self._waiting.update(Content.assemble(("◐ ", "$accent"), f"thinking  {elapsed}"))

    async def take(self, event: ChatEvent | Proposal) -> None:
        """Draw what happened, now or on an earlier day."""
        match event:
            case TextDelta():
                await self.say(event.text, is_anew=event.is_anew)
            case Noted():
                await self._add(Static(Content.styled(plain(event.text), "$muted"), markup=False))
            case ToolStarted():
                await self._start_call(event)
            case ToolFinished():
                await self._finish_call(event)
            case ChoicesOffered() | NextOffered():
                await self._offer(event)
            case PlanProposed() | Proposal():
                await self._propose(event)
            case LinksOffered():
                await self._link(event)
            case Failed():
                await self.fail(KubeGenieError(event.what, event.why, event.next_step))
            case Finished():
                await self._close(event)

    async def say(self, text: str, *, is_anew: bool = False) -> None:
        """More of the answer; where it begins anew, what stands there of it goes."""
        if is_anew and self._answer is not None:
            answer, self._answer = self._answer, None
            await answer.remove()
            self._tick()
        if text and self._answer is None:
            widgets = await asyncio.to_thread(importlib.import_module, "kubegenie_tui.widgets.answer")
            self._answer = widgets.Answer()
            await self._add(self._answer)
            self._tick()
        if self._answer is not None:
            self._answer.say(text)

    async def _end_answer(self) -> None:
        if self._answer is not None:
            answer, self._answer = self._answer, None
            await answer.end()

    async def _start_call(self, event: ToolStarted) -> None:
        await self._end_answer()
        call = self._calls[event.call_id] = ToolCall(event.label)
        self._open_calls.add(event.call_id)
        await self._add(call)
        self._tick()

    async def _finish_call(self, event: ToolFinished) -> None:
        if event.call_id not in self._calls:
            await self._start_call(ToolStarted(event.call_id, event.label))
        self._open_calls.discard(event.call_id)
        self._calls[event.call_id].finish(event)
        self._tick()

    async def _offer(self, event: ChoicesOffered | NextOffered) -> None:
        await self._end_answer()
        if isinstance(event, NextOffered):
            before, meant = Content.styled(NEXT, "$muted"), [*event.steps]
            lines = [Content.assemble(("› ", "$accent"), plain(step)) for step in event.steps]
            self._choices = Choices(lines, meant, self._choices)
        else:
            before = Content(plain(event.question))
            lines = [*map(_choice, event.choices), *(Content(plain(answer)) for answer in event.answers)]
            self._choices = Choices(lines, [*event.choices, *event.answers], self._choices)
        if before:
            await self._add(Static(before, markup=False))
        await self._add(self._choices)

    async def _propose(self, event: PlanProposed | Proposal) -> None:
        await self._end_answer()
        self._choices = Choices([Content(REVIEW)], [event], self._choices)
        if isinstance(event, PlanProposed) and event.is_allowed:
            self.allowed.append(self._choices)
        await self._add(Static(proposal_words(event), markup=False, classes="proposal"))
        await self._add(self._choices)

    async def _link(self, event: LinksOffered) -> None:
        await self._end_answer()
        if self._choices is not None and self._choices.is_open:
            self._choices.lead_to(event.links)
        else:
            self._choices = Choices([], [], self._choices)
            self._choices.lead_to(event.links)
            await self._add(self._choices)

    async def ask_leave(self, tool: str, words: str, arguments: str) -> bool:
        """Let the person say whether a tool may be called, of which these words tell; waits until they do."""
        await self._end_answer()
        leave = Leave(tool)
        asked = Content.assemble((plain(tool), "bold"), (f"  {plain(words)}\n", "$muted"), plain_lines(arguments))
        await self._add(Static(asked, markup=False, classes="proposal"))
        await self._add(leave)
        try:
            return await leave.answer
        finally:
            leave.close()

    async def tell_end(self, choices: Choices | None, told: Ended | Aftermath) -> None:
        """Say below the choices that lead to a plan what became of it, at the end where nothing leads to it any more.

        What was not made can be looked at again.
        """
        if not self.is_attached:
            return
        end = self._ends.get(choices) or End()
        if choices is None:
            await self._add(end)
        elif choices not in self._ends:
            self._ends[choices] = end
            await self.mount(end, after=choices)
        self._choices = await end.tell(told, self._choices) or self._choices
        if choices is not None and isinstance(told, Ended) and told.made is False:
            choices.reopen()

    async def fail(self, error: KubeGenieError) -> None:
        """Say what went wrong; what was said so far stands."""
        await self._end_answer()
        await self._add(Static(error_words(error), markup=False, classes="failure"))

    async def _close(self, event: Finished) -> None:
        self._is_over = True
        await self._end_answer()
        seconds = monotonic() - self._began
        used = Usage(event.engine, event.input_tokens, event.output_tokens, seconds)
        await self._add(_closing(_used(used, event.cost)))

    def stop(self) -> None:
        """Say at once that it is stopped; what was said until then is still being drawn and kept."""
        if self.is_attached and not self._is_over:
            elapsed = format_elapsed((monotonic() - self._began) * 1000)
            self.mount(_closing(f"○ stopped after {elapsed}"))
        self._is_over = True
        if self._clock is not None:
            self._clock.stop()
        self._open_calls.clear()
        for call in self._calls.values():
            call.stop()
        self._waiting.display = False

    async def end(self) -> None:
        """Nothing more comes."""
        self._is_over = True
        self.stop()
        if self.is_attached:
            await self._end_answer()

    async def _add(self, widget: Widget) -> None:
        """Mount at the end; a blank line parts look-ups from words."""
        before = [child for child in self.children if child is not self._waiting]
        if before and isinstance(before[-1], ToolCall) != isinstance(widget, ToolCall):
            widget.set_class(isinstance(before[-1], ToolCall), "after")
        await self.mount(widget, before=self._waiting if self._waiting.is_attached else None)

    # Afterwards

    async def recall(self, message: Message) -> None:
        """Draw a part of the turn as it was kept."""
        if message.role == "tool":
            call = self._calls[str(len(self._calls))] = ToolCall(message.tool)
            await self._add(call)
            call.recall(message)
            return
        record = message.record or Record()
        if became := record.outcome or record.aftermath:
            leading = [each for each in self.query(Choices) if each.proposes(became.title)]
            if leading or isinstance(became, Aftermath):
                await _tell_again(self, leading[-1] if leading else None, became)
                return
        offered = recalled(record)
        if text := _without(_marked_lost(message.text, record), offered):
            await self.say(text)
        for event in offered:
            await self.take(event)
        await self._end_answer()
        if words := _ended(record.usage):
            await self._add(_closing(words))


async def _tell_again(turn: Turn, leading: Choices | None, became: Outcome | Aftermath) -> None:
    """What became of a plan on an earlier day."""
    if leading is not None and isinstance(became, Outcome):
        leading.close()
    await turn.tell_end(leading, Ended(became.made, became.how) if isinstance(became, Outcome) else became)


def _closing(words: str) -> Static:
    return Static(Content(words), markup=False, classes="closing")


def _used(used: Usage, cost: float | None) -> str:
    """`gpt-x · 1,200 + 34 tokens · $0.02 · 3.1 s`."""
    parts = [plain(used.engine)]
    if used.input_tokens or used.output_tokens:
        parts.append(f"{used.input_tokens:,} + {used.output_tokens:,} tokens")
    if cost is not None:
        parts.append(format_dollars(cost))
    return " · ".join([*parts, format_elapsed(used.seconds * 1000)])


def _ended(used: Usage | None) -> str:
    """How a turn of an earlier day ended, as it was told then; empty for one that failed."""
    if used is not None and used.engine:
        return _used(used, used.cost or None)
    return f"○ stopped after {format_elapsed(used.seconds * 1000)}" if used and used.ended == "stopped" else ""


Offered = Proposal | ChoicesOffered | NextOffered | LinksOffered
"""What can be picked."""


def recalled(record: Record) -> list[Offered]:
    """What can be picked again of a turn that was kept."""
    offered: list[Offered] = [each for each in record.proposals if each.is_whole]
    if record.choices or record.answers:
        offered.append(ChoicesOffered("", record.choices, record.answers))
    if record.next_steps:
        offered.append(NextOffered(record.next_steps))
    if record.links:
        offered.append(LinksOffered(record.links))
    return offered


def _marked_lost(text: str, record: Record) -> str:
    """A text that was kept, with a note on proposals that cannot be opened again."""
    for proposal in record.proposals:
        if not proposal.is_whole:
            text = text.replace(f"{PROPOSED}{proposal.title}", f"{PROPOSED}{proposal.title} {LOST}", 1)
    return text


def _without(text: str, offered: Sequence[object]) -> str:
    """A text that was kept, without the lines of what is drawn again below it."""
    for each in offered:
        if isinstance(each, Proposal):
            text = text.replace(f"{PROPOSED}{each.title}", "", 1)
        elif isinstance(each, ChoicesOffered | NextOffered):
            text = text.replace("\n".join(each.lines), "", 1)
    return text.strip()


def proposal_words(event: PlanProposed | Proposal) -> Content:
    """`Scale deployment shop/checkout from 3 to 5  W1 reversible`; below, why, and what a model expects of it."""
    if isinstance(event, Proposal):
        title, tier = event.title, Tier(event.tier) if event.tier else None
        lines = said_of(event.plan) if event.plan is not None else []
    else:
        title, tier, lines = event.plan.title, event.tier, said_of(event.plan)
        lines += [f"Asked, for {event.withheld}"] if event.withheld else []
    is_grave = tier is not None and tier.value > 1
    words = f"  {tier.words}" if tier is not None else ""
    said = "".join(f"\n{plain(line)}" for line in lines)
    return Content.assemble((plain(title), "bold"), (words, "$warning" if is_grave else "$muted"), (said, "$muted"))


def _question_words(question: str, about: ObjectRef | None) -> Content:
    lines = plain_lines(question).strip().split("\n")
    where = f"  {plain(about.namespace)}/{plain(about.name)}" if about else ""
    return Content.assemble(("› ", "$accent"), "\n  ".join(lines), (where, "not bold $muted"))


def _choice(ref: ObjectRef) -> Content:
    kind = ref.kind.partition(".")[0]
    where = f"{plain(ref.namespace)}/" if ref.namespace else ""
    return Content.assemble((f"{plain(kind)} ", "$muted"), (where, "$muted"), plain(ref.name))
