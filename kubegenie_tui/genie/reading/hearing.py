"""What containers say that are ready, of a workload, a pod or a namespace that is asked about by its name."""

import asyncio

import msgspec

from kubegenie_tui.diagnostics.asked_logs import MOST_LOGS, MOST_SAMPLES, logs_to_hear, pods_to_hear, pods_to_sample
from kubegenie_tui.diagnostics.snapshot import Heard, Snapshot, ref_of
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.learning import learn_secrets_of
from kubegenie_tui.genie.reading.logs import LogRequest, tail_of
from kubegenie_tui.genie.reading.scope import Scope

_LINES = 200
_AT_ONCE = 8


async def heard_of(scope: Scope, snapshot: Snapshot, subject: ObjectRef) -> list[Heard]:
    """The last lines of a few of its containers; nothing of one whose pod or log cannot be read.

    Secrets that could not be listed are read one by one, so that their values are known in the lines.
    """
    return await _all_heard(scope, snapshot, pods_to_hear(snapshot, subject))


async def heard_in(scope: Scope, snapshot: Snapshot) -> list[Heard]:
    """The same of a few workloads of a namespace, one pod of each."""
    found = await _all_heard(scope, snapshot, pods_to_sample(snapshot), MOST_SAMPLES)
    return [msgspec.structs.replace(each, asked=False) for each in found]


async def _all_heard(scope: Scope, snapshot: Snapshot, refs: list[ObjectRef], most: int = MOST_LOGS) -> list[Heard]:
    gate = asyncio.Semaphore(_AT_ONCE)
    found = await asyncio.gather(*(_pod(scope, ref, gate) for ref in refs))
    pods = [pod for pod in found if pod is not None]
    if "secrets" not in snapshot.kinds():
        await asyncio.gather(*(learn_secrets_of(scope, pod) for pod in pods))
    wanted = logs_to_hear(pods, snapshot.now, most)
    return list(await asyncio.gather(*(_heard(scope, *each, gate) for each in wanted)))


async def _pod(scope: Scope, ref: ObjectRef, gate: asyncio.Semaphore) -> Manifest | None:
    try:
        async with gate:
            return await scope.reader.get(scope.kind("pods"), ref.name, ref.namespace)
    except ClusterError:
        return None


async def _heard(scope: Scope, pod: Manifest, container: str, seconds: int, gate: asyncio.Semaphore) -> Heard:
    asked = LogRequest(tail=_LINES, since_seconds=seconds)
    try:
        async with gate:
            return Heard(pod, container, await tail_of(scope.reader, ref_of("pods", pod), container, asked))
    except ClusterError:
        return Heard(pod, container, [])
