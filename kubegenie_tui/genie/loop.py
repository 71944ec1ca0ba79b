"""A question answered by a model: it asks for look-ups, gets their results, and says what follows from them."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.conversation import (
    ChatEvent,
    Failed,
    Finished,
    Message,
    Noted,
    PlanProposed,
    ShowRequested,
    TextDelta,
    ToolFinished,
    ToolStarted,
)
from kubegenie_tui.domain.errors import ConversationTooLong, KubeGenieError, ModelError, unexpected
from kubegenie_tui.genie.memory import Transcript
from kubegenie_tui.genie.prompt import system_prompt
from kubegenie_tui.genie.reading.scope import RESULT_CHARACTERS, Result, Scope, bounded
from kubegenie_tui.genie.tools import small
from kubegenie_tui.genie.tools.toolbox import PROPOSE, Toolbox
from kubegenie_tui.llm.backend import Backend, BackendEvent, CallReady, Ended, TextPart, Used, Waits, Wire

MOST_ROUNDS = 20
"""Requests with look-ups in one turn."""
MOST_CALLS = 40
"""Look-ups in one turn."""
MOST_SAME = 2
"""How often the very same look-up is done in one turn."""
_LEAST_ROOM = 1 / 16
"""The smallest part of the memory's budget that is tried with a model of a short context."""

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
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in self.calls
        ]
        return {"role": "assistant", "content": self.text or None, "tool_calls": calls}


class Loop:
    """One turn. Closing its iterator hangs up on the model and stops all look-ups."""

    def __init__(self, backend: Backend, scope: Scope) -> None:
        self._backend = backend
        self._scope = scope
        self._toolbox = Toolbox(scope)
        self._made: Counter[str] = Counter()
        self._proposing = False
        self._proposed: PlanProposed | None = None
        self._room = 1.0
        self._input_tokens = 0
        self._output_tokens = 0

    async def run(self, text: str, history: Sequence[Message]) -> AsyncGenerator[ChatEvent]:
        """The events of the turn.

        Raises:
            ModelError: the model server failed or refused.
        """
        await self._toolbox.open()
        await self._backend.open()
        talk = Transcript(history, text)
        for number in range(1, MOST_ROUNDS + 2):
            answer = _Answer()
            async with aclosing(self._listen(talk, answer)) as said:
                async for event in said:
                    yield event
            if not answer.calls:
                if self._proposed is not None:
                    yield self._proposed
                yield self._end(answer)
                return
            talk.add(answer.as_message())
            async with aclosing(self._look_up(answer.calls, talk)) as looked:
                async for event in looked:
                    yield event
            talk.last_words = _LAST_ROUND if number == MOST_ROUNDS else ""
        yield Failed(f"The model looked things up {MOST_ROUNDS} times without answering", "", "ask for less at once")

    async def _listen(self, talk: Transcript, answer: _Answer) -> AsyncGenerator[ChatEvent]:
        async with aclosing(self._stream(talk)) as events:
            async for event in events:
                match event:
                    case TextPart():
                        answer.text += event.text
                        yield TextDelta(event.text)
                    case CallReady():
                        answer.calls.append(event)
                    case Used():
                        self._input_tokens += event.input_tokens
                        self._output_tokens += event.output_tokens
                    case Waits():
                        yield Noted(f"waits {event.seconds:.0f} s: the server asks for patience")
                    case Ended():
                        answer.reason = event.reason
        note = _CUT.get(answer.reason) or ("\n\n" if answer.text and answer.calls else "")
        if note:
            yield TextDelta(note)

    async def _stream(self, talk: Transcript) -> AsyncGenerator[BackendEvent]:
        """The model's answer; what is too long for it is sent again with less of the past."""
        while True:
            profile = self._backend.profile
            tools = self._toolbox.schemas(profile)
            told = talk.told(system_prompt(self._scope, talk.mark, profile), self._room)
            sealed = await self._scope.redactor.sealed(told)
            try:
                async with closing(self._backend.stream(sealed, tools)) as events:
                    async for event in events:
                        yield event
                return
            except ConversationTooLong:
                if self._room <= _LEAST_ROOM:
                    raise
                self._room /= 4

    def _end(self, answer: _Answer) -> ChatEvent:
        if not answer.text and answer.reason not in _CUT and self._proposed is None:
            return Failed("The model gave an empty answer", "", "ask again, or choose another model")
        cost = self._backend.cost(self._input_tokens, self._output_tokens)
        return Finished(self._backend.name, self._input_tokens, self._output_tokens, cost=cost)

    # Look-ups

    @property
    def _longest_result(self) -> int:
        return small.RESULT_CHARACTERS if self._backend.profile == "small" else RESULT_CHARACTERS

    async def _look_up(self, calls: list[CallReady], talk: Transcript) -> AsyncGenerator[ChatEvent]:
        """Do what all calls ask for at the same time; every call gets its answer."""
        results: dict[int, ToolFinished] = {}
        tasks: dict[asyncio.Task[tuple[ToolFinished, ShowRequested | None]], int] = {}
        try:
            for place, call in enumerate(calls):
                tasks[asyncio.create_task(self._do(call))] = place
                yield ToolStarted(call.id, self._toolbox.label(call))
            waiting = set(tasks)
            while waiting:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    results[tasks[task]], show = task.result()
                    yield results[tasks[task]]
                    if show is not None:
                        yield show
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for place, call in enumerate(calls):
            result = bounded(results[place].result, self._longest_result)
            talk.add({"role": "tool", "tool_call_id": call.id, "content": result})

    async def _do(self, call: CallReady) -> tuple[ToolFinished, ShowRequested | None]:
        began, show = time.perf_counter(), None
        try:
            self._allow(call)
            result = await (self._propose(call) if call.name == PROPOSE else self._toolbox.run(call))
            ok, show = True, result.show if call.name == "show" else None
        except KubeGenieError as error:
            ok, result = False, self._failure(error)
        except Exception as error:  # the border of a worker: the turn goes on, the model is told
            ok, result = False, self._failure(unexpected(error))
        elapsed = (time.perf_counter() - began) * 1000
        label = self._toolbox.label(call)
        return ToolFinished(call.id, label, ok, result.summary, result.text, elapsed), show

    async def _propose(self, call: CallReady) -> Result:
        """One change a turn waits for the person, however many are asked for at once.

        Raises:
            ModelError: one waits already.
            KubeGenieError: it cannot be proposed.
        """
        if self._proposing:
            raise ModelError(
                "Not done: a change is proposed already in this turn", "", "tell the person about that one"
            )
        self._proposing = True
        try:
            result = await self._toolbox.run(call)
        except BaseException:
            self._proposing = False
            raise
        self._proposed = result.data
        return result

    def _allow(self, call: CallReady) -> None:
        """Refuse what only costs time.

        Raises:
            ModelError: the call was made before, or too many were.
        """
        same = f"{call.name} {_canonical(call.arguments)}"
        self._made[same] += 1
        if self._made[same] > MOST_SAME:
            raise ModelError("Not done: this very look-up was made before", "", "use the result you have, or answer")
        if self._made.total() > MOST_CALLS:
            raise ModelError(f"Not done: {MOST_CALLS} look-ups were made in this turn", "", "answer with what you know")

    def _failure(self, error: KubeGenieError) -> Result:
        text = self._scope.redactor.text(f"error: {error}")
        return Result(self._scope.redactor.text(error.what), bounded(text))


def _canonical(arguments: str) -> str:
    """The same text for the same arguments, however they are written."""
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except ValueError:
        return arguments
