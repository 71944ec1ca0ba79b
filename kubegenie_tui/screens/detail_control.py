"""Fetches one object for a view of it, and again whenever its row changes; what goes wrong is said in the view."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.conversation import Focus, ObjectRef
from kubegenie_tui.domain.errors import ClusterError, KubeGenieError, NotFound, unexpected
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.summary import summarise
from kubegenie_tui.domain.summary_event import event_lines
from kubegenie_tui.domain.summary_related import newest_pod, related_to, runs_pods
from kubegenie_tui.domain.yaml_text import shown_manifest, yaml_lines
from kubegenie_tui.screens.cluster_source import ClusterSource, LiveLease
from kubegenie_tui.screens.log_control import LogControl
from kubegenie_tui.screens.messages import AskRequested
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.event_list import EventList
from kubegenie_tui.widgets.summary_view import SummaryView
from kubegenie_tui.widgets.yaml_view import YamlView

if TYPE_CHECKING:
    from textual.timer import Timer

    from kubegenie_tui.domain.row import Row

LOADING_AFTER = 0.3
"""Seconds before the view says that it waits."""
SETTLE = 0.3
"""Seconds in which several changes of the row lead to one fetch."""
TICK = 10.0
"""Seconds between two looks at events and ages."""


class DetailControl:
    """One view, one cluster, one object at a time."""

    def __init__(self, view: DetailView, source: ClusterSource, *, now: Callable[[], float] = time.time) -> None:
        self._view = view
        self._source = source
        self._now = now
        self._logs = LogControl(view.logs, source, now=now)
        self._target: tuple[Kind, str, str] | None = None
        self._manifest: Manifest = {}
        self._events: list[Manifest] = []
        self._related: list[Manifest] = []
        self._gone_at = 0.0
        self._managed_fields = False
        self._lease: LiveLease | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._again: Timer | None = None
        view.actions = self
        view.set_interval(TICK, self._tick)

    # What is shown

    def show(self, kind: Kind, namespace: str, name: str, *, tab: str = "", after: float = 0.0) -> None:
        """Show this object from now on; with `after`, once nobody asked for another for so many seconds."""
        if self._target == (kind, namespace, name):
            return
        self.close()
        self._target = (kind, namespace, name)
        self._manifest, self._events, self._related, self._gone_at = {}, [], [], 0.0
        self._view.tab = tab or self._view.tab
        self._view.begin(kind.kind, namespace, name, has_logs=runs_pods(kind))
        self._run(after)

    def close(self) -> None:
        """Let go of everything; the view keeps its last state."""
        self._view.workers.cancel_group(self._view, "detail")
        self._unsubscribe()
        if self._lease is not None:
            self._lease.release()
        if self._again is not None:
            self._again.stop()
        self._lease, self._again, self._target = None, None, None
        self._logs.close()

    def _run(self, after: float = 0.0) -> None:
        self._again = None
        self._view.run_worker(self._fetch(after), group="detail", exclusive=True, exit_on_error=False)

    async def _fetch(self, after: float) -> None:
        waiting = self._view.set_timer(after + LOADING_AFTER, self._say_waiting)
        try:
            await asyncio.sleep(after)
            await self._fetch_object()
            waiting.stop()
            await self._show()
            self._follow()
            await asyncio.gather(self._fetch_events(), self._fetch_related())
            await self._show()
        except NotFound as error:
            self._missing(error)
        except KubeGenieError as error:
            self._failed(error)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            self._failed(unexpected(error))
        finally:
            waiting.stop()

    def _say_waiting(self) -> None:
        if not self._manifest and self._target:
            self._view.show_nothing(f"Fetching {self._target[2]} …")

    async def _fetch_object(self) -> None:
        assert self._target is not None
        kind, namespace, name = self._target
        self._manifest = await self._source.get(kind, name, namespace)
        self._gone_at = 0.0

    async def _fetch_events(self) -> None:
        uid, namespace = text_at(self._manifest, "metadata.uid"), text_at(self._manifest, "metadata.namespace")
        try:
            self._events = await self._source.events_of(namespace, uid)
        except ClusterError as error:
            self._view.say(f"no events: {error.what}")

    async def _fetch_related(self) -> None:
        assert self._target is not None
        wanted = related_to(self._target[0], self._manifest)
        kind = self._source.kinds.get(wanted.kind) if wanted else None
        if wanted is None or kind is None:
            return
        try:
            found = await self._source.list_objects(
                kind, wanted.namespace, label_selector=wanted.label_selector, field_selector=wanted.field_selector
            )
            self._related = found.items
        except ClusterError as error:
            self._view.say(f"no {kind.plural}: {error.what}")

    # Showing

    async def _show(self) -> None:
        """Bring everything in view up to date with what was fetched."""
        if not self._manifest or self._target is None:
            return
        view, now = self._view, self._now()
        view.show_something()
        summary = summarise(self._target[0], self._manifest, self._events, self._related, now=now)
        created = parse_time(text_at(self._manifest, "metadata.creationTimestamp"))
        gone = f"deleted {format_age(now - self._gone_at)} ago, as it last was" if self._gone_at else ""
        view.tell_state(summary.status, format_age(now - created) if created else "", gone=gone)
        view.tell_events(len(self._events))
        view.query_one(SummaryView).show(summary)
        if view.tab == "events":
            view.query_one(EventList).show(event_lines(self._events), now)
        elif view.tab == "yaml":
            await self._show_yaml()
        elif view.tab == "logs":
            self._show_logs()

    async def _show_yaml(self) -> None:
        shown = shown_manifest(self._manifest, managed_fields=self._managed_fields)
        lines = await asyncio.to_thread(list, yaml_lines(shown))
        yaml = self._view.query_one(YamlView)
        if lines != yaml.lines:
            yaml.set_lines(lines)

    def _show_logs(self) -> None:
        assert self._target is not None
        kind, namespace, name = self._target
        pod = name if kind.id == "pods" else newest_pod(self._related)
        if not pod:
            self._view.logs.show_nothing("There is no pod whose log could be shown.")
        elif self._logs.place != (namespace, pod):
            self._logs.open(namespace, pod)

    def _missing(self, error: NotFound) -> None:
        if self._manifest:
            self._gone()
        else:
            self._view.show_nothing(error)

    def _failed(self, error: KubeGenieError) -> None:
        if self._manifest:
            self._view.tell_state(None, "", gone=f"as it last was: {error.what}")
        else:
            self._view.show_nothing(error)

    def _gone(self) -> None:
        self._gone_at = self._gone_at or self._now()
        self._reshow()

    def _reshow(self) -> None:
        self._view.run_worker(self._show(), group="show", exclusive=True, exit_on_error=False)

    # Staying true

    def _follow(self) -> None:
        """Hear of changes from the rows that are kept live of this kind."""
        if self._lease is not None or self._target is None or "watch" not in self._target[0].verbs:
            return
        kind, namespace, _ = self._target
        self._lease = self._source.watch(kind, namespace)
        self._unsubscribe = self._lease.live.subscribe(self._hear)

    def _hear(self, changes: Changes) -> None:
        if text_at(self._manifest, "metadata.uid") in changes.removed:
            self._gone()
        elif self._again is None and self._concerns_us(changes):
            self._again = self._view.set_timer(SETTLE, self._run)

    def _concerns_us(self, changes: Changes) -> bool:
        uid, version = (text_at(self._manifest, f"metadata.{key}") for key in ("uid", "resourceVersion"))
        row = changes.upserted.get(uid)
        if row is not None:
            return row.version != version
        return self._gone_at > 0 and self._target is not None and self._came_back(changes.upserted.values())

    def _came_back(self, rows: Iterable["Row"]) -> bool:
        assert self._target is not None
        return any((row.namespace, row.name) == self._target[1:] for row in rows)

    def _tick(self) -> None:
        """Events have no part in the object's version, and ages go on by themselves."""
        if self._manifest and self._view.is_on_screen and not self._gone_at:
            self._view.run_worker(self._look_again(), group="show", exclusive=True, exit_on_error=False)

    async def _look_again(self) -> None:
        if self._view.tab in ("summary", "events"):
            await asyncio.gather(self._fetch_events(), self._fetch_related())
        await self._show()

    # What the view asks for

    def show_tab(self, tab: str) -> None:
        """Another view of the object is looked at."""
        if tab != "logs":
            self._logs.close()
        self._reshow()

    def refresh(self) -> None:
        """Fetch the object again."""
        if self._target is not None:
            self._run()

    def toggle_managed_fields(self) -> None:
        """With managedFields in the YAML, or without."""
        self._managed_fields = not self._managed_fields
        self._view.say("managed fields shown" if self._managed_fields else "managed fields hidden")
        self._reshow()

    def ask(self) -> None:
        """Ask the genie about the object."""
        if self._target is not None:
            kind, namespace, name = self._target
            ref = ObjectRef(kind.id, name, namespace, self._source.name)
            self._view.post_message(AskRequested("", Focus(self._source.name, namespace, kind.id, ref)))
