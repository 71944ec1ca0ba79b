"""`kubegenie safe`: what is kept of credentials, and the key that opens it."""

import argparse
import sys
from typing import TYPE_CHECKING

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.cli.passphrase import new_passphrase, open_safe
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.ending import run_to_end
from kubegenie_tui.store.lock import Way

if TYPE_CHECKING:
    from kubegenie_tui.store.safe import Safe

_OPENED_BY = {Way.KEYRING: "the keyring of your system", Way.PASSPHRASE: "a passphrase", None: "nothing yet"}


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie safe status|rotate|empty`."""
    return run_to_end(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    from kubegenie_tui.paths import database_file
    from kubegenie_tui.store.store import Store

    store = await Store.open(database_file())
    try:
        if arguments.safe_verb == "status":
            await _tell(store.safe, arguments.output)
        elif arguments.safe_verb == "rotate":
            await _rotate(store.safe, arguments.by)
        else:
            await store.safe.empty()
            sys.stdout.write("The safe is empty.\n")
    finally:
        await store.close()
    return Exit.OK


async def _tell(safe: "Safe", output: str) -> None:
    state = await safe.state()
    if output == "json":
        kept = [{"owner": owner, "field": field} for owner, field in state.kept]
        write_json({"opened_by": state.way.value if state.way else None, "kept": kept})
        return
    sys.stdout.write(f"opened by  {_OPENED_BY[state.way]}\n")
    sys.stdout.writelines(f"kept       {plain(field)} of {plain(owner)}\n" for owner, field in state.kept)


async def _rotate(safe: "Safe", by: str | None) -> None:
    before = (await safe.state()).way
    if before is None:
        raise UsageError("There is nothing to rotate", "no credential was ever kept")
    await open_safe(safe)
    way = Way(by) if by else before
    await safe.set_up(way, new_passphrase() if way is Way.PASSPHRASE else "")
    sys.stdout.write(f"Everything is sealed anew. It is opened by {_OPENED_BY[way]}.\n")
