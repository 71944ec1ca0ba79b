"""The logs of a pod, of marked pods or of a workload, full screen."""

import time
from collections.abc import Callable

from textual import on
from textual.app import ComposeResult

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.screens.log_control import LogControl
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.object_screen import ObjectScreen
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.log_pane import LogPane


class LogsScreen(ObjectScreen):
    """One pane of logs."""

    CSS_PATH = "logs.tcss"

    def __init__(
        self,
        source: ClusterReader,
        target: LogTarget,
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(source, target.refs[0].namespace, demo=demo, now=now)
        self._target = target
        self._pane = LogPane(now=now)
        self._control = LogControl(self._pane, source, now=now)

    def compose(self) -> ComposeResult:
        """Header, logs, footer."""
        yield self.header()
        yield self._pane
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin to read."""
        super().on_mount()
        self._control.open(self._target)
        self._pane.view.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._control.close()

    @on(LogPane.Closed)
    def _leave(self) -> None:
        self.post_message(BackRequested())
