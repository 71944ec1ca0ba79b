"""How one object hangs together with others: owners, what it owns, selects, uses, and who uses it."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.link import Branch, Relations
from kubegenie_tui.domain.summary_related import runs_pods
from kubegenie_tui.domain.text import plain
from kubegenie_tui.key_sharing import OBJECT_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.learning import until_told
from kubegenie_tui.screens.messages import (
    AskRequested,
    BackRequested,
    DetailRequested,
    ExplorerRequested,
    LogsRequested,
    ViewRequested,
)
from kubegenie_tui.screens.object_keys import AboutObject
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.relation_tree import RelationTree
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent


MOST_NOTES = 4
"""So many things that could not be read are named; then they are counted."""


class RelationsScreen(AboutObject):
    """The relations of one object, or only who refers to it."""

    CSS_PATH = "relations.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("relations"), *bindings("explorer", OBJECT_KEYS)]

    def __init__(
        self,
        agent: "ClusterAgent",
        kind: Kind,
        ref: ObjectRef,
        *,
        incoming_only: bool = False,
        demo: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(agent, kind, ref, demo=demo, now=now)
        self._incoming_only = incoming_only

    def compose(self) -> ComposeResult:
        """Header, title, tree or why there is none, what could not be looked at, footer."""
        yield self.header()
        yield PaneTitle()
        yield Static(id="nothing", markup=False)
        yield RelationTree()
        yield Static(id="notes", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look around."""
        super().on_mount()
        self.query_one(PaneTitle).add_class("-focused")
        self._tell_title("looking around …")
        self.query_one(RelationTree).focus()
        self.action_refresh()

    @work(group="relations", exclusive=True)
    async def action_refresh(self) -> None:
        """Look again."""
        from kubegenie_tui.agents.relations import read_relations

        try:
            await until_told(self._agent)
            found = await read_relations(self._agent, self._kind, self._ref.namespace, self._ref.name)
        except KubeGenieError as error:
            self._fail(error)
        else:
            self._show(found)

    def _show(self, found: Relations) -> None:
        branches = [branch for branch in found.branches if branch.incoming or not self._incoming_only]
        self.query_one(RelationTree).show(branches, {kind.id: kind.kind for kind in self._agent.kinds})
        self._tell_title(_counted(branches), found)
        nobody = "Nothing that was looked at refers to it." if self._incoming_only else "It stands alone."
        self._say(Content() if branches else Content(nobody))
        told = [
            *found.notes[:MOST_NOTES],
            *([f"and {more} more"] if (more := len(found.notes) - MOST_NOTES) > 0 else []),
        ]
        notes = Content("\n").join(Content.styled(f"▲ {plain(note)}", "$warning") for note in told)
        self.query_one("#notes", Static).update(notes)
        self.set_class(bool(found.notes), "-notes")

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of what cannot be shown."""
        if group == "relations":
            self._fail(error)

    def _fail(self, error: KubeGenieError) -> None:
        self._tell_title("could not be looked at")
        self._say(error_words(error))

    def _say(self, words: Content) -> None:
        self.query_one("#nothing", Static).update(words)
        self.set_class(bool(words.plain), "-empty")

    def _tell_title(self, words: str, found: Relations | None = None) -> None:
        what = "Used by" if self._incoming_only else "Relations"
        name = f"{plain(self._kind.kind)} {plain(self._ref.name)}"
        parts: list[Content | str | tuple[str, str]] = [f"{what}  ", (name, "$foreground")]
        if found is not None and found.subject.status:
            health = found.subject.health
            parts.append((f"  {health.glyph} {plain(found.subject.status)}", HEALTH_VARIABLE[health]))
        parts.append((f"  {words}", "$muted"))
        self.query_one(PaneTitle).set_content(Content.assemble(*parts))

    # Keys

    def object_at_hand(self) -> ObjectRef | None:
        """The object under the cursor, of a kind that the cluster serves."""
        twig = self.query_one(RelationTree).current
        kind = self._agent.kinds.get(twig.ref.kind) if twig else None
        if twig is None or kind is None:
            return None
        return ObjectRef(kind.id, twig.ref.name, twig.ref.namespace if kind.namespaced else "", self._agent.name)

    @on(RelationTree.Opened)
    def action_jump(self) -> None:
        """Go to the object in the explorer."""
        if ref := self.object_at_hand():
            self.post_message(ExplorerRequested(ref.cluster, ref.kind, scope=ref.namespace, name=ref.name))

    def action_show_object(self, tab: str) -> None:
        """Open the object."""
        if ref := self.object_at_hand():
            self.post_message(DetailRequested(ref, tab))

    def action_show_logs(self) -> None:
        """Open the logs of the pod, or of all pods behind the object."""
        ref = self.object_at_hand()
        kind = self._agent.kinds.get(ref.kind) if ref else None
        if ref is not None and kind is not None and runs_pods(kind):
            self.post_message(LogsRequested(ref))

    def action_show_relations(self, view: str) -> None:
        """The same of the object under the cursor."""
        if ref := self.object_at_hand():
            self.post_message(ViewRequested(view, ref.cluster, ref))

    def action_ask_genie(self) -> None:
        """Open the genie with the object in mind."""
        ref = self.object_at_hand() or self._ref
        self.post_message(AskRequested("", Focus(self._agent.name, ref.namespace, ref.kind, ref)))

    def action_leave(self) -> None:
        """Back to where we came from."""
        self.post_message(BackRequested())


def _counted(branches: list[Branch]) -> str:
    objects = sum(len(branch.twigs) for branch in branches)
    many = f"{objects:,} {'object' if objects == 1 else 'objects'}"
    return f"{many} in {len(branches)} {'relation' if len(branches) == 1 else 'relations'}" if objects else ""
