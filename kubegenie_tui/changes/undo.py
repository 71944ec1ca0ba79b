"""Taking a change back: what it touched is kept, and set back by a plan that goes through the gate like any other."""

import time
from collections.abc import Callable, Sequence

import msgspec

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.fitting import Fitting
from kubegenie_tui.changes.reversal import NOTHING, Reversal, reversal_of
from kubegenie_tui.changes.secret_marks import Keyed, told_of
from kubegenie_tui.changes.since import notes_of
from kubegenie_tui.changes.written import Record, Written
from kubegenie_tui.domain.errors import Conflict, UsageError
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Plan, Preview, StepPreview, Undoable, Verb
from kubegenie_tui.store.undo import KeptStep, UndoRow, UndoTable

BY_HELM = "helm made it: `:helm` rolls it back, or uninstalls it"


def why_not_undone(plan: Plan, steps: Sequence[StepPreview]) -> str:
    """Why a plan could not be taken back, were it carried out; empty when it could."""
    if plan.helm is not None:
        return BY_HELM
    return next(iter(_obstacles([reversal_of(step, None) for step in steps])), "")


class Undo:
    """The changes that were made, by cluster, and the plans that take them back."""

    def __init__(self, table: UndoTable, now: Callable[[], float] = time.time, *, keyed: Keyed | None = None) -> None:
        """Open them.

        Args:
            table: where they are kept.
            now: seconds since the epoch.
            keyed: makes the hash that is kept of the values of Secrets; None to keep nothing of them.
        """
        self._table = table
        self._now = now
        self._keyed = keyed

    def written(self, plan: Plan) -> Written:
        """A plan that is about to be carried out, to keep what takes it back step by step."""
        return Written(plan, self._table, self._now, self._keyed)

    async def record(self, preview: Preview, results: Sequence[Manifest | None], audit_seqs: Sequence[int]) -> Undoable:
        """Keep what was done as a whole: the steps that have a result, in order.

        Raises:
            StoreError: it cannot be stored.
        """
        reversals = tuple(reversal_of(step, result) for step, result in zip(preview.steps, results, strict=False))
        if preview.plan.helm is not None:
            reversals = (Reversal(None, why=BY_HELM),)
        record = msgspec.json.encode(Record(reversals, tuple(audit_seqs), bool(preview.plan.passing)))
        at, plan = self._now(), preview.plan
        undo_id = await self._table.add(at, plan.cluster, plan.title, record)
        return _undoable(UndoRow(undo_id, at, plan.cluster, plan.title, record, False))

    async def recent(self, cluster: str, limit: int = 50) -> list[Undoable]:
        """The latest changes of a cluster first. Their plans say what was touched; `plan_for` makes one to carry out.

        Raises:
            StoreError: they cannot be read.
        """
        return [_undoable(row) for row in await self._table.recent(cluster, limit)]

    async def left_behind(self, cluster: WritableCluster) -> list[Undoable]:
        """What was made for a while and is there still, the latest first: whoever made it did not end in good order.

        Raises:
            StoreError: it cannot be read.
            ClusterError, CredentialError, KubeconfigError: the cluster cannot be asked.
        """
        there = []
        for each in await self.recent(cluster.name):
            if each.passing and not each.undone and not each.unsure:
                if await self.still_needed(cluster, each.id):
                    there.append(each)
                else:
                    await self.mark_undone(each.id)
        return there

    async def still_needed(self, cluster: WritableCluster, undo_id: int) -> Plan | None:
        """The plan that takes a change back; None when that was done already, or cannot be done any more.

        Raises:
            StoreError: it cannot be read.
            ClusterError, CredentialError, KubeconfigError: the cluster cannot be asked.
        """
        try:
            return await self.plan_for(cluster, undo_id)
        except (UsageError, Conflict):
            return None

    async def mark_undone(self, undo_id: int) -> None:
        """Note that a change was taken back.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._table.mark_undone(undo_id)

    async def plan_for(self, cluster: WritableCluster, undo_id: int) -> Plan:
        """The plan that takes a change back, made for the objects as they are now.

        Raises:
            UsageError: there is no such change, it was undone already, or it cannot be.
            Conflict: somebody else changed the same fields since, or made or deleted the object.
            ClusterError, CredentialError, KubeconfigError: the cluster cannot be asked.
        """
        row = await self._table.get(undo_id)
        if row is None or row.cluster != cluster.name:
            raise UsageError("This change is not remembered any more", next_step="`:undo` shows those that are")
        if row.undone:
            raise UsageError(f"{row.title} was undone already")
        known = _undoable(row)
        marks = [reversal.secret for reversal in _reversals(row) if reversal.secret]
        secrets = await told_of(cluster, marks, self._keyed) if self._keyed else []
        if known.plan is None:
            raise UsageError(
                f"{row.title} cannot be undone", "; ".join([known.why_not, *(each.text for each in secrets)])
            )
        fitting = Fitting(cluster)
        steps = await fitting.fit(_reversals(row))
        if not steps:
            raise UsageError(f"{row.title} needs no undo", "everything is as it was before it already")
        return msgspec.structs.replace(known.plan, steps=tuple(steps), notes=(*notes_of(fitting.changed), *secrets))


def _record(row: UndoRow) -> Record:
    return msgspec.json.decode(row.record, type=Record)


def _reversals(row: UndoRow) -> tuple[Reversal, ...]:
    return (*_record(row).reversals, *map(_reversal, row.steps))


def _reversal(kept: KeptStep) -> Reversal:
    """What takes a step back. What came of a write without an answer is found by its uid, or by what it touched."""
    reversal = msgspec.json.decode(kept.step, type=Reversal)
    if kept.made or reversal.step is None:
        return reversal
    if reversal.step.verb is not Verb.DELETE:
        return msgspec.structs.replace(reversal, left=None)
    return Reversal(None, why=f"whether {reversal.step.ref} was made is not known: look for it")


def _undoable(row: UndoRow) -> Undoable:
    reversals = _reversals(row)
    steps = tuple(reversal.step for reversal in reversed(reversals) if reversal.step)
    why_not = "; ".join(_obstacles(reversals))
    plan = Plan(_title(row.title), row.cluster, steps, asked_by="undo") if steps else None
    unsure = not all(step.made for step in row.steps)
    return Undoable(
        row.id,
        row.at,
        row.cluster,
        row.title,
        plan,
        why_not,
        row.undone,
        _record(row).passing,
        unsure,
        any(reversal.secret for reversal in reversals),
    )


def _obstacles(reversals: Sequence[Reversal]) -> list[str]:
    """Why something cannot be taken back; what changed nothing is in nobody's way, unless there is nothing else."""
    found = list(dict.fromkeys(reversal.why for reversal in reversals if reversal.why))
    others = [why for why in found if why != NOTHING]
    return found if all(reversal.step is None for reversal in reversals) and not others else others


def _title(title: str) -> str:
    """An undo that is taken back does again what it took back."""
    plain = title.removeprefix("Undo: ")
    return f"Redo: {plain}" if plain != title else f"Undo: {title.removeprefix('Redo: ')}"
