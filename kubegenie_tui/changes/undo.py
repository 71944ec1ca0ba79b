"""Taking a change back: what it touched is kept, and set back by a plan that goes through the gate like any other."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.fitting import Fitting
from kubegenie_tui.changes.reversal import NOTHING, Reversal, reversal_of
from kubegenie_tui.changes.secret_marks import told_of
from kubegenie_tui.changes.since import notes_of
from kubegenie_tui.changes.undo_seal import UndoSeal, load_undo_seal
from kubegenie_tui.changes.written import Keeping, Record, Written
from kubegenie_tui.domain.errors import Conflict, UsageError
from kubegenie_tui.domain.plan import Plan, StepPreview, Undoable, Verb
from kubegenie_tui.store.store import Store
from kubegenie_tui.store.undo import KeptStep, UndoRow, UndoTable

BY_HELM = "helm made it: `:helm` rolls it back, or uninstalls it"


def why_not_undone(plan: Plan, steps: Sequence[StepPreview]) -> str:
    """Why a plan could not be taken back, were it carried out; empty when it could."""
    if plan.helm is not None:
        return BY_HELM
    return next(iter(_obstacles([reversal_of(step, None) for step in steps])), "")


class Undo:
    """The changes that were made, by cluster, and the plans that take them back."""

    def __init__(self, table: UndoTable, seal: UndoSeal, now: Callable[[], float] = time.time) -> None:
        """Open them.

        Args:
            table: where they are kept.
            seal: closes and opens what is kept.
            now: seconds since the epoch.
        """
        self._table = table
        self._seal = seal
        self._now = now

    def written(self, plan: Plan) -> Written:
        """A plan that is about to be carried out, to keep what takes it back step by step."""
        return Written(Keeping(plan, self._table, self._seal, self._now))

    async def record_of_helm(self, plan: Plan, audit_seqs: Sequence[int]) -> None:
        """Keep that helm did something, and that helm alone takes it back.

        Raises:
            StoreError: it cannot be stored.
        """
        record = msgspec.json.encode(Record((Reversal(None, why=BY_HELM),), tuple(audit_seqs)))
        await self._table.add(self._now(), plan.cluster, plan.title, record)

    async def recent(self, cluster: str, limit: int = 50) -> list[Undoable]:
        """The latest changes of a cluster first. Their plans say what was touched; `plan_for` makes one to carry out.

        Raises:
            StoreError: they cannot be read.
        """
        return [_undoable(row, self._reversals(row)) for row in await self._table.recent(cluster, limit)]

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
        reversals = self._reversals(row)
        known = _undoable(row, reversals)
        marks = [reversal.secret for reversal in reversals if reversal.secret]
        secrets = await told_of(cluster, marks, self._seal.keyed)
        if known.plan is None:
            raise UsageError(
                f"{row.title} cannot be undone", "; ".join([known.why_not, *(each.text for each in secrets)])
            )
        fitting = Fitting(cluster)
        steps = await fitting.fit(reversals)
        if not steps:
            raise UsageError(f"{row.title} needs no undo", "everything is as it was before it already")
        return msgspec.structs.replace(known.plan, steps=tuple(steps), notes=(*notes_of(fitting.changed), *secrets))

    def _reversals(self, row: UndoRow) -> tuple[Reversal, ...]:
        return (*_record(row).reversals, *(_reversal(kept, self._seal.open(kept)) for kept in row.steps))


async def open_undo(store: Store, directory: Path) -> Undo:
    """The changes that a store remembers; the key of their seal is a private file of the directory.

    Raises:
        StoreError: the key can neither be read nor made.
    """
    return Undo(store.undo, await load_undo_seal(directory))


def _record(row: UndoRow) -> Record:
    return msgspec.json.decode(row.record, type=Record)


def _reversal(kept: KeptStep, reversal: Reversal) -> Reversal:
    """What takes a step back. What came of a write without an answer is found by its uid, or by what it touched."""
    if kept.made or reversal.step is None:
        return reversal
    if reversal.step.verb is not Verb.DELETE:
        return msgspec.structs.replace(reversal, left=None)
    return Reversal(None, why=f"whether {reversal.step.ref} was made is not known: look for it")


def _undoable(row: UndoRow, reversals: Sequence[Reversal]) -> Undoable:
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
