"""Custom resources that are done once, such as backups and runs of pipelines: the last of a row tells how it goes."""

from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.quantity import parse_time

_ENDS = (
    "status.completionTime", "status.completionTimestamp", "status.finishedAt", "status.stoppedAt",
    "status.completedAt", "status.failureTime",
)  # fmt: skip
"""When one was done: Tekton and others, Velero, Argo Workflows, CloudNativePG, Argo Rollouts, cert-manager."""
_ROWS = (
    "tekton.dev/pipeline", "tekton.dev/task", "velero.io/schedule-name", "workflows.argoproj.io/cron-workflow",
    "workflows.argoproj.io/workflow-template", "cnpg.io/scheduled-backup", "cnpg.io/cluster",
)  # fmt: skip
"""Labels that name what one was made by, the first that is there."""
_PART = "tekton.dev/pipelineTask"
"""Which part of a run it is: each has a row of its own."""
_WELL = frozenset({"Ready", "Succeeded", "Complete"})
_REFUSED = "FailedValidation"
_LONG_SECONDS = 7 * 24 * 3600


def is_superseded(snapshot: Snapshot, kind: str, item: Manifest) -> bool:
    """Whether one that is done was followed by another of its row that is done too, or is well."""
    row = _row(item)
    if not row or not is_done(item):
        return False
    others = snapshot.within(kind, ref_of(kind, item).namespace)
    return any(_row(each) == row and _follows(each, item) for each in others)


def _follows(other: Manifest, item: Manifest) -> bool:
    """Of what does not tell when it was done, such as a certificate's request, one that was well later."""
    if is_done(other):
        return _ended(other) > _ended(item)
    made, before = (parse_time(text_at(each, "metadata.creationTimestamp")) for each in (other, item))
    well = [
        parse_time(text_at(each, "lastTransitionTime"))
        for each in mappings_at(other, "status.conditions")
        if text_at(each, "type") in _WELL and text_at(each, "status") == "True"
    ]
    return bool(well) and (made > before or max(well) > _ended(item))


def is_long_over(snapshot: Snapshot, item: Manifest) -> bool:
    """Whether it was done more than a week ago."""
    return is_done(item) and 0 < _ended(item) < snapshot.now - _LONG_SECONDS


def _ended(item: Manifest) -> int:
    """When it was done, in seconds since the epoch; of what was refused when it was made."""
    ended = max(parse_time(text_at(item, path)) for path in _ENDS)
    return ended or parse_time(text_at(item, "metadata.creationTimestamp"))


def is_done(item: Manifest) -> bool:
    """Whether it will not go on, well or not."""
    return any(text_at(item, path) for path in _ENDS) or text_at(item, "status.phase") == _REFUSED


def _row(item: Manifest) -> str:
    """What stands for all that one thing made: its owner, or a label."""
    labels = mapping_at(item, "metadata.labels")
    owner = next((each for each in mappings_at(item, "metadata.ownerReferences") if each.get("controller")), {})
    named = next((f"{key}={labels[key]}" for key in _ROWS if key in labels), "")
    return "/".join(filter(None, (text_at(owner, "uid") or named, labels.get(_PART, ""))))
