"""How a cluster does: counts and health by kind, what it uses, and small charts of the last minutes."""

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Cell, Column, Measure, Row

PULSED = (
    "nodes",
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "cronjobs.batch",
    "persistentvolumeclaims",
    "horizontalpodautoscalers.autoscaling",
    "events",
)
"""Kinds whose health is told."""
SAMPLES = 240
"""Moments that are kept: 20 minutes at one every 5 seconds."""
MINUTES = 30
"""Minutes of warnings that are kept."""
KIND_COLUMNS = (
    Column("TOTAL", Measure.NUMBER, 0, 5),
    Column("OK", Measure.COUNT, 0),
    Column("IDLE", Measure.COUNT, 1),
    Column("MOVING", Measure.COUNT, 1),
    Column("WARNING", Measure.COUNT, 0),
    Column("FAILING", Measure.COUNT, 0),
    Column("SHARE", priority=1, width=24),
)
_BARS = "▁▂▃▄▅▆▇█"
_SHARE_WIDTH = 24
_SHARES = ((Health.BAD, "█"), (Health.WARN, "▓"), (Health.PROGRESSING, "▒"), (Health.IDLE, "░"), (Health.OK, "─"))


class Use(msgspec.Struct, frozen=True):
    """What all nodes use, and what they have for pods."""

    cpu: int = 0
    """Millicores."""
    memory: int = 0
    """Bytes."""
    cpu_room: int = 0
    memory_room: int = 0


class PulseHistory:
    """The last minutes of one cluster, in memory for as long as the app runs; grows only while somebody looks."""

    def __init__(self) -> None:
        self.cpu: deque[int] = deque(maxlen=SAMPLES)
        """Millicores, one moment after the other."""
        self.memory: deque[int] = deque(maxlen=SAMPLES)
        """Bytes."""
        self._warnings: dict[int, int] = {}

    def note_use(self, use: Use) -> None:
        """One more moment."""
        self.cpu.append(use.cpu)
        self.memory.append(use.memory)

    def note_warnings(self, last_seen: Iterable[float], now: float) -> None:
        """When warnings were last seen, seconds since the epoch: a warning that comes again leaves its old minute."""
        minutes = Counter(int(moment // 60) for moment in last_seen)
        for minute, count in minutes.items():
            self._warnings[minute] = max(count, self._warnings.get(minute, 0))
        oldest = int(now // 60) - MINUTES
        self._warnings = {minute: count for minute, count in self._warnings.items() if minute > oldest}

    def warnings(self, now: float) -> list[int]:
        """Warnings a minute, the oldest first, this minute last."""
        this = int(now // 60)
        return [self._warnings.get(minute, 0) for minute in range(this - MINUTES + 1, this + 1)]


def sparkline(values: Sequence[float], width: int, top: float = 0.0) -> str:
    """The newest values as bars, one character each; `top` is what a full bar means, 0 for the highest value."""
    shown = values[-width:] if width > 0 else ()
    highest = top or max(shown, default=0)
    if not highest:
        return _BARS[0] * len(shown)
    steps = len(_BARS) - 1
    return "".join(_BARS[min(steps, max(0, math.ceil(value / highest * steps)))] for value in shown)


def gauge(part: float, whole: float, width: int) -> str:
    """A bar filled to the share of a whole."""
    filled = min(width, round(part / whole * width)) if whole else 0
    return "█" * filled + "░" * (width - filled)


def use_of(usage: Mapping[str, tuple[int, int]], nodes: Iterable[Row], columns: Sequence[Column]) -> Use:
    """What the nodes use together.

    Args:
        usage: millicores and bytes by node name, and by `namespace/name` for pods.
        nodes: the nodes' rows.
        columns: of those rows.
    """
    titles = [column.title for column in columns]
    cpu_at, memory_at = titles.index("CPU/A"), titles.index("MEM/A")
    cpu = memory = cpu_room = memory_room = 0
    for row in nodes:
        used = usage.get(row.name, (0, 0))
        cpu, memory = cpu + used[0], memory + used[1]
        cpu_room += _number(row.cells[cpu_at])
        memory_room += _number(row.cells[memory_at])
    return Use(cpu, memory, cpu_room, memory_room)


def _number(cell: Cell) -> int:
    return int(cell) if isinstance(cell, int | float) else 0


def top_consumers(usage: Mapping[str, tuple[int, int]], by: int, most: int) -> list[tuple[str, int]]:
    """The pods (`namespace/name`) that use the most; `by`: 0 for millicores, 1 for bytes."""
    pods = ((name, used[by]) for name, used in usage.items() if "/" in name)
    return sorted(pods, key=lambda each: (-each[1], each[0]))[:most]


def warnings_seen(events: Iterable[Row], columns: Sequence[Column]) -> Iterator[float]:
    """When each warning was last seen, seconds since the epoch."""
    titles = [column.title for column in columns]
    seen_at, type_at = titles.index("LAST SEEN"), titles.index("TYPE")
    for row in events:
        seen = row.cells[seen_at]
        if row.cells[type_at] == "Warning" and isinstance(seen, int | float) and seen:
            yield float(seen)


def kind_row(kind_id: str, title: str, rows: Iterable[Row]) -> Row:
    """One kind: how many there are of each health, and their shares as a bar."""
    counts = Counter(row.health for row in rows)
    total = sum(counts.values())
    idle = counts[Health.IDLE] + counts[Health.UNKNOWN] + counts[Health.PAUSED]
    told = (counts[Health.OK], idle, counts[Health.PROGRESSING], counts[Health.WARN], counts[Health.BAD])
    cells = (total, *told, share_bar(counts))
    worst = max((health for health, count in counts.items() if count), default=Health.IDLE)
    return Row(kind_id, "", title, 0, "", cells, worst)


def share_bar(counts: Mapping[Health, int], width: int = _SHARE_WIDTH) -> str:
    """The shares of a whole, the worst first; whatever there is at all takes a cell."""
    total = sum(counts.values())
    if not total:
        return ""
    merged = {**counts, Health.IDLE: sum(counts.get(h, 0) for h in (Health.IDLE, Health.UNKNOWN, Health.PAUSED))}
    bar = "".join(mark * math.ceil(merged.get(health, 0) / total * width) for health, mark in _SHARES)
    return bar[:width]
