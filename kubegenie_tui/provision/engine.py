"""Step by step: looked for, asked for, looked after until it is there; and the same backwards."""

import copy
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from kubegenie_tui.changes.works import WorkRecords
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Made, Outline, Progress, StepState, WorkState
from kubegenie_tui.domain.errors import KubeGenieError, NameTaken, ProviderError, StoreError, TryLater
from kubegenie_tui.providers.making import Step
from kubegenie_tui.provision.ledger import Ledger
from kubegenie_tui.provision.patience import Patience, Stopped, why_again

T = TypeVar("T")
OVER = (StepState.DONE, StepState.SKIPPED)
UNTOUCHED = (StepState.WAITING, StepState.REMOVED)
_FAILED = " failed"
"""After the title of a step, of one that came to no good."""
LEFT_ALONE = "left alone: this work did not make it"


class Engine:
    """Carries out one work that a person said yes to."""

    def __init__(self, ledger: Ledger, records: WorkRecords, patience: Patience) -> None:
        self._ledger = ledger
        self._records = records
        self._patience = patience

    async def make(self, steps: Sequence[Step], approval: Approval, finish: Callable[[], Awaitable[None]]) -> None:
        """Make what is not there yet, in order, and then `finish`; how it went is on record, and nothing is raised.

        Raises:
            StoreError: it cannot be put on record: nothing more was asked for.
        """

        async def walk() -> None:
            for step in steps:
                if self._ledger.work.step(step.planned.key).state not in OVER:
                    await self._make(step, approval)
            await finish()

        await self._walked(walk, WorkState.DONE)

    async def remove(self, steps: Sequence[Step], approval: Approval, finish: Callable[[], Awaitable[None]]) -> None:
        """Remove what was made, the last first, and then `finish`; how it went is on record, and nothing is raised.

        Raises:
            StoreError: it cannot be put on record: nothing more was asked for.
        """

        async def walk() -> None:
            for step in reversed(steps):
                if self._ledger.work.step(step.planned.key).state not in UNTOUCHED:
                    await self._remove(step, approval)
            await finish()

        await self._walked(walk, WorkState.REMOVED)

    async def _walked(self, walk: Callable[[], Awaitable[None]], end: WorkState) -> None:
        try:
            await walk()
        except StoreError:
            raise
        except Stopped as stopped:
            await self._ledger.set(state=WorkState.STOPPED, message=str(stopped))
        except KubeGenieError as error:
            await self._ledger.failed(error)
        else:
            await self._ledger.set(state=end, message="")

    async def _make(self, step: Step, approval: Approval) -> None:
        key = step.planned.key
        failed_before = self._ledger.work.step(key).state is StepState.FAILED
        await self._begin(key, StepState.STARTED)
        try:
            found = await self._found(step)
            if found is not None and failed_before and (await self._look(step, found)).failure:
                await self._take_away(step, found, approval)
            own = await self._ask(key, lambda: self._found_or_made(step, approval))
            await self._ledger.note(key, made=copy.deepcopy(own))
            await self._until(step, lambda: self._look(step, own))
        except (Stopped, StoreError):
            raise
        except KubeGenieError as error:
            said = _of_the_step(step.planned.title, str(error))
            await self._ledger.note(key, state=StepState.FAILED, message=said, ended=self._ledger.now())
            raise
        await self._ledger.note(key, state=StepState.DONE, message="", ended=self._ledger.now())

    async def _found(self, step: Step) -> Made | None:
        """What was made of a step already.

        Raises:
            NameTaken: something else has its name.
        """
        found = await self._ask(step.planned.key, lambda: step.find(self._ledger.work.made))
        if found is not None and not found.ours:
            raise _taken(step.planned.title)
        return found.made if found else None

    async def _found_or_made(self, step: Step, approval: Approval) -> Made:
        """Looked for before each try: a request may have had its effect though its answer was lost."""
        own = await self._found(step)
        if own is not None:
            return own
        made = self._ledger.work.made
        return await self._requested(step, "create", approval, lambda: step.make(made, approval))

    async def _remove(self, step: Step, approval: Approval) -> None:
        key = step.planned.key
        await self._begin(key, StepState.REMOVING)
        try:
            found = await self._ask(key, lambda: step.find(self._ledger.work.made))
            left = LEFT_ALONE if found is not None and not found.ours else ""
            if found is not None and found.ours:
                left = await self._take_away(step, found.made, approval)
        except (Stopped, StoreError):
            raise
        except KubeGenieError as error:
            await self._ledger.note(key, message=str(error))
            raise
        await self._ledger.note(key, state=StepState.REMOVED, message=left, ended=self._ledger.now())

    async def _take_away(self, step: Step, own: Made, approval: Approval) -> str:
        """Remove what was made of a step; why it stays after all, as a rule nothing."""
        made = self._ledger.work.made

        async def removed() -> None:
            await self._requested(step, "delete", approval, lambda: step.remove(made, own, approval))

        await self._ask(step.planned.key, removed)
        return (await self._until(step, lambda: self._going(step, own))).stays

    async def _begin(self, key: str, state: StepState) -> None:
        """A person who stops the work must not see another step begun."""
        await self._patience.wait(0)
        record = self._ledger.work.step(key)
        resumed = record.state is state
        await self._ledger.note(
            key,
            state=state,
            attempts=record.attempts + 1,
            started=record.started if resumed else self._ledger.now(),
            ended=0.0,
            message="",
        )

    async def _look(self, step: Step, own: Made) -> Progress:
        progress = await self._ask(step.planned.key, lambda: step.look(self._ledger.work.made, own))
        await self._ledger.note(step.planned.key, made=copy.deepcopy(own), phase=progress.phase, message="")
        return progress

    async def _going(self, step: Step, own: Made) -> Progress:
        progress = await self._ask(step.planned.key, lambda: step.is_gone(self._ledger.work.made, own))
        await self._ledger.note(step.planned.key, phase=progress.phase, message="")
        return progress

    async def _until(self, step: Step, look: Callable[[], Awaitable[Progress]]) -> Progress:
        while not (progress := await look()).done:
            if progress.failure:
                what = f"{step.planned.title}{_FAILED}"
                raise ProviderError(what, progress.failure, "try again, or clean up")
            await self._patience.between_looks(step.planned.usual_seconds)
        return progress

    async def _requested(self, step: Step, verb: str, approval: Approval, ask: Callable[[], Awaitable[T]]) -> T:
        """One try of a request that changes something, on record."""
        return await self._records.requested(self._ledger.work.id, self.outline, step.planned, verb, approval, ask)

    async def _ask(self, key: str, ask: Callable[[], Awaitable[T]]) -> T:
        async def told(error: TryLater) -> None:
            await self._ledger.note(key, message=why_again(error))

        return await self._patience.patiently(ask, told)

    @property
    def outline(self) -> Outline:
        """What a person said yes to last."""
        return self._ledger.work.removal or self._ledger.work.outline


def _of_the_step(title: str, message: str) -> str:
    """What is said of a step where its title stands already."""
    return message.removeprefix(f"{title}{_FAILED} · ").removeprefix(f"{title}: ")


def _taken(title: str) -> KubeGenieError:
    return NameTaken(
        f"{title}: something has that name already",
        "it does not carry the tag of this work, so it is left alone",
        "choose another name, or remove it yourself",
    )
