"""The line of tabs, shown when there is more than one."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget

from kubegenie_tui.domain.tabs import Label, fit_titles


class TabStrip(Widget):
    """Titles side by side; the active one has a bar before it and is underlined, so that no colour is needed."""

    DEFAULT_CSS = """
    TabStrip { height: 1; padding: 0 1; background: $panel; color: $muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._titles: Sequence[str] = ()
        self._inks: Sequence[str] = ()
        self._active = 0

    def set_tabs(self, titles: Sequence[str], active: int, inks: Sequence[str]) -> None:
        """Show these from now on, each with the ink of its cluster."""
        shown = (list(titles), active, list(inks))
        if shown != (list(self._titles), self._active, list(self._inks)):
            self._titles, self._active, self._inks = titles, active, inks
            self.refresh()

    def _labels(self) -> list[Label]:
        return fit_titles(self._titles, self._active, self.content_size.width)

    def render(self) -> Content:
        """The whole line."""
        labels = self._labels()
        parts = [_drawn(label, label.number == self._active, self._inks[label.number]) for label in labels]
        if labels and labels[0].number > 0:
            parts.insert(0, Content("‹ "))
        if labels and labels[-1].number < len(self._titles) - 1:
            parts.append(Content("› "))
        return Content("").join(parts)

    async def on_click(self, event: events.Click) -> None:
        """Go to the tab under the mouse."""
        x = event.x - self.styles.padding.left
        label = next((each for each in self._labels() if each.start <= x < each.end), None)
        if label is not None:
            await self.run_action(f"app.tab('{label.number + 1}')")


def _drawn(label: Label, active: bool, ink: str) -> Content:
    if active:
        return Content.assemble(("▌", ink or "$accent"), (label.words, f"bold underline {ink or '$accent'}"), " ")
    return Content.assemble(" ", (label.words, ink), " ") if ink else Content(f" {label.words} ")
