"""Which pods a taint stops that a node did not have before."""

from collections.abc import AsyncIterator

from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview
from kubegenie_tui.domain.relations.tolerations import STOPS, seconds_borne

_OVER = frozenset({"Succeeded", "Failed"})


async def taint_notes(preview: StepPreview, around: Surroundings) -> AsyncIterator[Note]:
    """How many pods of the node stop at once, and how many later."""
    before, after, ref = preview.before, preview.after, preview.step.ref
    if ref.kind != "nodes" or after is None:
        return
    had = [_meaning(taint) for taint in _stopping(before)]
    new = [taint for taint in _stopping(after) if _meaning(taint) not in had]
    if not new:
        return
    pods = [pod for pod in await around.pods_on(ref.name) if text_at(pod, "status.phase") not in _OVER]
    borne = [seconds_borne(pod, new) for pod in pods]
    now, later = borne.count(0), sorted(seconds for seconds in borne if seconds)
    of = f"of {len(pods)} pod{'' if len(pods) == 1 else 's'} on {ref.name}"
    if now:
        yield Note(
            Health.WARN, f"{now} {of} {'does not tolerate it and stops' if now == 1 else 'do not tolerate it and stop'}"
        )
    if later:
        until = f"{later[0]} s" if later[0] == later[-1] else f"{later[0]} to {later[-1]} s"
        yield Note(Health.WARN, f"{len(later)} {of} stop{'s' if len(later) == 1 else ''} after {until}")
    if not now and not later:
        yield Note(Health.OK, f"all pods on {ref.name} tolerate it" if pods else f"no pod runs on {ref.name}")


def _stopping(node: Manifest | None) -> list[Manifest]:
    return [taint for taint in mappings_at(node, "spec.taints") if text_at(taint, "effect") == STOPS]


def _meaning(taint: Manifest) -> tuple[str, str]:
    return text_at(taint, "key"), text_at(taint, "value")
