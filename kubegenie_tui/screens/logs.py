"""The logs of a pod, of marked pods or of a workload, of one cluster or several, full screen."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from textual import on
from textual.app import ComposeResult
from textual.content import Content

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.log_control import LogControl
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.object_screen import ObjectScreen
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.log_pane import LogPane

_ALONE: Mapping[str, ClusterReader | KubeGenieError] = MappingProxyType({})


class LogsScreen(ObjectScreen):
    """One pane of logs."""

    CSS_PATH = "logs.tcss"

    def __init__(
        self,
        source: ClusterReader,
        target: LogTarget,
        *,
        clusters: Mapping[str, ClusterReader | KubeGenieError] = _ALONE,
        find: str = "",
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(source, target.refs[0].namespace, demo=demo, now=now)
        self._find = find
        self._clusters = clusters
        self._target = target
        self._pane = LogPane(now=now)
        self._control = LogControl(self._pane, source, clusters=clusters, now=now)

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
        if self._find:
            self._pane.bar.look_for(self._find)

    def _refresh_header(self) -> None:
        super()._refresh_header()
        if self._clusters:
            names = "  ".join(plain(name) for name in self._clusters)
            left = Content.assemble(("KubeGenie", "bold"), "  ", (names, "bold $accent"))
            self.query_one(StatusHeader).set_parts(left)

    def on_unmount(self) -> None:
        """Stop reading."""
        self._control.close()

    @on(LogPane.Closed)
    def _leave(self) -> None:
        self.post_message(BackRequested())
