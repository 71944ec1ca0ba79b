"""The keys of the screens about kinds, operators and agents."""

from kubegenie_tui.key import Key

OPERATOR_PLACES: dict[str, tuple[Key, ...]] = {
    "definition": (
        Key("fold-field", "enter", "fold", "unfold"),
        Key("fold-all-fields", "o", "fold_all", "unfold all"),
        Key("show-example", "y", "show_example", "example"),
        Key("create-of-kind", "n", "create", "new from it"),
        Key("show-objects-of-kind", "i", "show_objects", "objects"),
        Key("next-version", "v", "next_version", "next version"),
        Key("copy-field", "c", "copy_path", "copy path", show=False),
        Key("filter-fields", "slash", "filter_rows", "filter"),
        Key("refresh-definition", "r", "refresh", "look again", show=False),
        Key("close-definition", "escape,q", "leave", "back"),
    ),
    "operators": (
        Key("show-not-ready", "enter", "show_waiting", "not ready"),
        Key("show-kinds-of-operator", "i", "show_kinds", "its kinds"),
        Key("logs-of-operator", "l", "show_logs", "logs"),
        Key("approve-install-plan", "a", "approve", "approve"),
        Key("jump-to-operator", "o", "jump", "go to it"),
        Key("describe-operator", "d", "show_object('summary')", "describe"),
        Key("yaml-of-operator", "y", "show_object('yaml')", "yaml", show=False),
        Key("filter-operators", "slash", "filter_rows", "filter"),
        Key("refresh-operators", "r", "refresh", "look again", show=False),
        Key("close-operators", "escape,q", "leave", "back"),
    ),
    "agents": (
        Key("check-agent", "h,enter", "ask('check')", "check its health"),
        Key("heal-agent", "m", "ask('heal')", "mend itself"),
        Key("initialize-agent", "i", "ask('initialize')", "initialize"),
        Key("shut-down-agent", "ctrl+d", "ask('shutdown')", "shut down"),
        Key("filter-agents", "slash", "filter_rows", "filter"),
        Key("close-agents", "escape,q", "leave", "back"),
    ),
    "reconcile": (
        Key("pause-object", "p", "toggle_pause", "pause or resume"),
        Key("logs-of-its-operator", "l", "show_logs", "logs of its operator"),
        Key("trace-reconciled", "X", "show_view('trace')", "down to what is not ready"),
        Key("describe-reconciled", "d", "show_object('summary')", "describe"),
        Key("yaml-of-reconciled", "y", "show_object('yaml')", "yaml"),
        Key("events-of-reconciled", "e", "show_object('events')", "events", show=False),
        Key("refresh-reconciled", "ctrl+r", "refresh", "look again", show=False),
        Key("close-reconciled", "escape,q", "leave", "back"),
    ),
    "trace": (
        Key("jump-to-traced", "enter", "jump", "go to it"),
        Key("next-fault-traced", "n", "next_fault", "next that is not well"),
        Key("describe-traced", "d", "show_object('summary')", "describe"),
        Key("yaml-traced", "y", "show_object('yaml')", "yaml"),
        Key("events-traced", "e", "show_object('events')", "events"),
        Key("reconciling-of-traced", "V", "show_view('reconcile')", "how far its operator is", show=False),
        Key("relations-of-traced", "x", "show_view('xray')", "relations", show=False),
        Key("refresh-trace", "ctrl+r", "refresh", "look again", show=False),
        Key("ask-genie-traced", "space", "ask_genie", "ask"),
        Key("close-trace", "escape,q", "leave", "back"),
    ),
}
"""By the place where they work."""
OPERATOR_TITLES = {
    "definition": "A kind and its fields",
    "operators": "Operators",
    "agents": "Agents",
    "reconcile": "How far an operator is",
    "trace": "Trace of a composite or a Cluster",
}
"""What those places are called."""
