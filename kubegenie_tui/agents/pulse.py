"""Takes the pulse of a cluster while somebody looks: holds the rows that tell it, and notes a moment now and then."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind_groups import plural_title
from kubegenie_tui.domain.live import Phase
from kubegenie_tui.domain.pulse import PULSED, Use, kind_row, use_of, warnings_seen
from kubegenie_tui.domain.row import Row

if TYPE_CHECKING:
    from kubegenie_tui.agents.cluster_agent import ClusterAgent, Lease

_TOLD = (Phase.LIVE, Phase.STALE)


class PulseWatch:
    """Leases on the kinds that tell how a cluster does."""

    def __init__(self, agent: "ClusterAgent", kind_ids: Iterable[str] = PULSED) -> None:
        self.agent = agent
        self._leases: dict[str, Lease] = {}
        for kind_id in kind_ids:
            if kind := agent.kinds.get(kind_id):
                self._leases[kind_id] = agent.watch(kind)
        self._measured_no_more = agent.measure_pods()
        self._noted: object = None

    def release(self) -> None:
        """Look no more."""
        for lease in self._leases.values():
            lease.release()
        self._leases.clear()
        self._measured_no_more()

    @property
    def loading(self) -> bool:
        """Whether some of it is still coming."""
        return any(lease.live.state.phase is Phase.LOADING for lease in self._leases.values())

    def kind_rows(self) -> list[Row]:
        """One row for each kind that may be listed."""
        return [
            kind_row(kind_id, plural_title(lease.kind), lease.live.rows.values())
            for kind_id, lease in self._leases.items()
            if lease.live.state.phase not in (Phase.DENIED, Phase.GONE)
        ]

    def well(self, kind_ids: Iterable[str]) -> tuple[int, int] | None:
        """How many objects of these kinds nothing is wrong with, and of how many; None until that is known."""
        leases = [lease for kind_id in kind_ids if (lease := self._leases.get(kind_id))]
        shown = [lease.live for lease in leases if lease.live.state.phase in _TOLD]
        if not shown or self.loading:
            return None
        ill = sum(row.health >= Health.WARN for live in shown for row in live.rows.values())
        total = sum(len(live.rows) for live in shown)
        return total - ill, total

    def warnings(self, now: float) -> list[int]:
        """Warnings a minute, this one last; none where the events are not known."""
        events = self._leases.get("events")
        return self.agent.pulse.warnings(now) if events and events.live.state.phase in _TOLD else []

    def use(self) -> Use:
        """What the nodes use and have now."""
        nodes = self._leases.get("nodes")
        if nodes is None:
            return Use()
        return use_of(self.agent.usage, nodes.live.rows.values(), nodes.live.columns)

    def note(self, now: float) -> None:
        """Keep this moment: what is used when it was measured anew, and the warnings there are."""
        history, usage, use = self.agent.pulse, self.agent.usage, self.use()
        if use.cpu and usage is not self._noted:
            self._noted = usage
            history.note_use(use)
        if events := self._leases.get("events"):
            history.note_warnings(warnings_seen(events.live.rows.values(), events.live.columns), now)
