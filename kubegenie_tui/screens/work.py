"""How far a cluster is: each step with the provider's own phase, how long it takes, and what a person can do."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from kubegenie_tui.domain.creation import Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.screens.work_words import can_skip, said_of, seconds_of, shown_steps
from kubegenie_tui.theme import HEALTH_VARIABLE
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.key_names import key_now
from kubegenie_tui.widgets.step_list import StepList

if TYPE_CHECKING:
    from kubegenie_tui.provision.works import Works

Opens = Callable[[Work], Awaitable[bool]]
"""Open the safe for a work that needs it; False when the person left."""

OPEN, CLEAN_UP, UPGRADE, SCALE, LOG_IN = "open", "clean up", "upgrade", "scale", "log in"
TICK = 1.0
"""Seconds between two looks at the clock."""
KEYS = ("open-made-cluster", "resume-work", "skip-failed", "clean-up-work", "renew-login")
"""That the words below the steps speak of."""


class WorkScreen(FloatingScreen[str | None]):
    """Gives back what the person wants beside looking on, None when they leave; the work goes on either way."""

    CSS_PATH = "wizard.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings("work")

    def __init__(self, works: "Works", begun: Work, opens: Opens, *, logs_in: bool = False) -> None:
        """Of one work.

        Args:
            works: where it is followed.
            begun: it.
            opens: opens the safe for it.
            logs_in: whether its provider is told who we are, and can be told otherwise.
        """
        super().__init__()
        self._logs_in = logs_in
        self._works = works
        self._opens = opens
        self._work = begun
        self._worked_on = True
        self._stopping = False
        self._trouble = ""

    @property
    def work_id(self) -> str:
        """Which one is shown."""
        return self._work.id

    def compose(self) -> ComposeResult:
        """What is made where, its steps, what is to be said, the keys below."""
        with Vertical(classes="box"):
            yield Static(id="head", markup=False)
            yield StepList()
            yield Static(id="said", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Follow it."""
        self._show()
        self.query_one(StepList).focus()
        self.set_interval(TICK, self._show)
        self._follow()

    @work(group="follow", exclusive=True)
    async def _follow(self) -> None:
        try:
            self._worked_on = True
            async for each in self._works.follow(self._work.id):
                self._work = each
                self._show()
        except KubeGenieError as error:
            self.show_fault("follow", error)
            return
        self._worked_on, self._stopping = False, False
        self._show()

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """It is followed no more, or is not stopped: neither is said any longer."""
        self._stopping = False
        if group == "follow":
            self._worked_on = False
        self._say(error)

    def _show(self) -> None:
        work, outline = self._work, self._work.removal or self._work.outline
        title = (
            f"{_WORDS[work.kind]} {plain(outline.name)}" if work.removal is None else f"Removing {plain(outline.name)}"
        )
        self.query_one(".box").border_title = Content(title)
        self.query_one("#head", Static).update(self._head())
        self.query_one(StepList).show(shown_steps(work, worked_on=self._worked_on))
        keys = {each: key_now(self, each) for each in KEYS}
        said = said_of(work, worked_on=self._worked_on, keys=keys)
        self.query_one("#said", Static).update(Content.styled(self._trouble, "$error") if self._trouble else said)
        self.refresh_bindings()

    def _head(self) -> Content:
        work = self._work
        took = seconds_of(work, worked_on=self._worked_on)
        state = self._state()
        return Content.assemble(
            (f"{work.state.health.glyph} {state}", HEALTH_VARIABLE[work.state.health]),
            f"  {plain(work.outline.provider)}  {plain(work.outline.where)}  {format_age(took)}",
        )

    def _state(self) -> str:
        if self._stopping:
            return "stopping after the request that is under way"
        if self._work.is_under_way and not self._worked_on:
            return "broken off"
        return self._work.state.value

    def _say(self, error: KubeGenieError) -> None:
        """Until something else is done: the steps are drawn anew each second."""
        self._trouble = plain(str(error))
        self._show()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now."""
        work, idle = self._work, not self._worked_on
        can = {
            "stop": self._worked_on and not self._stopping and work.is_under_way,
            "go_on": idle and work.state not in (WorkState.DONE, WorkState.REMOVED),
            "skip": idle and can_skip(work),
        }
        if action == "want":
            made = work.state is WorkState.DONE and work.kind is WorkKind.CREATE
            asked = {CLEAN_UP: self._can_clean_up(), LOG_IN: self._can_log_in()}
            return asked.get(str(parameters[0]), made)
        return can.get(action, True)

    def _can_clean_up(self) -> bool:
        work = self._work
        return not self._worked_on and work.kind is WorkKind.CREATE and work.state is not WorkState.REMOVED

    def _can_log_in(self) -> bool:
        return self._logs_in and not self._worked_on and self._work.state is not WorkState.REMOVED

    def action_stop(self) -> None:
        """Let it stop as soon as it can."""
        self._stopping = True
        self._stop()

    def action_go_on(self) -> None:
        """Take it up again."""
        self._take_up(self._works.go_on)

    def action_skip(self) -> None:
        """Go on without what failed."""
        self._take_up(self._works.skip)

    def action_want(self, what: str) -> None:
        """Leave for the cluster, or for what would be removed or changed."""
        self.dismiss(what)

    def action_leave(self) -> None:
        """Let it go on unseen."""
        self.dismiss(None)

    @work(group="work", exclusive=True)
    async def _stop(self) -> None:
        self._trouble = ""
        try:
            await self._works.stop(self._work.id)
        except KubeGenieError as error:
            self.show_fault("work", error)
            return
        self._show()

    @work(group="work", exclusive=True)
    async def _take_up(self, act: Callable[[str], Awaitable[None]]) -> None:
        self._trouble = ""
        try:
            if not await self._opens(self._work):
                return
            await act(self._work.id)
        except KubeGenieError as error:
            self._say(error)
            return
        self._show()
        self._follow()


_WORDS = {WorkKind.CREATE: "Creating", WorkKind.UPGRADE: "Upgrading", WorkKind.SCALE: "Scaling"}
