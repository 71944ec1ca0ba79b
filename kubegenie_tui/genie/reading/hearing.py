"""What containers say that are ready, of a workload or a pod that is asked about by its name."""

import asyncio

from kubegenie_tui.diagnostics.asked_logs import logs_to_hear, pods_to_hear
from kubegenie_tui.diagnostics.snapshot import Heard, Snapshot, ref_of
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.reading.learning import learn_secrets_of
from kubegenie_tui.genie.reading.logs import LogRequest, tail_of
from kubegenie_tui.genie.reading.scope import Scope

_LINES = 200


async def heard_of(scope: Scope, snapshot: Snapshot, subject: ObjectRef) -> list[Heard]:
    """The last lines of a few of its containers; nothing of one whose pod or log cannot be read."""
    found = await asyncio.gather(*(_pod(scope, ref) for ref in pods_to_hear(snapshot, subject)))
    pods = [pod for pod in found if pod is not None]
    await asyncio.gather(*(learn_secrets_of(scope, pod) for pod in pods))
    return list(await asyncio.gather(*(_heard(scope, *each) for each in logs_to_hear(pods, snapshot.now))))


async def _pod(scope: Scope, ref: ObjectRef) -> Manifest | None:
    try:
        return await scope.reader.get(scope.kind("pods"), ref.name, ref.namespace)
    except ClusterError:
        return None


async def _heard(scope: Scope, pod: Manifest, container: str, seconds: int) -> Heard:
    asked = LogRequest(tail=_LINES, since_seconds=seconds)
    try:
        return Heard(pod, container, await tail_of(scope.reader, ref_of("pods", pod), container, asked))
    except ClusterError:
        return Heard(pod, container, [])
