"""A manifest as YAML with quiet colours: a highlighter that looks only at the lines in view."""

import re
from collections.abc import Sequence

from rich.segment import Segment

from kubegenie_tui.widgets.text_runs import Span
from kubegenie_tui.widgets.text_view import TextView

_KEY = re.compile(r'(?P<lead>\s*(?:- )*)(?P<key>(?:"(?:[^"\\]|\\.)*"|[^\s"#:][^:#]*?)):(?= |$)')
_VALUE = re.compile(r"\s*(?P<number>-?\d[\d.]*(?:[eE][-+]?\d+)?|true|false|null|\{\}|\[\])$")
_SIGNS = {"-": "bad", "+": "good", "@": "muted"}
LONGEST_LOOK = 2000
"""Characters of a line that are looked at."""


class YamlView(TextView):
    """Keys in the accent, numbers and constants in an ink of their own, strings plain, hidden values muted."""

    signed = False
    """Whether each line begins with the sign of a difference."""

    @property
    def prefix_width(self) -> int:
        """A blank column, so that the text begins below the title."""
        return 1

    def prefix(self, line: int, part: int) -> list[Segment]:
        """The blank column."""
        return [Segment(" ")]

    def spans(self, line: int) -> Sequence[Span]:
        """The inks of a line; of one that came or went, that of its sign."""
        text = self.lines[line]
        ink = _SIGNS.get(text[:1]) if self.signed else None
        return (Span(0, len(text), ink),) if ink else spans_of(text)


def spans_of(line: str) -> Sequence[Span]:
    """The inks of a line of YAML as `domain.yaml_text` writes it."""
    if len(line) > LONGEST_LOOK:
        line = line[:LONGEST_LOOK]
    spans: list[Span] = []
    after = len(line) - len(line.lstrip(" -"))
    if (match := _KEY.match(line)) is not None:
        spans.append(Span(match.start("key"), match.end(), "key"))
        after = match.end()
    if value := _VALUE.match(line, after):
        spans.append(Span(value.start("number"), value.end(), "number"))
    elif line.startswith("••• ", after + 1) or line.startswith("|", after + 1):
        spans.append(Span(after + 1, len(line), "muted"))
    return spans
