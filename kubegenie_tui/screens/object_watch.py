"""Hears of one object's changes from the rows that are kept live of its kind."""

from collections.abc import Callable

from kubegenie_tui.domain.cluster_reader import ClusterReader, LiveLease
from kubegenie_tui.domain.live import Changes
from kubegenie_tui.domain.manifest import text_at
from kubegenie_tui.screens.object_facts import ObjectFacts


class ObjectWatch:
    """Holds the rows from `begin` to `close`."""

    def __init__(self, changed: Callable[[], None], gone: Callable[[], None]) -> None:
        self._changed = changed
        self._gone = gone
        self._facts: ObjectFacts | None = None
        self._lease: LiveLease | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def begin(self, source: ClusterReader, facts: ObjectFacts) -> None:
        """Watch this object from now on, if its kind can be watched."""
        if self._lease is None and "watch" in facts.kind.verbs:
            self._facts = facts
            self._lease = source.watch(facts.kind, facts.namespace)
            self._unsubscribe = self._lease.live.subscribe(self._hear)

    def close(self) -> None:
        """Let go."""
        self._unsubscribe()
        if self._lease is not None:
            self._lease.release()
        self._lease, self._facts = None, None
        self._unsubscribe = lambda: None

    def _hear(self, changes: Changes) -> None:
        facts = self._facts
        if facts is None:
            return
        if facts.uid in changes.removed:
            self._gone()
            return
        row = changes.upserted.get(facts.uid)
        if row is not None:
            news = row.version != text_at(facts.manifest, "metadata.resourceVersion")
        else:
            place = (facts.namespace, facts.name)
            news = any((each.namespace, each.name) == place for each in changes.upserted.values())
        if news:
            self._changed()
