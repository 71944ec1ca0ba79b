"""What changed in a cluster, told from rows that are live anyway: what came, what went, how it fared between."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.live import Changes
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Column, Measure, Row

UNTOLD = frozenset(
    {
        "events",
        "events.events.k8s.io",
        "leases.coordination.k8s.io",
        "endpoints",
        "endpointslices.discovery.k8s.io",
        "pods.metrics.k8s.io",
        "nodes.metrics.k8s.io",
    }
)
"""Kinds whose objects change all the time without telling anything."""
REMEMBERED = 4096
SELDOM_SECONDS = 60.0
"""How often at most it is told of one object that its content changed."""
_STATES = ("STATUS", "STATE", "PHASE", "READY")
_SETTINGS = (
    *("IMAGES", "SCHEDULE", "SUSPEND", "MINPODS", "MAXPODS", "REPLICAS", "DESIRED"),
    *("TYPE", "PORT(S)", "EXTERNAL-IP", "HOSTS", "CAPACITY", "VERSION", "TAINTS"),
)
"""What people set, and what shows that they did."""
_CONTENTS = frozenset(
    {
        "configmaps",
        "secrets",
        "networkpolicies.networking.k8s.io",
        "roles.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    }
)
"""Kinds without a status: any new version of them has another content."""


class Change(msgspec.Struct, frozen=True):
    """One thing that happened to one object."""

    at: float
    """Seconds since the epoch, when we heard of it."""
    kind: str
    """Kind id."""
    namespace: str
    name: str
    what: str
    """`came`, `went`, `leaving`, `changed`, or what changed in small letters: `status`, `ready`, `images`."""
    before: str = ""
    """For `changed`, who did."""
    after: str = ""
    """For `changed`, the fields that one has set, then or earlier."""
    health: int = Health.OK
    """As it was afterwards."""
    id: int = 0
    """Where it is kept; 0 while it is not."""

    @property
    def ref(self) -> ObjectRef:
        """The object."""
        return ObjectRef(self.kind, self.name, self.namespace)

    @property
    def words(self) -> str:
        """`Running → CrashLoopBackOff`, `ready 3/3 → 2/3`."""
        if self.what in ("came", "went", "leaving"):
            return f"{self.what}, {self.after or self.before}" if self.after or self.before else self.what
        if self.what == "changed":
            return f"changed by {self.before} (sets {self.after})" if self.before else "changed"
        return self._between("→")

    def swung(self, times: int) -> str:
        """`8× ErrImagePull ⇄ ImagePullBackOff`, this being the last time; the count first, as a narrow cell is cut."""
        return f"{times}× {self._between('⇄')}"

    def _between(self, arrow: str) -> str:
        told = f"{self.before or '–'} {arrow} {self.after or '–'}"
        return told if self.what in ("status", "state", "phase") else f"{self.what} {told}"


def changes_of(kind: Kind, columns: Sequence[Column], changes: Changes, now: float) -> Iterator[Change]:
    """What a publication of rows tells, once the first list was complete.

    Args:
        kind: of the rows.
        columns: what their cells are.
        changes: the publication.
        now: seconds since the epoch.
    """
    told = _told(columns)
    for uid, row in changes.upserted.items():
        before = changes.before.get(uid)
        if before is None:
            yield _change(kind, row, now, "came", "", _state(row, told))
        else:
            yield from _differences(kind, before, row, told, now)
    for uid in changes.removed:
        if (gone := changes.before.get(uid)) is not None:
            yield _change(kind, gone, now, "went", _state(gone, told), "", Health.IDLE)


def _differences(kind: Kind, before: Row, row: Row, told: dict[str, int], now: float) -> Iterator[Change]:
    if row.terminating and not before.terminating:
        yield _change(kind, row, now, "leaving", "", "")
    if len(before.cells) != len(row.cells):
        return
    changed = [(what, at) for what, at in told.items() if before.cells[at] != row.cells[at]]
    for what, at in changed:
        yield _change(kind, row, now, what, _text(before, at), _text(row, at))
    if not changed and kind.id in _CONTENTS and before.version != row.version:
        yield _change(kind, row, now, "changed", "", "")


def _told(columns: Sequence[Column]) -> dict[str, int]:
    """Which cells are told of, by the word for each."""
    found = {column.title: at for at, column in enumerate(columns)}
    told = {title.lower(): found[title] for title in _STATES + _SETTINGS if title in found}
    for at, column in enumerate(columns):
        if column.measure is Measure.COUNT and column.title == "RESTARTS":
            told["restarts"] = at
    return told


def _state(row: Row, told: dict[str, int]) -> str:
    states = (_text(row, at) for what, at in told.items() if what.upper() in _STATES)
    return next((state for state in states if not state.isdigit()), "")


def _text(row: Row, at: int) -> str:
    cell = row.cells[at]
    return "" if cell is None else str(cell)


def _change(
    kind: Kind, row: Row, now: float, what: str, before: str, after: str, health: Health | None = None
) -> Change:
    worth = row.health if health is None else health
    return Change(now, kind.id, row.namespace, row.name, what, before, after, int(worth))


class Recent:
    """What was told lately: the same rows may be watched in a namespace and in all."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, ...], float] = OrderedDict()

    def is_new(self, change: Change) -> bool:
        """Whether this was not told in the last two seconds, or minute of a content; it is remembered."""
        key = (change.kind, change.namespace, change.name, change.what, change.before, change.after)
        last = self._seen.pop(key, 0.0)
        new = change.at - last > (SELDOM_SECONDS if change.what == "changed" else 2.0)
        self._seen[key] = change.at if new or change.what != "changed" else last
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return new
