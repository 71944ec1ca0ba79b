"""The rollout of a workload: how far it is, its revisions, what differs between them, and the way back to one."""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content

from kubegenie_tui.changes.operations.operation import Request
from kubegenie_tui.changes.operations.revisions import ROLLBACK, Revision, is_in_force, revisions_of
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.changes.outcome import rollout_of
from kubegenie_tui.domain.diff import line_diff
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.revision_rows import COLUMNS, REVISIONS, revision_row
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import shown_manifest, yaml_lines
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import BackRequested, PlanRequested
from kubegenie_tui.screens.object_facts import ObjectFacts
from kubegenie_tui.screens.object_screen import ObjectScreen
from kubegenie_tui.screens.object_watch import ObjectWatch
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane
from kubegenie_tui.widgets.title_line import TitleLine
from kubegenie_tui.widgets.yaml_view import YamlView

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

CALM_SECONDS = 0.3
"""Between two readings: a rollout changes its workload many times a second."""


class RolloutScreen(ObjectScreen):
    """How far it is on top, the revisions below that, the text of the chosen one at the bottom."""

    CSS_PATH = "rollout.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("rollout")

    def __init__(
        self,
        agent: "ClusterAgent",
        kind: Kind,
        ref: ObjectRef,
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(agent, ref.namespace, demo=demo, now=now)
        self._agent = agent
        self._facts = ObjectFacts(agent, kind, ref.namespace, ref.name)
        self._news = asyncio.Event()
        self._watch = ObjectWatch(self._news.set, self._news.set)
        self._live = LiveRows(COLUMNS)
        self._revisions: dict[str, Revision] = {}
        self._line = TitleLine()

    def compose(self) -> ComposeResult:
        """Header, how far it is, revisions, text, footer."""
        yield self.header()
        yield self._line
        yield TablePane()
        with Vertical(id="text"):
            yield PaneTitle()
            yield YamlView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read, and read again whenever the workload has changed."""
        super().on_mount()
        self.pane.show(REVISIONS, self.namespace, self._live)
        self.pane.table.sort("REVISION", descending=True)
        self.pane.table.focus()
        self._news.set()
        self._follow()

    def on_unmount(self) -> None:
        """Let go of the rows."""
        self._watch.close()

    @property
    def pane(self) -> TablePane:
        """The table and its title."""
        return self.query_one(TablePane)

    @property
    def chosen(self) -> Revision | None:
        """The revision under the cursor."""
        row = self.pane.table.current
        return self._revisions.get(row.uid) if row else None

    @property
    def _target(self) -> Target:
        facts = self._facts
        return Target(facts.kind, facts.name, facts.namespace, self._agent.name, facts.manifest)

    # Reading

    @work(group="rollout", exclusive=True)
    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._facts.fetch()
                self._watch.begin(self._agent, self._facts)
                found = await revisions_of(self._agent, self._target)
            except KubeGenieError as error:
                self._tell_failure(error, Phase.STALE if self._revisions else Phase.DENIED)
            else:
                self._show(found)
            await asyncio.sleep(CALM_SECONDS)

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """It is followed no more."""
        if group == "rollout":
            self._tell_failure(error, Phase.DENIED)

    def _tell_failure(self, error: KubeGenieError, phase: Phase) -> None:
        self._live.set_state(LiveState(phase, self.now(), error))
        self._live.publish()
        self._line.set_parts(Content.styled(f"✖ {plain(str(error))}", "$error"), Content())

    def _show(self, found: Sequence[Revision]) -> None:
        target = self._target
        rows = [
            revision_row(each.number, each.images, each.cause, each.kept, in_force=is_in_force(target, each))
            for each in found
        ]
        self._revisions = {row.uid: each for row, each in zip(rows, found, strict=True)}
        self._live.set_state(LiveState(Phase.LIVE, self.now()))
        for row in rows:
            self._live.put(row)
        self._live.keep_only(row.uid for row in rows)
        self._live.publish()
        self._line.set_parts(Content.assemble((plain(target.words), "bold"), "  ", _status(target)), Content())

    # Keys

    def action_mark(self) -> None:
        """Mark the revision under the cursor, to compare another one with it."""
        table = self.pane.table
        if table.current is not None:
            table.mark([table.current])
            self.pane.tell()

    @on(ResourceTable.Opened)
    def _opened(self) -> None:
        self.action_show_text("changes")

    def action_show_text(self, what: str) -> None:
        """Show what the revision under the cursor changed, what going back to it would change, or its template."""
        chosen = self.chosen
        if chosen is None:
            return
        if what == "template":
            self._show_lines(f"Template of revision {chosen.number}", _lines(chosen))
            return
        other = self._in_force() if what == "now" else self._compared_with(chosen)
        if other is None or other.number == chosen.number:
            self.notify(f"There is nothing to compare revision {chosen.number} with", markup=False)
            return
        old, new = (other, chosen) if what == "now" else sorted((other, chosen), key=lambda each: each.number)
        changed = [f"{line.sign} {line.text}" for line in line_diff(_lines(old), _lines(new))]
        title = f"From revision {old.number} to {new.number}"
        self._show_lines(title, changed or ["# nothing differs"], signed=True)

    def _show_lines(self, title: str, lines: list[str], *, signed: bool = False) -> None:
        self.query_one("#text PaneTitle", PaneTitle).set_content(Content(title))
        view = self.query_one(YamlView)
        view.signed = signed
        view.set_lines(lines)
        self.add_class("-text")

    def _in_force(self) -> Revision | None:
        target = self._target
        return next((each for each in self._revisions.values() if is_in_force(target, each)), None)

    def _compared_with(self, chosen: Revision) -> Revision | None:
        """The marked one, else the one before."""
        marked = [self._revisions[uid] for uid in self.pane.table.marks if uid in self._revisions]
        others = [each for each in marked if each.number != chosen.number]
        earlier = [each for each in self._revisions.values() if each.number < chosen.number]
        return next(iter(others), max(earlier, key=lambda each: each.number, default=None))

    @work(group="rollout-plan", exclusive=True)
    async def action_roll_back(self) -> None:
        """Plan to go back to the revision under the cursor."""
        chosen = self.chosen
        if chosen is None:
            return
        answers = {"revision": str(chosen.number)}
        request = Request(self._agent, (self._target,), self.now(), secrets.token_hex(2), answers)
        try:
            plan = await waited(self.app, "roll back: planning", ROLLBACK.plan(request))
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            self.post_message(PlanRequested(plan))

    def action_go_back(self) -> None:
        """Close the text, then the screen."""
        if self.has_class("-text"):
            self.remove_class("-text")
            self.pane.table.focus()
        else:
            self.post_message(BackRequested())


def _status(target: Target) -> Content:
    try:
        done, text = rollout_of(target.kind.id, target.manifest)
    except KubeGenieError as error:
        return Content.styled(f"✖ {plain(str(error))}", "$error")
    return Content.styled(f"● {text}", "$success") if done else Content.styled(f"◐ {text}", "$warning")


def _lines(revision: Revision) -> list[str]:
    return list(yaml_lines(shown_manifest(revision.template)))
