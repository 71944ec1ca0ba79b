"""What a person can do about the making of clusters; the work itself is done by a process that outlives this one."""

import asyncio
import contextlib
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.changes.works import WorkRecords
from kubegenie_tui.domain.creation import (
    Change,
    Choice,
    Identity,
    Leftover,
    Outline,
    PlannedStep,
    StepRecord,
    StepState,
    Work,
    WorkKind,
    WorkState,
)
from kubegenie_tui.domain.errors import SpecRefused, UsageError
from kubegenie_tui.provision.described import described, recalled
from kubegenie_tui.provision.locks import Locks
from kubegenie_tui.provision.makers import Maker, Makers
from kubegenie_tui.provision.process import Handover
from kubegenie_tui.provision.registering import reached_anew

if TYPE_CHECKING:
    from kubegenie_tui.store.store import Store

Records = Callable[[], Awaitable[WorkRecords]]
Start = Callable[[str, Handover], Awaitable[None]]
"""Let a process begin to work on one."""

LOOK_SECONDS = 0.5
"""Between two looks at the record of a work that another process does."""
UNTOUCHED = (StepState.WAITING, StepState.REMOVED)


class Works:
    """All works, and how one is begun, stopped, taken up again and undone."""

    def __init__(self, store: "Store", makers: Makers, records: Records, locks: Locks, start: Start) -> None:
        self._store = store
        self._kept = store.works
        self.makers = makers
        self._records = records
        self._locks = locks
        self._start = start

    async def review(self, maker: Maker, spec: Mapping[str, Any]) -> Outline:
        """All that would be done for a cluster; nothing is.

        Raises:
            SpecRefused: it cannot be made so, and which field says so.
            KubeGenieError: the provider cannot say.
        """
        model = await asyncio.to_thread(described, maker.spec, spec)
        outline: Outline = await maker.ask("outline", model)
        if outline.name in [each.name for each in await self._store.clusters.all()]:
            step = "choose another name, or forget that one first"
            raise SpecRefused(f"A cluster called {outline.name} is registered already", next_step=step, field="name")
        return outline

    async def begin(self, maker: Maker, spec: Mapping[str, Any], outline: Outline, typed: str) -> Work:
        """A person has seen the outline and typed the cluster's name: it is begun.

        Raises:
            UsageError: they typed something else, or one of that name is being made.
            SecretsLocked, KeyringFailed: the provider has secrets, and the safe does not open.
            StoreError: it cannot be put on record; nothing is made.
        """
        name = outline.name
        with self._locks.held(f"cluster-{re.sub('[^a-z0-9-]', '_', name)}"):
            for each in await self.all():
                if each.outline.name == name and each.kind is WorkKind.CREATE and each.is_under_way:
                    step = f"`kubegenie provision status {name}` says how far it is"
                    raise UsageError(f"A cluster called {name} is being made already", next_step=step)
            return await self._begin(maker, Work(_new_id(), WorkKind.CREATE, outline, {}, dict(spec), (), 0.0), typed)

    async def review_change(self, work: Work, change: Change) -> tuple[Maker, Outline]:
        """All that a change of the cluster that a work made would do.

        Raises:
            UsageError: its provider changes nothing, or no bounds, or its cluster cannot be changed as it stands.
            KubeGenieError: the provider says no, or cannot say.
        """
        _require_unchanged(work, await self.all())
        maker = await self.maker_of(work)
        maker.require_change()
        if change.bounds is not None:
            maker.require_bounds()
        await maker.require_place(work.outline)
        model = await asyncio.to_thread(recalled, maker.spec, await asyncio.to_thread(_spec_now, maker, work))
        return maker, await maker.ask("change_outline", model, work.made, change)

    async def begin_change(self, maker: Maker, work: Work, change: Change, outline: Outline, typed: str) -> Work:
        """As `begin`, for a change."""
        spec = await asyncio.to_thread(_spec_now, maker, work)
        begun = Work(_new_id(), change.kind, outline, {}, spec, (), 0.0, of=work.id, change=change)
        return await self._begin(maker, begun, typed)

    async def versions(self, work: Work) -> list[Choice]:
        """What the cluster of a work can be upgraded to.

        Raises:
            UsageError: its provider changes nothing.
            KubeGenieError: the provider cannot say.
        """
        maker = await self.maker_of(work)
        maker.require_change()
        found: list[Choice] = await maker.ask("versions", work.outline.name)
        return found

    async def maker_of(self, work: Work) -> Maker:
        """The provider of a work, with the configuration that it was begun with.

        Raises:
            SecretsLocked, KeyringFailed: the safe does not open.
            UsageError, PluginError: it cannot be used any more, or changes nothing.
        """
        return await self.makers.open(work.outline.provider, {**work.config, **await self._kept.secrets(work.id)})

    async def renew(self, work: Work, login: Mapping[str, Any]) -> Identity:
        """Let a cluster be worked on, and be reached, by other credentials than so far; who we are by them.

        Args:
            work: the one that goes on with them, as do all others of its cluster.
            login: values of `Maker.login`, those alone that say something.

        Raises:
            UsageError: a process works on it.
            SpecRefused: the configuration cannot be so.
            KubeGenieError: nobody is known by them, or they lead elsewhere; what was kept before is kept.
        """
        works = await self.all()
        begun = next((each for each in works if each.id == work.of), work)
        before = await self.makers.load(work.outline.provider)
        rest = {key: value for key, value in begun.config.items() if key not in before.manifest.login}
        maker = await self.makers.open(work.outline.provider, {**rest, **login})
        known: Identity = await maker.ask("identify")
        await maker.require_place(begun.outline)
        with contextlib.ExitStack() as held:
            ids = [each.id for each in works if begun.id in (each.id, each.of)]
            for each in ids:
                held.enter_context(self._locks.held(each))
            if begun.removal is None:
                await reached_anew(self._store, maker, begun)
            await self._kept.renew([await self.get(each) for each in ids], maker.config, maker.secrets)
        return known

    async def all(self) -> list[Work]:
        """Every work, the latest first."""
        return await self._kept.all()

    async def get(self, named: str) -> Work:
        """The work of this id, or the latest of those that made or make the cluster of this name.

        One that nothing is there of comes after the others: what it was to make may have had another's name.

        Raises:
            UsageError: there is none.
        """
        works = await self.all()
        found = [each for each in works if named == each.id]
        found = found or [each for each in works if each.kind is WorkKind.CREATE and each.outline.name == named]
        if found:
            return next((each for each in found if not each.is_gone), found[0])
        names = ", ".join(sorted({each.outline.name for each in works})) or "nothing was made yet"
        step = "what was only registered is changed where it was made"
        raise UsageError(f'No cluster "{named}" was made here', names, step)

    async def follow(self, work_id: str) -> AsyncIterator[Work]:
        """A work as it is, and again whenever it has come further, until nobody works on it (any more)."""
        before = None
        while True:
            running = self.is_worked_on(work_id)
            work = await self.get(work_id)
            if work != before:
                before = work
                yield work
            if not running:
                return
            await asyncio.sleep(LOOK_SECONDS)

    def is_worked_on(self, work_id: str) -> bool:
        """Whether a process works on it now."""
        return self._locks.is_held(work_id)

    async def stop(self, work_id: str) -> None:
        """Let whoever works on it stop as soon as it can; what was asked for is not taken back.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._kept.wish_stop(work_id, stop=True)

    async def go_on(self, work_id: str) -> None:
        """Take a work up again where it stands: what failed is tried again.

        Raises:
            UsageError: another process works on it.
            KubeGenieError: it cannot be taken up.
        """
        await self._kept.wish_stop(work_id, stop=False)
        await self._start(work_id, Handover(await self._kept.secrets(work_id), self._store.safe.lent))

    async def skip(self, work_id: str) -> None:
        """Go on without the steps that failed.

        Raises:
            UsageError: the rest cannot go on without one of them, or another process works on it.
            KubeGenieError: it cannot be taken up.
        """
        with self._locks.held(work_id):
            work = await self.get(work_id)
            optional = {each.key for each in work.outline.steps if each.optional}
            failed = [each.key for each in work.steps if each.state is StepState.FAILED]
            if needed := [key for key in failed if key not in optional]:
                raise UsageError(f"Nothing goes on without {needed[0]}", next_step="try again, or clean up")
            steps = tuple(_skipped(each) if each.key in failed else each for each in work.steps)
            await self._kept.save(msgspec.structs.replace(work, steps=steps))
        await self.go_on(work_id)

    async def broken_off(self) -> list[Work]:
        """What a process should be working on, and none is: it crashed, or the machine did."""
        return [each for each in await self.all() if each.is_under_way and not self.is_worked_on(each.id)]

    async def review_removal(self, work: Work) -> Outline:
        """What would be removed, the last first, and what the cluster itself made and would be left.

        Raises:
            UsageError: it was a change, or nothing is left of it.
            KubeGenieError: the provider cannot say.
        """
        if work.kind is not WorkKind.CREATE:
            raise UsageError("A change cannot be cleaned up", next_step="remove the cluster, or change it again")
        planned = {each.key: each for each in work.outline.steps}
        touched = _touched(work)
        if not touched:
            raise UsageError(f"Nothing is there of {work.outline.name}", next_step="forget it in the list of works")
        maker = await self.maker_of(work)
        await maker.require_place(work.outline)
        model = await asyncio.to_thread(recalled, maker.spec, work.spec)
        left: list[Leftover] = await maker.ask("leftovers", model, work.made)
        return Outline(
            work.outline.provider,
            work.outline.name,
            work.outline.where,
            tuple(_removal(planned[each.key], each) for each in reversed(touched) if not planned[each.key].stays),
            leaves=(*(str(each) for each in left if not each.goes), *work.outline.leaves),
            warnings=tuple(f"It goes with the cluster: {each}" for each in left if each.goes),
        )

    async def clean_up(self, work: Work, outline: Outline, typed: str) -> None:
        """A person has seen what would be removed and typed the cluster's name: it is begun.

        Raises:
            UsageError: they typed something else, or a process works on it: stop it first.
            StoreError: it cannot be put on record; nothing is removed.
        """
        with self._locks.held(work.id):
            await (await self._records()).approve(work.id, outline, typed)
            kept = await self.get(work.id)
            await self._kept.save(msgspec.structs.replace(kept, state=WorkState.REMOVING, removal=outline, message=""))
        await self.go_on(work.id)

    async def forget(self, work_id: str) -> None:
        """Take the work of a cluster that is removed, or was never begun, off the list, with the changes of it.

        Raises:
            UsageError: something of it is there, or a process works on it.
        """
        with self._locks.held(work_id):
            work = await self.get(work_id)
            if work.kind is not WorkKind.CREATE:
                what = f"The {work.kind.value} of {work.outline.name} is forgotten with the cluster"
                raise UsageError(what, next_step="forget the work that created it, once that is cleaned up")
            if work.state is not WorkState.REMOVED and _touched(work):
                why = "without it nobody knows what was made, and nothing could be cleaned up"
                raise UsageError(f"The work on {work.outline.name} cannot be forgotten", why, "clean it up first")
            for each in await self.all():
                if work_id in (each.id, each.of):
                    await self._kept.forget(each.id)

    async def _begin(self, maker: Maker, work: Work, typed: str) -> Work:
        approval = await (await self._records()).approve(work.id, work.outline, typed)
        steps = tuple(StepRecord(each.key) for each in work.outline.steps)
        begun = msgspec.structs.replace(work, config=maker.config, steps=steps, at=approval.at)
        await self._kept.add(begun, maker.secrets)
        await self._start(begun.id, Handover(maker.secrets, self._store.safe.lent))
        return begun


async def made_by(works: Works, cluster: str, origin: str) -> Work | None:
    """The work that made a cluster of the list, which was registered by this provider; None for one from elsewhere."""
    for each in await works.all() if origin else []:
        outline = each.outline
        if each.kind is WorkKind.CREATE and (outline.name, outline.provider) == (cluster, origin):
            return each if each.state is not WorkState.REMOVED else None
    return None


async def pools_of(maker: Maker, work: Work) -> tuple[str, ...]:
    """The names of the pools of nodes that the cluster of a work was made with.

    Raises:
        UsageError: its provider changes nothing.
    """
    from kubegenie_tui.providers.specs import pool_names

    maker.require_change()
    return pool_names(await asyncio.to_thread(lambda: recalled(maker.spec, _spec_now(maker, work))))


def _spec_now(maker: Maker, work: Work) -> dict[str, Any]:
    """What the cluster of a work was asked for, without the pools that a person went on without."""
    from kubegenie_tui.providers.specs import pool_names

    skipped, pools = {each.key for each in work.steps if each.state is StepState.SKIPPED}, work.spec.get("pools")
    if not skipped or not pools:
        return work.spec
    names = pool_names(recalled(maker.spec, work.spec))
    kept = [each for each, name in zip(pools, names, strict=True) if f"pool/{name}" not in skipped]
    return {**work.spec, "pools": kept}


def _require_unchanged(work: Work, works: list[Work]) -> None:
    """Raise UsageError unless this work has made its cluster, and none of the others changes that."""
    name = work.outline.name
    if work.kind is not WorkKind.CREATE:
        raise UsageError("A change is not changed itself", next_step=f"change {name}")
    if work.state is not WorkState.DONE:
        step = "make a new one" if work.state is WorkState.REMOVED else "let it end, go on with it or clean it up"
        raise UsageError(f"{name} cannot be changed now", f"the work on it is {work.state.value}", step)
    for each in works:
        if each.of == work.id and each.is_under_way:
            step = f"wait for it, or go on with {each.id}"
            raise UsageError(f"Another {each.kind.value} of {name} is under way", next_step=step)


def _new_id() -> str:
    """Letters and digits alone: every cloud takes that as a label."""
    return f"kg{int(time.time()):x}{secrets.token_hex(3)}"


def _skipped(record: StepRecord) -> StepRecord:
    return msgspec.structs.replace(record, state=StepState.SKIPPED)


def _touched(work: Work) -> list[StepRecord]:
    """The steps of which something may be there."""
    return [each for each in work.steps if each.state not in UNTOUCHED]


def _removal(planned: PlannedStep, record: StepRecord) -> PlannedStep:
    """What is not known to be there is looked for: the answer to its request may have been lost."""
    is_known = record.made or record.state is StepState.DONE
    how = f"remove what {planned.call} made" if is_known else "remove it only if this work made it"
    return PlannedStep(planned.key, planned.title, how, dict(record.made), usual_seconds=0)
