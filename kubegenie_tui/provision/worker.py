"""The process that makes a cluster: it takes up a work where it stands, and sees it to an end."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from kubegenie_tui.changes.works import WorkRecords
from kubegenie_tui.domain.creation import Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import KubeGenieError, StoreError, TryLater, UsageError, unexpected
from kubegenie_tui.providers.making import Step
from kubegenie_tui.provision.described import recalled
from kubegenie_tui.provision.engine import Engine
from kubegenie_tui.provision.ledger import Ledger
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.provision.makers import Maker, Makers
from kubegenie_tui.provision.patience import Patience, Stopped, why_again
from kubegenie_tui.provision.registering import is_of, registered

if TYPE_CHECKING:
    from pydantic import BaseModel

    from kubegenie_tui.store.store import Store

ENDED = (WorkState.DONE, WorkState.REMOVED)


class Worker:
    """Works on one thing at a time, and nobody else does on the same."""

    def __init__(self, store: "Store", makers: Makers, records: WorkRecords, locks: Locks, look_seconds: float) -> None:
        self._store = store
        self._makers = makers
        self._records = records
        self._locks = locks
        self._look_seconds = look_seconds

    async def work_on(self, work_id: str, secrets: Mapping[str, str], begun: Callable[[], None]) -> Work:
        """See a work to an end; what became of it.

        Args:
            work_id: which.
            secrets: of its provider, by field.
            begun: told once nobody else can work on it.

        Raises:
            UsageError: there is none of this id, another process works on it, or nobody said yes to it.
            StoreError: it cannot be put on record.
        """
        with self._locks.held(work_id):
            begun()
            work = await self._store.works.get(work_id)
            if work is None:
                raise UsageError(f"There is no work {work_id}", next_step="`kubegenie provision status` names them")
            if work.state in ENDED:
                return work
            ledger = Ledger(work, self._store.works, time.time)
            await self._see_to(ledger, secrets)
            return ledger.work

    async def _see_to(self, ledger: Ledger, secrets: Mapping[str, str]) -> None:
        """Whatever stops it is on record: nobody may be there to read a message."""
        work = ledger.work
        try:
            approval = await self._records.given(work.id, work.removal or work.outline)
            maker = await self._makers.open(work.outline.provider, {**work.config, **secrets})
            ledger.logs_in = bool(maker.login)
            spec = recalled(maker.spec, work.spec)
            await ledger.goes_on(WorkState.REMOVING if work.removal else WorkState.RUNNING)
            patience = Patience(ledger.is_to_stop, self._look_seconds)
            begun = await self._store.works.get(work.of) if work.of else work
            outline = (begun or work).outline
            await patience.patiently(lambda: maker.require_place(outline), _telling(ledger))
            steps = await patience.patiently(lambda: steps_of(maker, spec, work), _telling(ledger))
            await ledger.set(message="")
            engine = Engine(ledger, self._records, patience)
            if work.removal:
                await engine.remove(steps, approval, lambda: self._forget(work))
            else:
                await engine.make(steps, approval, lambda: self._register(ledger, maker))
        except StoreError:
            raise
        except Stopped as stopped:
            await ledger.set(state=WorkState.STOPPED, message=str(stopped))
        except KubeGenieError as error:
            await ledger.failed(error)
        except Exception as error:  # a provider may be anybody's program
            await ledger.failed(unexpected(error))

    async def _register(self, ledger: Ledger, maker: Maker) -> None:
        """Make the new cluster known to everything else here."""
        work = ledger.work
        if work.kind is not WorkKind.CREATE:
            return

        patience = Patience(ledger.is_to_stop, self._look_seconds)
        server = await patience.patiently(lambda: registered(self._store, maker, work), _telling(ledger))
        await ledger.set(server=server)

    async def _forget(self, work: Work) -> None:
        """Forget the registration of a cluster that is gone, if it is the one that this work made."""
        for each in await self._store.clusters.all():
            if is_of(each, work):
                await self._store.clusters.delete(each.name)


def _telling(ledger: Ledger) -> Callable[[TryLater], Awaitable[None]]:
    """What puts on record that something of the work as a whole is tried again."""

    async def told(error: TryLater) -> None:
        await ledger.set(message=why_again(error))

    return told


async def steps_of(maker: Maker, spec: "BaseModel", work: Work) -> Sequence[Step]:
    """The steps of a work, in the order of its records.

    Raises:
        UsageError: the provider has other steps now than were shown.
        KubeGenieError: the provider cannot say.
    """
    if work.change is not None:
        steps = await maker.provider.change_steps(spec, work.made, work.change, work.id)
    else:
        steps = await maker.provider.steps(spec, work.id)
    if [each.planned.key for each in steps] != [each.key for each in work.steps]:
        raise UsageError(
            f"{maker.name} has other steps now than those that were approved",
            "it was changed since",
            "clean up with the version that began it, or ask for it anew",
        )
    return list(steps)
