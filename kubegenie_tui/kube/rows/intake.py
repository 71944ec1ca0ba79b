"""The way of rows from a response into live rows: decoded in fair slices, written, published."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.live import LiveRows
from kubegenie_tui.domain.row import Json, Row
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.rows.formats import Mark
from kubegenie_tui.kube.rows.publisher import Publisher
from kubegenie_tui.kube.rows.ripening import Ripening
from kubegenie_tui.kube.rows.slices import Slices
from kubegenie_tui.kube.rows.writer import RowWriter
from kubegenie_tui.kube.transport import Body

_log = logging.getLogger(__name__)
ItemT = TypeVar("ItemT")
LOOK_EVERY = 4
"""Items between two looks at the clock: a pod takes 20 µs, a look 0.5."""


class Intake:
    """What a list and a watch of one reflector share."""

    def __init__(self, kind_id: str, live: LiveRows, clock: Clock) -> None:
        self.writer = RowWriter(live)
        self.publisher = Publisher(live)
        self.ripening = Ripening(live, clock)
        self.skipped = 0
        """Objects that could not be understood."""
        self._kind_id = kind_id

    def put(self, row: Row) -> None:
        """A row has come."""
        self.writer.put(row)
        self.ripening.note(row)

    def skip(self, data: Json, mark: Callable[[Json], Mark]) -> Mark:
        """Leave out an object that cannot be understood; its name is logged and nothing else of it."""
        self.skipped += 1
        try:
            found = mark(data)
        except msgspec.DecodeError:
            found = Mark()
        _log.warning("left out %s %s/%s: not as its kind should be", self._kind_id, found.namespace, found.name)
        return found

    async def drain(
        self,
        body: Body,
        split: Callable[[bytes], Iterable[ItemT]],
        take: Callable[[ItemT], None],
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        """Take everything from a response.

        Args:
            body: the response.
            split: a chunk to the items it completes.
            take: what to do with an item.
            arrived: called after each chunk.

        Raises:
            ClusterError: the response broke off, or `split` or `take` raised it.
        """
        slices = Slices()
        async for chunk in body.chunks():
            async with slices:
                for number, item in enumerate(split(chunk)):
                    take(item)
                    if number % LOOK_EVERY == 0 and slices.over():
                        self.publisher.offer()
                        await slices.pause()
            arrived()
            self.publisher.offer()
