"""What one cluster's server can do, learned once and remembered for all reflectors of that cluster."""

import asyncio
import re

import msgspec

from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.kube.transport import Transport

WATCH_LIST_SINCE = (1, 34)
"""WatchList was on in 1.32, off in 1.33 and is on from here (KEP-3157); older servers ignore or refuse it."""


class _Version(msgspec.Struct):
    major: str = ""
    minor: str = ""


class SyncMemory:
    """One for each cluster."""

    def __init__(self) -> None:
        self._watch_list: bool | None = None
        self._asking = asyncio.Lock()
        self._no_tables: set[str] = set()

    async def has_watch_list(self, client: Transport) -> bool:
        """Whether a first list may come as a watch stream; asks for the server's version the first time.

        Raises:
            KubeGenieError: the server could not be asked.
        """
        async with self._asking:
            if self._watch_list is None:
                self._watch_list = await _version(client) >= WATCH_LIST_SINCE
            return self._watch_list

    def deny_watch_list(self) -> None:
        """The server has shown that it has no WatchList after all."""
        self._watch_list = False

    def makes_tables(self, kind_id: str) -> bool:
        """Whether the server may make Tables of a kind."""
        return kind_id not in self._no_tables

    def deny_tables(self, kind_id: str) -> None:
        """The server has shown that it makes no Tables of this kind."""
        self._no_tables.add(kind_id)


async def _version(client: Transport) -> tuple[int, int]:
    """The server's version; (0, 0) when it is not told."""
    try:
        version = msgspec.json.decode(await client.get("/version"), type=_Version)
    except (Forbidden, NotFound, msgspec.DecodeError):
        return (0, 0)
    return _number(version.major), _number(version.minor)


def _number(text: str) -> int:
    """`34` of `34+`, as some providers write it."""
    digits = re.match(r"\d+", text)
    return int(digits[0]) if digits else 0
