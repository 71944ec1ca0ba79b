"""Reflector: keeps live rows of one kind in one scope equal to what the server has, whatever happens on the way.

The rules are those of client-go's reflector and of checks on real servers; each has a test named for it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from kubegenie_tui.domain.errors import Expired, Forbidden, Invalid, KubeGenieError, Unreachable
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.row import Column
from kubegenie_tui.domain.shapes import shape_of
from kubegenie_tui.domain.shapes.custom import CustomColumns
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.rows.formats import Format, MetadataFormat, ObjectFormat
from kubegenie_tui.kube.rows.intake import Intake
from kubegenie_tui.kube.rows.ripening import LOOK_EVERY
from kubegenie_tui.kube.rows.table_rows import NotATable, TableFormat
from kubegenie_tui.kube.transport import Body, Transport
from kubegenie_tui.kube.watch.gate import ClusterGate
from kubegenie_tui.kube.watch.listing import ANY_VERSION, NEWEST, Listing
from kubegenie_tui.kube.watch.recovery import Position, Recovery
from kubegenie_tui.kube.watch.sync_memory import SyncMemory
from kubegenie_tui.kube.watch.watching import Follower, NoWatchList, Watch

_log = logging.getLogger(__name__)

POLL_SECONDS = 30.0
"""How often kinds are listed that cannot be watched (metrics, componentstatuses)."""


class Reflector:
    """The live rows of one kind in one scope. `run` it as a task; cancel the task to end it."""

    def __init__(
        self,
        client: Transport,
        kind: Kind,
        namespace: str = "",
        *,
        mode: SyncMemory,
        gate: ClusterGate,
        clock: Clock | None = None,
        custom: CustomColumns | None = None,
    ) -> None:
        """A reflector, not yet running.

        Args:
            client: the API server.
            kind: what is listed and watched.
            namespace: the scope, empty for all namespaces.
            mode: what the cluster's server can do; shared by the cluster's reflectors.
            gate: shared by everything that keeps streams open to the cluster.
            clock: time and chance.
            custom: columns of the person's own.
        """
        self.kind = kind
        self.namespace = namespace
        shape = shape_of(kind)
        shape = custom.shape(shape) if custom and shape else shape
        self._custom = custom
        self.live = LiveRows(shape.columns if shape is not None else ())
        self._client = client
        self._mode = mode
        self._gate = gate
        self._clock = clock or Clock()
        self._path = kind.path(namespace)
        self._intake = Intake(kind.id, self.live, self._clock)
        self._format: Format = ObjectFormat(shape) if shape is not None else self._served_format()
        self._intake.ripening.patience = shape.patience if shape is not None else 0
        self._position = Position()
        self._recovery = Recovery(self._clock)
        self._follower = Follower(client, self._open, self._intake, self._clock)
        self._may_watch_list = "watch" in kind.verbs

    @property
    def skipped(self) -> int:
        """How many objects could not be understood and are left out."""
        return self._intake.skipped

    def begin_anew(self) -> None:
        """Another server answers from now on: versions of the old one say nothing. Only while this is not running."""
        self._position = Position(ever_listed=self._position.ever_listed)
        self._recovery = Recovery(self._clock)

    async def run(self) -> None:
        """Keep the rows up to date for ever."""
        ripening = asyncio.create_task(self._ripen())
        try:
            while True:
                await self._step()
        finally:
            ripening.cancel()
            self._intake.publisher.close()

    async def _step(self) -> None:
        try:
            if not self._position.listed:
                await self._load()
            elif "watch" in self.kind.verbs:
                await self._watch()
            else:
                await self._clock.sleep(POLL_SECONDS)
                self._position.relist(NEWEST)
        except NotATable:
            self._do_without_tables()
        except KubeGenieError as error:
            await self._recover(error)

    async def _load(self) -> None:
        """The first rows, or all rows anew."""
        if self._may_watch_list and await self._has_watch_list():
            try:
                await self._watch_list()
            except NoWatchList:
                self._mode.deny_watch_list()
            except Invalid as error:
                if self._position.listed or error.code == 406:
                    raise
                self._mode.deny_watch_list()
            except Forbidden:
                if self._position.listed:
                    raise
                self._may_watch_list = False
        else:
            await self._list()

    async def _has_watch_list(self) -> bool:
        async with self._gate.knock(self._wait_at_gate):
            return await self._mode.has_watch_list(self._client)

    async def _list(self) -> None:
        async with self._gate.loading():
            version = await Listing(self._open, self._format, self._intake).load(self._position.list_from)
        self._position.reached(version)
        self._enter(Phase.LIVE)

    async def _watch_list(self) -> None:
        """Initial events, then the changes after them, in one stream."""
        watch = Watch(self._format, self._intake, self._path, version="", initial=True)
        async with self._gate.loading() as loaded:

            def synced() -> None:
                loaded()
                self._position.reached(watch.version)
                self._enter(Phase.LIVE)

            watch.on_synced = synced
            self._intake.writer.begin_replacing()
            await self._follow(watch, lambda: None)

    async def _watch(self) -> None:
        watch = Watch(self._format, self._intake, self._path, version=self._position.version, initial=False)
        await self._follow(watch, lambda: self._enter(Phase.LIVE))

    async def _follow(self, watch: Watch, opened: Callable[[], None]) -> None:
        try:
            await self._follower.follow(watch, self._format.watch_accept, opened)
        finally:
            if watch.synced:
                self._position.reached(watch.version)
            if watch.events:
                self._recovery.progressed()

    def _open(self, params: Mapping[str, str], accept: str, idle: float) -> AbstractAsyncContextManager[Body]:
        return self._gate.stream(
            self._client, self._path, params, accept=accept, idle_timeout=idle, waiting=self._wait_at_gate
        )

    def _wait_at_gate(self) -> None:
        self._enter(self._unsure(), self._gate.error, self._gate.retry_at)

    def _unsure(self) -> Phase:
        """The phase of rows that may not be true any more: none were, as long as the first list has not come."""
        return Phase.STALE if self._position.ever_listed else Phase.LOADING

    async def _recover(self, error: KubeGenieError) -> None:
        """Say what is wrong, wait, and go on where it makes sense."""
        if isinstance(error, Invalid) and error.code == 406 and isinstance(self._format, TableFormat):
            self._do_without_tables()
            return
        if isinstance(error, Unreachable):
            self._gate.doubt(error)
        phase, delay = self._recovery.after(error, self._position)
        if phase is Phase.GONE:
            self._intake.writer.clear()
        _log.info("%s: %s", self._path, error)
        if delay:
            self._enter(phase or self._unsure(), error, self._clock.now() + delay)
            await self._clock.sleep(delay)
        else:
            self._enter(self._unsure())

    def _do_without_tables(self) -> None:
        self._mode.deny_tables(self.kind.id)
        self._format = self._served_format()
        self._intake.writer.set_columns(())
        self._position.relist(ANY_VERSION)

    def _served_format(self) -> Format:
        """A format for a kind that we have no shape for."""
        secret = self.kind.id == "secrets"
        if self._mode.makes_tables(self.kind.id):
            return TableFormat(self._take_columns, secret=secret, custom=self._custom)
        return MetadataFormat(secret=secret)

    def _take_columns(self, columns: tuple[Column, ...]) -> None:
        """Rows made with other columns cannot stay; when a watch tells of new ones, all rows are asked for anew."""
        remade = self._position.listed and self.live.rows and columns != self.live.columns
        self._intake.writer.set_columns(columns)
        if remade:
            raise Expired("The columns have changed", next_step="the list is read anew")

    def _enter(self, phase: Phase, error: KubeGenieError | None = None, retry_at: float = 0.0) -> None:
        before = self.live.state
        since = before.since if before.phase is phase and before.since else self._clock.now()
        state = LiveState(phase, since, error, retry_at)
        if state != before:
            self.live.set_state(state)
            self._intake.publisher.flush()

    async def _ripen(self) -> None:
        while True:
            await self._clock.sleep(LOOK_EVERY)
            self._intake.ripening.ripen()
            self._intake.publisher.offer()
