"""What takes every key as it comes: while it has the focus no binding of any place works."""

from textual.widget import Widget


class KeyTaker(Widget, can_focus=True):
    """Handles all keys itself; it has to offer a way out."""
