"""Our themes: four inks and a ground. Healthy things are plain text, only what is wrong has colour."""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from kubegenie_tui.domain.health import Health


def _own(*, ground: str, muted: str, rule: str, cursor: str, mark: str) -> dict[str, str]:
    """The names our stylesheets use beside Textual's, and scrollbars that keep in the background."""
    bar = {"scrollbar": rule, "scrollbar-hover": muted, "scrollbar-active": muted}
    grounds = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    track = dict.fromkeys((*grounds, "scrollbar-corner-color"), ground)
    return {"muted": muted, "rule": rule, "cursor": cursor, "mark": mark, **bar, **track}


DARK = Theme(
    name="genie-dark",
    primary="#7aa2f7",
    secondary="#7dcfff",
    accent="#7dcfff",
    foreground="#c8d0e0",
    background="#12151c",
    surface="#12151c",
    panel="#1b202b",
    success="#8fce8b",
    warning="#e0af68",
    error="#f7768e",
    dark=True,
    variables=_own(ground="#12151c", muted="#6b7689", rule="#2a3140", cursor="#24304a", mark="#c3a6ff"),
)
LIGHT = Theme(
    name="genie-light",
    primary="#2456b3",
    secondary="#006d8f",
    accent="#006d8f",
    foreground="#20242c",
    background="#fafafa",
    surface="#fafafa",
    panel="#eef0f4",
    success="#2b7a2b",
    warning="#8a5a00",
    error="#b3173a",
    dark=False,
    variables=_own(ground="#fafafa", muted="#6d7480", rule="#d4d8e0", cursor="#d6e4fb", mark="#6b3fb0"),
)
CONTRAST = Theme(
    name="genie-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#00ffff",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    success="#00ff00",
    warning="#ffff00",
    error="#ff5f5f",
    dark=True,
    variables=_own(ground="#000000", muted="#c0c0c0", rule="#808080", cursor="#0000af", mark="#ff87ff"),
)
TERMINAL = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="genie-terminal",
    accent="ansi_cyan",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "muted": "ansi_bright_black",
        "rule": "ansi_bright_black",
        "cursor": "ansi_blue",
        "mark": "ansi_magenta",
    },
)
"""The person's own 16 colours."""
THEMES = {"dark": DARK, "light": LIGHT, "high-contrast": CONTRAST, "terminal": TERMINAL}
"""By the names the settings file uses."""

HEALTH_CLASS = {
    Health.OK: "good",
    Health.IDLE: "muted",
    Health.UNKNOWN: "muted",
    Health.PAUSED: "muted",
    Health.PROGRESSING: "accent",
    Health.WARN: "warn",
    Health.BAD: "bad",
}
"""The ink that goes with a health."""

HEALTH_VARIABLE = {
    health: {"good": "$success", "muted": "$muted", "accent": "$accent", "warn": "$warning", "bad": "$error"}[ink]
    for health, ink in HEALTH_CLASS.items()
}
"""The same inks as variables of the theme."""

_CLUSTER_INK = {
    "red": "$error", "yellow": "$warning", "green": "$success", "blue": "$primary", "purple": "$mark", "grey": "$muted",
}  # fmt: skip


def cluster_ink(colour: str) -> str:
    """The ink of a cluster's name, by the colour that a person gave it; without one that of all names."""
    return _CLUSTER_INK.get(colour, "$accent")
