"""A screen that draws only what shows of what changed.

Textual asks every widget under the changed part for all its lines, the containers behind the table among them; at
10,000 pods that was a third of the time from a key to its repaint (decision 13).
"""

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip


class FrontCompositor(Compositor):
    """Asks from front to back, for the changed lines only, and stops where one widget covers all that changed."""

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if not crop:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            if not crop.overlaps(shown):
                continue
            top, bottom = max(shown.y, crop.y), min(shown.bottom, crop.bottom)
            lines = Region(shown.x, top, shown.width, bottom - top)
            yield lines, lines, widget.render_lines(lines.translate(-region.offset))
            if shown.contains_region(crop):
                return


class PaintedScreen(Screen[None]):
    """A screen of panes, drawn that way."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = FrontCompositor()
