"""`kubegenie audit`: the record of every change, read, checked, and handed on to other tools."""

import argparse
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.cli.complaint import complain
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json, write_json_line, write_table
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.log_time import moment
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.changes.audit import Audit, Entry, Verdict

_TITLES = ("#", "TIME", "CLUSTER", "WHO", "CHANGE", "OBJECT", "TIER", "APPROVED", "RESULT")
_EMPTY = "Nothing is on record.\n"


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie audit list|verify|prune|export`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with _opened() as audit:
        if arguments.audit_verb == "list":
            return await _list(audit, arguments)
        if arguments.audit_verb == "verify":
            return await _verify(audit, arguments)
        if arguments.audit_verb == "prune":
            return await _prune(audit, arguments)
        return await _export(audit, arguments.format)


@asynccontextmanager
async def _opened() -> AsyncIterator["Audit"]:
    """The log, which needs no cluster and no settings.

    Raises:
        StoreError: the database or the key cannot be used.
    """
    from kubegenie_tui.changes.audit import open_audit
    from kubegenie_tui.paths import data_dir, database_file
    from kubegenie_tui.store.store import Store

    store = await Store.open(database_file())
    try:
        if store.notice:
            complain(KubeGenieError(store.notice))
        yield await open_audit(store, data_dir())
    finally:
        await store.close()


async def _list(audit: "Audit", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.changes.audit import paired

    since = moment(arguments.since, time.time()) if arguments.since else 0.0
    found = paired(await audit.entries(2 * arguments.limit, arguments.context, since))[: arguments.limit]
    if arguments.output == "json":
        for intent, result in found:
            write_json_line(_as_json(intent, result))
    elif found:
        write_table(_TITLES, [_cells(intent, result) for intent, result in found], right={0})
    else:
        sys.stderr.write(_EMPTY)
    return Exit.OK


def _as_json(intent: "Entry", result: "Entry | None") -> dict[str, Any]:
    told = msgspec.structs.asdict(intent)
    ended = result or msgspec.structs.replace(intent, result="unknown")
    told |= {name: getattr(ended, name) for name in ("result", "code", "message", "latency_ms")}
    return {name: value for name, value in told.items() if name not in ("phase", "intent")}


def _cells(intent: "Entry", result: "Entry | None") -> list[str]:
    name = f"{intent.namespace}/{intent.name}" if intent.namespace else intent.name
    return [
        str(intent.seq),
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(intent.at)),
        intent.cluster,
        intent.identity or intent.actor,
        intent.plan,
        f"{intent.verb} {'/'.join(part for part in (intent.kind, intent.subresource) if part)} {name}",
        f"W{intent.tier}",
        intent.how,
        _outcome(result),
    ]


def _outcome(result: "Entry | None") -> str:
    if result is None:
        return "no result: under way, or KubeGenie ended before the answer"
    code = f" {result.code}" if result.code and result.result != "done" else ""
    return f"{result.result}{code}{f': {result.message}' if result.message else ''}"


async def _verify(audit: "Audit", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.changes.audit_pruning import archived

    if arguments.archive:
        verdict = await audit.verify_archive(archived(Path(arguments.archive)))
    else:
        verdict = await audit.verify()
    return _judged(verdict, arguments.output)


async def _prune(audit: "Audit", arguments: argparse.Namespace) -> int:
    from kubegenie_tui.changes.audit_pruning import prune

    now = time.time()
    pruned = await prune(audit, moment(arguments.before, now), Path(arguments.to), now)
    if arguments.output == "json":
        write_json(pruned)
    else:
        told = f"{pruned.entries} entries are in {pruned.file} now. The log begins after entry {pruned.last}"
        sys.stdout.write(f"{told}, whose seal is {pruned.seal}\n")
    return Exit.OK


def _judged(verdict: "Verdict", output: str) -> int:
    if output == "json":
        write_json(verdict)
    elif verdict.ok and not verdict.checked:
        sys.stdout.write(_EMPTY)
    elif verdict.ok:
        since = f" from entry {verdict.begins} on: those before were taken out by `prune`" if verdict.begins > 1 else ""
        told = f"{verdict.checked} entries, every one as it was written{since}. The last seal is {verdict.head}"
        sys.stdout.write(f"{told}\n")
    else:
        complain(_damage(verdict))
    return Exit.OK if verdict.ok else Exit.FAILED


def _damage(verdict: "Verdict") -> KubeGenieError:
    what = f"Entry {verdict.first_bad} of the audit log is not good" if verdict.first_bad is not None else ""
    advice = f"{verdict.checked} entries before it are good: compare with a copy or an export"
    return KubeGenieError(what or "A checkpoint of the audit log was changed", verdict.why, advice)


async def _export(audit: "Audit", form: str) -> int:
    from kubegenie_tui.changes.audit_export import exported

    async for line in exported(audit, form):
        sys.stdout.write(f"{line}\n")
    return Exit.OK
