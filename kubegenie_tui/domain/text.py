"""Foreign text made safe to show: cluster and model text is never markup and never a terminal command."""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[PX^_].*?(?:\x1b\\|$)|[ -/]*[0-~])", re.DOTALL
)


def plain(text: str) -> str:
    """`text` on one line, without escape sequences, control, bidi and invisible characters."""
    if text.isascii() and text.isprintable():
        return text
    return plain_lines(text).replace("\n", " ").replace("\t", " ")


def plain_lines(text: str) -> str:
    """As `plain`, line breaks and tabs kept."""
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return _UNSAFE.sub("", text.replace("\r\n", "\n"))


def pasted_lines(text: str) -> str:
    """As `plain_lines`, of what a terminal pastes: most send a carriage return for a line break, in brackets too."""
    return plain_lines(text.replace("\r\n", "\n").replace("\r", "\n"))


def shorten_middle(text: str, width: int) -> str:
    """`text` in at most `width` characters, cut in the middle: the end of a Kubernetes name is the telling part."""
    if len(text) <= width:
        return text
    if width < 2:
        return text[:width]
    tail = (width - 1) // 2
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}" if tail else f"{text[: width - 1]}…"
