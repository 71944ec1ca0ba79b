"""`kubegenie provision`: clusters are created, changed and deleted, by a process that outlives the command."""

import argparse
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.cli.chats import opened_store
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.cli.passphrase import open_safe
from kubegenie_tui.cli.provision_lines import (
    outline_json,
    outline_lines,
    records_told,
    step_line,
    work_json,
    work_lines,
)
from kubegenie_tui.domain.creation import Change, Outline, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.pool_scaling import scale_change
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.changes.audit import Audit
    from kubegenie_tui.provision.works import Works
    from kubegenie_tui.store.store import Store

ENDED_WELL = (WorkState.DONE, WorkState.REMOVED)


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie provision plan|create|status|stop|resume|delete|upgrade|scale|work`."""
    if arguments.provision_verb == "work":
        from kubegenie_tui.cli.provision_work import work

        return work(arguments.id)
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_store() as store, _opened(store) as works:
        match arguments.provision_verb:
            case "plan":
                return await _plan(works, arguments)
            case "create":
                return await _create(works, store, arguments)
            case "status":
                return await _status(works, arguments)
            case "stop":
                await works.stop((await works.get(arguments.name)).id)
                return Exit.OK
            case "resume":
                return await _resume(works, store, arguments)
            case "delete":
                return await _delete(works, store, arguments)
            case "upgrade":
                return await _upgrade(works, store, arguments)
            case _:
                change = scale_change(arguments.pool, arguments.nodes, arguments.least, arguments.most)
                return await _change(works, store, change, arguments)


@asynccontextmanager
async def _opened(store: "Store") -> "AsyncIterator[Works]":
    from kubegenie_tui.changes.audit import open_audit
    from kubegenie_tui.paths import data_dir
    from kubegenie_tui.provision.opening import open_works
    from kubegenie_tui.settings import load_settings

    async def audit() -> "Audit":
        return await open_audit(store, data_dir())

    yield open_works(store, load_settings(), audit, "command line")


async def _plan(works: "Works", arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.provision.described import read_description

    provider, config, cluster = read_description(arguments.file)
    outline = await works.review(await works.makers.open(provider, config), cluster)
    if arguments.output == "json":
        write_json(outline_json(outline))
    else:
        _write(outline_lines(outline))
    return Exit.OK


async def _create(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.provision.described import read_description

    provider, config, cluster = read_description(arguments.file)
    maker = await works.makers.open(provider, config)
    outline = await works.review(maker, cluster)
    typed = _asked(outline, arguments)
    if maker.secrets or outline.seals:
        await open_safe(store.safe)
    begun = await works.begin(maker, cluster, outline, typed)
    return await _watch(works, begun, arguments)


async def _status(works: "Works", arguments: argparse.Namespace) -> Exit:
    if arguments.name or arguments.file:
        work = await works.get(_which(arguments))
        if arguments.follow:
            return await _watch(works, work, arguments)
        if arguments.output == "json":
            write_json(work_json(work, worked_on=works.is_worked_on(work.id)))
        else:
            _write(work_lines(work))
        return Exit.OK
    found = await works.all()
    if arguments.output == "json":
        write_json([work_json(each, worked_on=works.is_worked_on(each.id)) for each in found])
    elif found:
        lines = [
            [each.outline.name, each.outline.provider, each.kind.value, _stands(works, each), each.id] for each in found
        ]
        write_table(("NAME", "PROVIDER", "WHAT", "STATE", "ID"), lines)
    else:
        sys.stdout.write("No cluster was created here. `kubegenie provision create -f FILE` creates one.\n")
    return Exit.OK


def _which(arguments: argparse.Namespace) -> str:
    """The name of a cluster, as it is given or as the file has it that describes the cluster.

    Raises:
        UsageError: neither is given, or both, or the file names none.
    """
    from kubegenie_tui.provision.described import read_description

    if bool(arguments.name) == bool(arguments.file):
        raise UsageError("One cluster has to be named", next_step="give its name, or -f FILE that describes it")
    name = arguments.name or read_description(arguments.file)[2].get("name")
    if not name:
        raise UsageError(f"{arguments.file} names no cluster")
    return str(name)


def _stands(works: "Works", work: Work) -> str:
    return "broken off" if work.is_under_way and not works.is_worked_on(work.id) else work.state.value


async def _resume(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    work = await works.get(arguments.name)
    await _open_for(store, work)
    if arguments.without_failed:
        await works.skip(work.id)
    else:
        await works.go_on(work.id)
    return await _watch(works, work, arguments)


async def _delete(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    work = await works.get(_which(arguments))
    await _open_for(store, work)
    outline = await works.review_removal(work)
    await works.clean_up(work, outline, _asked(outline, arguments))
    return await _watch(works, work, arguments)


async def _upgrade(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    if arguments.to:
        return await _change(works, store, Change(WorkKind.UPGRADE, version=arguments.to), arguments)
    work = await works.get(arguments.name)
    await _open_for(store, work)
    found = await works.versions(work)
    if arguments.output == "json":
        write_json([{"version": each.value, "what": each.label} for each in found])
    else:
        _write([plain(f"{each.value}  {each.label}".rstrip()) for each in found] or ["There is no newer version."])
    return Exit.OK


async def _change(works: "Works", store: "Store", change: Change, arguments: argparse.Namespace) -> Exit:
    work = await works.get(arguments.name)
    await _open_for(store, work)
    maker, outline = await works.review_change(work, change)
    begun = await works.begin_change(maker, work, change, outline, _asked(outline, arguments))
    return await _watch(works, begun, arguments)


async def _open_for(store: "Store", work: Work) -> None:
    """Ask for the passphrase when secrets of the provider are behind one, or those of the cluster will be."""
    if work.outline.seals or f"work:{work.id}" in {owner for owner, _ in (await store.safe.state()).kept}:
        await open_safe(store.safe)


def _asked(outline: Outline, arguments: argparse.Namespace) -> str:
    """What a person typed at the sight of an outline.

    Raises:
        UsageError: nobody can be asked.
    """
    if arguments.confirm:
        return str(arguments.confirm)
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked: this is no terminal", next_step=f"give --confirm {outline.name}")
    _write(outline_lines(outline), sys.stderr.write)
    sys.stderr.write(f"\nType {plain(outline.name)} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()


async def _watch(works: "Works", work: Work, arguments: argparse.Namespace) -> Exit:
    """Print each step as it goes on, to the end of the work; its state is the exit status."""
    if arguments.__dict__.get("detach"):
        if arguments.output == "json":
            write_json(work_json(await works.get(work.id), worked_on=works.is_worked_on(work.id)))
        return Exit.OK
    seen: dict[str, str] = {}
    async for now in works.follow(work.id):
        work = now
        for record in records_told(work) if arguments.output != "json" else ():
            told = f"{record.state.value} {record.phase} {record.message}"
            if record.attempts and seen.get(record.key) != told:
                seen[record.key] = told
                _write([step_line(work, record, time.time())])
    if arguments.output == "json":
        write_json(work_json(work, worked_on=False))
    else:
        _write(work_lines(work)[:2] if work.message else work_lines(work)[:1])
    return Exit.OK if work.state in ENDED_WELL else Exit.FAILED


def _write(lines: list[str], write: Callable[[str], object] = sys.stdout.write) -> None:
    write("\n".join(lines) + "\n")
    sys.stdout.flush()
