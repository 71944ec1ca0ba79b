"""The keys of what makes clusters, finds them and reckons what they cost."""

from kubegenie_tui.key import Key

PROVISION_PLACES: dict[str, tuple[Key, ...]] = {
    "register": (
        Key("test-registration", "ctrl+t", "test_connection", "test connection", priority=True),
        Key("log-in-at-issuer", "ctrl+l", "log_in", "log in", priority=True),
        Key("trust-shown", "ctrl+y", "trust_shown", "take fingerprint", priority=True),
    ),
    "wizard": (Key("list-choices", "ctrl+l", "list_choices", "list what there is", priority=True),),
    "wizard-check": (
        Key("accept-identity", "enter", "go_on", "go on"),
        Key("ask-identity", "r", "again", "ask again"),
        Key("close-identity", "escape", "leave", "back"),
    ),
    "wizard-many": (
        Key("remove-item", "ctrl+d", "change('remove')", "remove", priority=True),
        Key("copy-item", "ctrl+y", "change('copy')", "copy", priority=True),
    ),
    "wizard-review": (
        Key("toggle-requests", "ctrl+r", "toggle_requests", "requests", priority=True),
        Key("review-down", "pagedown", "scroll(1)", "read on", priority=True),
        Key("review-up", "pageup", "scroll(-1)", "back", show=False, priority=True),
        Key("close-review", "escape", "leave", "back"),
    ),
    "costs": (
        Key("save-costs", "enter", "show_plan", "what would end it", priority=True),
        Key("read-costs", "tab", "read_on", "read on, or back"),
        Key("look-at-costs", "r", "again", "look again"),
        Key("close-costs", "escape", "leave", "close"),
    ),
    "work": (
        Key("open-made-cluster", "o", "want('open')", "open the cluster"),
        Key("upgrade-made-cluster", "u", "want('upgrade')", "upgrade"),
        Key("scale-made-cluster", "p", "want('scale')", "scale a pool"),
        Key("resume-work", "r", "go_on", "go on"),
        Key("skip-failed", "x", "skip", "go on without it"),
        Key("stop-work", "s", "stop", "stop"),
        Key("clean-up-work", "c", "want('clean up')", "clean up"),
        Key("close-work", "escape", "leave", "leave"),
        Key("renew-login", "n", "want('log in')", "other credentials"),
    ),
    "works": (Key("forget-work", "ctrl+d", "forget", "forget what is removed", priority=True),),
    "discover": (
        Key("mark-found", "space", "mark", "mark"),
        Key("mark-all-found", "ctrl+a", "mark_all", "mark all", show=False),
        Key("register-found", "enter", "take", "register", priority=True),
        Key("close-discover", "escape", "leave", "back"),
    ),
}
