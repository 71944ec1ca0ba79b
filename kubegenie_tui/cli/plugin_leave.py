"""A person's leave to use what somebody else wrote: what it is, a yes, and the files that the yes is about."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.plugin_lines import command_lines, line_of
from kubegenie_tui.cli.typed_line import typed_line
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kubegenie_tui.providers.offer import Offer
    from kubegenie_tui.providers.record import Record
    from kubegenie_tui.providers.registry import Registry
    from kubegenie_tui.settings import Settings


async def allow(registry: "Registry", settings: "Settings", arguments: argparse.Namespace) -> int:
    """`kubegenie plugins allow`: pin a plugin's distribution to the files that it has now, if a person says so.

    Raises:
        UsageError: there is nothing to allow, nobody can be asked, or the hash that was given is another one.
        PluginError: it cannot be used anyway.
        StoreError: it cannot be remembered.
    """
    from kubegenie_tui.providers.offer import State

    found = await registry.offers()
    offer, record = _to_allow(arguments.name, found, settings)
    if offer.state is State.READY and arguments.hash in ("", record.digest):
        sys.stdout.write(f"{plain(offer.source)} is allowed already, as it is now.\n")
        return Exit.OK
    sys.stdout.write(_about([each for each in found if each.distribution == offer.distribution], record))
    sys.stdout.flush()
    if not await asyncio.to_thread(_is_allowed, record, arguments.hash):
        sys.stderr.write("Nothing was allowed.\n")
        return Exit.FAILED
    await registry.allow(offer)
    sys.stdout.write(f"{plain(offer.source)} is allowed as it is now.\n")
    return Exit.OK


def _to_allow(name: str, found: "Sequence[Offer]", settings: "Settings") -> "tuple[Offer, Record]":
    """The offer that is meant, with its files.

    Raises:
        UsageError: there is none, or nobody has to allow it.
        PluginError: it cannot be used anyway.
    """
    from kubegenie_tui.providers.loading import why_not
    from kubegenie_tui.providers.registry import unknown

    same = [each for each in found if each.name == name]
    others = [each for each in same if not each.built_in]
    for each in others:
        if each.record is not None:
            return each, each.record
    if others:
        raise why_not(others[0])
    if same:
        raise UsageError(f"{name} is part of KubeGenie", "nobody has to allow it")
    if name in {each.name for each in command_lines(settings)}:
        raise UsageError(f"{name} adds commands", "nobody has to allow those", "turn it off in the settings if need be")
    raise unknown(name, [each.name for each in found])


def _about(together: "Sequence[Offer]", record: "Record") -> str:
    """All that comes with it: what is allowed is the distribution."""
    lines = [plain(together[0].source)]
    for offer in together:
        line = line_of(offer)
        lines.append(f"  {line.kind} {plain(line.name)}: {plain(line.what or line.reason)}")
        lines += [f"    needs {plain(name)}: {plain(where)}" for name, where in line.secrets.items()]
    return "\n".join([*lines, f"  {len(record.files)} files, hash {record.digest}\n"])


def _is_allowed(record: "Record", digest: str) -> bool:
    """Whether a person says yes: by typing it, or by the hash, which nobody has who did not look.

    Raises:
        UsageError: the hash is another one, or nobody can be asked.
    """
    if digest:
        if digest != record.digest:
            raise UsageError("Its files have another hash", next_step="look at what it is now, and say that hash")
        return True
    if not sys.stdin.isatty():
        raise UsageError("Nobody can be asked: this is no terminal", next_step="say --hash with the hash above")
    question = "It will run inside KubeGenie, with your rights. Allow it? [y/N] "
    return typed_line(question).lower() in ("y", "yes")
