"""A question answered by a model: it asks for look-ups, gets their results, and says what follows from them."""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.asked_where import here, told_apart
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    ChoicesOffered,
    Failed,
    Finished,
    Message,
    Noted,
    PlanProposed,
    ShowRequested,
    TextDelta,
    TokensCounted,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import ConversationTooLong, KubeGenieError, ModelError, unexpected
from kubegenie_tui.genie.asking import ASK_USER
from kubegenie_tui.genie.beside import GIVEN
from kubegenie_tui.genie.budget import Budget, Clock, TimeIsUp, ended_early
from kubegenie_tui.genie.context.compaction import compacted
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, bounded
from kubegenie_tui.genie.context.past import Past, Summaries
from kubegenie_tui.genie.context.transcript import Transcript, same_call
from kubegenie_tui.genie.context.window import Window
from kubegenie_tui.genie.endings import endings
from kubegenie_tui.genie.leave import asker
from kubegenie_tui.genie.prompt import system_prompt
from kubegenie_tui.genie.proposing.own_words import OwnWords
from kubegenie_tui.genie.proposing.sighting import Sight
from kubegenie_tui.genie.reading.diagnosing import symptoms
from kubegenie_tui.genie.reading.scope import Result, Scope
from kubegenie_tui.genie.tools import small
from kubegenie_tui.genie.tools.toolbox import OWN, PROPOSE
from kubegenie_tui.genie.wariness import WaryToolbox
from kubegenie_tui.llm.backend import Backend, BackendEvent, CallReady, Ended, Lowered, TextPart, Used, Waits, Wire

T = TypeVar("T")
MOST_ROUNDS = 20
"""Requests with look-ups in one turn."""
MOST_CALLS = 40
"""Look-ups in one turn."""
MOST_SAME = 2
"""How often the very same look-up is done in one turn."""
_LEAST_PART = 1 / 16
"""The smallest part of the window that is tried after the server has refused a request for its length."""
_QUESTION_PART = 0.25
"""The part of the window that a question may take; of a longer one the rest is kept for `recall`."""

_PUT = {PROPOSE: "a change is proposed", ASK_USER: "the person is asked something"}
"""Tools whose results wait for the person, and what is said of one that does."""
_LAST_ROUND = "This was the last look-up of this turn: answer now with what you know."
_CUT = {
    "length": "\n\n(The answer was cut: the model's limit was reached.)",
    "content_filter": "\n\n(The answer was cut by the model server's content filter.)",
}


class _Answer(msgspec.Struct):
    """One request's answer as far as it came."""

    text: str = ""
    calls: list[CallReady] = []
    reason: str = ""

    def as_message(self) -> Wire:
        """How the model is reminded of it."""
        calls = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _readable(call.arguments)}}
            for call in self.calls
        ]
        return {"role": "assistant", "content": self.text or None, "tool_calls": calls}


def _readable(arguments: str) -> str:
    """Arguments as a JSON object whatever the model wrote: servers that read them refuse a conversation otherwise."""
    try:
        is_object = isinstance(json.loads(arguments), dict)
    except ValueError:
        is_object = False
    return arguments if is_object else json.dumps({"unreadable": arguments}, ensure_ascii=False)


class Loop:
    """One turn. Closing its iterator hangs up on the model and stops all look-ups."""

    def __init__(
        self,
        backend: Backend,
        scope: Scope,
        window: Window | None = None,
        summaries: Summaries | None = None,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        """One turn.

        Args:
            backend: the model.
            scope: where it looks.
            window: how much the model can be told, as far as earlier turns have taught.
            summaries: what was summed up of conversations before.
            clock: seconds of whatever origin.
        """
        self._backend = backend
        self._scope = scope
        self._window = window or Window()
        self._summaries = summaries or Summaries()
        self._toolbox = WaryToolbox(scope)
        self._made: Counter[str] = Counter()
        self._puts = ""
        self._put: PlanProposed | ChoicesOffered | None = None
        """What waits for the person at the end of the turn."""
        self._counted = TokensCounted()
        self._schemas: dict[str, list[Wire]] = {}
        self._tools_size = 0
        self._results: list[Result] = []
        self._found: list[str] = []
        """What was looked up, a line each."""
        self._budget = Budget(backend.settings.turn_limits, asker.get(), clock)

    async def run(self, text: str, history: Sequence[Message]) -> AsyncGenerator[ChatEvent]:
        """The events of the turn.

        Raises:
            ModelError: the model server failed or refused.
        """
        self._toolbox.sight = Sight(self._scope.focus, text, here(history, self._scope.reader.name))
        self._toolbox.own_words = OwnWords(self._scope, text, history)
        self._toolbox.told_before(history)
        await self._toolbox.open()
        await self._backend.open()
        self._tools_size = len(str(self._tools))
        is_over = False
        with contextlib.suppress(TimeIsUp):
            async with aclosing(self._turn(text, history)) as events:
                async for event in events:
                    is_over = isinstance(event, Finished | Failed)
                    yield event
        if not is_over:
            limit = self._budget.spent or f"{MOST_ROUNDS} rounds of look-ups"
            yield TextDelta(ended_early(limit, self._found))
            if self._put is not None:
                yield self._put
            yield self._finished(limit)

    async def _turn(self, text: str, history: Sequence[Message]) -> AsyncGenerator[ChatEvent]:
        """The events of the turn; without an end where a limit is reached."""
        past = Past(told_apart(history, self._scope.reader.name), self._summaries)
        question, beside = await self._fitting(text), await self._fitting(self._scope.beside, GIVEN)
        talk = Transcript(past, question, self._scope.kept, beside)
        for number in range(1, MOST_ROUNDS + 2):
            async with aclosing(self._shorten(talk)) as shortened:
                async for event in shortened:
                    yield event
            answer = _Answer()
            async with aclosing(self._listen(talk, answer)) as said:
                async for event in said:
                    yield event
            if not answer.calls:
                asked = [*(each.text for each in history if each.role == "user"), text]
                for event in await endings(self._scope, self._results, answer.text, asked, self._put):
                    yield event
                yield self._end(answer)
                return
            talk.add(answer.as_message())
            async with aclosing(self._look_up(answer.calls, talk)) as looked:
                async for event in looked:
                    yield event
            if isinstance(self._put, ChoicesOffered):
                yield self._put
                yield self._end(answer)
                return
            if self._budget.spent:
                return
            talk.last_words = _LAST_ROUND if number == MOST_ROUNDS or self._budget.is_nearly_spent else ""

    async def _listen(self, talk: Transcript, answer: _Answer) -> AsyncGenerator[ChatEvent]:
        async with aclosing(self._stream(talk)) as events:
            async for event in events:
                match event:
                    case TextPart():
                        answer.text += event.text
                        yield TextDelta(event.text, event.in_doubt)
                    case Lowered() if answer.text:
                        answer.text = ""
                        yield TextDelta("", is_anew=True)
                        yield Noted(f"asked again in another way: {event.why}")
                    case CallReady():
                        self._scope.redactor.learn_proposed(event.arguments)
                        answer.calls.append(event)
                    case Waits():
                        yield Noted(f"waits {event.seconds:.0f} s: the server asks for patience")
                    case Used():
                        yield self._counted
                    case Ended():
                        answer.reason = event.reason
        cut = _CUT.get(answer.reason, "")
        note = f"{cut}\n\n" if (cut or answer.text) and answer.calls else cut
        if note:
            yield TextDelta(note)

    async def _stream(self, talk: Transcript) -> AsyncGenerator[BackendEvent]:
        """The model's answer; what is too long for it is sent again with less of the past."""
        while True:
            profile, tools = self._backend.profile, self._tools
            self._tools_size = len(str(tools))
            rules, room = system_prompt(self._scope, talk.mark, profile), self._room
            self._window.require(len(rules) + len(talk.question) + self._tools_size, profile)
            told = talk.told(rules, room)
            try:
                async with aclosing(self._request(told, tools)) as events:
                    async for event in events:
                        yield event
                return
            except ConversationTooLong:
                if self._window.narrowed <= _LEAST_PART:
                    raise
                self._window.narrow()

    async def _request(self, told: list[Wire], tools: list[Wire]) -> AsyncGenerator[BackendEvent]:
        """One request, and what the server counted of it."""
        sealed = await self._scope.redactor.sealed(told)
        size = sum(len(str(message)) for message in sealed) + (self._tools_size if tools else 0)
        sent = written = 0
        async with (
            closing(self._backend.stream(sealed, tools)) as events,
            aclosing(self._budget.within(events)) as timely,
        ):
            async for event in timely:
                if isinstance(event, Used):
                    if not event.is_aside:
                        self._window.counted(size, event.input_tokens)
                    sent, written = sent + event.input_tokens, written + event.output_tokens
                    spent = self._counted.input_tokens + event.input_tokens
                    said = self._counted.output_tokens + event.output_tokens
                    self._counted = TokensCounted(spent, said, self._backend.cost(spent, said))
                yield event
        sent = sent if sent or written else self._window.tokens_of(size)
        self._budget.count(sent + written, self._backend.cost(sent, written))

    @property
    def _tools(self) -> list[Wire]:
        """What a model of this profile is offered, the same in all of the turn."""
        profile = self._backend.profile
        if profile not in self._schemas:
            self._schemas[profile] = self._toolbox.schemas(profile)
        return self._schemas[profile]

    @property
    def _room(self) -> int:
        """Characters for the messages of a request."""
        self._window.tokens = self._backend.context_tokens
        return self._window.characters - self._tools_size

    async def _fitting(self, text: str, name: str = "") -> str:
        """The question, or of a long one (a pasted log) its beginning, of what is given with it the end; see `Kept`."""
        limit = max(1_000, int(self._room * _QUESTION_PART))
        if len(text) <= limit:
            return text
        long = await self._scope.redactor.long_text(text)
        return self._scope.kept.cut(long, limit, ends_matter=bool(name), name=name)

    async def _shorten(self, talk: Transcript) -> AsyncGenerator[ChatEvent]:
        """Have summed up what does not fit the window."""
        rules, ask = system_prompt(self._scope, talk.mark, self._backend.profile), partial(self._request, tools=[])
        async with aclosing(compacted(talk, rules, self._room, ask, self._scope.redactor.text)) as events:
            async for event in events:
                if isinstance(event, ToolFinished):
                    yield self._counted
                yield event

    def _end(self, answer: _Answer) -> ChatEvent:
        if not answer.text and answer.reason not in _CUT and self._put is None:
            return Failed("The model gave an empty answer", "", "ask again, or choose another model")
        return self._finished()

    def _finished(self, limit: str = "") -> Finished:
        spent, written = self._counted.input_tokens, self._counted.output_tokens
        return Finished(self._backend.name, spent, written, cost=self._backend.cost(spent, written), limit=limit)

    # Look-ups

    @property
    def _longest_result(self) -> int:
        return small.RESULT_CHARACTERS if self._backend.profile == "small" else RESULT_CHARACTERS

    async def _look_up(self, calls: list[CallReady], talk: Transcript) -> AsyncGenerator[ChatEvent]:
        """Do what all calls ask for at the same time; every call gets its answer.

        Raises:
            TimeIsUp: before they were done.
        """
        results: dict[int, ToolFinished] = {}
        tasks: dict[asyncio.Task[tuple[ToolFinished, ShowRequested | None]], int] = {}
        try:
            for place, call in enumerate(calls):
                tasks[asyncio.create_task(self._do(call))] = place
                yield ToolStarted(call.id, self._toolbox.label(call))
            waiting = set(tasks)
            while waiting:
                done, waiting = await self._first_of(waiting)
                for task in done:
                    finished, show = task.result()
                    self._keep_in_mind(finished)
                    results[tasks[task]] = finished
                    yield finished
                    if show is not None:
                        yield show
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for place, call in enumerate(calls):
            talk.add({"role": "tool", "tool_call_id": call.id, "content": results[place].result})

    async def _first_of(self, waiting: set[asyncio.Task[T]]) -> tuple[set[asyncio.Task[T]], set[asyncio.Task[T]]]:
        """Those that are done, one at least, and the others."""
        while True:
            if self._budget.is_out_of_time:
                raise TimeIsUp
            left = self._budget.seconds_left
            done, others = await asyncio.wait(waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return done, others

    def _keep_in_mind(self, finished: ToolFinished) -> None:
        """For a turn that ends before the model has answered."""
        if finished.ok and finished.name not in OWN:
            self._found.append(f"{finished.label}: {finished.summary}")

    async def _do(self, call: CallReady) -> tuple[ToolFinished, ShowRequested | None]:
        began, show = time.perf_counter(), None
        try:
            self._allow(call)
            result = await (
                self._put_before_person(call) if call.name in _PUT else self._toolbox.run(call, self._longest_result)
            )
            ok, show = True, result.show if call.name == "show" else None
            self._results.append(result)
        except KubeGenieError as error:
            ok, result = False, self._failure(error)
        except Exception as error:  # the border of a worker: the turn goes on, the model is told
            ok, result = False, self._failure(unexpected(error))
        self._toolbox.saw(call, result.text, ok=ok)
        elapsed = (time.perf_counter() - began) * 1000
        label = self._toolbox.label(call)
        given = self._scope.redactor.text(call.arguments)
        found = symptoms(result)
        return ToolFinished(call.id, label, ok, result.summary, result.text, elapsed, call.name, given, found), show

    async def _put_before_person(self, call: CallReady) -> Result:
        """One change or one question a turn waits for the person, however many are asked for at once.

        Raises:
            ModelError: one waits already.
            KubeGenieError: it cannot be proposed or asked.
        """
        if self._puts:
            raise ModelError(f"Not done: {_PUT[self._puts]} already in this turn", "", "tell the person about that one")
        self._puts = call.name
        try:
            result = await self._toolbox.run(call)
        except BaseException:
            self._puts = ""
            raise
        self._put = result.data
        return result

    def _allow(self, call: CallReady) -> None:
        """Refuse what only costs time.

        Raises:
            ModelError: the call was made before, or too many were.
        """
        same = same_call(call.name, call.arguments)
        self._made[same] += 1
        if self._made[same] > MOST_SAME:
            raise ModelError("Not done: this very look-up was made before", "", "use the result you have, or answer")
        if self._made.total() > MOST_CALLS:
            raise ModelError(f"Not done: {MOST_CALLS} look-ups were made in this turn", "", "answer with what you know")

    def _failure(self, error: KubeGenieError) -> Result:
        text = self._scope.redactor.text(f"error: {error}")
        return Result(self._toolbox.failed(error), bounded(text))
