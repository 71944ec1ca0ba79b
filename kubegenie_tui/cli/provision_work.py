"""`kubegenie provision work`: the process that creates, changes or deletes a cluster."""

import sys

import msgspec

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.provision.process import Begun, Handover, detached


def work(work_id: str) -> int:
    """Let go of the terminal and work on this until it has ended; the status says whether it was begun.

    Raises:
        UsageError: what came on standard input is no JSON.
    """
    try:
        given = msgspec.json.decode(sys.stdin.read() or '{"secrets": {}}', type=Handover)
    except msgspec.DecodeError:
        raise UsageError("What came on standard input is no JSON with secrets") from None

    async def worked(begun: Begun) -> None:
        from kubegenie_tui.paths import DATABASE, records_dir
        from kubegenie_tui.provision.opening import open_worker
        from kubegenie_tui.settings import load_settings
        from kubegenie_tui.store.store import Store

        directory = records_dir(demo=given.demo)
        store = await Store.open(directory / DATABASE)
        try:
            store.safe.borrow(given.safe)
            worker = await open_worker(store, load_settings(), directory)
            await worker.work_on(work_id, given.secrets, begun)
        finally:
            await store.close()

    return detached(worked) or Exit.OK
