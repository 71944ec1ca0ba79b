"""Logs: of a pod, or of the pod of a workload that most needs looking at; bounded while they are read."""

from contextlib import aclosing

import msgspec

from kubegenie_tui.diagnostics.clues import alarming_line
from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Row
from kubegenie_tui.domain.summary_related import runs_pods
from kubegenie_tui.genie.reading.learning import learn_secrets_of
from kubegenie_tui.genie.reading.log_lines import SEARCHED_LINES, WantedLines
from kubegenie_tui.genie.reading.objects import container_names
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Result, Scope, word_of
from kubegenie_tui.kube.pace import paced

_MOST_LINES = 2_000
_LAST_WORDS = 100
"""Lines of a container that is unwell."""
_FIRST_BYTES = 8 * 1024
"""What a program says at its start is soon followed by a line for each request, those of its probes as well."""
_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"


class Log(msgspec.Struct, frozen=True):
    """Lines of one container."""

    pod: ObjectRef
    container: str
    lines: list[str]
    previous: bool


class LogRequest(msgspec.Struct, frozen=True):
    """Which lines are wanted."""

    container: str = ""
    """Empty for the pod's default container, or the one that crashes."""
    previous: bool = False
    tail: int = 200
    """Of the lines that are wanted, the last ones."""
    since_seconds: int | None = None
    grep: str = ""
    """Only lines that match this regular expression, case ignored."""
    context: int = 0
    """Lines told before and after one that matches."""


async def read_logs(
    scope: Scope, kind_name: str, name: str, namespace: str | None = None, request: LogRequest | None = None
) -> Result:
    """Lines of a pod, or of a workload's worst or newest pod.

    Raises:
        UsageError: the kind has no logs, or there is no such container, or `grep` finds no end.
        ClusterError: the cluster does not tell.
    """
    asked = request or LogRequest()
    kind = scope.kind(kind_name)
    if not runs_pods(kind):
        raise UsageError(f"{word_of(kind, 1)} {name} has no logs", next_step="ask for the logs of a pod or a workload")
    ref = await resolve(scope, kind, name, namespace)
    pod = ref if kind.id == "pods" else await _pod_of(scope, ref)
    manifest = await scope.reader.get(scope.kind("pods"), pod.name, pod.namespace)
    container = _container(manifest, asked.container)
    await learn_secrets_of(scope, manifest)
    read = await _read(scope.reader, pod, container, asked)
    run = ", the run before" if asked.previous else ""
    found = _found(read, asked)
    summary = f"{found} of {pod.name} ({container}{run})"
    masked = await scope.redactor.long_text("\n".join(read.lines))
    head = f"cluster {scope.reader.name}: pod {pod.namespace}/{pod.name}, {container}{run}: {found}"
    show = ShowRequested("pods", pod.namespace, "", pod.name, "logs")
    log = Log(pod, container, masked.split("\n") if masked else [], asked.previous)
    return Result(summary, f"{head}\n{masked}" if masked else head, log, show, ends_matter=True)


async def tail_of(reader: ClusterReader, pod: ObjectRef, container: str, asked: LogRequest) -> list[str]:
    """The last lines of a container that are wanted, each cut at a length that can be read.

    Raises:
        ClusterError: there is no log; why.
    """
    return list((await _read(reader, pod, container, asked)).lines)


async def _read(reader: ClusterReader, pod: ObjectRef, container: str, asked: LogRequest) -> WantedLines:
    """The lines wanted; not more of them are ever held."""
    tail = min(asked.tail, _MOST_LINES)
    found = WantedLines(_matcher(asked.grep), tail, asked.context)
    part = LogQuery(
        pod.namespace,
        pod.name,
        container,
        previous=asked.previous,
        tail=SEARCHED_LINES if asked.grep else tail,
        since_seconds=asked.since_seconds,
    )
    stream = reader.logs(part)
    async with aclosing(stream) as batches:  # type: ignore[type-var] # every reader makes it with an async generator
        async for batch in batches:
            async for line in paced(batch):
                found.take(line)
    return found


def _found(read: WantedLines, asked: LogRequest) -> str:
    """`12 lines matching `error` in 3,400 lines`, and what of them is shown."""
    number = len(read.lines)
    if not asked.grep:
        return f"{'the last ' if number >= asked.tail else ''}{number} lines"
    searched = f"{'the last ' if read.read >= SEARCHED_LINES else ''}{read.read:,} lines"
    found = f"{read.matching:,} lines matching `{asked.grep}` in {searched}"
    around = f", with {asked.context} around each" if asked.context and read.matching else ""
    return f"{found}{around}{f'; the last {number} lines shown' if read.is_cut else ''}"


async def _pod_of(scope: Scope, workload: ObjectRef) -> ObjectRef:
    rows = await pods_of(scope, workload)
    if not rows:
        raise NotFound(f"{workload} has no pods", next_step=f"find out why: why is {workload.name} failing?")
    row = max(rows, key=lambda row: (row.health, row.created))
    return ObjectRef("pods", row.name, row.namespace, scope.reader.name)


async def pods_of(scope: Scope, workload: ObjectRef) -> list[Row]:
    """The rows of a workload's pods, found through its owner references."""
    pods = await live_rows(scope.reader, scope.kind("pods"), workload.namespace)
    owners = {f"{_MANIFEST_KINDS.get(workload.kind, '')}/{workload.name}"}
    if workload.kind in _THROUGH:
        between = await live_rows(scope.reader, scope.kind(_THROUGH[workload.kind]), workload.namespace)
        word = _MANIFEST_KINDS[_THROUGH[workload.kind]]
        owners |= {f"{word}/{row.name}" for row in between.rows.values() if row.owner in owners}
    return [row for row in pods.rows.values() if row.owner in owners]


_THROUGH = {"deployments.apps": "replicasets.apps", "cronjobs.batch": "jobs.batch"}
_MANIFEST_KINDS = {
    "deployments.apps": "Deployment",
    "replicasets.apps": "ReplicaSet",
    "statefulsets.apps": "StatefulSet",
    "daemonsets.apps": "DaemonSet",
    "jobs.batch": "Job",
    "cronjobs.batch": "CronJob",
}


def _container(pod: Manifest, asked: str) -> str:
    names = container_names(pod)
    if asked and asked not in names:
        raise UsageError(f'The pod has no container "{asked}"', next_step=f"containers: {', '.join(names)}")
    if asked:
        return asked
    default = (pod.get("metadata", {}).get("annotations") or {}).get(_DEFAULT_CONTAINER, "")
    if default in names:
        return str(default)
    statuses = [*mappings_at(pod, "status.initContainerStatuses"), *mappings_at(pod, "status.containerStatuses")]
    failing = [s for s in statuses if text_at(s, "state.waiting.reason") == "CrashLoopBackOff"]
    return text_at(failing[0], "name") if failing else names[0]


def _matcher(grep: str) -> Expression | None:
    if not grep:
        return None
    try:
        return Expression(grep, ignore_case=True)
    except UsageError:
        return Expression(grep, ignore_case=True, to_the_letter=True)


async def last_words(reader: ClusterReader, namespace: str, pod: str, container: str, *, previous: bool) -> list[str]:
    """The last lines of a container that is unwell; its first ones before them, where they tell of no fault.

    Raises:
        ClusterError: there is no log; why.
    """
    last = await tail_of(reader, ObjectRef("pods", pod, namespace), container, LogRequest("", previous, _LAST_WORDS))
    if len(last) < _LAST_WORDS or alarming_line(last):
        return last
    first = LogQuery(namespace, pod, container, previous=previous, first_bytes=_FIRST_BYTES)
    async with aclosing(reader.logs(first)) as batches:  # type: ignore[type-var] # as above
        return [line async for batch in batches for line in batch] + last
