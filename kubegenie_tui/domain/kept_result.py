"""What of a long result stays after a model was sent a part of it."""

import msgspec

LONGEST_KEPT = 4_000_000
"""Characters of a result that is kept whole with its conversation."""


class KeptResult(msgspec.Struct, frozen=True):
    """A result that a model was sent in part, kept beside the conversation for `recall`."""

    name: str
    """`r3`."""
    characters: int
    """Of the whole."""
    text: str = ""
    """Without credentials; empty where there is no room for it."""
