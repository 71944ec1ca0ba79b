"""Watch streams: events to rows, and what ends a stream in other ways than an error."""

from collections.abc import Callable, Iterator

import msgspec

from kubegenie_tui.domain.errors import Expired, Forbidden, ServerFailed, Throttled, TimedOut, Unauthorized
from kubegenie_tui.domain.row import Json
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.rows.formats import Format, Mark
from kubegenie_tui.kube.rows.intake import Intake
from kubegenie_tui.kube.rows.splitter import LineSplitter
from kubegenie_tui.kube.transport import Body, Transport
from kubegenie_tui.kube.watch.events import ADDED, BOOKMARK, DELETED, ERROR, MODIFIED, error_of_event, split_event
from kubegenie_tui.kube.watch.listing import Opener
from kubegenie_tui.kube.watch.liveness import SILENCE, Pulse, broken_off_when, hung

INITIAL_SILENCE = 60.0
"""Seconds without an initial event or the bookmark after them, after which a server is thought to have no WatchList."""
_SHORTEST = 1.0
_UPSERTS = frozenset({ADDED, MODIFIED})
_NO_FAULT_OF_WATCH_LIST = (Expired, Forbidden, Throttled, Unauthorized)


class NoWatchList(Exception):
    """The server does not send initial events as it should; list and watch instead."""


class Watch:
    """One watch stream from its opening to its end."""

    def __init__(self, format_: Format, intake: Intake, path: str, *, version: str, initial: bool) -> None:
        """A stream to come.

        Args:
            format_: how the kind is asked for.
            intake: where rows go.
            path: of the collection, for error messages.
            version: the resourceVersion to go on from.
            initial: the stream begins with what exists (WatchList).
        """
        self.version = version
        """The resourceVersion up to which everything has been applied; empty until the initial events have all come."""
        self.synced = not initial
        self.events = 0
        self.bookmarked = False
        self.on_synced: Callable[[], None] = lambda: None
        self._format = format_
        self._intake = intake
        self._path = path
        self._lines = LineSplitter()

    def params(self, seconds: int) -> dict[str, str]:
        """The parameters that ask for this stream, for so many seconds."""
        params = {"watch": "1", "allowWatchBookmarks": "true", "timeoutSeconds": str(seconds), **self._format.params}
        if self.synced:
            return {**params, "resourceVersion": self.version}
        return {**params, "sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan"}

    def lines(self, chunk: bytes) -> Iterator[memoryview]:
        """The events that a chunk completes."""
        return self._lines.feed(chunk)

    def apply(self, line: memoryview) -> None:
        """Let an event take effect.

        Raises:
            ClusterError: it is an ERROR.
        """
        try:
            kind, data = split_event(line)
        except msgspec.DecodeError:
            self._intake.skip(line, self._format.mark)
            return
        if kind in _UPSERTS:
            self._upsert(data)
        elif kind == DELETED:
            mark = self._mark(data)
            self._intake.writer.delete(mark)
            self._advance(mark.resource_version)
        elif kind == BOOKMARK:
            self._bookmark(self._mark(data))
        elif kind == ERROR:
            self._fail(data)
        self.events += 1

    def _upsert(self, data: Json) -> None:
        try:
            row = self._format.event_row(data)
        except msgspec.DecodeError:
            self._advance(self._intake.skip(data, self._format.mark).resource_version)
            return
        self._intake.put(row)
        if self.synced:
            self.version = row.version

    def _mark(self, data: Json) -> Mark:
        try:
            return self._format.mark(data)
        except msgspec.DecodeError:
            return self._intake.skip(data, lambda _: Mark())

    def _bookmark(self, mark: Mark) -> None:
        if not self.synced and mark.synced:
            self.synced = True
            self._intake.writer.end_replacing()
            self.version = mark.resource_version
            self.on_synced()
        elif self.synced:
            self.bookmarked = True
        self._advance(mark.resource_version)

    def _advance(self, version: str) -> None:
        """An item's version is a place in the stream only when the initial events are over."""
        if self.synced and version:
            self.version = version

    def _fail(self, data: memoryview) -> None:
        error = error_of_event(data, self._path)
        if not self.synced and not isinstance(error, _NO_FAULT_OF_WATCH_LIST):
            raise NoWatchList from error
        raise error


class Follower:
    """Keeps a watch stream going, and notices when it is dead."""

    def __init__(self, client: Transport, open_: Opener, intake: Intake, clock: Clock) -> None:
        self._client = client
        self._open = open_
        self._intake = intake
        self._clock = clock

    async def follow(self, watch: Watch, accept: str, opened: Callable[[], None]) -> None:
        """Apply what a watch brings until the server ends it.

        Args:
            watch: the stream.
            accept: media types.
            opened: called when the server has agreed to the stream.

        Raises:
            ClusterError: it failed; `watch.version` says how far it came.
            NoWatchList: the initial events did not come to their end.
            NotATable: only from a format that asks for Tables.
        """
        began = self._clock.monotonic()
        seconds = 300 + int(300 * self._clock.chance())
        async with self._open(watch.params(seconds), accept, seconds + 15.0) as body:
            opened()
            await self._read(watch, body)
        if not watch.synced:
            raise NoWatchList
        if not watch.events and self._clock.monotonic() - began < _SHORTEST:
            raise ServerFailed("The server ends the watch as soon as it begins", next_step="it is tried again")

    async def _read(self, watch: Watch, body: Body) -> None:
        pulse = Pulse(self._clock)
        seen = 0

        def arrived() -> None:
            nonlocal seen
            if watch.synced or watch.events > seen:
                pulse.beat()
            seen = watch.events

        try:
            async with broken_off_when(lambda: self._stuck(watch, pulse)):
                await self._intake.drain(body, watch.lines, watch.apply, arrived)
        except TimeoutError:
            if not watch.synced:
                raise NoWatchList from None
            raise TimedOut("The watch hangs", f"nothing came for {SILENCE:.0f} seconds", "it is opened anew") from None

    async def _stuck(self, watch: Watch, pulse: Pulse) -> None:
        while not watch.synced:
            await pulse.stopped(INITIAL_SILENCE)
            if not watch.synced:
                return
        await hung(pulse, self._client, lambda: watch.bookmarked)
