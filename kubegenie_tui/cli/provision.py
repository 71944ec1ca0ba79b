"""`kubegenie provision`: clusters are created, changed and deleted, by a process that outlives the command."""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TextIO

from kubegenie_tui.cli.chats import opened_store
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_table
from kubegenie_tui.cli.passphrase import open_safe
from kubegenie_tui.cli.provision_lines import (
    head_lines,
    identity_lines,
    outline_json,
    outline_lines,
    records_told,
    stands,
    step_line,
    work_json,
    work_lines,
)
from kubegenie_tui.cli.typed_line import typed_line
from kubegenie_tui.domain.creation import Change, Outline, Work, WorkKind, WorkState
from kubegenie_tui.domain.errors import SecretsLocked, SpecRefused, UsageError
from kubegenie_tui.domain.pool_scaling import scale_change
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.changes.audit import Audit
    from kubegenie_tui.provision.makers import Maker
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
    from kubegenie_tui.provision.again import begun_of, left_to_do

    maker, cluster = await _described(works, arguments)
    known = await maker.ask("identify")
    begun = await begun_of(works, maker, cluster)
    outline = left_to_do(begun) if begun else await _reviewed(works, maker, cluster)
    if arguments.output == "json":
        write_json({**outline_json(outline), "identity": known})
    else:
        _write([*identity_lines(known), *outline_lines(outline)])
    return Exit.OK


async def _create(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.provision.again import begun_of

    maker, cluster = await _described(works, arguments)
    if begun := await begun_of(works, maker, cluster):
        return await _create_again(works, store, begun, maker, arguments)
    known = await maker.ask("identify")
    outline = await _reviewed(works, maker, cluster)
    typed = _asked(outline, arguments, identity_lines(known))
    if maker.secrets or outline.seals:
        await open_safe(store.safe)
    begun = await works.begin(maker, cluster, outline, typed)
    return await _watch(works, begun, arguments)


async def _create_again(
    works: "Works", store: "Store", work: Work, maker: "Maker", arguments: argparse.Namespace
) -> Exit:
    """What was begun of the same description is gone on with as far as that is needed: the yes to it is on record."""
    name = plain(work.outline.name)
    if works.is_worked_on(work.id):
        _tell([f"{name} is being created already."])
    elif work.state is WorkState.DONE:
        _tell([f"{name} is there already: nothing is done."])
        try:
            await _take_login(works, store, work, maker)
        except SecretsLocked as error:
            _tell([f"The credentials of the file were not looked at: {error}"])
    else:
        _tell([f"{name} was begun before, and is {stands(work, worked_on=False)}: it goes on."])
        await _open_for(store, work)
        await _take_login(works, store, work, maker)
        await works.go_on(work.id)
    return await _watch(works, work, arguments)


async def _take_login(works: "Works", store: "Store", work: Work, maker: "Maker") -> None:
    """The credentials of a file, if it has any, take the place of those that a work is kept with."""
    from kubegenie_tui.provision.again import login_of

    login = login_of(maker)
    if not login:
        return
    await (open_safe(store.safe) if maker.secrets else _open_for(store, work))
    if login != login_of(await works.maker_of(work)):
        known = await works.renew(work, login)
        _tell([plain(f"The credentials of the file are taken from now on: as {known.who}.")])


async def _described(works: "Works", arguments: argparse.Namespace) -> "tuple[Maker, dict[str, Any]]":
    """The provider of a file, told how it is reached, and what the file says of the cluster."""
    from kubegenie_tui.provision.described import read_description

    provider, config, cluster = read_description(arguments.file)
    await works.makers.require_fit(provider, config, cluster)
    return await works.makers.open(provider, config), cluster


async def _reviewed(works: "Works", maker: "Maker", cluster: dict[str, Any]) -> Outline:
    """What would be done; where the provider refuses a field, that is named as the file has it."""
    try:
        return await works.review(maker, cluster)
    except SpecRefused as error:
        field = f"cluster.{error.field}: " if error.field else ""
        raise SpecRefused(f"{field}{error.what}", error.why, error.next_step, field=error.field) from error


async def _status(works: "Works", arguments: argparse.Namespace) -> Exit:
    if arguments.name or arguments.file:
        work = await _which(works, arguments)
        if arguments.follow:
            return await _watch(works, work, arguments)
        worked_on = works.is_worked_on(work.id)
        if arguments.output == "json":
            write_json(work_json(work, worked_on=worked_on))
        else:
            _write(work_lines(work, worked_on=worked_on))
        return Exit.OK
    found = await works.all()
    if arguments.output == "json":
        write_json([work_json(each, worked_on=works.is_worked_on(each.id)) for each in found])
    elif found:
        lines = [
            [
                *(each.outline.name, each.outline.provider, each.kind.value),
                *(stands(each, worked_on=works.is_worked_on(each.id)), each.id),
            ]
            for each in found
        ]
        write_table(("NAME", "PROVIDER", "WHAT", "STATE", "ID"), lines)
    else:
        sys.stdout.write("No cluster was created here. `kubegenie provision create -f FILE` creates one.\n")
    return Exit.OK


async def _which(works: "Works", arguments: argparse.Namespace) -> Work:
    """The work that made the cluster whose name is given, or that a file describes.

    Raises:
        UsageError: neither is given, or both, the file names none, or it means another cluster.
    """
    from kubegenie_tui.provision.again import named_by
    from kubegenie_tui.provision.described import read_description

    if bool(arguments.name) == bool(arguments.file):
        raise UsageError("One cluster has to be named", next_step="give its name, or -f FILE that describes it")
    if arguments.name:
        return await works.get(arguments.name)
    provider, config, cluster = read_description(arguments.file)
    if not cluster.get("name"):
        raise UsageError(f"{arguments.file} names no cluster")
    return await named_by(works, provider, config, str(cluster["name"]))


async def _resume(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    work = await works.get(arguments.name)
    await _open_for(store, work)
    if arguments.without_failed:
        await works.skip(work.id)
    else:
        await works.go_on(work.id)
    return await _watch(works, work, arguments)


async def _delete(works: "Works", store: "Store", arguments: argparse.Namespace) -> Exit:
    from kubegenie_tui.provision.described import read_description

    work = await _which(works, arguments)
    name = plain(work.outline.name)
    if work.is_gone:
        _tell([f"Nothing is there of {name}: nothing is done."])
        if arguments.output == "json":
            write_json(work_json(work, worked_on=False))
        return Exit.OK
    if works.is_worked_on(work.id):
        if work.state is not WorkState.REMOVING:
            step = f"wait for its end, or `kubegenie provision stop {name}`"
            raise UsageError(f"{name} cannot be removed now: a process works on it", next_step=step)
        _tell([f"{name} is being removed already."])
        return await _watch(works, work, arguments)
    await _open_for(store, work)
    if arguments.file:
        provider, config, _ = read_description(arguments.file)
        await _take_login(works, store, work, await works.makers.open(provider, config))
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


def _asked(outline: Outline, arguments: argparse.Namespace, before: Sequence[str] = ()) -> str:
    """What a person typed at the sight of an outline, and of what is told before it.

    Raises:
        UsageError: nobody can be asked.
    """
    _tell([*before, *outline_lines(outline), ""])
    if arguments.confirm:
        return str(arguments.confirm)
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked: this is no terminal", next_step=f"give --confirm {outline.name}")
    return typed_line(f"Type {plain(outline.name)} to go on: ")


async def _watch(works: "Works", work: Work, arguments: argparse.Namespace) -> Exit:
    """Tell each step as it goes on, to the end of the work; its state is the exit status."""
    if arguments.__dict__.get("detach"):
        now = await works.get(work.id)
        worked_on = works.is_worked_on(work.id)
        if arguments.output == "json":
            write_json(work_json(now, worked_on=worked_on))
        else:
            _write(head_lines(now, worked_on=worked_on))
        return Exit.OK
    try:
        work = await _followed(works, work)
    except asyncio.CancelledError:
        if works.is_worked_on(work.id):
            name = plain(work.outline.name)
            _tell([f"\n{name} goes on without this command: see `kubegenie provision status {name} --follow`."])
        raise
    if arguments.output == "json":
        write_json(work_json(work, worked_on=False))
    else:
        _write(head_lines(work, worked_on=False))
    return Exit.OK if work.state in ENDED_WELL else Exit.FAILED


async def _followed(works: "Works", work: Work) -> Work:
    """The work when nobody works on it any more."""
    seen: dict[str, str] = {}
    async for now in works.follow(work.id):
        work = now
        for record in records_told(work):
            told = f"{record.state.value} {record.phase} {record.message}"
            if record.attempts and seen.get(record.key) != told:
                seen[record.key] = told
                _tell([step_line(work, record, time.time())])
    return work


def _tell(lines: Sequence[str]) -> None:
    """What a person may want to know beside the answer."""
    _write(lines, sys.stderr)


def _write(lines: Sequence[str], to: TextIO | None = None) -> None:
    out = to or sys.stdout
    out.write("\n".join(lines) + "\n")
    out.flush()
