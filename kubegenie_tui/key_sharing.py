"""Which keys of one place work in others too: screens bind them, and what a person sets must not clash with them."""

from collections.abc import Iterator

from kubegenie_tui.key import Key
from kubegenie_tui.keys import PLACES

_OF_ROWS = (
    "drill_down", "show_logs", "show_object", "ask_genie", "filter_rows", "go_back", "mark", "sort", "copy_name",
    "show_view", "choose_columns", "toggle('wide')", "toggle('faults')", "operate", "show_operations",
    "app.tab", "travel",
)  # fmt: skip
ROW_KEYS = frozenset(key.id for key in PLACES["explorer"] if key.action.startswith(_OF_ROWS))
"""Keys of the explorer that work on rows of any cluster."""
_VIEWS = ("editor", "undo", "attach", "forward", "timeline")
_SANITIZE = "operate('sanitize')"
"""It is about all pods of a place."""
OBJECT_KEYS = frozenset(
    key.id
    for key in PLACES["explorer"]
    if (key.action.startswith(("operate", "show_operations")) and key.action != _SANITIZE)
    or key.action in [f"show_view('{view}')" for view in _VIEWS]
)
"""Keys of the explorer that work on one object wherever it is shown."""
RELATION_KEYS = frozenset({"show-relations", "show-users"})
SORT_KEYS = frozenset({"sort-name", "sort-age", "sort-namespace"})
"""Keys of the explorer that sort whatever table has no kind's columns."""
PANE_KEYS = frozenset(key.id for key in PLACES["explorer"] if key.priority)
"""Keys of the explorer that work whichever of its panes is typed in."""
MOVING_KEYS = frozenset(key.id for key in PLACES["table"] if key.action.startswith("move"))
"""Keys of tables that go up and down whatever has lines."""
_OPENING = frozenset({"open-row", "ask-genie"})
"""Keys of the explorer that do something else in its tree."""


def _all(place: str) -> frozenset[str]:
    return frozenset(key.id for key in PLACES[place])


_TABLE, _TEXT, _CHOICE = _all("table"), _all("text"), _all("choice")
_DETAIL, _LOGS = _all("detail") - {"close-detail"}, _all("logs") - {"close-logs"}
"""While a text is searched; what closes it ends the search first."""
SHARED: dict[str, tuple[frozenset[str], ...]] = {
    **dict.fromkeys(("explorer", "clusters", "forwards", "access", "pulse", "timeline", "problems"), (_TABLE,)),
    "tree": (MOVING_KEYS | _all("explorer") - _OPENING,),
    **dict.fromkeys(("definition", "operators", "agents"), (_TABLE,)),
    "audit": (_TABLE | SORT_KEYS,),
    **dict.fromkeys(("helm", "rollout"), (_TABLE, _TEXT)),
    **dict.fromkeys(("logs", "said", "work"), (_TEXT,)),
    **dict.fromkeys(("relations", "trace"), (_TABLE | OBJECT_KEYS,)),
    **dict.fromkeys(("register", "wizard"), (_all("form") | _CHOICE,)),
    **dict.fromkeys(("works", "wizard-many", "proposals"), (_all("picker"),)),
    **dict.fromkeys(("chat", "prompt"), (PANE_KEYS,)),
    "search": (_DETAIL | OBJECT_KEYS | RELATION_KEYS, _DETAIL | PANE_KEYS, _LOGS | PANE_KEYS),
    "fleet": (_TABLE | ROW_KEYS,),
    "reconcile": (OBJECT_KEYS,),
    "detail": (_TEXT | OBJECT_KEYS | RELATION_KEYS, _TEXT | PANE_KEYS),
    "form": (_CHOICE,),
    "offers": (_all("editing"),),
    "plan": (_all("button"),),
}
"""Ids of keys of other places that are in force with those of a place: once for each widget or screen that it is in.

What works everywhere goes without saying.
"""


def keys_in_force(place: str) -> Iterator[list[Key]]:
    """The keys that do something at one moment while one is in a place, its own among them: for each such moment."""
    for shared in SHARED.get(place, (frozenset[str](),)):
        yield [
            key for each, keys in PLACES.items() for key in keys if each in ("everywhere", place) or key.id in shared
        ]
