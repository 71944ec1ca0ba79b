"""A person's yes to the making or removing of a cluster, and the record of every request that follows from it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from kubegenie_tui.changes.approval import approve_work, digest_of_work, recalled
from kubegenie_tui.changes.audit import Audit, Entry
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Outline, PlannedStep
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.plan import Tier

T = TypeVar("T")
YES = "approve"
LOOKED_AT = 5000
"""Entries about a cluster that are searched for a yes."""


class WorkRecords:
    """The audit log as works use it."""

    def __init__(self, audit: Audit, actor: str, asked_by: str, now: Callable[[], float] = time.time) -> None:
        self._audit = audit
        self._actor = actor
        self._asked_by = asked_by
        self._now = now

    async def approve(self, work: str, outline: Outline, typed: str) -> Approval:
        """A person has seen this outline and typed the cluster's name.

        Raises:
            UsageError: they typed something else.
            StoreError: it cannot be put on record.
        """
        approval = approve_work(work, outline, self._now(), typed)
        seq = await self._audit.intend(self._entry(work, outline, YES, outline.name, outline.provider, approval))
        await self._audit.conclude(seq, "done")
        return approval

    async def given(self, work: str, outline: Outline) -> Approval:
        """The yes that was given to this outline before, perhaps by way of another process.

        Raises:
            UsageError: none is on record: the outline is not what a person saw.
        """
        wanted = digest_of_work(work, outline)
        for entry in await self._audit.entries(LOOKED_AT, outline.name):
            if (entry.verb, entry.phase, entry.uid, entry.diff_hash) == (YES, "intent", work, wanted):
                return recalled(wanted, entry.how, entry.at)
        raise UsageError(
            f"Nobody said yes to this work on {outline.name}",
            "what is kept of it is not what the audit log has",
            "`kubegenie audit verify`",
        )

    async def requested(
        self,
        work: str,
        outline: Outline,
        step: PlannedStep,
        verb: str,
        approval: Approval,
        ask: Callable[[], Awaitable[T]],
    ) -> T:
        """Ask a provider for something, with a record before and after; what it answered.

        Raises:
            StoreError: it cannot be put on record: nothing was asked for.
            KubeGenieError: what the provider says.
        """
        seq = await self._audit.intend(self._entry(work, outline, verb, step.title, step.call, approval))
        began = time.monotonic()
        try:
            answer = await ask()
        except asyncio.CancelledError:
            await asyncio.shield(self._audit.conclude(seq, "unknown", message="stopped before it was answered"))
            raise
        except KubeGenieError as error:
            await self._audit.conclude(seq, "failed", message=str(error), latency_ms=_since(began))
            raise
        await self._audit.conclude(seq, "done", latency_ms=_since(began))
        return answer

    def _entry(self, work: str, outline: Outline, verb: str, name: str, kind: str, approval: Approval) -> Entry:
        return Entry(
            at=self._now(),
            actor=self._actor,
            identity=outline.where,
            groups=(),
            asked_by=self._asked_by,
            cluster=outline.name,
            verb=verb,
            kind=kind,
            namespace="",
            name=name,
            uid=work,
            subresource="",
            plan=f"{outline.provider}: {outline.name}",
            diff_hash=approval.plan,
            tier=Tier.DESTRUCTIVE.value,
            how=approval.how,
        )


def _since(began: float) -> float:
    return (time.monotonic() - began) * 1000
