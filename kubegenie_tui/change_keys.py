"""The keys of what every change passes: the plan, the editor and the audit log."""

from kubegenie_tui.key import Key

CHANGE_PLACES: dict[str, tuple[Key, ...]] = {
    "plan": (
        Key("apply-plan", "y", "apply", "apply"),
        Key("apply-plan-and-repeat", "a", "apply_and_repeat", "apply, and do not ask again"),
        Key("undo-plan", "u", "undo", "undo"),
        Key("look-again", "r", "look_again", "look again"),
        Key("take-over", "f", "take_over", "take the fields over"),
        Key("stop-plan", "s", "stop", "stop after this step"),
        Key("leave-plan-running", "b", "leave_running", "in the background"),
        Key("close-plan", "escape,q", "leave", "leave"),
        Key("changes-up", "up,k", "scroll_changes(-1, 0)", "up", show=False),
        Key("changes-down", "down,j", "scroll_changes(1, 0)", "down", show=False),
        Key("changes-page-up", "pageup,ctrl+u", "scroll_changes(0, -1)", "page up", show=False),
        Key("changes-page-down", "pagedown,ctrl+f", "scroll_changes(0, 1)", "page down", show=False),
        Key("next-object", "n", "next_object(1)", "next object", show=False),
        Key("previous-object", "N", "next_object(-1)", "previous object", show=False),
        Key("toggle-objects", "x,ctrl+l", "toggle_objects", "lines or counts"),
    ),
    "editing": (
        Key("preview-edit", "ctrl+s", "preview", "show what it does", priority=True),
        Key("complete-field", "ctrl+space,ctrl+@", "complete", "what fits here", priority=True),
        Key("close-editor", "escape", "leave", "drop", priority=True),
    ),
    "offers": (Key("take-offer", "tab", "take_offer", "take what is offered"),),
    "audit": (
        Key("show-entry", "enter", "show_entry", "whole entry"),
        Key("filter-audit", "slash", "filter_rows", "filter"),
        Key("widen-audit", "ctrl+w", "toggle_wide", "all columns"),
        Key("sort-result", "S", "sort('RESULT')", "sort by result", show=False),
        Key("sort-change", "C", "sort('CHANGE')", "sort by change", show=False),
        Key("sort-who", "W", "sort('WHO')", "sort by who", show=False),
        Key("close-audit", "escape,q", "leave", "back"),
    ),
}
"""By the place where they work."""
