"""What a model can do is seen in its answers; what they do not show it is asked on the side: for a call, or two."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

import msgspec

from kubegenie_tui.domain.errors import ModelError
from kubegenie_tui.llm.ability import LADDER, Ability, Learning
from kubegenie_tui.llm.backend import BackendEvent, Ended, Lowered, TextPart, Used, Wire
from kubegenie_tui.llm.ladder import Heard, Ladder

_TRY_TOOL: Wire = {
    "type": "function",
    "function": {
        "name": "ready",
        "description": "Say that you can call tools.",
        "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
    },
}
_TRY: list[Wire] = [
    {
        "role": "user",
        "content": 'Call the tool `ready` twice at once, with the word "yes" and with the word "no". Say nothing else.',
    }
]
"""One call shows that it can; two show that it makes several at once."""
_IGNORED = "it was given a tool to call, and did not call it"
_SECONDS = 20.0
"""How long a person who has their answer waits for what it does not need."""


class Probe:
    """One model on its ladder, and what it is asked beside the questions of people."""

    def __init__(self, ladder: Ladder, learning: Learning) -> None:
        self._ladder = ladder
        self._learning = learning
        self._asked_for_several = False

    @property
    def _ability(self) -> Ability:
        return self._learning.ability

    async def attempt(self, messages: list[Wire], tools: list[Wire]) -> AsyncGenerator[BackendEvent]:
        """One answer as `Ladder.attempt` tells it.

        While nobody has seen the model make a call, its words are in doubt. When it makes none, it is asked for one: if
        it makes that in another way alone, the last event is Lowered, and what it has said is to be forgotten.
        """
        heard, in_doubt = Heard(), bool(tools) and not self._ability.is_tried
        async with aclosing(self._ladder.attempt(messages, tools, heard)) as events:
            async for event in events:
                if tools and isinstance(event, Ended) and not heard.calls:
                    async with aclosing(self._why_no_call() if in_doubt else self._several()) as asides:
                        async for aside in asides:
                            yield aside
                            if isinstance(aside, Lowered):
                                return
                is_doubted = in_doubt and isinstance(event, TextPart)
                yield msgspec.structs.replace(event, in_doubt=True) if is_doubted else event

    async def rungs(self) -> AsyncGenerator[Used]:
        """Ask for a call from the present rung down; the first on which one comes is taken.

        Raises:
            ModelError: the server cannot be reached, or fails.
        """
        for rung in LADDER[LADDER.index(self._ability.rung) :]:
            if LADDER.index(rung) < LADDER.index(self._ability.rung):
                continue
            await self._learning.learn(rung=rung)
            heard, is_refused = Heard(), True
            while is_refused:
                is_refused = False
                async with aclosing(self._try(heard)) as events:
                    async for event in events:
                        is_refused = is_refused or isinstance(event, Lowered)
                        if isinstance(event, Used):
                            yield event
            if heard.calls:
                await self._learning.learn(parallel=heard.calls > 1 or bool(self._ability.parallel))
                return

    async def _try(self, heard: Heard) -> AsyncGenerator[BackendEvent]:
        """One try; what was sent last for a question stays what was."""
        sent = self._ladder.sent
        try:
            async with aclosing(self._ladder.attempt(_TRY, [_TRY_TOOL], heard)) as events:
                async for event in events:
                    yield msgspec.structs.replace(event, is_aside=True) if isinstance(event, Used) else event
        finally:
            self._ladder.sent = sent

    async def _why_no_call(self) -> AsyncGenerator[Used | Lowered]:
        """Whether the model could have made a call; if not, it has to be asked in another way."""
        rung = self._ability.rung
        try:
            async with aclosing(self.rungs()) as tries:
                async for used in tries:
                    yield used
        except ModelError:
            await self._learning.learn(rung=rung)
            return
        if self._ability.rung != rung:
            yield Lowered("tools", _IGNORED)

    async def _several(self) -> AsyncGenerator[Used]:
        """Whether it makes several calls at once, where no answer has shown it; one that fails is not asked again."""
        is_known = self._ability.parallel is not None or not self._ability.calls
        if is_known or self._asked_for_several or not self._learning.asks:
            return
        self._asked_for_several = True
        rung, heard, used = self._ability.rung, Heard(), list[Used]()
        with contextlib.suppress(ModelError, TimeoutError):
            async with asyncio.timeout(_SECONDS), aclosing(self._try(heard)) as events:
                async for event in events:
                    if isinstance(event, Used):
                        used.append(event)
                    if isinstance(event, Ended):
                        await self._learning.learn(parallel=heard.calls > 1)
        await self._learning.learn(rung=rung)
        for each in used:
            yield each
