"""Keys of the screens about kinds, operators and agents: id, keys, action, label, and whether the footer names it."""

from typing import TypeAlias

Keys: TypeAlias = tuple[tuple[str, str, str, str] | tuple[str, str, str, str, bool], ...]

OPERATOR_PLACES: dict[str, Keys] = {
    "definition": (
        ("fold-field", "enter", "fold", "unfold"),
        ("fold-all-fields", "o", "fold_all", "unfold all"),
        ("show-example", "y", "show_example", "example"),
        ("create-of-kind", "n", "create", "new from it"),
        ("show-objects-of-kind", "i", "show_objects", "objects"),
        ("next-version", "v", "next_version", "next version"),
        ("copy-field", "c", "copy_path", "copy path", False),
        ("filter-fields", "slash", "filter_rows", "filter"),
        ("refresh-definition", "r", "refresh", "look again", False),
        ("close-definition", "escape,q", "leave", "back"),
    ),
    "operators": (
        ("show-not-ready", "enter", "show_waiting", "not ready"),
        ("show-kinds-of-operator", "i", "show_kinds", "its kinds"),
        ("logs-of-operator", "l", "show_logs", "logs"),
        ("jump-to-operator", "o", "jump", "go to it"),
        ("describe-operator", "d", "show_object('summary')", "describe"),
        ("yaml-of-operator", "y", "show_object('yaml')", "yaml", False),
        ("filter-operators", "slash", "filter_rows", "filter"),
        ("refresh-operators", "r", "refresh", "look again", False),
        ("close-operators", "escape,q", "leave", "back"),
    ),
    "agents": (
        ("check-agent", "h,enter", "ask('check')", "check its health"),
        ("heal-agent", "m", "ask('heal')", "mend itself"),
        ("initialize-agent", "i", "ask('initialize')", "initialize"),
        ("shut-down-agent", "ctrl+d", "ask('shutdown')", "shut down"),
        ("filter-agents", "slash", "filter_rows", "filter"),
        ("close-agents", "escape,q", "leave", "back"),
    ),
    "reconcile": (
        ("pause-object", "p", "toggle_pause", "pause or resume"),
        ("logs-of-its-operator", "l", "show_logs", "logs of its operator"),
        ("describe-reconciled", "d", "show_object('summary')", "describe"),
        ("yaml-of-reconciled", "y", "show_object('yaml')", "yaml"),
        ("events-of-reconciled", "e", "show_object('events')", "events", False),
        ("refresh-reconciled", "ctrl+r", "refresh", "look again", False),
        ("close-reconciled", "escape,q", "leave", "back"),
    ),
}
"""By the place where they work."""
OPERATOR_TITLES = {
    "definition": "A kind and its fields",
    "operators": "Operators",
    "agents": "Agents",
    "reconcile": "How far an operator is",
}
"""What those places are called."""
