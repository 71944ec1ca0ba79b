"""Which events are about an object: its own, and those of what was made for it, also when that is gone.

What lives is told by its owner. What is gone left nothing but its name, which the controllers make from that of the
owner: k8s.io/apiserver/pkg/storage/names/generate.go, k8s.io/apimachinery/pkg/util/rand.
"""

import re

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope

_CHANCE = "[bcdfghjklmnpqrstvwxz2456789]"
"""Letters of a name by chance."""
_POD = f"-{_CHANCE}{{5}}"
_MADE = {
    "Deployment": {"ReplicaSet": f"-{_CHANCE}{{1,10}}", "Pod": f"-{_CHANCE}{{1,10}}{_POD}"},
    "ReplicaSet": {"Pod": _POD},
    "StatefulSet": {"Pod": r"-\d+"},
    "DaemonSet": {"Pod": _POD},
    "Job": {"Pod": rf"(-\d+)?{_POD}"},
    "CronJob": {"Job": r"-\d+", "Pod": rf"-\d+(-\d+)?{_POD}"},
}
"""By kind: what is made for it, and how the name of that goes on; in the order in which one is made for the next."""
_KIND_IDS = {"ReplicaSet": "replicasets.apps", "Job": "jobs.batch", "Pod": "pods"}
_OF_KUBERNETES = ".k8s.io"


class Matter:
    """One object with what was made for it."""

    def __init__(self, kind: Kind | None, name: str) -> None:
        """An object of which nothing is known but its name.

        Args:
            kind: None for whatever has this name.
            name: the object's.
        """
        self._kind = kind
        self._name = name
        self._made = _MADE.get(kind.kind if kind else "", {})
        self._mine: set[tuple[str, str]] = set()
        self._live: set[tuple[str, str]] = set()
        self._longer: tuple[str, ...] = ()

    async def learn(self, scope: Scope, namespace: str) -> None:
        """Find out what lives and whose it is; what the cluster does not tell is judged by its name alone."""
        owners = {f"{self._kind.kind}/{self._name}"} if self._kind else set()
        for word in self._made:
            rows = await _rows(scope, scope.kind(_KIND_IDS[word]), namespace)
            mine = {row.name for row in rows if row.owner in owners}
            owners |= {f"{word}/{name}" for name in mine}
            self._live |= {(word, row.name) for row in rows}
            self._mine |= {(word, name) for name in mine}
        if self._kind and self._is_custom:
            rows = await _rows(scope, self._kind, namespace)
            self._longer = tuple(row.name for row in rows if row.name.startswith(f"{self._name}-"))

    def has(self, event: Manifest) -> bool:
        """Whether an event is about it."""
        kind, name = text_at(event, "involvedObject.kind"), text_at(event, "involvedObject.name")
        if self._kind is None or kind == self._kind.kind:
            return name == self._name
        if (kind, name) in self._live:
            return (kind, name) in self._mine
        if kind in self._made:
            return re.fullmatch(re.escape(self._name) + self._made[kind], name) is not None
        return self._is_custom and self._is_named_after(event, name)

    @property
    def _is_custom(self) -> bool:
        group = self._kind.group if self._kind else ""
        return "." in group and not group.endswith(_OF_KUBERNETES)

    def _is_named_after(self, event: Manifest, name: str) -> bool:
        """Of the same group and named after it, and not after another: a CertificateRequest of a Certificate."""
        group = text_at(event, "involvedObject.apiVersion").partition("/")[0]
        others = (name == other or name.startswith(f"{other}-") for other in self._longer)
        return (
            self._kind is not None
            and group == self._kind.group
            and name.startswith(f"{self._name}-")
            and not any(others)
        )


async def _rows(scope: Scope, kind: Kind, namespace: str) -> list[Row]:
    """None where the cluster does not tell."""
    try:
        return list((await live_rows(scope.reader, kind, namespace)).rows.values())
    except ClusterError:
        return []
