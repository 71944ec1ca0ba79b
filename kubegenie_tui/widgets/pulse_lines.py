"""The lines around the table of a pulse: what is used with its chart, warnings, and who uses the most."""

from collections.abc import Callable, Sequence

from textual.content import Content

from kubegenie_tui.domain.pulse import gauge, sparkline
from kubegenie_tui.domain.quantity import format_bytes, format_cpu
from kubegenie_tui.domain.text import plain, shorten_middle

GAUGE_WIDTH = 20
LABEL = 20
BESIDE_CHART = LABEL + 50
"""Cells of a line that are no chart."""
NOT_TOLD = " What pods use is not told."
Consumer = tuple[str, int]
"""What it is called, and how much it uses."""


def use_line(
    label: str, words: Callable[[float], str], use: tuple[int, int], history: Sequence[int], room: int
) -> Content:
    """`CPU  ████░░  12 of 48 26%  ▁▂▃▄`; a dash while nothing was measured."""
    used, whole = use
    if not used:
        return Content.assemble((f" {label:{LABEL}}", "$muted"), ("– not measured", "$muted"))
    share = used / whole if whole else 0.0
    ink = "$error" if share > 0.9 else "$warning" if share > 0.75 else "$success"
    amount = f"{words(used)} of {words(whole)}"
    return Content.assemble(
        (f" {label:{LABEL}}", "$muted"),
        (gauge(used, whole, GAUGE_WIDTH), ink),
        f"  {amount:18} {share:4.0%}  ",
        (sparkline(history, room, float(whole)), ink),
    )


def warnings_line(warnings: Sequence[int], room: int) -> Content:
    """How many there are this minute, and in those before it; a minute each."""
    now = warnings[-1] if warnings else 0
    return Content.assemble(
        (f" {'Warnings a minute':{LABEL}}", "$muted"),
        (f"{now:<{GAUGE_WIDTH}}  ", "$warning" if now else "$foreground"),
        (sparkline(warnings, room), "$warning"),
        (f"  last {len(warnings)} minutes", "$muted"),
    )


def consumers(cpu: Sequence[Consumer], memory: Sequence[Consumer], width: int) -> Content:
    """Who uses the most CPU (millicores), and beside it who uses the most memory (bytes)."""
    if not cpu:
        return Content.styled(NOT_TOLD, "$muted")
    half = max(24, width // 2 - 4)
    lines = [Content.styled(f" {'Most CPU':{half}}  Most memory", "bold $muted")]
    for left, right in zip(cpu, memory, strict=True):
        lines.append(
            Content(
                f" {_consumer(left[0], format_cpu(left[1]), half)}  {_consumer(right[0], format_bytes(right[1]), half)}"
            )
        )
    return Content("\n").join(lines)


def _consumer(name: str, amount: str, width: int) -> str:
    room = width - 9
    return f"{shorten_middle(plain(name), room):{room}} {amount:>8}"
