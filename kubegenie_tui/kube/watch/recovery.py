"""After a failure: where to go on, and after how long. Every rule here has its reason in a server seen to behave so."""

import msgspec

from kubegenie_tui.domain.errors import Expired, Forbidden, Invalid, KubeGenieError, NotFound, ServerFailed, Throttled
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.kube.backoff import Backoff
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.watch.listing import ANY_VERSION, NEWEST

SLOW = 60.0
"""Seconds between tries at what only a person can mend: a missing right, a kind that is not served."""
_WATCH_FAILURES = 5
"""Server errors in a row after which a watch is not tried again but the list."""
_EXPIRIES_AT_ONCE = 2
"""Expiries in a row that are answered without waiting."""


class Position(msgspec.Struct):
    """How far the rows follow the server."""

    listed: bool = False
    """Whether everything up to `version` has been applied."""
    ever_listed: bool = False
    """Whether the rows were complete at some time."""
    version: str = ""
    """The last resourceVersion applied: opaque, never compared."""
    list_from: str = ANY_VERSION
    """The resourceVersion to list from."""

    def reached(self, version: str) -> None:
        """Everything up to `version` has been applied."""
        self.listed = self.ever_listed = True
        self.version = version

    def relist(self, version: str) -> None:
        """Begin anew with a list from `version`."""
        self.listed = False
        self.list_from = version


class Recovery:
    """Decides for one reflector."""

    def __init__(self, clock: Clock) -> None:
        self._backoff = Backoff(clock)
        self._watch_failures = 0
        self._expiries = 0

    def progressed(self) -> None:
        """A watch has brought something."""
        self._watch_failures = self._expiries = 0

    def after(self, error: KubeGenieError, position: Position) -> tuple[Phase | None, float]:
        """Move `position` to where to go on.

        Returns:
            The phase to show, None for one that only says the rows may be old; and the seconds to wait.
        """
        match error:
            case Expired():
                return None, self._expired(position)
            case Throttled():
                return None, error.retry_after
            case NotFound():
                position.relist(ANY_VERSION)
                return Phase.GONE, SLOW
            case Forbidden():
                phase = None if position.listed else Phase.DENIED
                position.relist(ANY_VERSION)
                return phase, SLOW
            case Invalid():
                position.relist(NEWEST if position.listed else ANY_VERSION)
            case ServerFailed():
                return None, self._server_failed(error, position)
            case _:
                pass
        return None, self._backoff.next()

    def _expired(self, position: Position) -> float:
        """List again, not older than what was seen; when that has expired too, the newest."""
        position.relist(position.version if position.listed else NEWEST)
        self._expiries += 1
        return 0.0 if self._expiries <= _EXPIRIES_AT_ONCE else self._backoff.next()

    def _server_failed(self, error: ServerFailed, position: Position) -> float:
        """A list from a version that the server has not reached is answered with 504 ResourceVersionTooLarge."""
        if not position.listed and position.list_from not in (ANY_VERSION, NEWEST):
            position.relist(NEWEST)
            if error.code == 504:
                return 0.0
        elif position.listed:
            self._watch_failures += 1
            if self._watch_failures >= _WATCH_FAILURES:
                self._watch_failures = 0
                position.relist(position.version)
        return max(self._backoff.next(), error.retry_after or 0.0)
