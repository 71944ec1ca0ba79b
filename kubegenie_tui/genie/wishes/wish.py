"""What a sentence wishes to have changed."""

from typing import Any, Literal

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef


class Step(msgspec.Struct, frozen=True):
    """One change of one object."""

    verb: str
    """`scale`, `set-image`: the words of the intent format."""
    ref: ObjectRef
    args: dict[str, Any] = {}


class Wish(msgspec.Struct, frozen=True):
    """A sentence that speaks of changing something."""

    outcome: Literal["write", "ambiguous", "unsupported", "refuse"]
    verb: str = ""
    steps: tuple[Step, ...] = ()
    """In order; only for `write`."""
    choices: tuple[ObjectRef, ...] = ()
    """What a name could mean, for `ambiguous`."""
    name: str = ""
    """The name that was said, when it could not be resolved."""
    kind: str = ""
    args: dict[str, Any] = {}
    """What was said about it, for `ambiguous`."""
    why: str = ""
    """Why nothing is proposed, as a sentence."""
