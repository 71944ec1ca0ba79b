"""Where a person was in one table: back, forward, and the place that was left last."""

import msgspec

from kubegenie_tui.domain.place import Place

MOST = 50
"""Places that are remembered each way."""


class _Kept(msgspec.Struct):
    earlier: list[Place] = []
    later: list[Place] = []


class PlaceHistory:
    """As in a browser: going somewhere new forgets what was ahead."""

    def __init__(self, text: str = "") -> None:
        """What `text` tells; nothing when it is empty or was written by another version."""
        try:
            kept = msgspec.json.decode(text, type=_Kept) if text else _Kept()
        except msgspec.MsgspecError:
            kept = _Kept()
        self._earlier, self._later = kept.earlier, kept.later
        self._left: Place | None = self._earlier[-1] if self._earlier else None

    def text(self) -> str:
        """All of it, to be kept."""
        return msgspec.json.encode(_Kept(self._earlier[-MOST:], self._later[-MOST:])).decode()

    def leave(self, here: Place) -> None:
        """The person goes somewhere new."""
        self._earlier = [*self._earlier[-MOST + 1 :], here]
        self._later.clear()
        self._left = here

    def back(self, here: Place) -> Place | None:
        """The place before; None at the beginning."""
        return self._move(here, self._earlier, self._later)

    def forward(self, here: Place) -> Place | None:
        """The place we came back from; None when there is none."""
        return self._move(here, self._later, self._earlier)

    def last(self, here: Place) -> Place | None:
        """The place that was left last: once more leads here again."""
        target = self._left
        if target is not None:
            self.leave(here)
        return target

    def _move(self, here: Place, away: list[Place], behind: list[Place]) -> Place | None:
        if not away:
            return None
        behind.append(here)
        self._left = here
        return away.pop()
