"""The keys that a widget looks out for by itself, since what it takes as text never becomes a binding."""

from textual.widget import Widget

from kubegenie_tui.keymap import names_of
from kubegenie_tui.keys import EVERY_KEY
from kubegenie_tui.plain_app import PlainApp


def keys_now(widget: Widget, binding_id: str) -> list[str]:
    """Textual's names of the keys that this person has for something."""
    app = widget.app
    return names_of(EVERY_KEY[binding_id], app.own_keys if isinstance(app, PlainApp) else {})
