"""How long a cluster was looked at, and what it used at most in that time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from kubegenie_tui.domain.looks import QUARTER, Look

LEAST_LOOKS = 3
LEAST_SECONDS = 86_400
"""From the first look to the last: what works at night only, or in the day only, is not called idle at once."""


class Looked:
    """Looks at one cluster, the oldest first."""

    def __init__(self, looks: Sequence[Look]) -> None:
        self._looks = looks

    @property
    def is_long_enough(self) -> bool:
        """Whether something may be called idle by them."""
        return len(self._looks) >= LEAST_LOOKS and self._looks[-1].at - self._looks[0].at >= LEAST_SECONDS

    def most(self, namespace: str) -> int:
        """Millicores that a namespace used at most."""
        return max((each.used.get(namespace, 0) for each in self._looks), default=0)

    @property
    def most_together(self) -> int:
        """Millicores that all namespaces used at most at one time."""
        return max((sum(each.used.values()) for each in self._looks), default=0)

    @property
    def words(self) -> str:
        """`in 14 quarters of an hour since 2026-11-17 10:15 UTC, over 26 hours`."""
        if not self._looks:
            return "never"
        first, count = self._looks[0].at, len(self._looks)
        since = f"since {datetime.fromtimestamp(first, UTC):%Y-%m-%d %H:%M} UTC"
        if count == 1:
            return f"in one quarter of an hour, {since}"
        return f"in {count} quarters of an hour {since}, over {(self._looks[-1].at + QUARTER - first) / 3600:.0f} hours"

    @property
    def too_few(self) -> str:
        """Why nothing is called idle yet."""
        return f"CPU was measured {self.words}; {LEAST_LOOKS} such looks over a day are needed"
