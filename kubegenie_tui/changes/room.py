"""Steps that need what an earlier step of the same plan makes: a namespace, a kind, a name that becomes free.

The server cannot try them before that is there. They are shown as they are written, objects of a new kind once they
have the structure that its definition asks for; when their turn has come, they are tried before they are written.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence

from kubegenie_tui.changes.cluster import WritableCluster
from kubegenie_tui.changes.look import bind, kind_for, live_object, look, require_right
from kubegenie_tui.changes.three_way import carried_over
from kubegenie_tui.domain.definition import DEFINITIONS, kinds_defined, structure_defined
from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.errors import ClusterError, Conflict, Forbidden, Invalid, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.domain.plan import Step, StepPreview, Verb
from kubegenie_tui.domain.structure import faults_of
from kubegenie_tui.kube.clock import Clock
from kubegenie_tui.kube.writes import dry_run

LOOK_SECONDS = 1.0
"""Between two tries."""
PATIENCE_SECONDS = 60.0
"""How long the server may take to serve what an earlier step has made."""
SETTLING_SECONDS = 5.0
"""How long it may take to heed a new definition, or to fill a new namespace; then its no is meant."""
NAMESPACE = "the namespace comes with this plan"
NAME = "the name becomes free with this plan"
KIND = "the kind comes with this plan; only its definition was heeded"
DEFINITION = "the definition of the kind changes with this plan; only that was heeded"
MOST_TOLD = 3


async def look_ahead(cluster: WritableCluster, steps: Sequence[Step], index: int) -> StepPreview:
    """As `look` at one of these steps, also where an earlier one has yet to make room for it.

    Raises:
        Invalid: it has not the structure that the definition of its kind asks for.
        KubeGenieError: as `look`.
    """
    step, earlier = steps[index], steps[:index]
    definition = _definition_of(step, earlier)
    if definition is not None and cluster.kinds.get(step.ref.kind) is None:
        return await _of_new_kind(cluster, step, definition)
    try:
        return await look(cluster, step)
    except (NotFound, Conflict, Invalid) as refusal:
        if definition is not None and isinstance(refusal, NotFound):
            return await _of_new_kind(cluster, step, definition)
        if definition is not None and isinstance(refusal, Invalid):
            _require_structure(step, definition)
            before = await live_object(cluster, kind_for(cluster, step), step)
            return _as_written(bind(step, before), before, DEFINITION)
        if awaits := _awaited(step, earlier, refusal):
            return _as_written(step, None, awaits)
        raise


async def room_made(
    cluster: WritableCluster, shown: StepPreview, clock: Clock, stop: Callable[[], bool]
) -> AsyncIterator[str]:
    """Wait until the server accepts, in a dry run, a step that it could not try before; say what it waits for.

    At once for other steps, and when it is stopped.

    Raises:
        ClusterError: the server still refuses when patience ends, or for another reason.
    """
    began, told = clock.now(), False
    while shown.awaits and not stop():
        try:
            await _try(cluster, shown.step)
            return
        except (NotFound, Invalid, Forbidden) as refusal:
            patience = PATIENCE_SECONDS if isinstance(refusal, NotFound) else SETTLING_SECONDS
            if clock.now() - began >= patience:
                raise
        if not told:
            told = True
            yield f"waits until the server serves {_what(shown)}"
        await clock.sleep(LOOK_SECONDS)


async def _try(cluster: WritableCluster, step: Step) -> None:
    if cluster.kinds.get(step.ref.kind) is None:
        await cluster.learn_kinds()
    if cluster.kinds.get(step.ref.kind) is None:
        raise NotFound(f"The server does not serve {step.ref.kind}", "its definition is there", "apply the rest again")
    await dry_run(cluster.client, kind_for(cluster, step), step)


def _what(shown: StepPreview) -> str:
    ref = shown.step.ref
    return f"namespace {ref.namespace}" if shown.awaits == NAMESPACE else ref.kind


def _definition_of(step: Step, earlier: Sequence[Step]) -> Manifest | None:
    """What an earlier step says of the kind of this one."""
    made = (each.body for each in earlier if each.ref.kind == DEFINITIONS and each.verb in (Verb.CREATE, Verb.APPLY))
    return next((body for body in made if any(kind.id == step.ref.kind for kind in kinds_defined(body))), None)


async def _of_new_kind(cluster: WritableCluster, step: Step, definition: Manifest) -> StepPreview:
    kind = next(_written_kinds(step, definition), None)
    if kind is None:
        raise Invalid(f"{step.ref} is written for {text_at(step.body, 'apiVersion')}", "its definition has none such")
    for verb in dict.fromkeys((step.verb.right, "create")):
        await require_right(cluster, kind, step, verb)
    _require_structure(step, definition)
    return _as_written(step, None, KIND)


def _written_kinds(step: Step, definition: Manifest) -> Iterator[Kind]:
    wanted = text_at(step.body, "apiVersion")
    return (kind for kind in kinds_defined(definition) if kind.api_version == wanted)


def _require_structure(step: Step, definition: Manifest) -> None:
    version = text_at(step.body, "apiVersion").rpartition("/")[2]
    faults = list(faults_of(step.body, structure_defined(definition, version)))
    if faults:
        more = f"; and {len(faults) - MOST_TOLD} more" if len(faults) > MOST_TOLD else ""
        why = "; ".join(map(str, faults[:MOST_TOLD])) + more
        refusal = Invalid(f"{step.ref} is not as the definition of its kind asks", why, "correct it, or the definition")
        refusal.fields = tuple(fault.path for fault in faults)
        raise refusal


def _as_written(step: Step, before: Manifest | None, awaits: str) -> StepPreview:
    after = step.body if before is None else carried_over(before, {}, step.body)
    return StepPreview(step, before, after, manifest_diff(before, after), awaits)


def _awaited(step: Step, earlier: Sequence[Step], refusal: ClusterError) -> str:
    """What the server misses that an earlier step brings: a namespace, or a name that becomes free."""
    if isinstance(refusal, Conflict):
        removed = (each.ref for each in earlier if each.verb is Verb.DELETE)
        return NAME if step.verb is Verb.CREATE and step.ref in removed else ""
    made = {each.ref.name for each in earlier if each.ref.kind == "namespaces"}
    there_soon = isinstance(refusal, NotFound) and step.ref.namespace and step.ref.namespace in made
    return NAMESPACE if there_soon else ""
