"""What was changed in a cluster from here, by whom, and how it went: the latest of the audit log, as it grows."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from kubegenie_tui.changes.audit import Entry, paired
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.record_list import Record, RecordList

LOOK_SECONDS = 2.0
"""Between two looks at the log."""
_HEALTH = {"done": Health.OK, "failed": Health.BAD, "unknown": Health.WARN}


class AuditScreen(FloatingScreen[None]):
    """Reads only; what is in the log cannot be changed from anywhere."""

    CSS_PATH = "audit.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("audit")

    def __init__(self, cluster: str, entries: Callable[[], Awaitable[Sequence[Entry]]]) -> None:
        """The log of one cluster.

        Args:
            cluster: its name.
            entries: the newest entries of it, the newest first.
        """
        super().__init__()
        self._cluster = cluster
        self._entries = entries

    def compose(self) -> ComposeResult:
        """A list in a box."""
        with Vertical(id="audit") as box:
            box.border_title = Content(f"Audit log of {plain(self._cluster)}")
            box.border_subtitle = Content("kubegenie audit verify proves that nothing was altered")
            yield RecordList()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look at once, and again from time to time."""
        self.query_one(RecordList).focus()
        self.set_interval(LOOK_SECONDS, self._look)
        self._look()

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        try:
            records = [_record(*pair) for pair in paired(await self._entries())]
        except KubeGenieError as error:
            records = [Record("", Health.BAD, "failed", str(error))]
        self.query_one(RecordList).show(records or [Record("", Health.IDLE, "", "nothing was changed from here yet")])

    def action_leave(self) -> None:
        """Close."""
        self.dismiss(None)


def _record(intent: Entry, result: Entry | None) -> Record:
    """One change: what was wanted, and what came of it."""
    when = time.strftime("%m-%d %H:%M:%S", time.localtime(intent.at))
    word = result.result if result else "no result"
    where = f"{intent.namespace}/{intent.name}" if intent.namespace else intent.name
    verb = f"{intent.verb} {intent.subresource} of" if intent.subresource else intent.verb
    whom = intent.identity if intent.asked_by == "person" else f"{intent.identity}, asked by {intent.asked_by}"
    what = "" if where in intent.plan else f"{verb} {intent.kind} {where}"
    parts = [f"W{intent.tier} {intent.plan}", what, whom, intent.how]
    if result is not None:
        parts += [f"{result.latency_ms:.0f} ms", result.message]
    return Record(when, _HEALTH.get(word, Health.WARN), word, " · ".join(part for part in parts if part))
