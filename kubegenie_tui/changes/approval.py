"""Where a person's yes becomes an `Approval`: the only place that makes one."""

import hashlib

import msgspec

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.plan import Preview, Tier


def approve(preview: Preview, how: str, at: float, typed: str = "") -> Approval:
    """A person has seen this preview and says yes.

    Args:
        preview: what was shown.
        how: how the yes was given: `key y`, `--yes`.
        at: seconds since the epoch.
        typed: for W3, what the person typed.

    Raises:
        UsageError: the plan is refused, or the word was not typed.
    """
    if preview.refusal is not None:
        raise UsageError(f"{preview.plan.title} cannot be approved", str(preview.refusal))
    if preview.tier is Tier.DESTRUCTIVE:
        if typed != preview.confirm:
            raise UsageError("This needs its name typed", next_step=f'type "{preview.confirm}"')
        how = f"typed {typed}"
    return Approval(digest(preview), how, at)


def implied(preview: Preview, given: Approval, at: float) -> Approval:
    """A yes that was given with another one: to what that plan said would follow by itself.

    Raises:
        KubeGenieError: what would follow is refused.
    """
    if preview.refusal is not None:
        raise preview.refusal
    return Approval(digest(preview), f"implied by {given.how}", at)


def digest(preview: Preview) -> str:
    """What a yes is for: the cluster, the steps with the state they were looked at in, their effect, and by whom."""
    shown = [[each.step, [[line.sign, line.text] for line in each.diff]] for each in preview.steps]
    return hashlib.sha256(
        msgspec.json.encode([preview.plan.cluster, preview.tier, shown, preview.plan.helm])
    ).hexdigest()


def approve_work(work: str, outline: Outline, at: float, typed: str) -> Approval:
    """A person has seen what would be done about a cluster and typed its name.

    Args:
        work: the id of the work.
        outline: what was shown.
        at: seconds since the epoch.
        typed: what the person typed.

    Raises:
        UsageError: they typed something else.
    """
    if typed != outline.name:
        raise UsageError("This needs its name typed", next_step=f'type "{outline.name}"')
    return Approval(digest_of_work(work, outline), f"typed {typed}", at)


def recalled(plan: str, how: str, at: float) -> Approval:
    """A yes that the audit log has: to the digest `plan`, given in another process."""
    return Approval(plan, how, at)


def digest_of_work(work: str, outline: Outline) -> str:
    """What a yes is for: one work, and exactly what was shown of it, the same before it was kept and after."""
    kept = msgspec.json.decode(msgspec.json.encode(outline), type=Outline)
    return hashlib.sha256(msgspec.json.encode([work, kept])).hexdigest()
