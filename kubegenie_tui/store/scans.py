"""The last scan of each scope: of a namespace of a cluster, or of all of them."""

import msgspec

from kubegenie_tui.domain.scan import Scan
from kubegenie_tui.store.facts import Facts

SCOPE = "last-scan"


class KeptScans:
    """Scans by cluster and namespace, of which an empty one stands for all."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    async def last(self, cluster: str, namespace: str) -> Scan | None:
        """The last one; None when there is none, or none that this version can read.

        Raises:
            StoreError: it cannot be read.
        """
        text = await self._facts.get(SCOPE, _key(cluster, namespace))
        try:
            return msgspec.json.decode(text, type=Scan) if text else None
        except msgspec.DecodeError:
            return None

    async def keep(self, cluster: str, namespace: str, scan: Scan) -> None:
        """Keep one in place of that before it.

        Raises:
            StoreError: it cannot be stored.
        """
        await self._facts.set(SCOPE, _key(cluster, namespace), msgspec.json.encode(scan).decode())


def _key(cluster: str, namespace: str) -> str:
    return msgspec.json.encode((cluster, namespace)).decode()
