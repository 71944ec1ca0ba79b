"""What the exit status tells a script."""

from enum import IntEnum

from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, Unauthorized, Unreachable, UsageError


class Exit(IntEnum):
    """Every exit status of the command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_CLUSTER = 3
    ASKS_BACK = 4
    INTERRUPTED = 130
    PIPE_CLOSED = 141

    @property
    def meaning(self) -> str:
        """The status in words, for the help and the reference page."""
        return _MEANINGS[self]

    @classmethod
    def of(cls, error: KubeGenieError) -> "Exit":
        """The status that an error ends with."""
        if isinstance(error, UsageError):
            return cls.USAGE
        return cls.NO_CLUSTER if isinstance(error, Unreachable | Unauthorized | Forbidden) else cls.FAILED


_MEANINGS = {
    Exit.OK: "done",
    Exit.FAILED: "failed",
    Exit.USAGE: "the command line is wrong",
    Exit.NO_CLUSTER: "a cluster could not be reached or refused us",
    Exit.ASKS_BACK: "the question was not understood, or is answered by a question",
    Exit.INTERRUPTED: "interrupted",
    Exit.PIPE_CLOSED: "the reader of the output went away",
}
