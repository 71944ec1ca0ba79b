"""What the screens of one object share: the cluster on top, the keys at the bottom, Esc leads back."""

import time
from collections.abc import Callable

from textual.content import Content

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.cluster_header import cluster_name, cluster_words
from kubegenie_tui.screens.painting import PaintedScreen
from kubegenie_tui.widgets.header import StatusHeader

HEADER_SECONDS = 2.0


class ObjectScreen(PaintedScreen):
    """A header that stays true; a subclass composes what is below."""

    def __init__(
        self, source: ClusterReader, namespace: str, *, demo: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self.source = source
        self.namespace = namespace
        self.now = now
        self._demo = demo

    def header(self) -> StatusHeader:
        """The line on top."""
        return StatusHeader(demo=self._demo)

    def on_mount(self) -> None:
        """Keep the header true."""
        self.set_interval(HEADER_SECONDS, self._refresh_header)
        self._refresh_header()

    def _refresh_header(self) -> None:
        status = self.source.status
        left = [("KubeGenie", "bold"), "  ", *cluster_name(status), *cluster_words(status)]
        if self.namespace:
            left += [("  │ ", "$rule"), plain(self.namespace)]
        self.query_one(StatusHeader).set_parts(Content.assemble(*left))
