"""Work in the background that met what nobody expected: the person is told, and what shows that it goes on stops."""

import math
import time
import traceback
from typing import Any, ClassVar, Protocol, runtime_checkable

from textual.app import App
from textual.worker import Worker

from kubegenie_tui.crash_report import keep_crash_report
from kubegenie_tui.domain.errors import KubeGenieError, StoreError, unexpected
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase

TOLD_SECONDS = 20.0


@runtime_checkable
class ShowsFaults(Protocol):
    """A screen or a widget that says that it is working, and has to say so no longer."""

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Show in place of progress that the work of this group ended with an error."""
        ...


class FilledRows:
    """A screen whose rows are brought by work of its own."""

    FILLED_BY: ClassVar[str]
    """Group of that work."""
    _live: LiveRows

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Where the rows would be."""
        if group == self.FILLED_BY:
            self._live.set_state(LiveState(Phase.DENIED, time.time(), error))
            self._live.publish()


class FailedWork:
    """Tells of work that failed; what fails in one place again and again is reported once, and told now and then."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._known: dict[tuple[str, ...], KubeGenieError] = {}
        """What failed and where, with what is told of it."""
        self._told_at: dict[tuple[str, ...], float] = {}

    def tell(self, worker: Worker[Any], error: BaseException) -> None:
        """Tell the person what failed, and whoever shows that the work goes on.

        Args:
            worker: the work.
            error: what ended it.
        """
        key, now = _key(worker, error), time.monotonic()
        if key not in self._known:
            self._known[key] = error if isinstance(error, KubeGenieError) else _reported(error)
        told = self._known[key]
        shows = next((each for each in worker.node.ancestors_with_self if isinstance(each, ShowsFaults)), None)
        if shows is not None and worker.node.is_attached:
            shows.show_fault(worker.group, told)
        if now - self._told_at.get(key, -math.inf) >= TOLD_SECONDS:
            self._told_at[key] = now
            self._app.notify(str(told), severity="error", timeout=TOLD_SECONDS)


def _key(worker: Worker[Any], error: BaseException) -> tuple[str, ...]:
    if isinstance(error, KubeGenieError):
        return (worker.group, str(error))
    place = (f"{each.filename}:{each.lineno}" for each in traceback.extract_tb(error.__traceback__)[-1:])
    return (worker.group, type(error).__qualname__, *place)


def _reported(error: BaseException) -> KubeGenieError:
    """A fault of our own in words, and where what led to it was kept."""
    told = unexpected(error)
    try:
        file = keep_crash_report(error)
    except (StoreError, OSError):
        return told
    return KubeGenieError(told.what, told.why, f"what led to it was kept in {file}: {told.next_step}")
