"""Entry points of plugins of every kind, and how code that is not ours is waited for and spoken of."""

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from kubegenie_tui.domain.errors import KubeGenieError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

COMMAND_GROUP = "kubegenie.plugins"
"""The group of entry points that add commands."""
T = TypeVar("T")


def entries(group: str) -> "list[EntryPoint]":
    """The entry points of a group, by name. Nothing of them is imported; a distribution that is broken has none."""
    from importlib.metadata import entry_points

    try:
        found = list(entry_points(group=group))
    except (TypeError, ValueError):
        found = list(_one_by_one(group))
    return sorted(found, key=lambda each: each.name)


def _one_by_one(group: str) -> "Iterator[EntryPoint]":
    """The same, several times slower, past a distribution whose entry points cannot be read."""
    from importlib.metadata import distributions

    seen = set()
    for each in distributions():
        if each.name not in seen:
            seen.add(each.name)
            with contextlib.suppress(TypeError, ValueError):
                yield from each.entry_points.select(group=group)


def source_of(entry: "EntryPoint") -> str:
    """The distribution that brought an entry point: `kubegenie-hello 1.0`."""
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else entry.value


def words_of(error: BaseException) -> str:
    """A failure of a plugin in one sentence."""
    if isinstance(error, KubeGenieError):
        return str(error)
    said = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


async def apart(work: Callable[[], T]) -> T:
    """What a function gives, from a thread that does not hold up the end of the program: a plugin may never return."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.cancelled():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type] # without an error it is the result

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:
            failure = RuntimeError(words_of(error)) if isinstance(error, StopIteration) else error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=contextvars.copy_context().run, args=(run,), name="plugin", daemon=True).start()
    return await future
