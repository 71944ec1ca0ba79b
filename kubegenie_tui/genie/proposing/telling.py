"""A proposal in words for a model: what would change, how careful that is, and that a person decides."""

from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Plan, Preview, StepPreview
from kubegenie_tui.genie.proposing.planning import Proposal, Wish, looked_at, proposed
from kubegenie_tui.genie.reading.scope import Result, Scope


async def propose(scope: Scope, wish: Wish) -> Result:
    """Look at what a wish would do; the result's data is the Proposal.

    Raises:
        UsageError, KubeGenieError: as `proposed`.
    """
    return _told(scope, await proposed(scope, wish))


async def propose_plan(scope: Scope, plan: Plan, command: str = "", undoes: int = 0) -> Result:
    """Look at what a plan would do; the result's data is the Proposal. `undoes`: the record that it takes back.

    Raises:
        UsageError, KubeGenieError: as `looked_at`.
    """
    return _told(scope, await looked_at(scope, plan, command, undoes))


def _told(scope: Scope, proposal: Proposal) -> Result:
    preview = proposal.preview
    title, text = preview.plan.title, scope.redactor.text
    lines = [f"proposed in {preview.plan.cluster}: {title}", f"tier: {preview.tier.words}{_because(preview)}"]
    lines += [f"{note.health.word}: {note.text}" for note in (*preview.checks, *preview.impact)]
    lines += [line for step in preview.steps for line in _diff(scope, step)]
    summary = f"{title} · {preview.tier.words}"
    return Result(text(summary), text("\n".join(lines)), proposal)


def _because(preview: Preview) -> str:
    return f" ({'; '.join(preview.reasons)})" if preview.reasons else ""


def _diff(scope: Scope, preview: StepPreview) -> list[str]:
    """What differs, its credentials masked before they are compared."""
    before, after = (_masked(scope, state) for state in (preview.before, preview.after))
    step = preview.step
    return [f"{step.words}:", *(f"{line.sign}{line.text}" for line in manifest_diff(before, after))]


def _masked(scope: Scope, manifest: Manifest | None) -> Manifest | None:
    return None if manifest is None else scope.redactor.object(manifest)
