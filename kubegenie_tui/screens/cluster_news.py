"""Tells of clusters that nobody looks at and that are not well any more: once, in a corner."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.domain.cluster import ClusterStatus, Reach
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from textual.app import App

    from kubegenie_tui.services import Services

LOOK_SECONDS = 30.0
"""Between two looks: clusters that go together, as when the network does, are told together."""
MOST_NAMED = 3
_ILL = frozenset({Reach.DEGRADED, Reach.UNREACHABLE, Reach.DENIED})


class ClusterNews:
    """Compares how the clusters are with how they were."""

    def __init__(self, app: "App[int]", services: "Services") -> None:
        self._app = app
        self._manager = services.manager
        self._before: dict[str, Reach] = {}

    def begin(self) -> None:
        """Look now and then."""
        self.look()
        self._app.set_interval(LOOK_SECONDS, self.look)

    def look(self) -> None:
        """Tell of those that were well at the last look; what is looked at tells that itself."""
        statuses = self._manager.statuses
        agents = ((status, self._manager.agent(status.name)) for status in statuses)
        unseen = [status for status, agent in agents if agent is not None and agent.idle]
        words = news_of(unseen, self._before)
        if words and not self._manager.health.is_looked_at:
            self._app.notify(words, severity="warning", markup=False, timeout=20)
        self._before = {each.name: each.reach for each in statuses if each.reach is not Reach.CONNECTING}


def news_of(statuses: Iterable[ClusterStatus], before: Mapping[str, Reach]) -> str:
    """Which clusters are not well any more, in words; empty for none.

    Args:
        statuses: how they are.
        before: how they were, by name.
    """
    ill = [each for each in statuses if each.reach in _ILL and before.get(each.name) is Reach.READY]
    if not ill:
        return ""
    if len(ill) == 1:
        why = f": {plain(ill[0].error.what)}" if ill[0].error is not None else ""
        return f"{plain(ill[0].name)} is {ill[0].reach.value}{why}. :clusters shows it"
    names = ", ".join(plain(each.name) for each in ill[:MOST_NAMED])
    more = f" and {len(ill) - MOST_NAMED} more" if len(ill) > MOST_NAMED else ""
    return f"{len(ill)} clusters are not well any more: {names}{more}. :clusters shows them"
