"""The value without which nothing writes: a person's yes to one plan, which only `changes` can hand out."""

import msgspec


class Approval(msgspec.Struct, frozen=True):
    """A person's yes to one plan in the state it was shown.

    Made by `changes.approval` alone: a test reads all of our code for another place, and `kube.writes` takes nothing
    without one.
    """

    plan: str
    """Digest of the steps that were shown."""
    how: str
    """How the person said yes: `key y`, `typed checkout`."""
    at: float
    """Seconds since the epoch."""
