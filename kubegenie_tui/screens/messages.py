"""What screens ask of the app: they never know each other, they post one of these."""

from dataclasses import dataclass

from textual.message import Message

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind import Kind


@dataclass
class DetailRequested(Message):
    """Open one object."""

    cluster: str
    kind: Kind
    namespace: str
    name: str
    tab: str = "summary"
    """summary, yaml, events or logs."""


@dataclass
class LogsRequested(Message):
    """Open the logs of a pod."""

    cluster: str
    namespace: str
    pod: str
    container: str = ""
    """Empty for the pod's default container."""
    previous: bool = False


@dataclass
class ExplorerRequested(Message):
    """Open the explorer; what is left empty stays as it was in that cluster."""

    cluster: str
    kind_name: str = ""
    namespace: str | None = None
    """Empty string for all namespaces, None to leave it."""
    filter: str = ""
    name: str = ""
    """Put the cursor on this object when it comes."""


@dataclass
class AskRequested(Message):
    """Put a question to the genie."""

    text: str
    """Empty to open the chat and let the person type."""
    focus: Focus


@dataclass
class ChatRequested(Message):
    """Open the chat full screen."""


@dataclass
class ClustersRequested(Message):
    """Open the cluster list."""


@dataclass
class DemoRequested(Message):
    """Start the simulated clusters and open them."""


@dataclass
class ThemeRequested(Message):
    """Wear another theme from now on."""

    name: str


@dataclass
class BackRequested(Message):
    """Leave this place for the one before."""
