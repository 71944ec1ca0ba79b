"""What a key is."""

from typing import NamedTuple


class Key(NamedTuple):
    """One thing a key does in one place."""

    id: str
    """Verb-noun, unique in the app: what the settings file names."""
    keys: str
    """Default keys in Textual's names, comma separated."""
    action: str
    """Textual action of the place that owns the binding."""
    label: str
    """Words for the footer and the help."""
    show: bool = True
    """Whether the footer names it (the help always does)."""
    priority: bool = False
    """Whether it works even when an input or a pane below has the focus."""
