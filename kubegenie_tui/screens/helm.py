"""Helm releases without helm: the list, the history of each, values, manifest, and what a revision changed."""

import asyncio
import shlex
import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import ScreenResume

from kubegenie_tui.domain.diff import line_diff
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.helm import Release, Revision, latest
from kubegenie_tui.domain.helm_rows import COLUMNS, RELEASES, REVISIONS, revision_row
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import shown_manifest, yaml_lines
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.failed_work import FilledRows
from kubegenie_tui.screens.helm_plans import compared_with, menu_choices, roll_back, uninstall
from kubegenie_tui.screens.messages import BackRequested, PlanRequested, ViewRequested
from kubegenie_tui.screens.object_screen import ObjectScreen
from kubegenie_tui.screens.picker import PickerScreen
from kubegenie_tui.screens.waiting import waited
from kubegenie_tui.widgets.background import under_way
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.resource_table import ResourceTable
from kubegenie_tui.widgets.table_pane import TablePane
from kubegenie_tui.widgets.yaml_view import YamlView

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent

REFRESH_SECONDS = 15.0
READ_AT_ONCE = 4
"""Releases that are fetched together for their charts."""


class _ReleasesPane(TablePane):
    WIDER = ". `:helm -A` lists those of all namespaces"


class HelmScreen(FilledRows, ObjectScreen):
    """Releases above, the text of the chosen one below."""

    CSS_PATH = "helm.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("helm")
    FILLED_BY = "helm"

    def __init__(
        self,
        agent: "ClusterAgent",
        namespace: str,
        keymap: Mapping[str, str],
        *,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(agent, namespace, demo=demo, now=now)
        self._keys = keymap
        self._agent = agent
        self._live = LiveRows(COLUMNS)
        self._revisions: dict[str, Revision] = {}
        self._releases: dict[str, Release] = {}
        self._history_of: tuple[str, str] | None = None

    def compose(self) -> ComposeResult:
        """Header, releases, text, footer."""
        yield self.header()
        yield _ReleasesPane()
        with Vertical(id="text"):
            yield PaneTitle()
            yield YamlView()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Read, and read again now and then."""
        super().on_mount()
        self.pane.show(RELEASES, self.namespace, self._live)
        self.pane.table.focus()
        self.set_interval(REFRESH_SECONDS, lambda: under_way(self, "helm") or self.action_refresh())
        self.action_refresh()

    @property
    def pane(self) -> TablePane:
        """The table and its title."""
        return self.query_one(TablePane)

    @property
    def chosen(self) -> Revision | None:
        """The revision under the cursor."""
        row = self.pane.table.current
        return self._revisions.get(row.uid) if row else None

    # Reading

    @on(ScreenResume)
    @work(group="helm", exclusive=True)
    async def action_refresh(self) -> None:
        """Read the list again, then the charts of what is new in it."""
        from kubegenie_tui.agents.helm import read_revisions

        try:
            found = await read_revisions(self._agent, self.namespace)
        except KubeGenieError as error:
            self._live.set_state(LiveState(Phase.DENIED if not self._revisions else Phase.STALE, self.now(), error))
            self._live.publish()
            return
        self._revisions = {each.uid: each for each in found}
        self._live.set_state(LiveState(Phase.LIVE, self.now()))
        self._show_rows()
        await self._read_charts()

    async def _read_charts(self) -> None:
        turn = asyncio.Semaphore(READ_AT_ONCE)

        async def read(revision: Revision) -> None:
            async with turn:
                await self._release(revision)

        async with asyncio.TaskGroup() as group:
            for revision in self._shown():
                if revision.uid not in self._releases:
                    group.create_task(read(revision))
        self._show_rows()

    async def _release(self, revision: Revision) -> Release | None:
        from kubegenie_tui.agents.helm import fetch_release

        if revision.uid not in self._releases:
            try:
                self._releases[revision.uid] = await fetch_release(self._agent, revision)
            except KubeGenieError as error:
                self.notify(str(error), severity="warning", markup=False)
        return self._releases.get(revision.uid)

    def _shown(self) -> list[Revision]:
        revisions = self._revisions.values()
        if self._history_of is None:
            return latest(revisions)
        return [each for each in revisions if (each.namespace, each.name) == self._history_of]

    def _show_rows(self) -> None:
        rows = [revision_row(each, self._releases) for each in self._shown()]
        for row in rows:
            self._live.put(row)
        self._live.keep_only(row.uid for row in rows)
        self._live.publish()
        self.pane.kind = REVISIONS if self._history_of else RELEASES
        self.pane.name_cluster("/".join(self._history_of or ()))

    # Keys

    @on(ResourceTable.Opened)
    def action_show_history(self) -> None:
        """The revisions of the release; of a revision, its values."""
        if self._history_of is not None:
            self.action_show_text("values")
        elif chosen := self.chosen:
            self._history_of = chosen.namespace, chosen.name
            self._show_rows()
            self.pane.table.sort("REVISION", descending=True)
            self.action_refresh()

    @work(group="helm-text", exclusive=True)
    async def action_show_text(self, what: str) -> None:
        """Show values, manifest or changes of the revision under the cursor."""
        chosen = self.chosen
        release = await self._release(chosen) if chosen else None
        if chosen is None or release is None:
            return
        marks = self.pane.table.marks
        other = compared_with(self._revisions_of(chosen), chosen, marks) if what == "changes" else None
        lines = await self._lines(what, chosen, release, other)
        numbers = f"{chosen.number}" if other is None else "{} to {}".format(*sorted((other.number, chosen.number)))
        self.query_one("#text PaneTitle", PaneTitle).set_content(
            Content.assemble(f"{what.capitalize()}  ", (f"{plain(chosen.name)} {numbers}", "$foreground"))
        )
        view = self.query_one(YamlView)
        view.signed = what == "changes"
        view.set_lines(lines or ["# nothing"])
        self.add_class("-text")

    def action_mark(self) -> None:
        """Mark the revision under the cursor, to compare another one of its release with it."""
        if row := self.pane.table.current:
            self.pane.table.mark([row])
            self.pane.tell()

    async def _lines(self, what: str, revision: Revision, release: Release, other: Revision | None) -> list[str]:
        if what == "values":
            return list(yaml_lines(release.values)) if release.values else []
        lines = await _manifest_lines(release)
        if what == "manifest":
            return lines
        theirs = await self._release(other) if other else None
        old, new = await _manifest_lines(theirs) if theirs else [], lines
        if other is not None and other.number > revision.number:
            old, new = new, old
        changed = line_diff(old, new)
        return [f"{line.sign} {line.text}" for line in changed]

    @work(group="helm-plan", exclusive=True)
    async def action_plan(self, what: str) -> None:
        """Plan to roll back to the revision under the cursor, or to uninstall its release."""
        chosen = self.chosen
        if chosen is None:
            return
        agent, revisions = self._agent, self._revisions_of(chosen)
        try:
            planning = (
                roll_back(agent, revisions, chosen, self.now()) if what == "rollback" else uninstall(agent, revisions)
            )
            plan = await waited(self.app, f"{what}: planning", planning)
        except KubeGenieError as error:
            self.notify(str(error), severity="warning", markup=False, timeout=10)
        else:
            self.post_message(PlanRequested(plan))

    def action_write(self, verb: str) -> None:
        """Let helm upgrade the release under the cursor, or install another."""
        chosen = self.chosen if verb == "upgrade" else None
        scope, words = (chosen.namespace, [chosen.name]) if chosen else (self.namespace, [])
        if chosen or verb == "install":
            cluster = self._agent.name
            self.post_message(ViewRequested(f"helm-{verb}", cluster, None, scope, shlex.join(words), True))

    def action_show_menu(self) -> None:
        """All that can be done here; what needs helm says so where it is missing."""
        from kubegenie_tui.kube.helm import helm_program, missing_helm

        missing = "" if helm_program() else missing_helm().what
        choices = list(menu_choices(self._keys, missing))
        self.app.push_screen(PickerScreen("What to do", choices), self._picked)

    async def _picked(self, action: str | None) -> None:
        if action:
            await self.run_action(action)

    def _revisions_of(self, release: Revision) -> list[Revision]:
        """The revisions of a release, the newest last."""
        same = (each for each in self._revisions.values() if each.name == release.name)
        return sorted((each for each in same if each.namespace == release.namespace), key=lambda each: each.number)

    def action_go_back(self) -> None:
        """Close the text, leave the history, then the screen."""
        if self.has_class("-text"):
            self.remove_class("-text")
            self.pane.table.focus()
        elif self._history_of is not None:
            self._history_of = None
            self._show_rows()
        else:
            self.post_message(BackRequested())


async def _manifest_lines(release: Release) -> list[str]:
    """All objects of a release as YAML; values of Secrets are hidden, as everywhere."""
    return await asyncio.to_thread(lambda: list(_document_lines(release)))


def _document_lines(release: Release) -> Iterator[str]:
    from kubegenie_tui.changes.operations.manifests_text import read_documents

    try:
        documents = read_documents(release.manifest, "the manifest") if release.manifest.strip() else []
    except UsageError as error:
        yield f"# {error}"
        return
    for document in documents:
        yield "---"
        yield from yaml_lines(shown_manifest(document.manifest))
