"""How the plan screen looks in each of its phases; what happens in them is in `screens.plan`."""

import time
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.errors import KubeGenieError, OwnedByOthers
from kubegenie_tui.domain.plan import Note, Plan, Preview, Tier
from kubegenie_tui.domain.text import plain
from kubegenie_tui.screens.approval_bar import ApprovalBar
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.diff_view import DiffView
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.plan_notes import REFUSED, PlanNotes, groups_of, refusal_notes
from kubegenie_tui.widgets.step_list import StepList
from kubegenie_tui.widgets.styled_lines import wrapped
from kubegenie_tui.widgets.text_scroller import TextScroller
from kubegenie_tui.widgets.title_line import TitleLine

if TYPE_CHECKING:
    from kubegenie_tui.changes.cluster import WritableCluster

BESIDE = 8
"""Rows of the screen that are neither differences nor notes nor a sentence."""
EDGES = 6
"""Cells of the top edge that are neither title nor tier."""


class Phase(Enum):
    """Where a plan is; the value is the class of the screen meanwhile."""

    LOOKING = "-looking"
    DECIDING = "-deciding"
    REFUSED = "-refused"
    CARRYING = "-carrying"
    OVER = "-over"


class Left(NamedTuple):
    """How a person left a plan."""

    approved: bool
    """Whether they said yes."""
    refusal: KubeGenieError | None = None
    """Why it could not be done, when that is what they left."""


class PlanDialog(FloatingScreen[Left]):
    """A box with everything a plan ever shows; the phase decides what of it is in view."""

    CSS_PATH = "plan.tcss"

    def __init__(self, cluster: "WritableCluster", plan: Plan, asked_at: float) -> None:
        super().__init__()
        self.cluster = cluster
        self.plan = plan
        self.preview: Preview | None = None
        self.phase = Phase.LOOKING
        self.refusal: KubeGenieError | None = None
        self._seen = False
        self._asked_at = asked_at
        self._said = ""

    def compose(self) -> ComposeResult:
        """On which cluster, what is to be said, what would change, what that means, how it goes, yes or no."""
        with Vertical(id="plan"):
            yield Static(id="whole", markup=False)
            yield TitleLine()
            yield Static(id="said", markup=False)
            yield DiffView()
            yield PlanNotes()
            yield StepList()
            yield ApprovalBar()
        yield KeyFooter()

    @property
    def bar(self) -> ApprovalBar:
        """Where a person says yes or no."""
        return self.query_one(ApprovalBar)

    @property
    def steps(self) -> StepList:
        """How far it is."""
        return self.query_one(StepList)

    def on_resize(self) -> None:
        """Fit the parts into the new room."""
        self._fit()

    @property
    def heeds_yes(self) -> bool:
        """Whether a yes counts: what it is about was looked at, and painted."""
        return self.phase is Phase.DECIDING and self._seen

    def enter(self, phase: Phase, said: str = "", *, wrong: bool = False) -> None:
        """Go to another phase, and say something about it."""
        self.phase = phase
        for each in Phase:
            self.set_class(each is phase, each.value)
        self.set_class(wrong, "-wrong")
        self.say(said)
        self.refresh_bindings()

    def go(self, *, approved: bool) -> None:
        """Leave."""
        self.dismiss(Left(approved and self.refusal is None, self.refusal))

    def say(self, text: str) -> None:
        """One sentence below the title; empty for none."""
        self._said = plain(text)
        said = self.query_one("#said", Static)
        said.display = bool(text)
        said.update(Content(self._said))
        self._fit()

    def show_preview(self, preview: Preview) -> None:
        """Show what a plan would do."""
        self.preview = preview
        self.query_one(DiffView).show(preview.steps)
        self.show_notes(groups_of(preview))

    def show_notes(self, groups: Sequence[tuple[str, Sequence[Note]]]) -> None:
        """Show these labelled lines."""
        self.query_one(PlanNotes).show(groups)

    def refuse(self, error: KubeGenieError) -> None:
        """Say that it cannot be done, and why."""
        self.refusal = error
        self.show_notes([(REFUSED, refusal_notes(error))])
        self.enter(Phase.REFUSED)
        self.bar.offer("close", "again", *(["take"] if isinstance(error, OwnedByOthers) else []), focus="close")

    def action_scroll_changes(self, rows: int, pages: int) -> None:
        """Read on in the differences, at their end in what is told of them, or in the steps; whatever has the keys."""
        down = rows + pages > 0
        texts = [each for each in self.query(TextScroller) if each.display]
        for text in texts if down else reversed(texts):
            if text.top < text.last_top if down else text.top > 0:
                text.action_scroll_rows(rows)
                text.action_scroll_pages(pages)
                return

    def action_next_object(self, step: int) -> None:
        """Go to the next object of the plan (1) or the one before (-1)."""
        self.query_one(DiffView).go_to_object(step)

    def action_toggle_objects(self) -> None:
        """Show the lines of every object, or only the counts."""
        self.query_one(DiffView).toggle_objects()

    def _fit(self) -> None:
        """Share the room: the notes get half of it, and what the differences leave."""
        width = self.query_one(TitleLine).size.width or self.size.width
        said = len(wrapped(self._said, width - 2)) if self._said else 0
        said += self._set_titles(width)
        room = max(2, self.size.height - BESIDE - said)
        notes, diff = self.query_one(PlanNotes), self.query_one(DiffView)
        changed, told = (each.get_content_height(self.size, self.size, width) for each in (diff, notes))
        notes.styles.max_height = told = min(told, max(1, room // 2, room - changed))
        diff.styles.max_height = max(1, room - told)
        self.steps.styles.max_height = room

    def _set_titles(self, width: int) -> int:
        """What is wanted at the left of the top edge, how grave it is at the right; rows for what the edge cuts off."""
        preview = self.preview
        tier = preview.tier.words if preview is not None and preview.refusal is None else ""
        is_grave = preview is not None and preview.tier is not Tier.REVERSIBLE
        room = max(4, width - len(tier) - EDGES)
        title = Content(plain(self.plan.title)).truncate(room, ellipsis=True)
        line = "─" * max(1, room - title.cell_length)
        parts = (title, " ", (line, "$accent"), " ", (tier, "bold $warning" if is_grave else "bold"))
        self.query_one("#plan").border_title = Content.assemble(*parts) if tier else title
        identity = f"  as {plain(preview.identity)}" if preview is not None and preview.identity else ""
        at = time.strftime("%H:%M:%S", time.localtime(self._asked_at))
        whom = "" if self.plan.asked_by == "person" else f"by {plain(self.plan.asked_by)} "
        self.query_one(TitleLine).set_parts(
            Content.assemble("on ", (plain(self.cluster.name), "bold $foreground"), identity),
            Content(f"asked {whom}at {at}"),
        )
        whole = self.query_one("#whole", Static)
        whole.display = Content(plain(self.plan.title)).cell_length > room
        whole.update(Content(plain(self.plan.title)))
        return len(wrapped(plain(self.plan.title), width - 2)) if whole.display else 0
