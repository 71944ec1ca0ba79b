"""A cluster with its gate and its records, for tests that change something through it."""

from collections.abc import Sequence
from pathlib import Path

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.changes.audit import Audit, open_audit
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.changes.undo import Undo, open_undo
from kubegenie_tui.domain.plan import Plan, Preview, Progress, Step
from kubegenie_tui.store.store import Store
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane


class Gated:
    """A cluster, its gate, and the records."""

    def __init__(self, agent: ClusterAgent, gate: Gate, audit: Audit, undo: Undo) -> None:
        self.agent, self.gate, self.audit, self.undo = agent, gate, audit, undo

    def plan(self, *steps: Step, title: str = "A change") -> Plan:
        return Plan(title, self.agent.name, steps)

    async def look(self, plan: Plan) -> Preview:
        return await self.gate.preview(self.agent, plan)

    async def preview(self, *steps: Step) -> Preview:
        return await self.look(self.plan(*steps))

    async def carry_out(self, preview: Preview, typed: str = "") -> list[Progress]:
        approval = self.gate.approve(preview, "test", typed or preview.confirm)
        return [news async for news in self.gate.carry_out(self.agent, preview, approval)]

    async def do(self, *steps: Step) -> list[Progress]:
        preview = await self.preview(*steps)
        assert preview.refusal is None, preview.refusal
        return await self.carry_out(preview)


class Gating:
    """Opens and closes one."""

    def __init__(
        self,
        plane: ControlPlane,
        directory: Path,
        user: str = "",
        *,
        read_only: bool = False,
        protected: Sequence[str] = (),
    ) -> None:
        self._agent = ClusterAgent(context_of(plane, user), read_only=read_only)
        self._directory = directory
        self._protected = protected

    async def __aenter__(self) -> Gated:
        self._store = await Store.open(self._directory / "kubegenie.db")
        audit, undo = await open_audit(self._store, self._directory), await open_undo(self._store, self._directory)
        await self._agent.initialize()
        gate = Gate(audit, undo, actor="me@here", protected=self._protected)
        return Gated(self._agent, gate, audit, undo)

    async def __aexit__(self, *failure: object) -> None:
        await self._agent.shutdown()
        await self._store.close()
