"""One object, full screen."""

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.key_sharing import OBJECT_KEYS, RELATION_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.detail_control import DetailControl
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.object_keys import ObjectKeys
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.key_footer import KeyFooter


class DetailScreen(ObjectKeys):
    """Summary, YAML, events and logs of one object, and what can be done with it."""

    CSS_PATH = "detail.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("explorer", OBJECT_KEYS | RELATION_KEYS)

    def __init__(
        self,
        source: ClusterReader,
        kind: Kind,
        namespace: str,
        name: str,
        tab: str = "summary",
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(source, namespace, demo=demo, now=now)
        self._kind = kind
        self._name_of_object = name
        self._tab = tab
        self._control: DetailControl | None = None

    def compose(self) -> ComposeResult:
        """Header, object, footer."""
        yield self.header()
        yield DetailView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Fetch the object."""
        super().on_mount()
        view = self.query_one(DetailView)
        self._control = DetailControl(view, self.source, now=self.now)
        self._control.show(self._kind, self.namespace, self._name_of_object, tab=self._tab)
        view.focus_text()

    def on_unmount(self) -> None:
        """Let go of what is watched."""
        if self._control is not None:
            self._control.close()

    def object_at_hand(self) -> ObjectRef:
        """See ObjectKeys."""
        return ObjectRef(self._kind.id, self._name_of_object, self.namespace, self.source.name)

    @on(DetailView.Closed)
    def _leave(self) -> None:
        self.post_message(BackRequested())
