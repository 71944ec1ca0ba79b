"""Fetches one object for a view of it, and again whenever its row changes; what goes wrong is said in the view."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, unexpected
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.domain.summary import summarise
from kubegenie_tui.domain.summary_event import event_lines
from kubegenie_tui.domain.summary_related import runs_pods
from kubegenie_tui.domain.yaml_text import shown_manifest, yaml_lines
from kubegenie_tui.screens.log_control import LogControl
from kubegenie_tui.screens.messages import AskRequested
from kubegenie_tui.screens.object_facts import ObjectFacts
from kubegenie_tui.screens.object_watch import ObjectWatch
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.detail_view import DetailView
from kubegenie_tui.widgets.event_list import EventList
from kubegenie_tui.widgets.summary_view import SummaryView
from kubegenie_tui.widgets.yaml_view import YamlView

if TYPE_CHECKING:
    from textual.timer import Timer

LOADING_AFTER = 0.3
"""Seconds before the view says that it waits."""
SETTLE = 0.3
"""Seconds in which several changes of the row lead to one fetch."""
TICK = 10.0
"""Seconds between two looks at events and ages."""


class DetailControl:
    """One view, one cluster, one object at a time."""

    def __init__(self, view: DetailView, source: ClusterReader, *, now: Callable[[], float] = time.time) -> None:
        self._view = view
        self._source = source
        self._now = now
        self._logs = LogControl(view.logs, source, now=now)
        self._facts: ObjectFacts | None = None
        self._gone_at = 0.0
        self._managed_fields = False
        self._watch = ObjectWatch(self._changed, self._gone)
        self._again: Timer | None = None
        view.actions = self
        view.set_interval(TICK, self._tick)

    # What is shown

    def show(self, kind: Kind, namespace: str, name: str, *, tab: str = "", after: float = 0.0) -> None:
        """Show this object from now on; with `after`, once nobody asked for another for so many seconds."""
        facts = self._facts
        if facts is not None and (facts.kind, facts.namespace, facts.name) == (kind, namespace, name):
            return
        self.close()
        self._facts, self._gone_at = ObjectFacts(self._source, kind, namespace, name), 0.0
        self._view.tab = tab or self._view.tab
        self._view.begin(kind.kind, namespace, name, has_logs=runs_pods(kind))
        self._run(after)

    def look_in(self, source: ClusterReader) -> None:
        """Show objects of this cluster from now on."""
        if source is not self._source:
            self.close()
            self._source = source
            self._logs = LogControl(self._view.logs, source, now=self._now)

    def close(self) -> None:
        """Let go of everything; the view keeps its last state."""
        self._view.workers.cancel_group(self._view, "detail")
        self._watch.close()
        if self._again is not None:
            self._again.stop()
        self._again, self._facts = None, None
        self._logs.close()

    def _run(self, after: float = 0.0) -> None:
        self._again = None
        if self._facts is not None:
            begin(self._view, partial(self._fetch, self._facts, after), "detail", exclusive=True)

    async def _fetch(self, facts: ObjectFacts, after: float) -> None:
        waiting = self._view.set_timer(after + LOADING_AFTER, self._say_waiting)
        try:
            await asyncio.sleep(after)
            await facts.fetch()
            waiting.stop()
            self._gone_at = 0.0
            await self._show()
            self._watch.begin(self._source, facts)
            await self._fetch_around(facts)
        except NotFound as error:
            self._missing(error)
        except KubeGenieError as error:
            self._failed(error)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            self._failed(unexpected(error))
        finally:
            waiting.stop()

    async def _fetch_around(self, facts: ObjectFacts) -> None:
        async for trouble in facts.fetch_around():
            self._view.say(trouble)
        await self._show()

    def _say_waiting(self) -> None:
        if self._facts is not None and not self._facts.manifest:
            self._view.show_nothing(f"Fetching {self._facts.name} …")

    # Showing

    async def _show(self) -> None:
        """Bring everything in view up to date with what was fetched."""
        facts, view, now = self._facts, self._view, self._now()
        if facts is None or not facts.manifest:
            return
        view.show_something()
        summary = summarise(facts.kind, facts.manifest, facts.events, facts.related, now=now)
        created = parse_time(text_at(facts.manifest, "metadata.creationTimestamp"))
        gone = f"deleted {format_age(now - self._gone_at)} ago, as it last was" if self._gone_at else ""
        view.tell_state(summary.status, format_age(now - created) if created else "", gone=gone)
        view.tell_events(len(facts.events))
        view.query_one(SummaryView).show(summary)
        if view.tab == "events":
            view.query_one(EventList).show(event_lines(facts.events), now, facts.no_events)
        elif view.tab == "yaml":
            await self._show_yaml(facts)
        elif view.tab == "logs" and self._logs.refs != (facts.ref,):
            self._logs.open(LogTarget((facts.ref,)))

    async def _show_yaml(self, facts: ObjectFacts) -> None:
        shown = shown_manifest(facts.manifest, managed_fields=self._managed_fields)
        lines = await asyncio.to_thread(list, yaml_lines(shown))
        yaml = self._view.query_one(YamlView)
        if facts is self._facts and lines != yaml.lines:
            yaml.set_lines(lines)

    def _missing(self, error: NotFound) -> None:
        if self._facts is not None and self._facts.manifest:
            self._gone()
        else:
            self._view.show_nothing(error)

    def _failed(self, error: KubeGenieError) -> None:
        if self._facts is not None and self._facts.manifest:
            self._view.tell_state(None, "", gone=f"as it last was: {error.what}")
        else:
            self._view.show_nothing(error)

    def _gone(self) -> None:
        self._gone_at = self._gone_at or self._now()
        self._reshow()

    def _reshow(self) -> None:
        begin(self._view, self._show, "show", exclusive=True)

    # Staying true

    def _changed(self) -> None:
        if self._again is None:
            self._again = self._view.set_timer(SETTLE, self._run)

    def _tick(self) -> None:
        """Events have no part in the object's version, and ages go on by themselves."""
        facts = self._facts
        if facts is not None and facts.manifest and self._view.is_on_screen and not self._gone_at:
            around = self._view.tab in ("summary", "events")
            work = partial(self._fetch_around, facts) if around else self._show
            begin(self._view, work, "show", exclusive=True)

    # What the view asks for

    def show_tab(self, tab: str) -> None:
        """Another view of the object is looked at."""
        if tab != "logs":
            self._logs.close()
        self._reshow()

    def refresh(self) -> None:
        """Fetch the object again."""
        self._run()

    def toggle_managed_fields(self) -> None:
        """With managedFields in the YAML, or without."""
        self._managed_fields = not self._managed_fields
        self._view.say("managed fields shown" if self._managed_fields else "managed fields hidden")
        self._reshow()

    def ask(self) -> None:
        """Ask the genie about the object."""
        if self._facts is not None:
            ref = self._facts.ref
            self._view.post_message(AskRequested("", Focus(ref.cluster, ref.namespace, ref.kind, ref)))
