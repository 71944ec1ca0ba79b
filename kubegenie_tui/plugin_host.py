"""A thread with an event loop of its own for code that is not ours: however it hangs, the app goes on."""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from kubegenie_tui.domain.errors import KubeGenieError, PluginError
from kubegenie_tui.plugin_entries import words_of

T = TypeVar("T")


class PluginHost:
    """One life of a plugin: what hangs in it is left behind with it, and ends with the program at the latest."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, name=f"plugin {name}", daemon=True).start()

    async def ask(self, what: str, work: Callable[[], Awaitable[T]], seconds: float) -> T:
        """What some work in the thread gives.

        Args:
            what: it is called in an error.
            work: begins there.
            seconds: it may take.

        Raises:
            PluginError: it failed, or did not come back in time.
            KubeGenieError: it raised one.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self.run(work)
        except TimeoutError as error:
            what = f"{self._name} hangs in {what}"
            raise PluginError(what, f"nothing came back for {seconds:g} s", "it is begun anew") from error
        except (KubeGenieError, asyncio.CancelledError):
            raise
        except BaseException as error:  # anything may be wrong with a program that is not ours
            raise PluginError(f"{self._name} crashed in {what}", words_of(error), "it is begun anew") from error

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """What some work in the thread gives, however long it takes; whoever waits may go away.

        Raises:
            Exception: whatever the work raises; its end of the program is a RuntimeError.
        """
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_awaited(work), self._loop))

    def leave(self) -> None:
        """Stop the loop as soon as it can; a thread that hangs is not waited for."""
        with contextlib.suppress(RuntimeError):  # the plugin closed it
            self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


class Apart:
    """A provider of others, asked in a thread of its own: one that blocks can be given up, and harms nobody.

    It has the methods of the provider, which is made when it is first asked.
    """

    def __init__(self, name: str, kind: type[Any], config: object) -> None:
        """A provider that waits.

        Args:
            name: of the plugin.
            kind: its class.
            config: what that takes.
        """
        self._kind = kind
        self._config = config
        self._provider: Any = None
        self._host = PluginHost(name)
        weakref.finalize(self, self._host.leave)

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        getattr(self._kind, method)
        return partial(self._asked, method)

    async def _asked(self, method: str, *about: object) -> Any:
        return await self._host.run(partial(self._ask, method, *about))

    async def _ask(self, method: str, *about: object) -> Any:
        if self._provider is None:
            self._provider = self._kind(self._config)
        return await getattr(self._provider, method)(*about)


async def _awaited(work: Callable[[], Awaitable[T]]) -> T:
    """What the work gives; its own end of the program, or of its task, is a failure like another."""
    try:
        return await work()
    except (SystemExit, KeyboardInterrupt, asyncio.CancelledError) as error:
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            raise
        raise RuntimeError(words_of(error)) from error
