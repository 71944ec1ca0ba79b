"""The cluster at a glance: nodes, pods and workloads counted by health, and what is worst."""

import asyncio
from collections import Counter

import msgspec

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.refusals import Refusals
from kubegenie_tui.genie.reading.scope import Result, Scope, place, word_of

KINDS = (
    "nodes",
    "pods",
    "deployments.apps",
    "statefulsets.apps",
    "daemonsets.apps",
    "jobs.batch",
    "persistentvolumeclaims",
)
_MOST_WORST = 12


class Tally(msgspec.Struct, frozen=True):
    """How the objects of one kind are."""

    kind: str
    word: str
    total: int
    by_health: dict[Health, int]
    worst: list[Row]


async def overview(scope: Scope, namespace: str | None = None) -> Result:
    """How a namespace or, with `*`, the cluster is.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    refusals = Refusals()
    read = await asyncio.gather(*(_tally(scope, kind_id, space, refusals) for kind_id in KINDS))
    refusals.require_some()
    tallies = [tally for tally in read if tally]
    bad = sum(tally.by_health.get(Health.BAD, 0) + tally.by_health.get(Health.WARN, 0) for tally in tallies)
    summary = f"{place(space).removeprefix('in ')}: " + (
        "nothing failing" if not bad else f"{bad} objects failing or warn"
    )
    lines = [f"cluster {scope.reader.name}, {summary}"]
    for tally in tallies:
        counts = ", ".join(f"{number} {health.word}" for health, number in sorted(tally.by_health.items()))
        lines.append(f"{tally.word}: {tally.total}" + (f" ({counts})" if counts else ""))
        lines += [
            f"  {row.health.word}: {f'{row.namespace}/' if row.namespace else ''}{row.name}" for row in tally.worst
        ]
    text = "\n".join([*lines, *refusals.lines])
    return Result(summary, text, tallies, ShowRequested("pods", space), refusals.words)


async def _tally(scope: Scope, kind_id: str, namespace: str, refusals: Refusals) -> Tally | None:
    kind = scope.reader.kinds.get(kind_id)
    if kind is None:
        return None
    found = await refusals.rows(scope, kind, namespace)
    if found is None:
        return None
    rows = sorted(found.rows.values(), key=lambda row: (-row.health, row.namespace, row.name))
    worst = [row for row in rows[:_MOST_WORST] if row.health >= Health.WARN]
    counts = Counter(row.health for row in rows)
    return Tally(kind_id, word_of(kind, len(rows)), len(rows), dict(counts), worst)
