"""`kubegenie notes`: what people noted about faults, told again when the same fault returns."""

import argparse
import sys
import time
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.cli.chats import opened_store
from kubegenie_tui.cli.connect import opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json_line, write_table
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.chat_export import stamp
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.incident import IncidentNote, note_about
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.ending import run_to_end

if TYPE_CHECKING:
    from kubegenie_tui.store.notes import Notes

_TITLES = ("#", "DATE", "CLUSTER", "ABOUT", "NOTE")


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie notes list|add|delete`."""
    return run_to_end(_add(arguments) if arguments.notes_verb == "add" else _run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    async with opened_store() as store:
        if arguments.notes_verb == "list":
            await _list(store.notes, arguments)
        elif not await store.notes.delete(arguments.number):
            raise UsageError(f"There is no note {arguments.number}", next_step="`kubegenie notes list` numbers them")
    return Exit.OK


async def _list(notes: "Notes", arguments: argparse.Namespace) -> None:
    found = await notes.of(arguments.context)
    if arguments.output == "json":
        for note in found:
            write_json_line({**msgspec.structs.asdict(note), "at": stamp(note.at)})
    elif found:
        write_table(_TITLES, [_cells(note) for note in found], {0})
    else:
        sys.stdout.write("There are no notes.\n")


def _cells(note: IncidentNote) -> list[str]:
    day = time.strftime("%Y-%m-%d", time.gmtime(note.at))
    return [str(note.id), day, note.cluster, note.about or "the cluster", note.text]


async def _add(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.genie.redaction.redactor import Redactor

    _require_rule(arguments.rule)
    async with opened_services(arguments) as services:
        cluster = arguments.context or services.manager.current
        if not cluster:
            raise UsageError("There is no current cluster", next_step="name one with --context")
        text = Redactor().text(" ".join(arguments.words))
        ref = _object(arguments, cluster)
        kept = await services.store.notes.add(note_about(cluster, text, time.time(), arguments.rule, ref))
    sys.stdout.write(f"Noted as {kept.id}, about {kept.about or f'cluster {cluster}'}.\n")
    return Exit.OK


def _require_rule(rule: str) -> None:
    """Raise for a rule that no diagnosis has.

    Raises:
        UsageError: there is none; near names are offered.
    """
    from kubegenie_tui.diagnostics.rules import ids

    if rule and rule not in (known := ids()):
        near = nearest(rule, sorted(known))
        hint = f"did you mean {near}?" if near else "`kubegenie diagnose -o json` names the rule of each finding"
        raise UsageError(f'There is no rule "{rule}"', next_step=hint)


def _object(arguments: argparse.Namespace, cluster: str) -> ObjectRef | None:
    """The object that a note is about, None for the rule or the cluster alone.

    Raises:
        UsageError: it is not KIND/NAME.
    """
    if not arguments.about:
        return None
    word, _, name = arguments.about.partition("/")
    if not word or not name:
        raise UsageError(f'"{arguments.about}" names no object', next_step="name it as KIND/NAME: deployment/web")
    kind = KindIndex(BUILTIN_KINDS).find(word)
    namespaced = kind is None or kind.namespaced
    return ObjectRef(kind.id if kind else word, name, (arguments.namespace or "default") if namespaced else "", cluster)
