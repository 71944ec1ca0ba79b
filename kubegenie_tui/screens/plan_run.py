"""A plan that is being carried out: what has been heard of it, whether anybody is looking or not."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.errors import ChangedUnderneath, Conflict, KubeGenieError, unexpected
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step, StepState
from kubegenie_tui.widgets.step_list import ShownStep

if TYPE_CHECKING:
    from kubegenie_tui.changes.cluster import WritableCluster
    from kubegenie_tui.changes.standing import Standing, StandingYes


class PlanGate(Protocol):
    """As much of the gate as a screen uses."""

    async def preview(self, cluster: "WritableCluster", plan: Plan) -> Preview:
        """What a plan would do."""
        ...

    def approve(self, preview: Preview, how: str, typed: str = "") -> Approval:
        """A person's yes."""
        ...

    @property
    def standing(self) -> "Standing":
        """What a person allowed the genie to repeat."""
        ...

    def approve_again(self, preview: Preview) -> "tuple[Approval, StandingYes] | None":
        """A person's standing yes, None where there is none."""
        ...

    def carry_out(
        self, cluster: "WritableCluster", preview: Preview, approval: Approval, stop: Callable[[], bool]
    ) -> AsyncIterator[Progress]:
        """Do it, and tell how it goes; nothing more is begun once `stop` says so."""
        ...


def nobody() -> None:
    """Nobody listens."""


async def nothing() -> None:
    """Nothing follows."""


class PlanRun:
    """From approval to the end."""

    def __init__(self, preview: Preview, clock: Callable[[], float]) -> None:
        """Not begun yet.

        Args:
            preview: what was approved.
            clock: seconds that only go forward.
        """
        self.preview = preview
        self.told: Callable[[], None] = nobody
        """Called at all news, and once more at the end."""
        self.finished = False
        self.stop_wanted = False
        """Set when nothing more may begin."""
        self.error: KubeGenieError | None = None
        self.undo_id = 0
        """The record that takes back what was done; 0 for none."""
        self._clock = clock
        self._began = clock()
        self._steps = [_Heard() for _ in preview.steps]

    async def go(self, news: AsyncIterator[Progress], done: Callable[[], Awaitable[None]] = nothing) -> None:
        """Follow the news to their end; a border of a worker: nothing is raised.

        Args:
            news: what carrying out brings.
            done: what follows when all of it was done.
        """
        try:
            async with aclosing(news) as progress:  # type: ignore[type-var] # the gate makes it with an async generator
                async for each in progress:
                    self._take(each)
                    self.told()
            if self._all_done:
                await done()
        except KubeGenieError as error:
            self.error = error
        except Exception as error:
            self.error = unexpected(error)
        finally:
            self._end()

    def _take(self, news: Progress) -> None:
        self.error = news.error or self.error
        if news.step < 0:
            self.undo_id = news.undo_id
            return
        step, now = self._steps[news.step], self._clock()
        if step.began is None and news.state is not StepState.SKIPPED:
            step.began = now
        if news.state is not StepState.RUNNING:
            step.ended = now
        step.state, step.text = news.state, news.text
        if news.error is not None:
            step.text = str(news.error)

    def _end(self) -> None:
        for step in self._steps:
            if step.state in (StepState.WAITING, StepState.RUNNING):
                step.ended = step.began and self._clock()
                step.state = StepState.SKIPPED if step.state is StepState.WAITING else StepState.FAILED
        self.finished = True
        self.told()

    # What is known

    @property
    def shown(self) -> list[ShownStep]:
        """A line for each step."""
        now = self._clock()
        return [
            ShownStep(heard.state, each.step.words, heard.text, heard.seconds(now))
            for heard, each in zip(self._steps, self.preview.steps, strict=True)
        ]

    def count(self, state: StepState) -> int:
        """How many steps are in this state."""
        return sum(step.state is state for step in self._steps)

    @property
    def can_stop(self) -> bool:
        """Whether a stop would leave anything undone: steps to come, or a pod that a budget may hold."""
        if self.finished or self.stop_wanted:
            return False
        steps = zip(self._steps, self.preview.steps, strict=True)
        holding = any(heard.state is StepState.RUNNING and _evicts(shown.step) for heard, shown in steps)
        return holding or self.count(StepState.WAITING) > 0

    @property
    def changed_underneath(self) -> bool:
        """Whether nothing was done because an object was no longer what had been shown."""
        return isinstance(self.error, ChangedUnderneath | Conflict) and not self.count(StepState.DONE)

    @property
    def well(self) -> bool:
        """Whether everything was done."""
        return self.finished and self._all_done

    @property
    def _all_done(self) -> bool:
        return self.error is None and self.count(StepState.DONE) == len(self._steps)

    @property
    def outcome(self) -> str:
        """How it ended, in a sentence: what was done and what was not."""
        total, done = len(self._steps), self.count(StepState.DONE)
        if self.well:
            return f"Done in {self._clock() - self._began:.1f}s"
        if self.error is None:
            far = f"{done} of {total} steps done, the others not begun" if done else "nothing was begun"
            return f"Stopped as you wished: {far}"
        if done == total:
            return f"Done, but: {self.error}"
        told = any(str(self.error) in step.text for step in self._steps)
        reason = "" if told else f" · {self.error}"
        if total == 1:
            return f"It failed{reason}"
        left = self.count(StepState.SKIPPED)
        return f"Stopped at the first failure: {done} of {total} steps done, {left} not begun{reason}"


class _Heard:
    """What is known of one step."""

    def __init__(self) -> None:
        self.state = StepState.WAITING
        self.text = ""
        self.began: float | None = None
        self.ended: float | None = None

    def seconds(self, now: float) -> float | None:
        return None if self.began is None else (self.ended or now) - self.began


def _evicts(step: Step) -> bool:
    return step.subresource == "eviction"
