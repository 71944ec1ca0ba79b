"""What a rule of the settings lets an agent do unasked: only what is reversible, and in no doubt."""

from kubegenie_tui.changes.approval import approve
from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.gate import Gate
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.plan import Preview, Tier


async def carry_out_by_rule(gate: Gate, cluster: WritableCluster, preview: Preview, rule: str, at: float) -> None:
    """Do what was looked at, in the name of a rule that a person wrote.

    Args:
        gate: of all changes.
        cluster: the plan's.
        preview: what would be done.
        rule: as it stands in the settings, for the record.
        at: seconds since the epoch.

    Raises:
        UsageError: a person has to be asked.
        KubeGenieError: it is refused, or failed.
    """
    if preview.tier is not Tier.REVERSIBLE or preview.plan.raised:
        raise UsageError(f"{preview.plan.title} has to be approved by a person", f"it is {preview.tier.words}")
    failure: KubeGenieError | None = None
    async for news in gate.carry_out(cluster, preview, approve(preview, f"rule {rule}", at)):
        failure = news.error or failure
    if failure is not None:
        raise failure
