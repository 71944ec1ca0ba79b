"""A proposal in words for a model: what would change, how careful that is, and that a person decides."""

from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Preview, StepPreview
from kubegenie_tui.genie.proposing.planning import Proposal
from kubegenie_tui.genie.reading.scope import Result, Scope, bounded

_ENDING = (
    "It is only proposed: nothing has changed. The person sees it, looks at it and decides; tell them in a sentence "
    "what you propose and why. Propose nothing more in this turn."
)


def told(scope: Scope, proposal: Proposal) -> Result:
    """The result of a look-up that proposes."""
    preview = proposal.preview
    title, text = preview.plan.title, scope.redactor.text
    lines = [f"proposed in {preview.plan.cluster}: {title}", f"tier: {preview.tier.words}{_because(preview)}"]
    lines += [f"{note.health.word}: {note.text}" for note in (*preview.checks, *preview.impact)]
    lines += [line for step in preview.steps for line in _diff(scope, step)]
    summary = f"{title} · {preview.tier.words}"
    return Result(text(summary), f"{bounded(text(chr(10).join(lines)), 6_000)}\n{_ENDING}", proposal.event)


def _because(preview: Preview) -> str:
    return f" ({'; '.join(preview.reasons)})" if preview.reasons else ""


def _diff(scope: Scope, preview: StepPreview) -> list[str]:
    """What differs, its credentials masked before they are compared."""
    before, after = (_masked(scope, state) for state in (preview.before, preview.after))
    step = preview.step
    return [f"{step.verb.value} {step.ref}:", *(f"{line.sign}{line.text}" for line in manifest_diff(before, after))]


def _masked(scope: Scope, manifest: Manifest | None) -> Manifest | None:
    return None if manifest is None else scope.redactor.object(manifest)
