"""What a cluster costs a month and what could be saved, the largest first; a plan for what can be ended here."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kubegenie_tui.domain.costs import PRICE_NOTE, Advice, Bill, has_unpriced, said_of, spot_note
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.plan import Note, Plan
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.screens.messages import PlanRequested, ViewRequested
from kubegenie_tui.widgets.hanging import hanging
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from textual.app import App

SAVING = 11
"""Cells of the saving."""


class CostsScreen(FloatingScreen[None]):
    """Asks for the bill once; `r` asks again."""

    DEFAULT_CSS = """
    CostsScreen { align: center middle; background: $background 40%; }
    CostsScreen > Vertical {
        width: 96%; max-width: 130; height: auto; max-height: 96%; padding: 0 1; background: $background;
        border: round $accent; border-title-color: $accent;
    }
    CostsScreen VerticalScroll { height: auto; max-height: 30vh; scrollbar-size-vertical: 1; }
    CostsScreen #evidence { margin-top: 1; }
    CostsScreen.-short #bill, CostsScreen.-short OptionList { max-height: 4; }
    CostsScreen.-short > Vertical { height: 96%; }
    CostsScreen.-short #evidence { height: 1fr; max-height: 100%; }
    CostsScreen #evidence:focus { background: $panel; }
    CostsScreen #costs, CostsScreen #saving { height: auto; }
    CostsScreen #saving { margin-top: 1; color: $accent; }
    CostsScreen OptionList { max-height: 25vh; }
    CostsScreen #why { height: auto; color: $muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("costs")

    def __init__(self, cluster: str, look: Callable[[], Awaitable[Bill]]) -> None:
        """The bill of a cluster.

        Args:
            cluster: its name.
            look: reads it.
        """
        super().__init__()
        self.VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]
        self._cluster = cluster
        self._look = look
        self._shown: tuple[Advice, ...] = ()
        self._at_a_plan = False

    def compose(self) -> ComposeResult:
        """The costs, what could be saved, why, the keys below."""
        with Vertical() as box:
            box.border_title = Content(f"Costs of {plain(self._cluster)}")
            with VerticalScroll(id="bill", can_focus=False):
                yield Static(Content("Looking …"), id="costs", markup=False)
            yield Static(id="saving", markup=False)
            yield OptionList(markup=False, compact=True)
            with VerticalScroll(id="evidence"):
                yield Static(id="why", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Look."""
        self.query_one(OptionList).focus()
        self.action_again()

    def on_screen_resume(self) -> None:
        """Look anew after a plan: what it would end may be ended."""
        if self._at_a_plan:
            self._at_a_plan = False
            self.action_again()

    def action_read_on(self) -> None:
        """To what the advice rests on, to scroll it, and back."""
        advice = self.query_one(OptionList)
        (self.query_one("#evidence") if advice.has_focus else advice).focus()

    def action_again(self) -> None:
        """Look anew."""
        self._ask()

    @work(group="costs", exclusive=True)
    async def _ask(self) -> None:
        try:
            found = await self._look()
        except KubeGenieError as error:
            self.show_fault("costs", error)
            return
        self._shown = found.advice
        self.query_one("#costs", Static).update(_costs(found))
        self.query_one("#saving", Static).update(_saving(found))
        options = self.query_one(OptionList)
        at = options.highlighted or 0
        options.clear_options()
        options.add_options([Option(_line(each)) for each in found.advice])
        options.highlighted = min(at, len(found.advice) - 1) if found.advice else None
        self._explain()

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """In place of what cannot be shown."""
        if group == "costs":
            self.query_one("#costs", Static).update(hanging(error_words(error)))

    def on_option_list_option_highlighted(self) -> None:
        """Say what the one under the cursor rests on."""
        self._explain()

    def on_option_list_option_selected(self) -> None:
        """Show what would end it."""
        self.action_show_plan()

    def _explain(self) -> None:
        advice = self._current
        words = "\n".join(plain(each) for each in (said_of(advice) if advice else ()))
        self.query_one("#why", Static).update(Content(words))
        self.query_one("#evidence").scroll_home(animate=False)
        self.refresh_bindings()

    @property
    def _current(self) -> Advice | None:
        at = self.query_one(OptionList).highlighted
        return self._shown[at] if at is not None and at < len(self._shown) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a plan only where one is certain."""
        if action == "show_plan":
            return bool(self._current and (self._current.steps or self._current.made_here))
        return True

    def action_show_plan(self) -> None:
        """Look at what would end it, and decide."""
        advice = self._current
        if advice is None or not (advice.steps or advice.made_here):
            return
        app: App[object] = self.app
        self._at_a_plan = True
        if advice.steps:
            notes = (Note(Health.WARN, advice.stays),) if advice.stays else ()
            app.post_message(PlanRequested(Plan(f"Save: {advice.title}", self._cluster, advice.steps, notes=notes)))
        else:
            app.post_message(ViewRequested(f"{advice.made_here}-cluster", "", argument=self._cluster))

    def action_leave(self) -> None:
        """Leave."""
        self.dismiss()


def _costs(found: Bill) -> Content:
    estimate, lines = found.estimate, []
    if estimate is None:
        lines.append(
            Content.styled("No price sheet knows these machines: savings are told without figures", "$warning")
        )
    else:
        lines.append(Content.assemble((f"About ${estimate.monthly:,.2f} a month", "bold")))
        lines += [
            Content(f"{each.monthly:{SAVING},.2f}  {each.count:g} x {plain(each.what)}") for each in estimate.prices
        ]
        lines += [Content.styled(f"{'?':>{SAVING}}  {plain(each)}", "$warning") for each in estimate.unpriced]
        lines.append(Content.styled(f"prices of {plain(estimate.as_of)}: {plain(estimate.source)}", "$muted"))
    if found.no_usage:
        lines.append(Content.styled("The cluster measures no usage, so nothing can be called idle", "$muted"))
    if found.unread:
        lines.append(Content.styled(f"Not looked at: {plain(', '.join(found.unread))}", "$muted"))
    return Content("\n").join(lines)


def _saving(found: Bill) -> Content:
    """Some of it can be saved once only: the nodes of an idle cluster are spare as well."""
    notes = [*found.not_idle, spot_note(found), PRICE_NOTE.removesuffix(".") if has_unpriced(found) else ""]
    return Content.assemble(_sum(found), ("".join(f"\n{plain(each)}" for each in notes if each), "$muted"))


def _sum(found: Bill) -> str:
    if not found.advice:
        return "Nothing was found that could be saved"
    return f"Could be saved: up to ${found.saving:,.2f} a month" if found.saving else "What could be saved"


def _line(advice: Advice) -> Content:
    saving = "?" if advice.monthly is None else f"{advice.monthly:,.2f}"
    return Content.assemble((f"{saving:>{SAVING}}", "$success"), f"  {plain(advice.title)}")
