"""The chat in plain data: what is said and kept, and what happens while the genie works."""

from typing import TYPE_CHECKING, Literal

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef

if TYPE_CHECKING:
    from kubegenie_tui.domain.plan import Plan, Tier

BUILT_IN = "built-in"
"""Who answers when no model does, as it is named to people."""


class Focus(msgspec.Struct, frozen=True):
    """What the person looks at when asking."""

    cluster: str = ""
    namespace: str = ""
    """Empty for all namespaces."""
    kind: str = ""
    """Kind id of the table in view."""
    selected: ObjectRef | None = None
    filter: str = ""


class Message(msgspec.Struct, frozen=True):
    """One stored turn of a conversation. Text is redacted before it comes here."""

    role: Literal["user", "assistant", "tool"]
    text: str
    at: float
    """Seconds since the epoch."""
    tool: str = ""
    """The tool's name and arguments in short, for role `tool`."""
    id: int = 0


class Conversation(msgspec.Struct, frozen=True):
    """A stored conversation, without its messages."""

    id: int
    title: str
    cluster: str
    created: float
    updated: float
    messages: int = 0


class Found(msgspec.Struct, frozen=True):
    """A conversation that a search found."""

    conversation: Conversation
    excerpt: str
    """The text around its latest match, on one line at most some 20 words long; empty when only the title matches."""


class TextDelta(msgspec.Struct, frozen=True):
    """More of the answer; Markdown."""

    text: str


class Noted(msgspec.Struct, frozen=True):
    """What the genie says of its own work: no part of the answer, and not kept."""

    text: str
    """`waits 12 s: the server asks for patience`."""


class ToolStarted(msgspec.Struct, frozen=True):
    """The genie looks something up."""

    call_id: str
    label: str
    """`get pods checkout-…`."""


class ToolFinished(msgspec.Struct, frozen=True):
    """What a look-up brought."""

    call_id: str
    label: str
    ok: bool
    summary: str
    """One line: `48 of 482 pods`."""
    result: str
    """The bounded, redacted text the model sees."""
    milliseconds: float


class ShowRequested(msgspec.Struct, frozen=True):
    """The answer is best seen in the explorer."""

    kind: str
    namespace: str = ""
    filter: str = ""
    name: str = ""
    view: Literal["table", "logs", "detail"] = "table"
    cluster: str = ""
    """Empty for the one in view."""


class ChoicesOffered(msgspec.Struct, frozen=True):
    """The question could mean several objects: the person picks one."""

    question: str
    choices: tuple[ObjectRef, ...]


class PlanProposed(msgspec.Struct, frozen=True):
    """The genie suggests a change; it is made when a person has looked at it and said yes, and not before."""

    plan: "Plan"
    tier: "Tier | None" = None
    """How careful it must be; None where nobody has looked at it yet."""
    command: str = ""
    """What proposes the same on a command line."""


class Finished(msgspec.Struct, frozen=True):
    """The turn is over."""

    engine: str
    """The model's name, or `built-in`."""
    input_tokens: int = 0
    output_tokens: int = 0
    cancelled: bool = False
    cost: float | None = None
    """Dollars; None when nobody said what the model costs."""


class Failed(msgspec.Struct, frozen=True):
    """The turn ended in an error; what was said so far stands."""

    what: str
    why: str = ""
    next_step: str = ""


ChatEvent = (
    TextDelta | Noted | ToolStarted | ToolFinished | ShowRequested | ChoicesOffered | PlanProposed | Finished | Failed
)
