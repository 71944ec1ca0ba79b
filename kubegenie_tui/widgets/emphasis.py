"""Quiet motion: a cell that changed is emphasised for a second, then calm again."""

import time
from collections.abc import Callable, Mapping, Sequence

from kubegenie_tui.domain.row import Row


class Emphasis:
    """Which cells of which rows changed just now."""

    SECONDS = 1.0

    def __init__(self) -> None:
        self._until: dict[str, tuple[float, frozenset[int]]] = {}

    def note(self, before: Sequence[Row], upserted: Mapping[str, Row], identity: Callable[[Row], str]) -> bool:
        """Compare rows in view with what came for them; True when any cell changed."""
        found = False
        for old in before:
            new = upserted.get(known := identity(old))
            if new is None:
                continue
            cells = frozenset(i for i, (a, b) in enumerate(zip(old.cells, new.cells, strict=False)) if a != b)
            if cells:
                self._until[known] = (time.monotonic() + self.SECONDS, cells)
                found = True
        return found

    def of(self, uid: str) -> frozenset[int]:
        """Indices of the cells to emphasise."""
        return self._until[uid][1] if uid in self._until else frozenset()

    def expire(self) -> set[str]:
        """Forget what has had its time; the uids of those rows."""
        now = time.monotonic() + 0.02
        over = {uid for uid, (until, _) in self._until.items() if until <= now}
        for uid in over:
            del self._until[uid]
        return over
