"""Keys typed faster than the screen follows are kept, and each goes where the one before it led.

Textual gives every key at once to the widget that has the focus now. What a key does comes later, by way of the
queues of that widget, of those around it and of the app; so of `:po` typed in one breath, `p` and `o` would still
go to the table.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence

from textual import events
from textual.dom import DOMNode

from kubegenie_tui.plain_app import PlainApp
from kubegenie_tui.widgets.key_taker import KeyTaker

PATIENCE_SECONDS = 1.0
"""A key that is not done by then no longer holds up the next."""
ROUNDS = 3
"""How often all queues of a screen are let run dry: a key asks, a screen opens, it takes the focus."""


class TypeAhead(PlainApp[int]):
    """An app whose keys are done one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key] = deque()
        self._under_way: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Keep a key while another is under way."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif isinstance(self.focused, KeyTaker):
            event._set_forwarded()
            self.focused.post_message(event)
        elif self._under_way is not None:
            self._waiting.append(event)
        else:
            await self._begin(event)

    async def _begin(self, key: events.Key) -> None:
        path = self.focused.ancestors_with_self if self.focused else [self.screen, self]
        is_text = self.focused is not None and self.focused.check_consume_key(key.key, key.character)
        if await self._is_bound(key):
            path = [self]
        else:
            await super().on_event(key)
        self._under_way = asyncio.create_task(self._follow(path, is_text=is_text))

    async def _is_bound(self, key: events.Key) -> bool:
        """Do at once what a binding says, where nothing else takes keys: that spares the way through all queues."""
        if self.focused is not None and self.focused.check_consume_key("a", "a"):
            return False
        self.app_focus = True
        return await self._check_bindings(key.key, priority=True) or await self._check_bindings(key.key)

    async def _follow(self, path: Sequence[DOMNode], *, is_text: bool) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                for node in path:
                    await _run_dry([node])
                for _ in range(ROUNDS if self._waiting and not is_text else 0):
                    await _run_dry(self.screen.walk_children(with_self=True))
                    await _run_dry([self])
        except TimeoutError:
            pass
        finally:
            self.call_later(self._next)

    async def _next(self) -> None:
        self._under_way = None
        if self._waiting:
            await self._begin(self._waiting.popleft())


async def _run_dry(nodes: Iterable[DOMNode]) -> None:
    """Wait until each has handled what is in its queue now."""
    dry = []
    for node in nodes:
        done = asyncio.Event()
        if node.call_later(done.set):
            dry.append(done)
    for done in dry:
        await done.wait()
