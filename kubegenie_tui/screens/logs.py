"""The logs of a pod, full screen."""

import time
from collections.abc import Callable

from textual import on
from textual.app import ComposeResult

from kubegenie_tui.domain.cluster_reader import ClusterReader
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
        namespace: str,
        pod: str,
        container: str = "",
        previous: bool = False,
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(source, namespace, demo=demo, now=now)
        self._pod = pod
        self._container = container
        self._previous = previous
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
        self._control.open(self.namespace, self._pod, self._container, previous=self._previous)
        self._pane.view.focus()

    def on_unmount(self) -> None:
        """Stop reading."""
        self._control.close()

    @on(LogPane.Closed)
    def _leave(self) -> None:
        self.post_message(BackRequested())
