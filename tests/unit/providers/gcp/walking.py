"""Steps walked as the engine walks them: looked for, asked for, looked after; and backwards."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Made, Progress
from kubegenie_tui.domain.errors import NameTaken, ProviderError, TryLater
from kubegenie_tui.providers.making import Step

YES = Approval("0" * 64, "typed shop", 1.0)
TRIES = 8
T = TypeVar("T")


class Crashed(Exception):
    """The process ended after a request was sent, and before its answer was written down."""


class Walk:
    """One process's walk over the steps of a work; what was made is JSON between them."""

    def __init__(self, made: dict[str, Made] | None = None, *, crash_in: str = "") -> None:
        self.made = made or {}
        self.phases: list[str] = []
        self.tries = 0
        self._crash_in = crash_in

    async def make(self, steps: Sequence[Step]) -> None:
        for step in steps:
            await self._make(step)

    async def remove(self, steps: Sequence[Step]) -> None:
        for step in reversed(steps):
            found = await self._ask(partial(step.find, self.made))
            if found is not None and found.ours:
                await self._ask(partial(step.remove, self.made, found.made, YES))
                await self._until(step, partial(step.is_gone, self.made, found.made))
            self.made.pop(step.planned.key, None)

    async def _make(self, step: Step) -> None:
        found = await self._ask(partial(step.find, self.made))
        if found is not None and not found.ours:
            raise NameTaken(step.planned.title)
        own = found.made if found else await self._ask(partial(step.make, self.made, YES))
        if step.planned.key == self._crash_in:
            raise Crashed
        self._note(step, own)
        await self._until(step, partial(step.look, self.made, own))
        self._note(step, own)

    async def _until(self, step: Step, look: Callable[[], Awaitable[Progress]]) -> None:
        while not (progress := await self._ask(look)).done:
            self.phases.append(progress.phase)
            if progress.failure:
                raise ProviderError(step.planned.title, progress.failure)

    async def _ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        for _ in range(TRIES):
            try:
                return await ask()
            except TryLater:
                self.tries += 1
                await asyncio.sleep(0)
        return await ask()

    def _note(self, step: Step, own: Made) -> None:
        self.made[step.planned.key] = msgspec.json.decode(msgspec.json.encode(own))
