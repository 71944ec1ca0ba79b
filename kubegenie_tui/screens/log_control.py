"""Brings the lines of a container to a pane of logs, and does what the pane cannot: pick, save, ask."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.domain.summary_container import ContainerState, container_states, container_to_read
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.log_feed import PODS, FeedState, LogFeed
from kubegenie_tui.screens.log_saving import save_lines
from kubegenie_tui.screens.messages import AskRequested
from kubegenie_tui.screens.picker import Choice, PickerScreen
from kubegenie_tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.worker import Worker

    from kubegenie_tui.domain.manifest import Manifest

LOADING_AFTER = 0.3
"""Seconds before the pane says that it waits."""
BETWEEN = 0.1
"""Seconds between two appends to the view."""
_INK = {Health.PROGRESSING: "$accent", Health.WARN: "$warning", Health.BAD: "$error"}


class LogControl:
    """One pane, one cluster, one pod at a time."""

    def __init__(self, pane: LogPane, source: ClusterReader, *, now: Callable[[], float] = time.time) -> None:
        self._pane = pane
        self._source = source
        self._now = now
        self._pod: Manifest = {}
        self._place = ("", "")
        self._container = ""
        self._previous = False
        self._worker: Worker[None] | None = None
        self._pending: list[LogLine] = []
        self._flushed = 0.0
        pane.actions = self

    def open(self, namespace: str, pod: str, container: str = "", *, previous: bool = False) -> None:
        """Show this log from now on; without a container the one that tells most."""
        self._place = (namespace, pod)
        self._pod = {}
        self._start(container, previous)

    @property
    def place(self) -> tuple[str, str]:
        """Namespace and name of the pod; empty when no log is open."""
        return self._place

    def close(self) -> None:
        """Stop at once; the lines that came stay."""
        self._place = ("", "")
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    def _start(self, container: str, previous: bool) -> None:
        self._container, self._previous, self._pending = container, previous, []
        self._pane.begin(self._place[1], container, previous=previous)
        self._worker = self._pane.run_worker(self._run(), group="logs", exclusive=True, exit_on_error=False)

    async def _run(self) -> None:
        ticker = self._pane.set_interval(BETWEEN, self._flush)
        waiting = self._pane.set_timer(LOADING_AFTER, lambda: self._pane.show_nothing("Fetching the log …"))
        try:
            await self._find_container()
            async with closing(self._feed().run()) as feed:
                async for heard in feed:
                    waiting.stop()
                    self._take(heard)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            self._take(FeedState("stopped", trouble=True, error=unexpected(error), ended=True))
        finally:
            waiting.stop()
            ticker.stop()
            self._flush()

    async def _find_container(self) -> None:
        namespace, pod = self._place
        try:
            self._pod = await self._source.get(PODS, pod, namespace)
        except KubeGenieError:
            return  # the log itself will say what stands in the way, or come nevertheless
        self._container = self._container or container_to_read(self._pod)
        self._pane.name_log(pod, self._container, previous=self._previous)

    def _feed(self) -> LogFeed:
        return LogFeed(self._source, *self._place, self._container, previous=self._previous, now=self._now)

    def _take(self, heard: list[LogLine] | FeedState) -> None:
        if not isinstance(heard, FeedState):
            self._pending += heard
            if self._now() - self._flushed >= BETWEEN:
                self._flush()
            return
        self._flush()
        self._pane.tell_state(heard.words, trouble=heard.trouble, ended=heard.ended)
        if heard.error is not None:
            self._pane.show_nothing(heard.error)
        elif not self._pane.view.store:
            self._pane.show_nothing("The log is empty." if heard.ended else "The log is empty so far.")

    def _flush(self) -> None:
        if not self._pending or not self._pane.is_attached:
            return
        self._flushed = self._now()
        records, self._pending = self._pending, []
        self._pane.take_lines(records)

    # What the pane asks for

    def toggle_previous(self) -> None:
        """The run before this one, or this one again."""
        if self._place[1]:
            self._start(self._container, not self._previous)

    def choose_container(self) -> None:
        """Let the person pick another container."""
        states = container_states(self._pod, self._now())
        if len(states) < 2:
            self._pane.say("this pod has one container")
            return
        picker = PickerScreen("Container", [_choice(state) for state in states], current=self._container)
        self._pane.app.push_screen(picker, self._choose)

    def _choose(self, container: str | None) -> None:
        if container and container != self._container:
            self._start(container, previous=False)

    def save(self) -> None:
        """Write the shown lines to a file in the downloads, for this user's eyes only."""
        self._pane.run_worker(self._save(), group="save-logs", exclusive=True, exit_on_error=False)

    async def _save(self) -> None:
        at = datetime.fromtimestamp(self._now(), UTC).astimezone()
        name = f"{self._place[1]}-{self._container or 'log'}-{at:%Y%m%d-%H%M%S}.log"
        try:
            path, count = await save_lines(self._pane.view, name)
        except KubeGenieError as error:
            self._pane.say(str(error))
            return
        self._pane.app.notify(f"Saved {count:,} lines to {path}", markup=False)

    def ask(self) -> None:
        """Ask the genie about this pod."""
        namespace, pod = self._place
        ref = ObjectRef("pods", pod, namespace, self._source.name)
        self._pane.post_message(AskRequested("", Focus(self._source.name, namespace, "pods", ref)))


def _choice(state: ContainerState) -> Choice:
    glyph = "" if state.health <= Health.IDLE else f"{state.health.glyph} "
    kind = "" if state.title == "Container" else f"  {state.title.lower()}"
    words = (f"  {glyph}{plain(state.words)}", _INK.get(state.health, "$muted"))
    return Choice(state.name, Content.assemble((plain(state.name), "bold"), (kind, "$muted"), words))
