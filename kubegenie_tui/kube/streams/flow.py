"""One forwarded connection: what a pod sends waits here until it is read, and no more of it than fits."""

import asyncio
from abc import ABC, abstractmethod
from collections import deque

ROOM_BYTES = 1 << 18
"""How much of one connection may wait to be read before its tunnel waits too."""


class Flow(ABC):
    """A connection to a port of a pod; each side ends what it sends by itself."""

    def __init__(self) -> None:
        self.refusal = ""
        """Why the pod's side did not or could not go on, in the node's words."""
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self.ended = False
        """Whether the pod's side sends no more; what waits can still be read."""
        self.lost = False
        """Whether it was cut off: the tunnel is gone."""
        self.over = asyncio.Event()
        """Set when the pod's side neither sends nor reads any more."""

    async def read(self) -> bytes:
        """What came next, empty at the end."""
        while not self._waiting:
            if self.ended:
                return b""
            self._news.clear()
            await self._news.wait()
        piece = self._waiting.popleft()
        self._size -= len(piece)
        if self._size < ROOM_BYTES:
            self._room.set()
        return piece

    @abstractmethod
    async def write(self, piece: bytes) -> None:
        """Send some.

        Raises:
            Unreachable: the tunnel is lost.
        """

    @abstractmethod
    async def finish(self) -> None:
        """Send no more, and go on reading.

        Raises:
            Unreachable: the tunnel is lost.
        """

    @abstractmethod
    async def drop(self) -> None:
        """Neither send nor read any more."""

    # What its tunnel does

    async def take(self, piece: bytes) -> None:
        """Keep what came; waits while there is no room."""
        if piece and not self.ended:
            self._waiting.append(piece)
            self._size += len(piece)
            self._news.set()
            if self._size >= ROOM_BYTES:
                self._room.clear()
                await self._room.wait()

    def end(self, *, over: bool = False) -> None:
        """Nothing more comes; when it is over, nothing is taken either."""
        self.ended = True
        self._news.set()
        if over:
            self.over.set()
            self._room.set()
