"""How far a composite has come, in the words of what holds it up."""

from kubegenie_tui.domain.creation import Progress
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at
from kubegenie_tui.domain.tracing import Said, Traced


def how_far(found: Traced) -> Progress:
    """Ready and Synced; nothing fails for good here, for Crossplane tries again for ever."""
    if found.ready.holds and found.synced.holds:
        return Progress(done=True, phase=brief(found))
    worst = _worst(found.culprits)
    if worst is None or worst is found:
        return Progress(done=False, phase=found.words)
    return Progress(done=False, phase=f"{brief(found)} · {worst.part}: {worst.words}")


def how_changed(composite: Manifest, found: Traced) -> Progress:
    """As `how_far`, once what the composite and its parts say is about what is asked for now.

    A Crossplane, or a provider, that does not say what its conditions are about is taken at its word.
    """
    generation = number_at(composite, "metadata.generation") or 0
    said = {
        text_at(each, "type"): number_at(each, "observedGeneration")
        for each in mappings_at(composite, "status.conditions")
    }
    late = [name for name in ("Synced", "Ready") if (about := said.get(name)) is not None and about < generation]
    told = how_far(found)
    if late:
        return Progress(done=False, phase=f"{' and '.join(late)} not told anew yet · {told.phase}")
    busy = next((each for _, each in found.all() if each.exists and each.unsettled), None)
    if told.done and busy is not None:
        return Progress(done=False, phase=f"{told.phase} · {busy.part}: {busy.unsettled}")
    return told


def how_gone(found: Traced) -> Progress:
    """The deepest of what is still there; parts that are gone are what was wanted.

    What is kept by a Usage of somebody else comes first, though all may be well with it: it is not even asked to go.
    What is kept for another part waits for that.
    """
    parts = [each for _, each in found.all() if each.exists]
    names = {f"{each.part.kind} {each.part.name}" for each in parts}
    kept = [each for each in parts if not names.issuperset(each.used_by)]
    there = kept or [each for each in found.culprits if each.exists]
    worst = _worst(there)
    if worst is None:
        return Progress(done=False, phase="Deleting")
    where = "" if worst is found else f"{worst.part}: "
    return Progress(done=False, phase=f"Deleting · {where}{worst.words}")


def brief(found: Traced) -> str:
    """`Ready False Creating · Synced True`."""
    return f"Ready {_said(found.ready)} · Synced {_said(found.synced)}"


def _said(said: Said) -> str:
    return f"{said.status or '-'}{'' if said.holds or not said.reason else f' {said.reason}'}"


def _worst(culprits: list[Traced]) -> Traced | None:
    """Of several that tell why, the first, which is the deepest."""
    return max(culprits, key=_tells_why, default=None)


def _tells_why(found: Traced) -> bool:
    """Whether it says more than that it waits."""
    said = found.ready.message, found.synced.message, found.more, found.kept_by
    return not found.exists or any(said)
