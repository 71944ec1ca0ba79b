"""How many there are of a kind, live, without their rows: a list of one, and a watch of which only types are read."""

import logging

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError, ServerFailed, TimedOut, Unreachable
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.rows.formats import ListHead, MetadataFormat
from kubegenie_tui.kube.rows.slices import Slices
from kubegenie_tui.kube.rows.splitter import LineSplitter
from kubegenie_tui.kube.transport import Body, Transport
from kubegenie_tui.kube.watch.events import ADDED, BOOKMARK, DELETED, ERROR, error_of_event, split_event
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.listing import NEWEST
from kubegenie_tui.kube.watch.liveness import Pulse, broken_off_when, hung
from kubegenie_tui.kube.watch.recovery import SLOW, Position, Recovery

_log = logging.getLogger(__name__)


class _Head(ListHead):
    remaining_item_count: int | None = None


class _Nothing(msgspec.Struct):
    """An item of which nothing is kept."""


class _List(msgspec.Struct):
    metadata: _Head = msgspec.field(default_factory=_Head)
    items: list[_Nothing] | None = None


_LIST = msgspec.json.Decoder(_List)


class Counter:
    """The live count of one kind in one scope. `run` it as a task; cancel the task to end it."""

    def __init__(
        self, client: Transport, kind: Kind, namespace: str = "", *, gate: ClusterGate, clock: Clock | None = None
    ) -> None:
        """A counter, not yet running; parameters as for Reflector."""
        self.kind = kind
        self.count: int | None = None
        """How many there are; None while it is not known, or must not be."""
        self.error: KubeGenieError | None = None
        """Why the count may be old."""
        self._client = client
        self._gate = gate
        self._clock = clock or Clock()
        self._path = kind.path(namespace)
        self._format = MetadataFormat(secret=kind.id == "secrets")
        self._position = Position()
        self._recovery = Recovery(self._clock)
        self._bookmarked = False

    def begin_anew(self) -> None:
        """Another server answers from now on: versions of the old one say nothing. Only while this is not running."""
        self._position = Position()
        self._recovery = Recovery(self._clock)

    async def run(self) -> None:
        """Keep the count up to date for ever."""
        while True:
            try:
                if not self._position.listed:
                    await self._list()
                elif "watch" in self.kind.verbs:
                    await self._watch()
                else:
                    await self._clock.sleep(SLOW)
                    self._position.relist(NEWEST)
            except KubeGenieError as error:
                await self._recover(error)

    async def _list(self) -> None:
        async with self._gate.knock(lambda: None):
            found = await self._get({"limit": "1"})
            remaining = found.metadata.remaining_item_count
            if remaining is None and found.metadata.continue_:
                found = await self._get({})
        self.count = len(found.items or ()) + (remaining or 0)
        self._position.reached(found.metadata.resource_version)

    async def _get(self, params: dict[str, str]) -> _List:
        try:
            return _LIST.decode(await self._client.get(self._path, params, accept=self._format.list_accept))
        except msgspec.DecodeError as error:
            raise ServerFailed("The server's answer is not a list of objects", next_step="try again") from error

    async def _watch(self) -> None:
        began, seconds = self._clock.monotonic(), 300 + int(300 * self._clock.chance())
        params = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": self._position.version,
            "timeoutSeconds": str(seconds),
        }
        opened = self._gate.stream(
            self._client,
            self._path,
            params,
            accept=self._format.watch_accept,
            idle_timeout=seconds + 15.0,
            waiting=lambda: None,
        )
        async with opened as body:
            self.error = None
            events = await self._read(body)
        if not events and self._clock.monotonic() - began < 1.0:
            raise ServerFailed("The server ends the watch as soon as it begins", next_step="it is tried again")

    async def _read(self, body: Body) -> int:
        """Count until the stream ends; how many events there were."""
        pulse, lines, slices, events = Pulse(self._clock), LineSplitter(), Slices(), 0
        self._bookmarked, last = False, memoryview(b"")
        try:
            async with broken_off_when(lambda: hung(pulse, self._client, lambda: self._bookmarked)):
                async for chunk in body.chunks():
                    pulse.beat()
                    async with slices:
                        for line in lines.feed(chunk):
                            self._apply(line)
                            events, last = events + 1, line
                            if slices.over():
                                await slices.pause()
        except TimeoutError:
            raise TimedOut("The watch hangs", next_step="it is opened anew") from None
        finally:
            self._go_on_after(last)
        return events

    def _apply(self, line: memoryview) -> None:
        try:
            kind, data = split_event(line)
        except msgspec.DecodeError as error:
            raise ServerFailed("The server sends something that is no watch event", next_step="try again") from error
        if kind == ADDED:
            self.count = (self.count or 0) + 1
        elif kind == DELETED:
            self.count = max((self.count or 0) - 1, 0)
        elif kind == BOOKMARK:
            self._bookmarked = True
        elif kind == ERROR:
            raise error_of_event(data, self._path)
        self._recovery.progressed()

    def _go_on_after(self, line: memoryview) -> None:
        """Only the last event's version matters; one that cannot be read means counting anew."""
        if not line:
            return
        try:
            self._position.reached(self._format.mark(split_event(line)[1]).resource_version)
        except msgspec.DecodeError:
            self._position.listed = False

    async def _recover(self, error: KubeGenieError) -> None:
        if isinstance(error, Unreachable):
            self._gate.doubt(error)
        phase, delay = self._recovery.after(error, self._position)
        if phase in (Phase.DENIED, Phase.GONE):
            self.count = None
        self.error = error if delay else None
        _log.info("count of %s: %s", self._path, error)
        await self._clock.sleep(delay)
