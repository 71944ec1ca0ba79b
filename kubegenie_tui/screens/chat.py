"""The genie, full screen: goes on with the latest conversation about the cluster."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.screens.chat_control import ChatControl
from kubegenie_tui.screens.cluster_header import header_parts
from kubegenie_tui.screens.messages import BackRequested
from kubegenie_tui.screens.painting import PaintedScreen
from kubegenie_tui.widgets.chat_pane import ChatPane
from kubegenie_tui.widgets.header import StatusHeader
from kubegenie_tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

HEADER_SECONDS = 2.0


class ChatScreen(PaintedScreen):
    """One conversation and nothing else."""

    CSS_PATH = "chat.tcss"

    def __init__(self, services: "Services", focus: Focus, *, demo: bool = False) -> None:
        super().__init__()
        self._services = services
        self._focus = focus
        self._demo = demo

    def compose(self) -> ComposeResult:
        """Header, conversation, footer."""
        yield StatusHeader(demo=self._demo)
        pane = ChatPane()
        ChatControl(self._services, pane, lambda: self._focus, leave=self._back, resume=True)
        yield pane
        yield KeyFooter()

    def on_mount(self) -> None:
        """Let the person type."""
        self.set_interval(HEADER_SECONDS, self._refresh_header)
        self._refresh_header()
        self.query_one(ChatPane).focus_input()

    def _refresh_header(self) -> None:
        left, right = header_parts(self._services, self._focus.cluster, self._focus.namespace, self.size.width)
        if not self._focus.cluster:
            left, right = Content.styled("KubeGenie", "bold"), Content()
        self.query_one(StatusHeader).set_parts(left, right)

    def _back(self) -> None:
        self.post_message(BackRequested())
