"""Words after `:` that mean something already: a command of such a name could not be reached, or would hide another."""

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.command_line import ALL, OWN, VERBS, VIEWS

OPERATIONS = frozenset(
    {
        "annotate",
        "approve",
        "autoscale",
        "cordon",
        "debug",
        "delete",
        "delete-with",
        "drain",
        "env",
        "evict",
        "expose",
        "image",
        "label",
        "node-shell",
        "pause",
        "pause-reconciling",
        "resources",
        "restart",
        "restart-pod",
        "resume",
        "resume-reconciling",
        "retry",
        "rm",
        "rollback",
        "sanitize",
        "scale",
        "suspend",
        "taint",
        "trigger",
        "uncordon",
        "unsuspend",
    }
)
"""Words of the operations on rows; they are made in `changes.operations`, which a start does not wait for."""
_SHORT = frozenset({"q!", "exit", "contexts", "namespaces", "h", "?"})
_KINDS = {name: kind for kind in BUILTIN_KINDS for name in kind.names()}


def meaning_of(word: str) -> str:
    """What a word means already, as the end of `it is ...`; empty when it is free."""
    if word in VERBS.keys() | VIEWS | OWN | ALL | _SHORT:
        return "a command"
    if word in OPERATIONS:
        return "an operation"
    return f"a name of {_KINDS[word].plural}" if word in _KINDS else ""
