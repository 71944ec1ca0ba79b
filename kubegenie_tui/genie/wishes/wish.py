"""What a sentence wishes to have changed."""

from typing import Any, Literal

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef

HANDED = frozenset({"exec", "port-forward"})
"""What changes nothing in a cluster, and is for a person with a terminal."""
WRITTEN = frozenset({"create", "apply", "patch"})
"""What is done with an object that is written out."""


class Step(msgspec.Struct, frozen=True):
    """One change of one object."""

    verb: str
    """`scale`, `set-image`: the words of the intent format."""
    ref: ObjectRef
    args: dict[str, Any] = {}
    body: dict[str, Any] = {}
    """The object to be made or applied, or what is to be merged into it."""


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
    about: ObjectRef | None = None
    """For `ambiguous`: the only object that can be meant, of which something was left out."""
    asks: str = ""
    """For `ambiguous`: what has to be asked still once it is known what is meant."""
