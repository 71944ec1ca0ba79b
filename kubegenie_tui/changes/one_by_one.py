"""A plan carried out step by step, every step on record. What is removed leaves while the next of its kind is removed.

So do `kubectl drain` and `kubectl delete`: a pod may take its whole grace period to end, and a node holds a hundred.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable

import msgspec

from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.budgets import room_for
from kubegenie_tui.changes.carrying import write_as_shown
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.outcome import is_removal, outcome
from kubegenie_tui.changes.room import room_made
from kubegenie_tui.changes.unchanged import none_done, require_unchanged
from kubegenie_tui.changes.written import Written
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, ResultNotRecorded, UsageError
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step, StepPreview, StepState
from kubegenie_tui.kube.clock import Clock

Stop = Callable[[], bool]
"""Whether a person wants it to end: nothing more is begun then, and nothing waited for."""


class _NotBegunError(Exception):
    """A person stopped it before anything of the step was written; what it waited for."""


class OneByOne:
    """One plan on its way."""

    def __init__(
        self,
        cluster: WritableCluster,
        audit: Audit,
        approval: Approval,
        preview: Preview,
        entry: Callable[[StepPreview], Entry],
        written: Written,
        clock: Clock,
        stop: Stop,
    ) -> None:
        """A plan to be carried out.

        Args:
            cluster: where.
            audit: where every step is recorded.
            approval: a person's yes.
            preview: what was shown.
            entry: what is recorded of a step.
            written: keeps what takes the steps back.
            clock: the time.
            stop: whether a person wants it to end.
        """
        self._cluster = cluster
        self._audit = audit
        self._approval = approval
        self._preview = preview
        self._entry = entry
        self._written = written
        self._clock = clock
        self._stop = stop
        self._failure: KubeGenieError | None = None
        self._news: asyncio.Queue[Progress | None] = asyncio.Queue()
        self._leaving: set[asyncio.Task[None]] = set()
        self._kind = ""
        """Of what is leaving."""

    async def carry_out(self) -> AsyncGenerator[Progress]:
        """Do it, and tell how it goes; the last news is that of the plan as a whole."""
        doing = asyncio.create_task(self._all(), name="carry out a plan")
        doing.add_done_callback(lambda _: self._tell(None))
        try:
            while (news := await self._news.get()) is not None:
                yield news
            await doing
        finally:
            doing.cancel()
            await asyncio.wait((doing,))

    async def _all(self) -> None:
        if not await self._is_unchanged():
            return
        try:
            for index, shown in enumerate(self._preview.steps):
                if shown.step.ref.kind != self._kind:
                    await self._all_left()
                await self._one(index, shown)
            await self._all_left()
        finally:
            for each in self._leaving:
                each.cancel()
            await self._all_left()
        ended = StepState.SKIPPED if self._stop() else StepState.DONE
        ended = StepState.FAILED if self._failure else ended
        self._tell(Progress(-1, ended, error=self._failure, undo_id=self._written.undo_id))

    async def _is_unchanged(self) -> bool:
        """Whether all objects are as they were shown; a single one is looked at in its turn, which is now."""
        if (count := len(self._preview.steps)) > 1:
            self._tell(Progress(0, StepState.RUNNING, f"looking once more at all {count} objects"))
            try:
                await require_unchanged(self._cluster, self._preview.steps, self._stop)
            except KubeGenieError as changed:
                for news in none_done(changed, count):
                    self._tell(news)
                return False
        return True

    async def _all_left(self) -> None:
        if not self._leaving:
            return
        ended, _ = await asyncio.wait(self._leaving)
        self._leaving.clear()
        for each in ended:
            if not each.cancelled():
                each.result()

    async def _one(self, index: int, shown: StepPreview) -> None:
        if self._failure is not None or self._stop():
            self._tell(Progress(index, StepState.SKIPPED))
            return
        self._tell(Progress(index, StepState.RUNNING))
        try:
            step = await self._write(index, shown)
        except _NotBegunError as waited:
            self._tell(Progress(index, StepState.SKIPPED, str(waited)))
        except NotFound as gone:
            if shown.step.subresource == "eviction":
                self._tell(Progress(index, StepState.DONE, "gone already"))
            else:
                self._fail(index, gone)
        except KubeGenieError as error:
            self._fail(index, error)
        else:
            await self._see_to(index, shown, step)

    async def _write(self, index: int, shown: StepPreview) -> Step:
        """Wait until it may be written, and write it: the step, with the uid of what it made."""
        require_writable(self._cluster, self._preview.plan)
        text = ""
        for waiting in (
            room_made(self._cluster, shown, self._clock, self._stop),
            room_for(self._cluster, shown.step, self._clock, self._stop),
        ):
            async for text in waiting:
                self._tell(Progress(index, StepState.RUNNING, text))
        if self._stop():
            raise _NotBegunError(text)
        step, answer = await write_as_shown(
            self._cluster, self._audit, self._approval, shown, self._entry(shown), self._written, self._clock
        )
        uid = step.uid or str(answer.get("metadata", {}).get("uid", ""))
        return msgspec.structs.replace(step, uid=uid)

    async def _see_to(self, index: int, shown: StepPreview, step: Step) -> None:
        """Wait for the outcome; for that of a removal, beside the next steps."""
        if not (step.wait and step.ref.name):
            self._tell(Progress(index, StepState.DONE))
        elif is_removal(step):
            self._kind = step.ref.kind
            self._leaving.add(asyncio.create_task(self._outcome(index, shown, step), name=f"until {step.ref} is gone"))
        else:
            await self._outcome(index, shown, step)

    async def _outcome(self, index: int, shown: StepPreview, step: Step) -> None:
        text = ""
        try:
            async with closing(outcome(self._cluster, step, self._clock, shown.before, self._stop)) as telling:
                async for text in telling:
                    self._tell(Progress(index, StepState.RUNNING, text))
            self._tell(Progress(index, StepState.DONE, text))
        except KubeGenieError as error:
            self._fail(index, error)

    def _fail(self, index: int, error: KubeGenieError) -> None:
        """A step that failed; one that was made is done, also where that is not on record."""
        self._failure = self._failure or error
        if isinstance(error, ResultNotRecorded):
            self._tell(Progress(index, StepState.DONE, str(error)))
        else:
            self._tell(Progress(index, StepState.FAILED, error=error))

    def _tell(self, news: Progress | None) -> None:
        self._news.put_nowait(news)


def require_writable(cluster: WritableCluster, plan: Plan) -> None:
    """Raise UsageError where nothing of a plan may be written."""
    if cluster.status.read_only:
        raise UsageError(f"{cluster.name} is read-only here", "--read-only or the settings say so")
    if plan.cluster != cluster.name:
        raise UsageError(f"The plan is for {plan.cluster}", f"this is {cluster.name}")
    if not plan.steps:
        raise UsageError(f"{plan.title}: there is nothing to do")
