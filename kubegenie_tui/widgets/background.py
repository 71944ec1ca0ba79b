"""Work in the background of a widget, a screen or the app: it ends when that goes, and its errors end nothing else."""

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode
from textual.worker import Worker


def begin(of: DOMNode, work: Callable[[], Awaitable[None]], group: str, *, exclusive: bool = False) -> Worker[None]:
    """Begin work when it is its turn.

    The function is given, never a coroutine: of what is replaced before its turn, nothing remains that nobody awaits.

    Args:
        of: whose work it is.
        work: an async function or method, or a partial of one.
        group: what it is called.
        exclusive: whether it takes the place of what is under way in that group.
    """
    return of.run_worker(work, group=group, exclusive=exclusive)  # type: ignore[arg-type]


def under_way(of: DOMNode, group: str) -> bool:
    """Whether work of this group goes on there: what is looked at again now and then must not break off a slow look."""
    return any(each.group == group and each.node is of and not each.is_finished for each in of.app.workers)
