"""Brings the lines of containers to a pane of logs, and does what the pane cannot: pick, save, ask."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError, unexpected
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.log_choices import container_choices, since_choices, since_in_words
from kubegenie_tui.screens.log_clusters import LogClusters, Lost
from kubegenie_tui.screens.log_feed import FeedState
from kubegenie_tui.screens.log_gather import LogGather
from kubegenie_tui.screens.log_pods import Found, LogPods
from kubegenie_tui.screens.log_saving import save_and_tell
from kubegenie_tui.screens.messages import AskRequested
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.widgets.background import begin
from kubegenie_tui.widgets.log_pane import LogPane

if TYPE_CHECKING:
    from textual.worker import Worker

    from kubegenie_tui.domain.manifest import Manifest

LOADING_AFTER = 0.3
"""Seconds before the pane says that it waits."""
BETWEEN = 0.1
"""Seconds between two appends to the view: each of them paints it anew."""
AT_ONCE = 5_000
"""Lines of one append: more would keep the keys waiting."""


_ALONE: Mapping[str, ClusterReader | KubeGenieError] = MappingProxyType({})


class LogControl:
    """One pane, the containers of one target at a time."""

    def __init__(
        self,
        pane: LogPane,
        source: ClusterReader,
        *,
        clusters: Mapping[str, ClusterReader | KubeGenieError] = _ALONE,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Nothing is open yet.

        Args:
            pane: where the lines go.
            source: the cluster.
            clusters: where the target is in several, all of them; an error for one that cannot be used.
            now: seconds since the epoch.
        """
        self._pane = pane
        self._source = source
        self._clusters = clusters
        self._now = now
        self._target: LogTarget | None = None
        self._pods: dict[str, list[Manifest]] = {}
        """By cluster."""
        self._gather: LogGather | None = None
        self._worker: Worker[None] | None = None
        self._flushed = 0.0
        self._told = FeedState("")
        pane.actions = self

    def open(self, target: LogTarget) -> None:
        """Show these logs from now on."""
        self._target, self._pods, self._told = target, {}, FeedState("")
        self._pane.begin()
        self._name()
        self._worker = begin(self._pane, partial(self._run, target), "logs", exclusive=True)

    @property
    def refs(self) -> tuple[ObjectRef, ...]:
        """What the logs are of; empty when none are open."""
        return self._target.refs if self._target else ()

    def close(self) -> None:
        """Stop at once; the lines that came stay."""
        self._target = None
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    async def _run(self, target: LogTarget) -> None:
        usable = {name: each for name, each in self._clusters.items() if not isinstance(each, KubeGenieError)}
        gather = LogGather(self._source, target, self._note, clusters=usable, now=self._now)
        self._gather = gather
        look = LogClusters(self._clusters, target) if self._clusters else LogPods(self._source, target)
        ticker = self._pane.set_interval(BETWEEN, self._refresh)
        waiting = self._pane.set_timer(LOADING_AFTER, self._say_waiting)
        try:
            async with closing(look.run()) as pods:
                async for found in pods:
                    self._take(gather, found)
            await gather.finished()
            while gather.waiting:
                self._refresh()
        except KubeGenieError as error:
            self._fail(error)
        except Exception as error:  # the border of a worker: what nobody expected is said where the person looks
            self._fail(unexpected(error))
        finally:
            waiting.stop()
            ticker.stop()
            await gather.close()

    def _take(self, gather: LogGather, found: Found | Lost) -> None:
        if isinstance(found, Lost):
            if str(gather.lost.get(found.cluster)) != str(found.error):
                gather.tell(found.cluster, found.error)
            gather.lost[found.cluster] = found.error
        else:
            self._pods[found.cluster] = found.pods
            gather.lost.pop(found.cluster, None)
            gather.add(found.sources, new=found.new)
            for error in {error.what: error for error in found.errors}.values():
                gather.tell(found.cluster, error)
        self._pane.view.set_sources(gather.sources)
        self._name()
        if not gather.sources:
            before = self._target is not None and self._target.previous
            self._pane.show_nothing("No container ran before." if before else "There is no pod with a log yet.")

    def _fail(self, error: KubeGenieError) -> None:
        self._pane.tell_state(error.what, trouble=True, ended=True)
        self._pane.show_nothing(error)

    # What came

    def _say_waiting(self) -> None:
        if self._told == FeedState(""):
            self._pane.show_nothing("Fetching the log …")

    def _note(self) -> None:
        """Lines came or a state changed: shown at once when nothing was for a while, else with the next tick."""
        if self._now() - self._flushed >= BETWEEN or not (self._gather and self._gather.waiting):
            self._refresh()

    def _refresh(self) -> None:
        """Bring lines and state to the pane."""
        gather = self._gather
        if gather is None or not self._pane.is_attached:
            return
        if lines := gather.take(AT_ONCE):
            self._flushed = self._now()
            try:
                self._pane.take_lines(lines)
            except KubeGenieError as error:
                self._fail(error)
        if gather.state() != self._told and not gather.waiting:
            self._tell(gather.state())

    def _tell(self, state: FeedState) -> None:
        self._told = state
        self._pane.tell_state(state.words, trouble=state.trouble, ended=state.ended)
        if state.error is not None:
            self._pane.show_nothing(state.error)
        elif state != FeedState(""):
            self._pane.show_nothing("The log is empty." if state.ended else "The log is empty so far.")

    def _name(self) -> None:
        """Say whose logs they are."""
        if self._target is None:
            return
        sources = [source for source in self._gather.sources if source.pod] if self._gather and self._pods else []
        part = _part(sources, self._target.container.strip("*"), self._gather.left_out if self._gather else 0)
        since = since_in_words(self._target.since)
        self._pane.name_log(self._target.title, part, previous=self._target.previous, since=since)

    # What the pane asks for

    def _change(self, **changes: object) -> None:
        if self._target is not None:
            self.open(msgspec.structs.replace(self._target, **changes))

    def toggle_previous(self) -> None:
        """The runs before these, or these again."""
        if self._target is not None:
            self._change(previous=not self._target.previous)

    def choose_container(self) -> None:
        """Let the person pick another container, or every one."""
        choices = container_choices([pod for pods in self._pods.values() for pod in pods], self._now())
        if len(choices) < 2:
            several = sum(map(len, self._pods.values())) > 1
            self._pane.say("each pod has one container" if several else "there is one container")
            return
        current = self._target.container if self._target else ""
        self._pane.app.push_screen(PickerScreen("Container", choices, current=current), self._choose)

    def _choose(self, container: str | None) -> None:
        if container and self._target and container != self._target.container:
            self._change(container=container, previous=False)

    def choose_since(self) -> None:
        """Let the person pick how far back the logs begin."""
        picker = PickerScreen("Lines", since_choices(), current=str(self._target.since if self._target else None))
        self._pane.app.push_screen(picker, self._choose_since)

    def _choose_since(self, since: str | None) -> None:
        if since is not None:
            self._change(since=None if since == "None" else int(since))

    def save(self) -> None:
        """Write the shown lines to a file in the downloads, for this user's eyes only."""
        at = datetime.fromtimestamp(self._now(), UTC).astimezone()
        title = self._target.title.replace(" ", "-") if self._target else "log"
        sources = self._pane.view.sources
        part = f"-{sources[0].container}" if len(sources) == 1 else ""
        work = partial(save_and_tell, self._pane, f"{title}{part}-{at:%Y%m%d-%H%M%S}.log")
        begin(self._pane, work, "save-logs", exclusive=True)

    def ask(self) -> None:
        """Ask the genie about what the logs are of."""
        if self._target is not None:
            first = self._target.refs[0]
            ref = msgspec.structs.replace(first, cluster=first.cluster or self._source.name)
            self._pane.post_message(AskRequested("", Focus(ref.cluster, ref.namespace, ref.kind, ref)))


def _part(sources: Sequence[LogSource], container: str, left_out: int) -> str:
    """Which containers there are: `app`, `4 of 70 containers of 2 pods`."""
    if len(sources) < 2:
        return sources[0].container if sources else container
    of = f"{len(sources)} of {len(sources) + left_out}" if left_out else f"{len(sources)}"
    pods = len({(source.cluster, source.namespace, source.pod) for source in sources})
    return f"{container}  {of} containers of {pods} pod{'' if pods == 1 else 's'}".strip()
