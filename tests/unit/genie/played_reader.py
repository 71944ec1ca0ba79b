"""A cluster of rows alone, with the names that the utterances speak of."""

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, NotFound
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.live import LiveRows, LiveState, Phase
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.objects import ObjectList
from tests.unasked import Unasked

CERTIFICATES = Kind("cert-manager.io", "v1", "certificates", "Certificate", short_names=("cert", "certs"))
KINDS = KindIndex((*BUILTIN_KINDS, CERTIFICATES))

NAMES = {
    "namespaces": "default kube-system shop payments staging monitoring data",
    "nodes": "node-1 node-2 node-3",
    "deployments.apps": "shop/checkout shop/frontend shop/payment-api shop/cart mobile/api staging/search data/events "
    "monitoring/grafana",
    "statefulsets.apps": "shop/redis payments/redis shop/web monitoring/prometheus",
    "daemonsets.apps": "kube-system/kube-proxy",
    "cronjobs.batch": "data/backup",
    "jobs.batch": "data/backup-2991",
    "services": "shop/checkout shop/frontend mobile/api shop/web",
    "ingresses.networking.k8s.io": "shop/checkout",
    "persistentvolumeclaims": "shop/data-web-0",
    "configmaps": "shop/checkout-config",
    "secrets": "shop/checkout-db",
}
OWNED = {
    "shop/checkout-7d9f8c6b5-x2xkq": "ReplicaSet/checkout-7d9f8c6b5",
    "mobile/api-5d4f6c7b8-aaaaa": "ReplicaSet/api-5d4f6c7b8",
    "mobile/api-5d4f6c7b8-bbbbb": "ReplicaSet/api-5d4f6c7b8",
    "shop/web-0": "StatefulSet/web",
    "shop/web-1": "StatefulSet/web",
    "kube-system/kube-proxy-abcde": "DaemonSet/kube-proxy",
    "monitoring/prometheus-0": "StatefulSet/prometheus",
}
"""Pods and who made them."""


class Lease:
    def __init__(self, live: LiveRows) -> None:
        self.live = live

    def release(self) -> None:
        """Nothing runs."""


class PlayedReader(Unasked):
    """Implements ClusterReader."""

    def __init__(self, kinds: KindIndex = KINDS, forbidden: Mapping[str, KubeGenieError] | None = None) -> None:
        super().__init__()
        self.name = "prod"
        self.status = ClusterStatus("prod", "https://prod.example")
        self.kinds = kinds
        self.usage: dict[str, tuple[int, int]] = {}
        self.forbidden = dict(forbidden or {})
        self.watched: list[str] = []
        self._rows = {kind: [_row(name) for name in names.split()] for kind, names in NAMES.items()}
        self._rows["pods"] = [_row(name, owner) for name, owner in OWNED.items()]

    def watch(self, kind: Kind, namespace: str = "") -> Lease:
        self.watched.append(kind.id)
        live = LiveRows(())
        error = self.forbidden.get(kind.id)
        failed = Phase.DENIED if isinstance(error, Forbidden) else Phase.STALE
        live.set_state(LiveState(failed if error else Phase.LIVE, error=error))
        for row in () if error else self._rows.get(kind.id, ()):
            if not namespace or row.namespace == namespace:
                live.put(row)
        return Lease(live)

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        if kind.id == "namespaces" and any(name in (row.name, row.namespace) for row in self._every_row()):
            return {"metadata": {"name": name}}
        raise NotFound(f"{kind.id} {name}")

    def _every_row(self) -> Iterator[Row]:
        return itertools.chain.from_iterable(self._rows.values())

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        return ObjectList([])

    async def events_of(self, namespace: str, uid: str) -> list[dict[str, Any]]:
        return []

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        yield []


_numbers = itertools.count()


def _row(name: str, owner: str = "") -> Row:
    namespace, _, own = name.rpartition("/")
    return Row(f"uid-{next(_numbers)}", namespace, own, 0, "1", (), owner=owner)


def played_scope(focus: Focus | None = None, reader: PlayedReader | None = None) -> Scope:
    return Scope(reader or PlayedReader(), focus or Focus("prod"), Redactor())
