"""`kubegenie provision work`: the process that creates, changes or deletes a cluster."""

import json
import sys

from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.provision.process import Begun, detached


def work(work_id: str) -> int:
    """Let go of the terminal and work on this until it has ended; the status says whether it was begun.

    Raises:
        UsageError: what came on standard input is no JSON.
    """
    try:
        secrets = json.loads(sys.stdin.read() or "{}")
    except ValueError:
        raise UsageError("The secrets of the provider are no JSON") from None

    async def worked(begun: Begun) -> None:
        from kubegenie_tui.paths import data_dir, database_file
        from kubegenie_tui.provision.opening import open_worker
        from kubegenie_tui.settings import load_settings
        from kubegenie_tui.store.store import Store

        store = await Store.open(database_file())
        try:
            worker = await open_worker(store, load_settings(), data_dir())
            await worker.work_on(work_id, secrets, begun)
        finally:
            await store.close()

    return detached(worked) or Exit.OK
