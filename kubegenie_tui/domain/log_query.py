"""Which lines of a container's log are asked for."""

import msgspec


class LogQuery(msgspec.Struct, frozen=True):
    """A container, and a part of its log."""

    namespace: str
    pod: str
    container: str = ""
    """May be empty for a pod with one container."""
    follow: bool = False
    """Go on until the container ends."""
    previous: bool = False
    """The log of the run before this one."""
    tail: int | None = None
    """Only so many lines from the end."""
    first_bytes: int | None = None
    """Only so much from the beginning, where no `tail` is asked for."""
    since_seconds: int | None = None
    """Only what is younger."""
    timestamps: bool = False
    """Each line begins with its RFC 3339 time."""
