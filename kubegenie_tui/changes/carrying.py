"""One approved step: looked at once more, recorded, written, recorded again. Without a record nothing is written."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.look import kind_for, live_object
from kubegenie_tui.changes.managers import who_changed
from kubegenie_tui.changes.written import Written
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.errors import (
    ChangedUnderneath,
    ClusterError,
    Conflict,
    KubeGenieError,
    NotFound,
    ResultNotRecorded,
    StoreError,
)
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.plan import Step, StepPreview
from kubegenie_tui.domain.sent_values import without_values
from kubegenie_tui.kube.writes import write

if TYPE_CHECKING:
    from kubegenie_tui.kube.clock import Clock


SERVER_FAILED = 500
"""From this status on a server, or what stands before it, may have failed after the change was made."""
TRIES = 4
"""How often a write is begun that comes between two changes of an object's status."""


async def recheck(cluster: WritableCluster, shown: StepPreview, touched: frozenset[str]) -> Step:
    """The step for the object as it is now, provided that it is as it was shown.

    Its status and its resourceVersion may have moved on: only what a person would see as a change counts. An object
    that an earlier step of the same plan wrote is taken as it is.

    Raises:
        ChangedUnderneath: it is not as it was shown.
        Conflict: it is another one by now.
        NotFound: a pod that was to be evicted is gone already.
    """
    try:
        live = await live_object(cluster, kind_for(cluster, shown.step), shown.step)
    except NotFound:
        if shown.step.subresource == "eviction":
            raise
        live = None
    if live is None:
        if shown.before is not None:
            raise ChangedUnderneath(f"{shown.step.ref} is gone", "somebody deleted it", "look again")
        return shown.step
    if shown.before is None:
        raise ChangedUnderneath(f"{shown.step.ref} exists by now", "somebody made it", "look again")
    uid = text_at(live, "metadata.uid")
    if uid not in touched and manifest_diff(shown.before, live):
        who = who_changed(shown.before, live)
        raise ChangedUnderneath(f"{shown.step.ref} changed since it was shown", who and f"by {who}", "look again")
    version = text_at(live, "metadata.resourceVersion") if shown.step.resource_version else ""
    return msgspec.structs.replace(shown.step, resource_version=version)


async def write_as_shown(
    cluster: WritableCluster,
    audit: Audit,
    approval: Approval,
    shown: StepPreview,
    entry: Entry,
    written: Written,
    clock: "Clock",
) -> tuple[Step, Manifest]:
    """Write a step to the object as it was shown; the step that was written and the server's answer.

    A controller may move the object's status on between the look and the write: then it is looked at again.

    Raises:
        ChangedUnderneath: it is not as it was shown.
        ResultNotRecorded: it was written, and that could not be recorded.
        StoreError: it cannot be recorded; nothing was written then.
        ClusterError: the server refused, or did not answer.
    """
    tries = 1
    while True:
        step = await recheck(cluster, shown, written.touched)
        try:
            return step, await carry_out_step(cluster, audit, approval, shown, step, entry, written, clock)
        except Conflict:
            if tries == TRIES or not step.resource_version:
                raise
            tries += 1


async def carry_out_step(
    cluster: WritableCluster,
    audit: Audit,
    approval: Approval,
    shown: StepPreview,
    step: Step,
    entry: Entry,
    written: Written,
    clock: "Clock",
) -> Manifest:
    """Record what is to be written, write it, record how that went: the server's answer.

    Raises:
        ResultNotRecorded: it was written, and that could not be recorded.
        StoreError: it cannot be recorded; nothing was written then.
        ClusterError: the server refused, or did not answer.
    """
    seq = await _begin(audit, entry, shown, written)
    began = clock.monotonic()

    def elapsed() -> float:
        return (clock.monotonic() - began) * 1000

    try:
        answer = await write(cluster.client, approval, kind_for(cluster, step), step)
    except ClusterError as error:
        # Without an answer the change may have been made all the same.
        said = without_values(str(error), (step.body,))
        await audit.conclude(seq, "failed" if error.code else "unknown", error.code, said, elapsed())
        if 0 < error.code < SERVER_FAILED:
            await written.forget(seq)
        raise
    except BaseException as error:
        message = str(error) if isinstance(error, KubeGenieError) else "it was broken off"
        await audit.conclude(seq, "unknown", 0, without_values(message, (step.body,)), elapsed())
        raise
    with _recording(step):
        await written.confirm(seq, shown, step.uid, answer)
        await audit.conclude(seq, "done", 200, "", elapsed())
    return answer


@contextlib.contextmanager
def _recording(step: Step) -> Iterator[None]:
    """Whoever hears that a result cannot be recorded must not take the step for one that was not made."""
    try:
        yield
    except StoreError as error:
        what = f"{step.ref} was changed, but that could not be recorded"
        raise ResultNotRecorded(what, str(error), "nothing more is begun; `:undo` takes it back") from error


async def _begin(audit: Audit, entry: Entry, shown: StepPreview, written: Written) -> int:
    """Record what is to be written, and keep what takes it back: the record's number.

    Raises:
        StoreError: one of them cannot be done.
    """
    seq = await audit.intend(entry)
    try:
        await written.begin(seq, shown)
    except StoreError:
        with contextlib.suppress(StoreError):
            await audit.conclude(seq, "failed", message="not begun: what takes it back could not be kept")
        raise
    return seq
