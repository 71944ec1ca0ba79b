"""From a composite, a claim or a Cluster down to what is not ready: the tree, and whole messages below it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.composition_revisions import revision_words
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.custom.bullets import bullets
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.tracing import Part, Said, Traced
from kubegenie_tui.key_sharing import OBJECT_KEYS
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.messages import AskRequested, BackRequested, DetailRequested, ExplorerRequested
from kubegenie_tui.screens.object_keys import AboutObject
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.background import under_way
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.pane_title import PaneTitle
from kubegenie_tui.widgets.table_pane import error_words
from kubegenie_tui.widgets.trace_tree import TraceTree

if TYPE_CHECKING:
    from kubegenie_tui.agents.tracing import Trace

REFRESH_SECONDS = 3.0
LABEL = 9
"""Cells for what a line is about."""
_ALONE = """It is made of nothing that it tells of.

A trace follows composites and claims of Crossplane, what they compose, and Clusters of Cluster API.
x shows how any object hangs together with others."""


class TraceScreen(AboutObject):
    """The tree, and below it what the part under the cursor says."""

    CSS_PATH = "trace.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("trace"), *bindings("explorer", OBJECT_KEYS)]

    _trace: "Trace | None" = None

    def compose(self) -> ComposeResult:
        """Header, title, why there is no more, tree, what is under the cursor, footer."""
        yield self.header()
        yield PaneTitle()
        yield Static(id="nothing", markup=False)
        yield TraceTree()
        with VerticalScroll(id="about"):
            yield Static(markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look, and look again now and then."""
        super().on_mount()
        self.query_one(PaneTitle).add_class("-focused")
        self._tell_title(f"{self._kind.kind} {self._ref.name}", ("following …", "$muted"))
        self.query_one(TraceTree).focus()
        self.set_interval(REFRESH_SECONDS, self._look_again)
        self.action_refresh()

    def _look_again(self) -> None:
        if not under_way(self, "trace"):
            self.action_refresh()

    @work(group="trace", exclusive=True)
    async def action_refresh(self) -> None:
        """Look again."""
        from kubegenie_tui.agents.tracing import read_trace

        try:
            found = await read_trace(self._agent, self._kind, self._ref)
        except KubeGenieError as error:
            self._fail(error)
        else:
            self._show(found)

    def _show(self, found: "Trace") -> None:
        is_first, self._trace = self._trace is None, found
        tree, root = self.query_one(TraceTree), found.root
        tree.show(root)
        if is_first:
            tree.stand_on(_of_interest(found))
        wrong, many = len(root.culprits), sum(1 for _ in root.all())
        told = f"{wrong} of {many} not well" if wrong else "all is well"
        where = ", ".join(root.clouds)
        state = (f"{root.health.glyph} {told}", HEALTH_VARIABLE[root.health])
        self._tell_title(f"{root.part.kind} {root.part.name}", state, (where, "$muted"))
        self._say(Content(_ALONE if many == 1 and not root.compositions and not root.synced.status else ""))

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of what cannot be shown."""
        if group == "trace":
            self._fail(error)

    def _fail(self, error: KubeGenieError) -> None:
        if self._trace is None:
            self._tell_title(f"{self._kind.kind} {self._ref.name}", ("could not be looked at", "$muted"))
        self._say(error_words(error))

    def _say(self, words: Content) -> None:
        self.query_one("#nothing", Static).update(words)
        self.set_class(bool(words.plain), "-empty")

    def _tell_title(self, name: str, *words: tuple[str, str]) -> None:
        parts = [part for told in words for part in ("  ", told)]
        self.query_one(PaneTitle).set_content(Content.assemble("Trace  ", (plain(name), "$foreground"), *parts))

    @on(TraceTree.Moved)
    def _tell_about(self) -> None:
        found, trace = self.query_one(TraceTree).current, self._trace
        if found is not None and trace is not None:
            wholes = trace.root.wholes_of(found.part)
            lines = _lines(found, wholes, trace.root.tells_synced, revision_words(found, trace.revisions))
            self.query_one("#about Static", Static).update(Content("\n").join(lines))

    # Keys

    def object_at_hand(self) -> ObjectRef | None:
        """The object under the cursor, if it is there."""
        found = self.query_one(TraceTree).current
        if found is None or not found.exists:
            return None
        part = found.part
        kind = self._agent.kinds.of(f"{part.group}/" if part.group else "v1", part.kind)
        if kind is None:
            return None
        return ObjectRef(kind.id, part.name, part.namespace if kind.namespaced else "", self._agent.name)

    @on(TraceTree.Opened)
    def action_jump(self) -> None:
        """Go to the object in the explorer."""
        if ref := self.object_at_hand():
            self.post_message(ExplorerRequested(ref.cluster, ref.kind, scope=ref.namespace, name=ref.name))
        elif (found := self.query_one(TraceTree).current) is not None:
            self.notify(f"There is nothing to go to: {found.words}", severity="warning", markup=False)

    def action_next_fault(self) -> None:
        """Stand on the next part that is not well."""
        self.query_one(TraceTree).next_fault()

    def action_show_object(self, tab: str) -> None:
        """Open the object."""
        if ref := self.object_at_hand():
            self.post_message(DetailRequested(ref, tab))

    def action_ask_genie(self) -> None:
        """Open the genie with the object in mind."""
        ref = self.object_at_hand() or self._ref
        self.post_message(AskRequested("", Focus(self._agent.name, ref.namespace, ref.kind, ref)))

    def action_leave(self) -> None:
        """Back to where we came from."""
        self.post_message(BackRequested())


def _of_interest(found: "Trace") -> Part:
    """What was asked about; of a whole, what is at fault in it."""
    culprits = found.root.culprits
    return culprits[0].part if culprits and found.asked == found.root.part else found.asked


def _lines(found: Traced, wholes: Sequence[Part], synced: bool, revision: str) -> Iterator[Content]:
    cloud = f"  {', '.join(found.clouds)}" if found.clouds else ""
    yield Content.assemble((str(found.part), "bold"), (f"  {found.part.group}{cloud}", "$muted"))
    if len(wholes) > 1:
        yield Content.styled(f"a part of {', '.join(map(str, wholes))}", "$muted")
    if not found.exists:
        words = found.words
        yield Content.styled(f"{found.health.glyph} {words[0].upper()}{words[1:]}", HEALTH_VARIABLE[found.health])
        return
    yield from _condition("Ready", found.ready, "it never says so" if found.is_silent else "it has not said yet")
    if synced:
        yield from _condition("Synced", found.synced, "it says nothing of it")
    yield from (Content.styled(f"▲ {each}", "$warning") for each in found.more)
    if found.unsettled:
        yield Content.styled(f"◐ {found.unsettled}", "$accent")
    if found.going:
        yield Content.styled(f"◐ {found.waits_for}", "$warning")
    yield from (Content.styled(f"▲ {each}", "$warning") for each in found.kept_by)
    if revision:
        yield Content.styled(revision, "$muted")


def _condition(name: str, said: Said, nothing: str) -> Iterator[Content]:
    label = (f"{name} ".ljust(LABEL), "$muted")
    if not said.status:
        yield Content.assemble(label, (nothing, "$muted"))
        return
    ink = "$success" if said.holds else "$error" if said.status == "False" else "$warning"
    first, *others = bullets(said.message)
    message = f"  {first}" if first and not others else ""
    yield Content.assemble(label, (said.status, ink), f"  {said.reason}" if said.reason else "", message)
    yield from (Content(f"{'':{LABEL}}{line}") for line in ((first, *others) if others else ()))
