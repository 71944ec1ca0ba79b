"""Changes that were proposed from outside of the app, until a person has decided and for a while after."""

import time
from collections.abc import Callable

import msgspec

from kubegenie_tui.domain.errors import StoreError, UsageError
from kubegenie_tui.domain.proposal import Asked, KeptProposal, ProposalState
from kubegenie_tui.store.database import Database

KEPT = 200
"""Decided proposals that are remembered."""
MOST_WAITING = 20
"""More than these a person does not look at one by one."""
_COLUMNS = "id, at, cluster, title, asked, state, outcome"


class Proposals:
    """Proposals by id; another process may add to them at any time."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time, *, lasting: bool = True) -> None:
        self._database = database
        self._now = now
        self._lasting = lasting
        self._version = -1

    async def add(self, asked: Asked) -> KeptProposal:
        """Keep a proposal; it comes back with its id.

        Raises:
            UsageError: too many wait already.
            StoreError: it cannot be stored where the app finds it.
        """
        if not self._lasting:
            why = "there is no database in which the app would find it"
            raise StoreError("The proposal cannot be kept", why, "`kubegenie doctor`")
        text, at, plan = msgspec.json.encode(asked).decode(), self._now(), asked.plan
        async with self._database.transaction() as connection:
            [(waiting,)] = await connection.execute_fetchall("SELECT count(*) FROM proposals WHERE state = 'waiting'")
            if waiting >= MOST_WAITING:
                next_step = "let a person decide about them first: `:proposals` in the app"
                raise UsageError(f"{waiting} proposals wait already", next_step=next_step)
            cursor = await connection.execute(
                "INSERT INTO proposals (at, cluster, title, asked) VALUES (?, ?, ?, ?)",
                (at, plan.cluster, plan.title, text),
            )
            assert cursor.lastrowid is not None
            await connection.execute(
                "DELETE FROM proposals WHERE state <> 'waiting' AND id <= ?", (cursor.lastrowid - KEPT,)
            )
        return KeptProposal(cursor.lastrowid, at, plan.cluster, plan.title, asked)

    async def get(self, proposal_id: int) -> KeptProposal | None:
        """One proposal, None when it is not remembered."""
        rows = await self._database.fetch(f"SELECT {_COLUMNS} FROM proposals WHERE id = ?", (proposal_id,))  # noqa: S608
        return _proposal(*rows[0]) if rows else None

    async def latest(self, limit: int = 50) -> list[KeptProposal]:
        """Those that wait first, then the others; the latest of both first."""
        rows = await self._database.fetch(
            f"SELECT {_COLUMNS} FROM proposals ORDER BY state <> 'waiting', id DESC LIMIT ?",  # noqa: S608
            (limit,),
        )
        return [_proposal(*row) for row in rows]

    async def waiting(self) -> list[int]:
        """Ids of those that wait, the oldest first."""
        rows = await self._database.fetch("SELECT id FROM proposals WHERE state = 'waiting' ORDER BY id")
        return [number for (number,) in rows]

    async def mark(self, proposal_id: int, state: ProposalState, outcome: str = "") -> None:
        """Note what became of one that was not ended yet; an unknown one is no error.

        Raises:
            StoreError: it cannot be stored.
        """
        async with self._database.transaction() as connection:
            await connection.execute(
                "UPDATE proposals SET state = ?, outcome = ? WHERE id = ? AND state IN ('waiting', 'under way')",
                (state.value, outcome, proposal_id),
            )

    async def changed(self) -> bool:
        """Whether another process wrote to the database since this was asked last; costs no look at a table."""
        [(version,)] = await self._database.fetch("PRAGMA data_version")
        before, self._version = self._version, int(version)
        return before != self._version


def _proposal(number: int, at: float, cluster: str, title: str, text: str, state: str, outcome: str) -> KeptProposal:
    try:
        asked = msgspec.json.decode(text, type=Asked)
    except msgspec.DecodeError:
        asked = None
    return KeptProposal(number, at, cluster, title, asked, ProposalState(state), outcome)
