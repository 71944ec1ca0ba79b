"""What a plan has written so far, and what takes it back: kept before each write, and again as it turned out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from kubegenie_tui.changes.reversal import Reversal, reversal_of
from kubegenie_tui.changes.secret_marks import mark_of
from kubegenie_tui.changes.undo_seal import UndoSeal
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Plan, StepPreview
from kubegenie_tui.store.undo import KeptStep, UndoTable

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef


class Record(msgspec.Struct, frozen=True):
    """What is kept of one change as a whole."""

    reversals: tuple[Reversal, ...] = ()
    """Of what was not kept step by step; they hold no values."""
    audit: tuple[int, ...] = ()
    """Numbers of their intents in the audit log."""
    passing: bool = False
    """Whether what was made is to be deleted again, by us."""


class Keeping(NamedTuple):
    """Where and how what takes a plan back is kept."""

    plan: Plan
    table: UndoTable
    seal: UndoSeal
    now: Callable[[], float]
    """Seconds since the epoch."""


class Written:
    """One plan on its way."""

    def __init__(self, keeping: Keeping | None = None) -> None:
        """Nothing is written yet.

        Args:
            keeping: how it is kept; None where that is not to be taken back.
        """
        self._keeping = keeping
        self.undo_id = 0
        """The record that takes it back; 0 while there is none."""
        self.touched: frozenset[str] = frozenset()
        """Uids of the objects that were written."""
        self.made: list[ObjectRef] = []
        """What was not there before."""

    async def begin(self, seq: int, shown: StepPreview) -> None:
        """Keep what takes a step back that is about to be written, by what the server's dry run made of it.

        Raises:
            StoreError: it cannot be kept.
        """
        if self._keeping is None:
            return
        plan, table, seal, now = self._keeping
        step = _kept(seal, seq, shown, None)
        if self.undo_id:
            await table.put_step(self.undo_id, step)
        else:
            record = msgspec.json.encode(Record(passing=bool(plan.passing)))
            self.undo_id = await table.add(now(), plan.cluster, plan.title, record, [step])

    async def confirm(self, seq: int, shown: StepPreview, uid: str, answer: Manifest) -> None:
        """Keep what takes a step back by what the server made of it.

        Args:
            seq: number of its intent in the audit log.
            shown: what was shown of it.
            uid: of its object; empty for one that it made.
            answer: of the server.

        Raises:
            StoreError: it cannot be kept; what was kept before the write still is.
        """
        self.touched |= {uid}
        if shown.before is None:
            self.made.append(shown.step.ref)
        if self._keeping is not None:
            step = _kept(self._keeping.seal, seq, shown, answer)
            await self._keeping.table.put_step(self.undo_id, step)

    async def forget(self, seq: int) -> None:
        """Drop a step that the server refused.

        Raises:
            StoreError: it cannot be dropped.
        """
        if self._keeping is not None and not await self._keeping.table.drop_step(self.undo_id, seq):
            self.undo_id = 0


def _kept(seal: UndoSeal, seq: int, shown: StepPreview, answer: Manifest | None) -> KeptStep:
    reversal = reversal_of(shown, answer)
    if reversal.step is None:
        reversal = msgspec.structs.replace(reversal, secret=mark_of(shown, seal.keyed))
    return KeptStep(seq, seal.close(seq, reversal), answer is not None)
