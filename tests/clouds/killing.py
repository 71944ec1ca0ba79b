"""Processes that work are killed in the middle of it, and others go on."""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import psutil
import pytest

from kubegenie_tui.domain.creation import Change, StepRecord, StepState, Work
from kubegenie_tui.provision import works as provision_works
from kubegenie_tui.provision.process import Handover, start
from tests.clouds.making import Making
from tests.unit.provision.test_process import workers

MOST_STARTS = 30


class Killer:
    """Whoever works is killed once at each moment that is told of."""

    def __init__(self, making: Making, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Works are done by processes of their own from now on, which find the entry points in `site`."""
        monkeypatch.setenv("PYTHONPATH", str(site))
        monkeypatch.setenv("KUBEGENIE_PROVISION_LOOK_SECONDS", "0.05")
        monkeypatch.setattr(provision_works, "LOOK_SECONDS", 0.05)
        making.works._start = self._start
        self._making = making
        self._work_id = ""
        self.moments: list[str] = []
        """At which somebody was killed, in order."""
        self.found: Callable[[Work], object] = bool
        """Told of each work that whoever was killed left behind, before another goes on."""

    def at(self, moment: str) -> None:
        """Told from any thread; nothing while nobody works."""
        if self._work_id and moment not in self.moments and (begun := self._begun()):
            self.moments.append(moment)
            _kill(begun)

    def end(self) -> None:
        """Kill whoever works now."""
        _kill(self._begun())

    def _begun(self) -> list[psutil.Process]:
        """Who works; one whose parent still waits to hear that it begins is waited for."""
        while True:
            found = {each.pid: each for each in workers(self._work_id)}
            parents = {pid: _parent_of(each) for pid, each in found.items()}
            begun = [found[pid] for pid, parent in parents.items() if parent not in {0, os.getpid(), *found}]
            if begun or not any(parent in found for parent in parents.values()):
                return begun

    async def made(self, lost: Callable[[], str] = str, **spec: object) -> Work:
        """A cluster; after each death another process goes on.

        Args:
            lost: the step whose record does not say what was made, though it was; none when empty.
            spec: what is made.
        """
        return await self.seen_to(await self._making.begin(**spec), lost)

    async def changed(self, work: Work, change: Change) -> Work:
        """A change of what a work made; after each death another process goes on."""
        self.moments.clear()
        maker, outline = await self._making.works.review_change(work, change)
        begun = await self._making.works.begin_change(maker, work, change, outline, work.outline.name)
        return await self.seen_to(begun)

    async def removed(self, work: Work) -> Work:
        """What a work made goes; after each death another process goes on."""
        self.moments.clear()
        await self._making.begin_removal(work)
        return await self.seen_to(work)

    async def seen_to(self, work: Work, lost: Callable[[], str] = str) -> Work:
        """Wait for each process to end, and let another one go on, as long as one is needed."""
        works = self._making.works
        for _ in range(MOST_STARTS):
            async for now in works.follow(work.id):
                work = now
            broken = await works.broken_off()
            if not broken:
                return work
            self.found(broken[0])
            if key := lost():
                steps = tuple(_unrecorded(each, key) for each in broken[0].steps)
                await self._making.store.works.save(msgspec.structs.replace(broken[0], steps=steps))
            await works.go_on(broken[0].id)
        raise AssertionError(f"it does not end: {work}")

    async def _start(self, work_id: str, given: Handover) -> None:
        self._work_id = work_id
        await start(work_id, given)


def _kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _parent_of(process: psutil.Process) -> int:
    """The id of its parent; 0 when it has just ended."""
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def _unrecorded(record: StepRecord, key: str) -> StepRecord:
    """The record of a step, for the one of this key as it was before it said what was made."""
    lost = record.key == key and record.state is StepState.STARTED
    return msgspec.structs.replace(record, made={}) if lost else record
