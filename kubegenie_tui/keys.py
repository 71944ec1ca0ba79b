"""Every key of the app in one place: each binding has an id, default keys and words, and can be remapped."""

from collections.abc import Collection

from textual.binding import Binding, BindingType

from kubegenie_tui.change_keys import CHANGE_PLACES
from kubegenie_tui.key import Key
from kubegenie_tui.operator_keys import OPERATOR_PLACES
from kubegenie_tui.provision_keys import PROVISION_PLACES

ALT_NUMBERS = (
    "inverted_exclamation_mark",
    "trade_mark_sign",
    "pound_sign",
    "cent_sign",
    "infinity",
    "section_sign",
    "pilcrow_sign",
    "bullet",
    "ª",
)
"""Textual's names for alt+1 to alt+9, in terminals that send them in the old way."""

PLACES: dict[str, tuple[Key, ...]] = {
    "everywhere": (
        Key("open-command", "colon", "open_command", "command"),
        Key("open-palette", "ctrl+p", "command_palette", "palette", show=False),
        Key("show-help", "question_mark,f1", "show_help", "keys"),
        Key("show-clusters", "ctrl+k", "show_clusters", "clusters", priority=True),
        Key("switch-cluster-next", "ctrl+n", "switch_cluster(1)", "next cluster", show=False, priority=True),
        Key("show-chat", "ctrl+o", "show_chat", "chat full screen", show=False, priority=True),
        Key("quit-app", "ctrl+c,ctrl+q", "quit_app", "quit", show=False, priority=True),
    ),
    "clusters": (
        Key("open-cluster", "enter", "open_cluster", "open"),
        Key("mark-cluster", "m", "mark('row')", "mark", show=False),
        Key("mark-all-clusters", "ctrl+a", "mark('all')", "mark all", show=False),
        Key("test-cluster", "t", "act('test')", "test connection"),
        Key("register-cluster", "r", "act('register')", "register"),
        Key("create-cluster", "n", "show_view('provision')", "create"),
        Key("discover-clusters", "d", "act('discover')", "discover"),
        Key("edit-cluster", "e", "act('edit')", "edit labels, colour, care", show=False),
        Key("change-registration", "E", "act('change')", "change how it is reached", show=False),
        Key("unlock-safe", "u", "act('unlock')", "unlock credentials", show=False),
        Key("write-kubeconfig", "w", "act('write')", "write a kubeconfig", show=False),
        Key("show-fleet-pulse", "p", "show_view('fleet-pulse')", "pulse", show=False),
        Key("show-bookmarks-here", "B", "show_view('bookmark')", "bookmarks", show=False),
        Key("filter-clusters", "slash", "filter_rows", "filter"),
        Key("remove-cluster", "ctrl+d", "act('remove')", "forget", show=False),
        Key("close-clusters", "escape", "go_back", "back"),
        *(
            Key(f"cluster-{slot}", str(slot), f"open_slot({slot})", f"open cluster {slot}", show=False)
            for slot in range(1, 10)
        ),
    ),
    "explorer": (
        Key("open-row", "enter", "drill_down", "open"),
        Key("show-logs", "l", "show_logs(False)", "logs"),
        Key("describe-object", "d", "show_object('summary')", "describe"),
        Key("show-yaml", "y", "show_object('yaml')", "yaml"),
        Key("show-events", "e", "show_object('events')", "events", show=False),
        Key("ask-genie", "space", "ask_genie", "ask"),
        Key("filter-rows", "slash", "filter_rows", "filter"),
        Key("show-operations", "full_stop", "show_operations", "do"),
        Key("delete-object", "ctrl+d", "operate('delete')", "delete", show=False),
        Key("restart-object", "r", "operate('restart drain retry')", "restart, drain or retry", show=False),
        Key(
            "scale-workload",
            "s",
            "operate('scale suspend node-shell', 'shell')",
            "shell, scale or suspend",
            show=False,
        ),
        Key("set-image", "i", "operate('image')", "set image", show=False),
        Key("set-labels", "L", "operate('label')", "label", show=False),
        Key("trigger-job", "t", "operate('trigger', 'cp')", "copy files, or run now", show=False),
        Key("roll-back", "ctrl+l", "operate('rollback')", "roll back", show=False),
        Key("delete-completed", "z", "operate('sanitize')", "delete completed pods", show=False),
        Key("edit-object", "E", "show_view('editor')", "edit in $EDITOR", show=False),
        Key("undo-change", "u", "show_view('undo')", "undo a change", show=False),
        Key("show-bookmarks", "B", "show_view('bookmark')", "bookmarks", show=False),
        Key("attach-pod", "a", "show_view('attach')", "attach", show=False),
        Key("forward-port", "F", "show_view('forward')", "forward a port", show=False),
        Key("toggle-genie", "ctrl+g", "toggle('genie')", "genie", priority=True),
        Key("toggle-tree", "ctrl+b", "toggle('tree')", "tree", priority=True),
        Key("toggle-detail", "ctrl+t", "toggle('detail')", "detail below", priority=True),
        Key("next-pane", "tab", "focus_pane(1)", "next pane"),
        Key("previous-pane", "shift+tab", "focus_pane(-1)", "previous pane", show=False),
        Key("go-back", "escape", "go_back", "back"),
        Key("place-before", "left_square_bracket", "travel('back')", "place before", show=False),
        Key("place-after", "right_square_bracket", "travel('forward')", "place after", show=False),
        Key("last-place", "minus", "travel('last')", "last place", show=False),
        Key("all-namespaces", "0", "namespace_slot(0)", "all namespaces"),
        *(
            Key(f"namespace-{slot}", str(slot), f"namespace_slot({slot})", f"namespace {slot}", show=False)
            for slot in range(1, 10)
        ),
        Key("show-previous-logs", "p", "show_logs(True)", "previous logs", show=False),
        Key("jump-owner", "J", "jump_owner", "owner", show=False),
        Key("show-relations", "x", "show_view('xray')", "relations", show=False),
        Key("show-users", "U", "show_view('usedby')", "used by", show=False),
        Key("show-reconciling", "V", "show_view('reconcile')", "how far its operator is", show=False),
        Key("show-trace", "X", "show_view('trace')", "down to what is not ready", show=False),
        Key("explain-kind", "K", "show_view('explain')", "its kind: fields, versions", show=False),
        Key("show-timeline", "H", "show_view('timeline')", "what changed with it", show=False),
        Key("show-history", "h", "show_view('history')", "revisions of a rollout", show=False),
        Key("mark-row", "m", "mark('row')", "mark", show=False),
        Key("mark-all", "ctrl+a", "mark('all')", "mark all", show=False),
        Key("clear-marks", "ctrl+backslash", "mark('none')", "clear marks", show=False),
        Key("toggle-wide", "ctrl+w", "toggle('wide')", "wide", show=False),
        Key("choose-columns", "w", "choose_columns", "columns", show=False),
        Key("show-faults", "ctrl+z", "toggle('faults')", "faults only", show=False),
        Key("sort-name", "N", "sort('NAME')", "sort by name", show=False),
        Key("sort-age", "A", "sort('AGE')", "sort by age", show=False),
        Key("sort-status", "S", "sort('STATUS')", "sort by status", show=False),
        Key("sort-ready", "R", "sort('READY')", "sort by ready", show=False),
        Key("sort-restarts", "T", "sort('RESTARTS')", "sort by restarts", show=False),
        Key("sort-cpu", "C", "sort('CPU')", "sort by cpu", show=False),
        Key("sort-memory", "M", "sort('MEM')", "sort by memory", show=False),
        Key("sort-namespace", "P", "sort('NAMESPACE')", "sort by namespace", show=False),
        Key("sort-node", "O", "sort('NODE')", "sort by node", show=False),
        Key("copy-name", "c", "copy_name", "copy name", show=False),
        Key("new-tab", "n", "app.tab('new')", "new tab", show=False),
        Key("close-tab", "Q", "app.tab('close')", "close the half or the tab", show=False),
        Key("next-tab", "right_curly_bracket", "app.tab('next')", "next tab", show=False),
        Key("previous-tab", "left_curly_bracket", "app.tab('previous')", "tab before", show=False),
        Key("split-table", "vertical_line", "app.tab('split')", "two tables, or one", show=False),
        Key("other-half", "o", "app.tab('other')", "the other half", show=False),
        *(
            Key(f"tab-{number}", f"alt+{number},{name}", f"app.tab('{number}')", f"tab {number}", show=False)
            for number, name in enumerate(ALT_NUMBERS, 1)
        ),
    ),
    "tree": (
        Key("choose-kind", "enter,space", "choose", "open"),
        Key("fold-group", "left", "fold(False)", "close", show=False),
        Key("unfold-group", "right", "fold(True)", "open its group", show=False),
    ),
    "columns": (
        Key("toggle-column", "space", "toggle_column", "show/hide"),
        Key("column-before", "shift+up,K", "move_column(-1)", "up"),
        Key("column-after", "shift+down,J", "move_column(1)", "down"),
        Key("take-columns", "enter", "take_columns", "take", priority=True),
        Key("reset-columns", "r", "reset_columns", "reset"),
        Key("close-columns", "escape", "leave", "close"),
    ),
    "fleet": (Key("open-in-cluster", "greater_than_sign", "open_cluster", "open in its cluster"),),
    "table": (
        Key("cursor-up", "up,k", "move(-1)", "up", show=False),
        Key("cursor-down", "down,j", "move(1)", "down", show=False),
        Key("page-up", "pageup,ctrl+u", "move_page(-1)", "page up", show=False),
        Key("page-down", "pagedown,ctrl+f", "move_page(1)", "page down", show=False),
        Key("go-first", "home,g", "move_end(0)", "first", show=False),
        Key("go-last", "end,G", "move_end(1)", "last", show=False),
        Key("scroll-left", "left", "scroll_columns(-8)", "left", show=False),
        Key("scroll-right", "right", "scroll_columns(8)", "right", show=False),
    ),
    "text": (
        Key("text-up", "up,k", "scroll_rows(-1)", "up", show=False),
        Key("text-down", "down,j", "scroll_rows(1)", "down", show=False),
        Key("text-page-up", "pageup,ctrl+u", "scroll_pages(-1)", "page up", show=False),
        Key("text-page-down", "pagedown,ctrl+f", "scroll_pages(1)", "page down", show=False),
        Key("text-first", "home,g", "scroll_far(0)", "first", show=False),
        Key("text-last", "end,G", "scroll_far(1)", "last", show=False),
        Key("text-left", "left", "scroll_sideways(-8)", "left", show=False),
        Key("text-right", "right", "scroll_sideways(8)", "right", show=False),
    ),
    "search": (
        Key("next-found", "down", "step(1)", "next match", show=False),
        Key("previous-found", "up", "step(-1)", "previous match", show=False),
        Key("close-search", "escape", "cancel", "look for nothing", show=False),
    ),
    "prompt": (
        Key("complete-line", "tab", "complete", "complete", priority=True),
        Key("close-line", "escape", "cancel", "close"),
        Key("earlier-line", "up", "recall(1)", "earlier"),
        Key("later-line", "down", "recall(-1)", "later", show=False),
    ),
    "detail": (
        Key("tab-summary", "d", "show_tab('summary')", "summary"),
        Key("tab-yaml", "y", "show_tab('yaml')", "yaml"),
        Key("tab-events", "e", "show_tab('events')", "events"),
        Key("tab-logs", "l", "show_tab('logs')", "logs"),
        Key("search-text", "slash", "search", "search"),
        Key("next-match", "n", "next_match(1)", "next match", show=False),
        Key("previous-match", "N", "next_match(-1)", "previous match", show=False),
        Key("copy-text", "c", "copy_text", "copy"),
        Key("toggle-wrap-text", "w", "toggle_wrap", "wrap", show=False),
        Key("toggle-managed-fields", "m", "toggle_managed_fields", "managed fields", show=False),
        Key("refresh-detail", "ctrl+r", "refresh_detail", "refresh", show=False),
        Key("ask-genie-detail", "space", "ask_genie", "ask"),
        Key("close-detail", "escape,q", "go_back", "back"),
    ),
    "logs": (
        Key("toggle-follow", "f", "switch('follow')", "follow"),
        Key("toggle-previous", "p", "wish('previous')", "previous"),
        Key("choose-container", "o", "wish('container')", "container"),
        Key("choose-since", "s", "wish('since')", "since"),
        Key("toggle-wrap", "w", "toggle_wrap", "wrap"),
        Key("toggle-times", "t", "switch('times')", "times"),
        Key("toggle-json", "J", "switch('json')", "JSON as written", show=False),
        Key("search-logs", "slash", "search", "search"),
        Key("hide-others", "ampersand", "switch('others')", "hide others", show=False),
        Key("next-log-match", "n", "next_match(1)", "next match", show=False),
        Key("previous-log-match", "N", "next_match(-1)", "previous match", show=False),
        Key("mark-line", "m", "mark('line')", "mark", show=False),
        Key("next-mark", "M", "mark('next')", "next mark", show=False),
        Key("copy-logs", "c", "copy_text", "copy", show=False),
        Key("save-logs", "ctrl+s", "wish('save')", "save", show=False),
        Key("ask-genie-logs", "space", "wish('genie')", "ask"),
        Key("close-logs", "escape,q", "go_back", "back"),
    ),
    "chat": (
        Key("send-question", "enter", "send", "ask"),
        Key("stop-genie", "escape", "stop_or_leave", "stop / back"),
        Key("stop-looking", "ctrl+x", "stop_looking", "stop looking", priority=True),
        Key("new-line", "shift+enter,ctrl+j", "new_line", "new line", show=False),
        Key("toggle-result", "ctrl+e", "toggle_results", "results", priority=True),
        Key("open-conversations", "ctrl+r", "conversation('earlier')", "earlier", priority=True),
        Key("new-conversation", "ctrl+l", "conversation('new')", "new", priority=True),
        Key("read-back", "pageup", "scroll_talk(-1)", "read back", show=False, priority=True),
        Key("read-on", "pagedown", "scroll_talk(1)", "read on", show=False, priority=True),
    ),
    **CHANGE_PLACES,
    "button": (
        Key("press-button", "enter,space", "press", "press", show=False),
        Key("next-button", "right", "app.focus_next", "next button", show=False),
        Key("previous-button", "left", "app.focus_previous", "button before", show=False),
    ),
    "form": (
        Key("submit-form", "enter", "submit", "go on"),
        Key("next-field", "tab,down", "move(1)", "next field", priority=True),
        Key("previous-field", "shift+tab,up", "move(-1)", "field before", show=False, priority=True),
        Key("close-form", "escape", "leave", "cancel"),
    ),
    "picker": (
        Key("next-choice", "down", "move(1)", "next", show=False, priority=True),
        Key("previous-choice", "up", "move(-1)", "the one before", show=False, priority=True),
        Key("close-picker", "escape", "leave", "close"),
    ),
    "proposals": (Key("drop-proposal", "ctrl+d", "drop", "refuse", priority=True),),
    "choice": (
        Key("choose-next", "right,space", "choose(1)", "choose"),
        Key("choose-previous", "left", "choose(-1)", "the one before", show=False),
    ),
    "access": (
        Key("jump-to-binding", "enter", "jump", "go there"),
        Key("filter-access", "slash", "filter_rows", "filter"),
        Key("refresh-access", "r", "refresh", "ask again"),
        Key("close-access", "escape,q", "leave", "back"),
    ),
    "problems": (
        Key("jump-to-root", "enter", "jump", "go to it"),
        Key("mend-problem", "m", "mend", "mend"),
        Key("note-problem", "n", "note", "note"),
        Key("describe-root", "d", "show_object('summary')", "describe"),
        Key("yaml-root", "y", "show_object('yaml')", "yaml", show=False),
        Key("events-root", "e", "show_object('events')", "events", show=False),
        Key("relations-of-root", "x", "show_view('xray')", "relations"),
        Key("filter-problems", "slash", "filter_rows", "filter"),
        Key("refresh-problems", "r", "refresh", "look again"),
        Key("close-problems", "escape,q", "leave", "back"),
    ),
    "timeline": (
        Key("jump-to-changed", "enter", "jump", "go to it"),
        Key("describe-changed", "d", "show_object('summary')", "describe"),
        Key("events-changed", "e", "show_object('events')", "events"),
        Key("relations-of-changed", "x", "show_view('xray')", "relations"),
        Key("filter-timeline", "slash", "filter_rows", "filter"),
        Key("close-timeline", "escape,q", "leave", "back"),
    ),
    "pulse": (
        Key("open-pulsed", "enter", "open_kind", "open"),
        Key("filter-pulse", "slash", "filter_rows", "filter", show=False),
        Key("close-pulse", "escape,q", "leave", "back"),
    ),
    "relations": (
        Key("jump-to-object", "enter", "jump", "go to it"),
        Key("describe-relation", "d", "show_object('summary')", "describe"),
        Key("yaml-relation", "y", "show_object('yaml')", "yaml"),
        Key("events-relation", "e", "show_object('events')", "events", show=False),
        Key("logs-relation", "l", "show_logs", "logs"),
        Key("relations-of-relation", "x", "show_relations('xray')", "its relations"),
        Key("users-of-relation", "U", "show_relations('usedby')", "used by"),
        Key("refresh-relations", "ctrl+r", "refresh", "look again"),
        Key("ask-genie-relations", "space", "ask_genie", "ask"),
        Key("close-relations", "escape,q", "leave", "back"),
    ),
    "helm": (
        Key("open-history", "enter", "show_history", "history"),
        Key("show-values", "v", "show_text('values')", "values"),
        Key("show-manifest", "y", "show_text('manifest')", "manifest"),
        Key("show-changes", "D", "show_text('changes')", "what it changed"),
        Key("mark-release-revision", "m", "mark", "mark, to compare"),
        Key("show-release-menu", "full_stop", "show_menu", "do", show=False),
        Key("upgrade-release", "u", "write('upgrade')", "upgrade"),
        Key("install-release", "i", "write('install')", "install", show=False),
        Key("roll-back-release", "b", "plan('rollback')", "roll back"),
        Key("uninstall-release", "ctrl+d", "plan('uninstall')", "uninstall"),
        Key("refresh-releases", "r", "refresh", "look again", show=False),
        Key("close-releases", "escape,q", "go_back", "back"),
    ),
    "rollout": (
        Key("show-revision-changes", "enter,D", "show_text('changes')", "what it changed"),
        Key("go-back-to-revision", "b", "roll_back", "roll back to it"),
        Key("compare-with-now", "c", "show_text('now')", "compare with now"),
        Key("mark-revision", "m", "mark", "mark, to compare"),
        Key("show-template", "y", "show_text('template')", "template"),
        Key("close-rollout", "escape,q", "go_back", "back"),
    ),
    "said": (
        Key("copy-said", "c", "copy_text", "copy"),
        Key("wrap-said", "w", "toggle_wrap", "wrap"),
        Key("close-said", "escape,q", "leave", "close"),
    ),
    "waiting": (Key("give-up-waiting", "escape", "leave", "wait no longer"),),
    "copy": (Key("stop-copy", "escape", "stop", "stop"),),
    "shell": (
        Key("leave-shell", "ctrl+right_square_bracket", "leave", "leave"),
        Key("leave-ended-shell", "enter,escape,q", "leave", "leave what has ended"),
        Key("look-back", "shift+pageup,ctrl+pageup", "look(1)", "look back"),
        Key("look-on", "shift+pagedown,ctrl+pagedown", "look(-1)", "look on"),
    ),
    "forwards": (
        Key("start-forward", "enter", "start_forward", "start again"),
        Key("stop-forward", "ctrl+d", "stop_forward", "stop, then forget"),
        Key("copy-address", "c", "copy_address", "copy address"),
        Key("filter-forwards", "slash", "filter_rows", "filter"),
        Key("close-forwards", "escape,q", "leave", "back"),
    ),
    "help": (
        Key("help-down", "down", "scroll(1)", "down", show=False, priority=True),
        Key("help-up", "up", "scroll(-1)", "up", show=False, priority=True),
        Key("help-page-down", "pagedown", "scroll(20)", "page down", show=False, priority=True),
        Key("help-page-up", "pageup", "scroll(-20)", "page up", show=False, priority=True),
        Key("close-help", "escape", "leave", "close"),
    ),
    "welcome": (
        Key("try-demo", "d", "try_demo", "demo"),
        Key("point-to-kubeconfig", "p", "point", "kubeconfig"),
        Key("register-first", "r", "act('register')", "register"),
        Key("discover-first", "f", "act('discover')", "discover"),
        Key("create-first", "n", "show_view('provision')", "create"),
        Key("show-works", "w", "show_view('works')", "what is being made", show=False),
        Key("show-ways", "c", "show_ways", "commands"),
        Key("close-welcome", "escape", "back", "back", show=False),
    ),
    **PROVISION_PLACES,
    **OPERATOR_PLACES,
}
"""Every key by the place where it works. `table` is what all tables share, `text` what all texts share."""

EVERY_KEY: dict[str, Key] = {key.id: key for keys in PLACES.values() for key in keys}


def bindings(place: str, only: Collection[str] | None = None, *, quiet: bool = False) -> list[BindingType]:
    """Textual bindings of a place, ids and all.

    Args:
        place: one of ours.
        only: ids of those that work where it is asked for; None for all.
        quiet: whether the footer names none of them.
    """
    return [
        Binding(key.keys, key.action, key.label, show=key.show and not quiet, priority=key.priority, id=key.id)
        for key in PLACES[place]
        if only is None or key.id in only
    ]
