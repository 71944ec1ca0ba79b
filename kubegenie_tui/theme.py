"""Our themes: four inks and a ground. Healthy things are plain text, only what is wrong has colour."""

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from kubegenie_tui.domain.health import Health

SOURCE_INKS = 12
"""So many sources of a log differ in their ink; the next ones begin anew."""


def _own(*, ground: str, muted: str, rule: str, cursor: str, mark: str, sources: str) -> dict[str, str]:
    """The names our stylesheets use beside Textual's, and scrollbars that keep in the background."""
    bar = {"scrollbar": rule, "scrollbar-hover": muted, "scrollbar-active": muted}
    grounds = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")
    track = dict.fromkeys((*grounds, "scrollbar-corner-color"), ground)
    return {"muted": muted, "rule": rule, "cursor": cursor, "mark": mark, **bar, **track, **_sources(sources)}


def _sources(inks: str) -> dict[str, str]:
    """Variables for the sources of a log; an ink is a colour, or a colour and a style: `ansi_cyan/reverse`."""
    parted = [ink.partition("/") for ink in inks.split()]
    colours = {f"source-{number}": colour for number, (colour, _, _) in enumerate(parted)}
    return colours | {f"source-{number}-style": style or "none" for number, (_, _, style) in enumerate(parted)}


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
    variables=_own(
        ground="#12151c",
        muted="#6b7689",
        rule="#2a3140",
        cursor="#24304a",
        mark="#c3a6ff",
        sources="#7dcfff #c3a6ff #8fce8b #7aa2f7 #ff9fe0 #2fb8a0 #f2f5ff #c8743c #cdf06a #c25fd0 #4f9a4f #a8917f",
    ),
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
    variables=_own(
        ground="#fafafa",
        muted="#6d7480",
        rule="#d4d8e0",
        cursor="#d6e4fb",
        mark="#6b3fb0",
        sources="#006d8f #6b3fb0 #2b7a2b #2456b3 #b0259c #00796b #000000 #b34a00 #5a6b00 #5c0a66 #0a3d1c #6e4a3a",
    ),
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
    variables=_own(
        ground="#000000",
        muted="#c0c0c0",
        rule="#808080",
        cursor="#0000af",
        mark="#ff87ff",
        sources="#00ffff #ff87ff #00ff00 #5fafff #ffffff #ff8c1a #00af87 #af87ff #b0ffb0 #ffc0a0 #b08fa0 #87afaf",
    ),
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
        **_sources(
            "ansi_cyan ansi_magenta ansi_green ansi_blue ansi_bright_magenta ansi_bright_cyan ansi_bright_blue"
            " ansi_bright_green ansi_default ansi_cyan/reverse ansi_magenta/reverse ansi_green/reverse"
        ),
    },
)
"""The person's own 16 colours; red and yellow, which mean trouble, are not among those of sources."""
THEMES = {"dark": DARK, "light": LIGHT, "high-contrast": CONTRAST, "terminal": TERMINAL}
"""By the names the settings file uses."""


def fitting(theme: str, colours: str | None) -> str:
    """The name of the theme to take in a terminal: in 16 colours what is muted in the dark one is lost on the cursor.

    Args:
        theme: the name of the one that is wanted.
        colours: how many there are, as Rich says it: `standard` is 16.
    """
    return TERMINAL.name if theme == DARK.name and colours == "standard" else theme


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
