"""The keys that a widget looks out for by itself, since what it takes as text never becomes a binding, or tells of."""

from textual.binding import Binding
from textual.widget import Widget

from kubegenie_tui.key_words import key_word
from kubegenie_tui.keymap import names_of
from kubegenie_tui.keys import EVERY_KEY
from kubegenie_tui.plain_app import PlainApp


def keys_now(widget: Widget, binding_id: str) -> list[str]:
    """Textual's names of the keys that this person has for something."""
    app = widget.app
    return names_of(EVERY_KEY[binding_id], app.own_keys if isinstance(app, PlainApp) else {})


def key_now(widget: Widget, binding_id: str) -> str:
    """The first of these keys, as people write it."""
    return key_word(keys_now(widget, binding_id)[0])


def key_that(widget: Widget, *actions: str) -> str:
    """The first key of its screen that does one of these, as people write it; empty where none does."""
    bound = (each for each in widget.screen.BINDINGS if isinstance(each, Binding) and each.action in actions)
    return next((key_now(widget, each.id) for each in bound if each.id), "")
