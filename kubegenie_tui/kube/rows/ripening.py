"""Time alone can turn progress into a problem: a row that stays PROGRESSING for too long becomes a warning."""

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.row import Row
from kubegenie_tui.kube.clock import Clock

LOOK_EVERY = 5.0
"""Seconds between two looks."""
_PROGRESSING = Health.PROGRESSING


class Ripening:
    """Watches rows whose shape has patience."""

    def __init__(self, live: LiveRows, clock: Clock) -> None:
        self.patience = 0
        """Seconds a row may be PROGRESSING; 0 for as long as it likes."""
        self._live = live
        self._clock = clock
        self._since: dict[str, float] = {}

    def note(self, row: Row) -> None:
        """A row has come."""
        if row.health is _PROGRESSING:
            if self.patience:
                self._since.setdefault(row.uid, self._clock.monotonic())
        elif self._since:
            self._since.pop(row.uid, None)

    def ripen(self) -> None:
        """Turn what has been progressing for too long into warnings."""
        due = self._clock.monotonic() - self.patience
        for uid in [uid for uid, since in self._since.items() if since <= due]:
            del self._since[uid]
            row = self._live.rows.get(uid)
            if row is not None and row.health is Health.PROGRESSING:
                self._live.put(msgspec.structs.replace(row, health=Health.WARN))
