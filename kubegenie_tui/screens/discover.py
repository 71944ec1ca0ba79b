"""The clusters that a provider finds, as it finds them: marked with space, given back on Enter."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.text import plain, shorten_middle
from kubegenie_tui.keys import bindings
from kubegenie_tui.screens.floating import FloatingScreen
from kubegenie_tui.widgets.hanging import hanging
from kubegenie_tui.widgets.key_footer import KeyFooter
from kubegenie_tui.widgets.table_pane import error_words

if TYPE_CHECKING:
    from kubegenie_tui.agents.discovering import Found, Source
    from kubegenie_tui.providers.api import FoundCluster

TICK = 0.1
"""Seconds."""
NAME = 28
"""Cells for the name of a cluster."""


def _parts(found: "FoundCluster") -> tuple[str, str, str]:
    return found.region, found.version, found.state


class DiscoverScreen(FloatingScreen["list[FoundCluster] | None"]):
    """Gives back the clusters that are to be registered, None when the person leaves: the search ends with that."""

    DEFAULT_CSS = """
    DiscoverScreen { align: center middle; background: $background 40%; }
    DiscoverScreen > Vertical {
        width: 90%; max-width: 110; height: auto; max-height: 80%;
        border: round $accent; border-title-color: $accent; background: $background; padding: 0 1;
    }
    DiscoverScreen OptionList { max-height: 20; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("discover")

    def __init__(self, source: "Source", known: Collection[str]) -> None:
        """A list that begins to look when it is shown.

        Args:
            source: where it looks.
            known: names of the clusters that there are already.
        """
        super().__init__()
        self._source = source
        self._known = known
        self._found: Found | None = None
        self._marked: set[int] = set()
        self._doing = "asking"
        self._began = time.monotonic()
        self._options = OptionList(markup=False, compact=True)

    def compose(self) -> ComposeResult:
        """How far the search is, above what it found."""
        with Vertical() as box:
            box.border_title = Content(f"Clusters of {plain(self._source.name)}")
            yield Static(id="doing", markup=False)
            yield self._options
            yield Static(id="troubles", markup=False)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin to look."""
        self._options.focus()
        self._ticking = self.set_interval(TICK, self._tick)
        self._tick()
        self._look()

    @work(group="discover")
    async def _look(self) -> None:
        try:
            self._found = await self._source.find(self._tell)
        except KubeGenieError as error:
            self.show_fault("discover", error)
        else:
            self._ticking.stop()
            self._show(self._found)

    def show_fault(self, group: str, error: KubeGenieError) -> None:
        """Its clock stands: it looks no more."""
        if group == "discover":
            self._ticking.stop()
            self._say(Content(""), error_words(error))

    def _tell(self, words: str) -> None:
        self._doing = words

    def _tick(self) -> None:
        seconds = time.monotonic() - self._began
        self._say(Content(f"◐ {self._doing} · {seconds:.1f}s"), Content(""))

    def _say(self, doing: Content, troubles: Content) -> None:
        for id, words in (("#doing", doing), ("#troubles", troubles)):
            shown = self.query_one(id, Static)
            shown.update(hanging(words) if words is troubles else words)
            shown.display = bool(words.plain)

    def _show(self, found: "Found") -> None:
        count = len(found.clusters)
        words = f"{count} found" if count else "There is none where it looked"
        taken = "" if self._source.registers or not count else " · it can list them, but lead to none"
        self._say(Content(words + taken), Content("\n").join(error_words(each) for each in found.troubles))
        self._fill(0)

    def _fill(self, at: int) -> None:
        found = self._found.clusters if self._found else ()
        self._options.clear_options()
        self._options.add_options([Option(self._line(number, each)) for number, each in enumerate(found)])
        self._options.highlighted = min(at, len(found) - 1) if found else None

    def _line(self, number: int, found: "FoundCluster") -> Content:
        mark = ("✓ ", "$success") if number in self._marked else "  "
        known = "known already" if found.name in self._known else ""
        all_found = self._found.clusters if self._found else ()
        widths = [
            max((len(plain(part)) for part in column), default=0)
            for column in zip(*map(_parts, all_found), strict=True)
        ]
        room = min(NAME, max((len(plain(each.name)) for each in all_found), default=0))
        name = f"{shorten_middle(plain(found.name), room):<{room}}"
        columns = [f"{plain(part):<{width}}" for part, width in zip(_parts(found), widths, strict=True) if width]
        words = "  ".join([*columns, known or plain(found.server)])
        return Content.assemble(mark, (name, "$muted") if known else name, "  ", (words, "$muted"))

    # Keys

    def action_mark(self) -> None:
        """Mark the cluster under the cursor, or take the mark away, and go on to the next."""
        at = self._options.highlighted
        if at is not None:
            self._marked ^= {at}
            self._fill(at + 1)

    def action_mark_all(self) -> None:
        """Mark all that are not known yet; all marks go when they are marked."""
        found = self._found.clusters if self._found else ()
        new = {number for number, each in enumerate(found) if each.name not in self._known}
        self._marked = set() if self._marked >= new else self._marked | new
        self._fill(self._options.highlighted or 0)

    def action_take(self) -> None:
        """Register the marked ones, or the one under the cursor."""
        at = self._options.highlighted
        if self._found is None or at is None or not self.is_current:
            return
        chosen = sorted(self._marked) or [at]
        self.dismiss([self._found.clusters[number] for number in chosen])

    def action_leave(self) -> None:
        """Look no further."""
        if self.is_current:
            self.workers.cancel_node(self)
            self.dismiss(None)
