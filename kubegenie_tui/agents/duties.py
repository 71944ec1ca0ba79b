"""What an agent does in the background: tasks with names, whose failure is noticed and can be mended."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

Work = Callable[[], Awaitable[None]]


class Duties:
    """Tasks by name. One that returns is done; one that fails is kept, with its error, until it is started again."""

    def __init__(self, on_failure: Callable[[], None]) -> None:
        self._on_failure = on_failure
        self._works: dict[str, Work] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.failures: dict[str, BaseException] = {}
        """Errors by the duty's name."""

    def __contains__(self, name: object) -> bool:
        return name in self._works

    def names(self) -> tuple[str, ...]:
        """What is under way."""
        return tuple(self._tasks)

    def start(self, name: str, work: Work) -> None:
        """Begin a duty; one of the same name that is under way goes on instead."""
        if name in self._tasks:
            return
        self.failures.pop(name, None)
        self._works[name] = work
        task = asyncio.create_task(_run(work), name=name)
        self._tasks[name] = task
        task.add_done_callback(partial(self._ended, name))

    def stop(self, name: str) -> None:
        """End a duty; an unknown one is no error."""
        self._works.pop(name, None)
        self.failures.pop(name, None)
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def restart_failed(self) -> None:
        """Begin again what has failed."""
        for name in list(self.failures):
            self.start(name, self._works[name])

    async def close(self) -> None:
        """End all duties and wait until they have ended."""
        tasks = list(self._tasks.values())
        for name in list(self._works):
            self.stop(name)
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, name: str, task: asyncio.Task[None]) -> None:
        failure = None if task.cancelled() else task.exception()
        if self._tasks.get(name) is not task:
            return
        del self._tasks[name]
        if failure is None:
            self._works.pop(name, None)
        else:
            self.failures[name] = failure
            self._on_failure()


async def _run(work: Work) -> None:
    await work()
