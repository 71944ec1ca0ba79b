"""Steps done one after the other as the engine does them, with nothing but records between two processes."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Made
from kubegenie_tui.domain.errors import KubeGenieError, NameTaken, TryLater
from kubegenie_tui.providers.making import Step

YES = Approval("a test", "test", 0.0)
ATTEMPTS = 5
WORK = "work-1"


class Stopped(Exception):
    """The process ended between asking for something and writing that down."""


class Failed(KubeGenieError):
    """A step that will never be done."""


class Walk:
    """The records of a work. They are JSON after each step, as in the store."""

    def __init__(self, steps: Sequence[Step], made: dict[str, Made] | None = None, *, stop: str = "") -> None:
        self.steps, self.made, self.stop = steps, made or {}, stop
        self.phases: list[str] = []

    async def run(self) -> None:
        for step in self.steps:
            key = step.planned.key
            if key not in self.made:
                self.made[key] = self._kept(await self._begin(step))
            await self._follow(step)

    async def remove(self) -> None:
        for step in reversed(self.steps):
            found = await step.find(self.made)
            if found is None or not found.ours:
                self.made.pop(step.planned.key, None)
                continue
            own = {**found.made, **self.made.get(step.planned.key, {})}
            for attempt in range(ATTEMPTS):
                try:
                    await step.remove(self.made, own, YES)
                    break
                except TryLater:
                    assert attempt < ATTEMPTS - 1
            while not (going := await step.is_gone(self.made, own)).done:
                self.phases.append(going.phase)
                assert not going.failure
            self.made.pop(step.planned.key, None)

    async def _begin(self, step: Step) -> Made:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._once(step)
            except TryLater:
                continue
        return await self._once(step)

    async def _once(self, step: Step) -> Made:
        found = await step.find(self.made)
        if found is not None and not found.ours:
            raise NameTaken(f"{step.planned.key} is taken")
        made = found.made if found is not None else await step.make(self.made, YES)
        if step.planned.key == self.stop:
            self.stop = ""
            raise Stopped
        return made

    async def _follow(self, step: Step) -> None:
        own = self.made[step.planned.key]
        while not (progress := await step.look(self.made, own)).done:
            self.phases.append(progress.phase)
            if progress.failure:
                raise Failed(progress.failure)
        self.made[step.planned.key] = self._kept(own)

    @staticmethod
    def _kept(made: Made) -> Made:
        kept: Made = msgspec.json.decode(msgspec.json.encode(made))
        return kept
