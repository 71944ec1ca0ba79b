"""What a plan has written so far, and what takes it back: kept before each write, and again as it turned out."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.changes.reversal import Reversal, reversal_of
from kubegenie_tui.changes.secret_marks import Keyed, mark_of
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Plan, StepPreview
from kubegenie_tui.store.undo import KeptStep, UndoTable

if TYPE_CHECKING:
    from kubegenie_tui.domain.object_ref import ObjectRef


class Record(msgspec.Struct, frozen=True):
    """What is kept of one change as a whole."""

    reversals: tuple[Reversal, ...] = ()
    """Of what was not kept step by step, in the order of the steps."""
    audit: tuple[int, ...] = ()
    """Numbers of their intents in the audit log."""
    passing: bool = False
    """Whether what was made is to be deleted again, by us."""


class Written:
    """One plan on its way."""

    def __init__(
        self,
        plan: Plan | None = None,
        table: UndoTable | None = None,
        now: Callable[[], float] = time.time,
        keyed: Keyed | None = None,
    ) -> None:
        """Nothing is written yet.

        Args:
            plan: what is carried out; None where that is not to be taken back.
            table: where what takes it back is kept.
            now: seconds since the epoch.
            keyed: makes the hash that is kept of the values of Secrets; None to keep nothing of them.
        """
        self._plan, self._table, self._now, self._keyed = plan, table, now, keyed
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
        if self._table is None or self._plan is None:
            return
        step = self._kept(seq, shown, None)
        if self.undo_id:
            await self._table.put_step(self.undo_id, step)
        else:
            record = msgspec.json.encode(Record(passing=bool(self._plan.passing)))
            self.undo_id = await self._table.add(self._now(), self._plan.cluster, self._plan.title, record, [step])

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
        if self._table is not None:
            await self._table.put_step(self.undo_id, self._kept(seq, shown, answer))

    async def forget(self, seq: int) -> None:
        """Drop a step that the server refused.

        Raises:
            StoreError: it cannot be dropped.
        """
        if self._table is not None and not await self._table.drop_step(self.undo_id, seq):
            self.undo_id = 0

    def _kept(self, seq: int, shown: StepPreview, answer: Manifest | None) -> KeptStep:
        reversal = reversal_of(shown, answer)
        if self._keyed is not None and reversal.step is None:
            reversal = msgspec.structs.replace(reversal, secret=mark_of(shown, self._keyed))
        return KeptStep(seq, msgspec.json.encode(reversal), answer is not None)
