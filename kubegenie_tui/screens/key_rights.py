"""Tells the footer which of its keys the server would refuse in the place that is shown, and why."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.domain.namespace_set import is_set
from kubegenie_tui.screens.row_keys import LOGGED
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.key_footer import KeyFooter

if TYPE_CHECKING:
    from textual.timer import Timer

    from kubegenie_tui.agents.cluster_agent import ClusterAgent
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.screens.explorer_keys import ExplorerKeys

SETTLE = 1.5
"""Seconds a place is looked at before the server is asked: rows come first, and who hurries on is not asked about."""
PATIENCE = 5.0
"""Seconds until what the server has not told yet is taken for allowed."""


class KeyRights:
    """Of one explorer."""

    def __init__(self, screen: "ExplorerKeys") -> None:
        self._screen = screen
        self._footer = screen.query_one(KeyFooter)
        self._timer: Timer | None = None

    def look(self) -> None:
        """The place changed."""
        self._footer.set_refused({})
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._screen.set_timer(SETTLE, self._begin)

    def _begin(self) -> None:
        # the method, not a coroutine: a screen that goes just now never begins to wait for it
        begin(self._screen, self._find, "key-rights", exclusive=True)

    async def _find(self) -> None:
        agent, kind, scope = self._screen.agent, self._screen.kind, self._screen.half.scope
        if kind is not None:
            namespace = scope if kind.namespaced and not is_set(scope) else ""
            refused = await refused_keys(agent, kind, namespace)
            if self._screen.kind is kind and self._footer.is_attached:
                self._footer.set_refused(refused)


async def refused_keys(agent: "ClusterAgent", kind: "Kind", namespace: str) -> dict[str, str]:
    """Why, by the id of the key; the menu of operations is when objects can neither be changed nor deleted."""
    questions = [("patch", kind, ""), ("delete", kind, "")]
    pods = agent.kinds.get("pods")
    if pods is not None and kind.id in LOGGED:
        questions.append(("get", pods, "log"))
    news = asyncio.Event()
    unsubscribe = agent.permissions.subscribe(news.set)
    try:
        async with asyncio.timeout(PATIENCE):
            while None in (verdicts := [agent.allowed(verb, of, namespace, part) for verb, of, part in questions]):
                news.clear()
                await news.wait()
    except TimeoutError:
        return {}
    finally:
        unsubscribe()
    told = [verdict for verdict in verdicts if verdict is not None]
    refused = {} if told[0][0] or told[1][0] else {"show-operations": told[0][1]}
    if len(told) > 2 and not told[2][0]:
        refused["show-logs"] = told[2][1]
    return refused
