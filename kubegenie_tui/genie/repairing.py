"""Repair that nobody asked for: what surely ends a fault is proposed, or done where a rule of the settings allows it.

Off without such a rule: it reads whole clusters again and again, and several people who look at one cluster would each
be told the same. It can neither approve nor write: what is allowed is handed to who can.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

import msgspec

from kubegenie_tui.agents.agent import KubernetesAgent
from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.domain.cluster_reader import ClusterSource
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.finding import Finding, is_ignored
from kubegenie_tui.domain.plan import Plan, Preview, Tier
from kubegenie_tui.domain.proposal import Asked, KeptProposal, ProposalState
from kubegenie_tui.genie.proposing.keeping import require_keepable
from kubegenie_tui.genie.proposing.planning import looked_at, remedied
from kubegenie_tui.genie.reading.diagnosing import masked_finding, symptom_of
from kubegenie_tui.genie.reading.gathering import gather
from kubegenie_tui.genie.reading.scope import Look, Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.settings import Repair

ASKED_BY = "repair agent"
CHECK_SECONDS = 300.0
"""Between two looks at the clusters."""
FIRST_SECONDS = 60.0
"""Before the first: rows come first."""
HOUR = 3600.0
_ON_PURPOSE = frozenset({"uncordon", "unsuspend"})
"""Take back what somebody did on purpose, as a rule for a time: left to who asks."""
REFUSED_SECONDS = 24 * HOUR
"""What a person refused is not proposed again for so long."""


class Kept(Protocol):
    """Where proposals wait for a person."""

    async def add(self, asked: Asked) -> KeptProposal:
        """Keep one."""

    async def latest(self, limit: int = 50) -> list[KeptProposal]:
        """Those that wait, then others, the latest first."""


class RepairRules(msgspec.Struct, frozen=True):
    """What the settings say."""

    of: Callable[[str], Repair]
    """Of a cluster."""
    most: int
    """Repairs an hour, of all clusters together."""
    ignored: tuple[str, ...] = ()
    """Findings that a person does not want to be told of."""


class RepairAgent(KubernetesAgent):
    """Looks for faults in the clusters that are open."""

    def __init__(
        self,
        clusters: ClusterSource,
        opened: Callable[[], Iterable[str]],
        rules: RepairRules,
        *,
        look: Look,
        proposals: Kept,
        carry_out: Callable[[Preview], Awaitable[None]],
        clock: Clock | None = None,
    ) -> None:
        """An agent that has found nothing yet.

        Args:
            clusters: all there are.
            opened: names of those that are open.
            rules: what the settings say.
            look: what the gate says of a plan.
            proposals: where they wait.
            carry_out: does what a rule allows; raises KubeGenieError when it fails.
            clock: time.
        """
        super().__init__("repair")
        self.source = "KubeGenie"
        self._clusters = clusters
        self._opened = opened
        self._rules = rules
        self._look = look
        self._proposals = proposals
        self._carry_out = carry_out
        self._clock = clock or Clock()
        self._redactor = Redactor()
        self._done: list[tuple[float, str, str]] = []
        self._queue = 0
        self.waiting = lambda: self._queue

    @property
    def idle(self) -> bool:
        """Whether no cluster is open in which it may do anything."""
        return not any(self._rules.of(name) != "off" for name in self._opened())

    async def initialize(self) -> None:
        """Nothing to get ready."""

    async def self_heal(self) -> None:
        """Nothing to mend: the next check asks again."""

    async def shutdown(self) -> None:
        """Nothing to let go of."""

    async def health_check(self) -> None:
        """Diagnose each open cluster that has a rule, and repair what surely can be.

        Raises:
            KubeGenieError: the last one that could not be diagnosed; the others were.
        """
        self._queue, failure = 0, None
        for name in tuple(self._opened()):
            if (rule := self._rules.of(name)) != "off":
                try:
                    await self._look_after(name, rule)
                except KubeGenieError as error:
                    failure = error
        if failure is not None:
            raise failure

    async def _look_after(self, name: str, rule: Repair) -> None:
        reader = await self._clusters.open(name)
        scope = Scope(reader, Focus(name), self._redactor, self._clusters, look=self._look)
        gathered = await gather(scope, "")
        diagnosis = await asyncio.to_thread(diagnose, gathered.snapshot)
        for finding in diagnosis.findings:
            if _is_repaired(finding) and not is_ignored(finding, self._rules.ignored):
                await self._repair(scope, finding, rule)

    async def _repair(self, scope: Scope, finding: Finding, rule: Repair) -> None:
        """Propose or do what ends a fault; one that cannot be ended so, or not so easily, is left to people."""
        assert finding.remedy is not None
        try:
            plan, _ = await remedied(scope, finding.remedy)
            plan = msgspec.structs.replace(plan, asked_by=ASKED_BY)
            if await self._is_known(plan):
                return
            proposal = await looked_at(scope, plan)
        except KubeGenieError:
            return
        if proposal.preview.tier is not Tier.REVERSIBLE:
            return
        if len(self._done) >= self._rules.most:
            self._queue += 1
            return
        self._done.append((self._clock.now(), plan.cluster, plan.title))
        await (self._do(proposal.preview) if rule == "allow-w1" else self._propose(scope, finding, proposal.preview))

    async def _propose(self, scope: Scope, finding: Finding, preview: Preview) -> None:
        plan, text = preview.plan, self._redactor.text
        try:
            require_keepable(plan, self._redactor)
            why = text(f"{finding.title}: {finding.cause}")
            answers = symptom_of(masked_finding(scope, finding))
            await self._proposals.add(Asked(plan, scope.reader.status.server, preview.tier.words, why, answers))
            self.tell(f"{plan.cluster}: {text(plan.title)}: proposed, since {why}")
        except KubeGenieError as error:
            self.tell(f"{plan.cluster}: {text(plan.title)}: not proposed, {error}")

    async def _do(self, preview: Preview) -> None:
        plan = preview.plan
        try:
            await self._carry_out(preview)
            self.tell(f"{plan.cluster}: {self._redactor.text(plan.title)}: done")
        except KubeGenieError as error:
            self.tell(f"{plan.cluster}: {self._redactor.text(plan.title)}: failed, {error}")

    async def _is_known(self, plan: Plan) -> bool:
        """Whether it was done or proposed within the hour, waits for a person, or was refused by one."""
        now = self._clock.now()
        self._done = [each for each in self._done if each[0] > now - HOUR]
        if any(each[1:] == (plan.cluster, plan.title) for each in self._done):
            return True
        kept = await self._proposals.latest()
        same = [each for each in kept if (each.cluster, each.title) == (plan.cluster, plan.title)]
        return any(_settles(each, now) for each in same)


def _is_repaired(finding: Finding) -> bool:
    return finding.remedy is not None and finding.remedy.operation not in _ON_PURPOSE


def _settles(kept: KeptProposal, now: float) -> bool:
    if kept.state is ProposalState.REFUSED:
        return kept.at > now - REFUSED_SECONDS
    return kept.state in (ProposalState.WAITING, ProposalState.UNDER_WAY)
