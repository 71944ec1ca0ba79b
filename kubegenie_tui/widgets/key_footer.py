"""The line at the bottom: the keys that work now, the most useful first, as many as fit."""

from collections.abc import Iterator

from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from kubegenie_tui.keys import EVERY_KEY, PLACES

_RANK = {binding_id: rank for rank, binding_id in enumerate(EVERY_KEY)}


class KeyFooter(Widget):
    """Follows the focus: what the footer names is what a key press does now."""

    DEFAULT_CSS = """
    KeyFooter { dock: bottom; height: 1; padding: 0 1; background: $panel; color: $muted; }
    """

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """Keys and words, `?` always among them."""
        parts: list[Content] = []
        room = self.size.width
        for key, label in self._keys():
            width = len(key) + len(label) + 3
            if width > room:
                break
            room -= width
            parts.append(Content.assemble((key, "bold $foreground"), f" {label}"))
        return Content("  ").join(parts)

    def _keys(self) -> Iterator[tuple[str, str]]:
        shown: dict[str, tuple[str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and active.enabled and binding.id in _RANK:
                shown.setdefault(binding.id or "", (self.app.get_key_display(binding), binding.description))
        for binding_id in sorted(shown, key=_rank):
            yield shown[binding_id]


def _rank(binding_id: str) -> tuple[bool, int]:
    """`?` first since it leads to all others, then the place's own keys, then those that work everywhere."""
    everywhere = any(key.id == binding_id for key in PLACES["everywhere"])
    return everywhere and binding_id != "show-help", _RANK[binding_id]
