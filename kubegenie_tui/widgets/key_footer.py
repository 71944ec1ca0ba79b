"""The line at the bottom: the keys that work now, the most useful first, as many as fit."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from textual.content import Content
from textual.keys import REPLACED_KEYS, key_to_character
from textual.screen import Screen
from textual.widget import Widget

from kubegenie_tui.domain.text import plain
from kubegenie_tui.keys import EVERY_KEY, PLACES

_NOTHING: Mapping[str, str] = MappingProxyType({})
_RANK = {binding_id: rank for rank, binding_id in enumerate(EVERY_KEY)}


class KeyFooter(Widget):
    """Follows the focus: what the footer names is what a key press does now."""

    DEFAULT_CSS = """
    KeyFooter { dock: bottom; height: 1; padding: 0 1; background: $panel; color: $muted; }
    """

    def __init__(self, words: Mapping[str, str] = _NOTHING) -> None:
        """A footer that names the keys that work.

        Args:
            words: what a key does here in other words than its own, by its id.
        """
        super().__init__()
        self._words = words
        self._refused: Mapping[str, str] = {}

    def set_refused(self, refused: Mapping[str, str]) -> None:
        """Why the server would refuse what a key leads to, by its id: such keys are muted, with the reason."""
        if refused != self._refused:
            self._refused = refused
            self.refresh()

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, _: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Content:
        """Keys and words, `?` always among them."""
        parts: list[Content] = []
        room = self.size.width
        for key, label, refused in self._keys():
            label = f"{label}: {refused}" if refused else label
            width = len(key) + len(label) + 3
            if width > room:
                break
            room -= width
            parts.append(Content.assemble((key, "" if refused else "bold $foreground"), f" {label}"))
        return Content("  ").join(parts)

    def _keys(self) -> Iterator[tuple[str, str, str]]:
        shown: dict[str, tuple[str, str, str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if not binding.show or not active.enabled or self._is_text(binding.key):
                continue
            if binding.id and binding.id in _RANK:
                words = self._words.get(binding.id, binding.description)
                told = self.app.get_key_display(binding), words, plain(self._refused.get(binding.id, ""))
                shown.setdefault(binding.id, told)
        for binding_id in sorted(shown, key=_rank):
            yield shown[binding_id]

    def _is_text(self, key: str) -> bool:
        """Whether what has the focus takes the key as text."""
        focused = self.screen.focused
        return focused is not None and focused.check_consume_key(key, key_to_character(REPLACED_KEYS.get(key, key)))


def _rank(binding_id: str) -> tuple[bool, int]:
    """`?` first since it leads to all others, then the place's own keys, then those that work everywhere."""
    everywhere = any(key.id == binding_id for key in PLACES["everywhere"])
    return everywhere and binding_id != "show-help", _RANK[binding_id]
