"""From a step that was done to the step that takes it back, or to the reason why nothing can."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.changes.recreating import NEVER, as_intended, never_again, recreated
from kubegenie_tui.changes.retention import claims_lost
from kubegenie_tui.changes.secret_marks import SecretMark
from kubegenie_tui.changes.since import comparable, without_applied_text
from kubegenie_tui.changes.three_way import Change, changes_between, merge_patch, set_back
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at, text_at
from kubegenie_tui.domain.plan import PatchType, Step, StepPreview, Verb

_SECRET_VALUES = "the values of a Secret are not kept: set them anew"  # noqa: S105 - about Secrets
_INSTALL_PLANS = "installplans.operators.coreos.com"
NOTHING = "it changed nothing"
_FOR_GOOD = frozenset({"approval", "finalize"})
"""Subresources whose writes a server does not take back."""


class Reversal(msgspec.Struct, frozen=True):
    """What takes one step back."""

    step: Step | None
    """None when nothing can."""
    changes: tuple[Change, ...] = ()
    """What the step touched in an object that stays."""
    why: str = ""
    """Why nothing can."""
    left: Manifest | None = None
    """The object that stays as the step left it, comparable; None where that is not known."""
    secret: SecretMark | None = None
    """What is kept of the values of a Secret; None for anything else, and where they need not be set back."""


def reversal_of(preview: StepPreview, result: Manifest | None) -> Reversal:
    """What takes a step back.

    Args:
        preview: what was shown, with the object before.
        result: what the server answered; None while it is not done yet, where what it would do stands for it.
    """
    step = preview.step
    if step.subresource in _FOR_GOOD or (step.verb is Verb.CREATE and step.subresource):
        return Reversal(None, why=_no_way_back(step))
    if claims_lost(preview):
        return Reversal(None, why=NEVER["persistentvolumeclaims"])
    if step.verb is Verb.DELETE:
        return _of_deletion(step, preview.before)
    if preview.before is None or step.verb is Verb.CREATE:
        return _of_creation(step, result)
    return _of_change(step, preview.before, result or preview.after or preview.before)


def _no_way_back(step: Step) -> str:
    if step.subresource == "eviction":
        return "an evicted pod does not come back; its controller makes another"
    return f"what {step.subresource} did cannot be taken back"


def _of_deletion(step: Step, before: Manifest | None) -> Reversal:
    if before is None:
        return Reversal(None, why="what it was like is not known")
    why = never_again(step.ref.kind, before)
    if why:
        return Reversal(None, why=why)
    return Reversal(Step(Verb.CREATE, step.ref, recreated(before), uid=text_at(before, "metadata.uid"), wait=step.wait))


def _of_creation(step: Step, made: Manifest | None) -> Reversal:
    if made is None:
        return Reversal(Step(Verb.DELETE, step.ref, propagation="Background", wait=step.wait))
    uid = text_at(made, "metadata.uid")
    if not uid:
        return Reversal(None, why="there is nothing that stays of it")
    ref = msgspec.structs.replace(step.ref, name=text_at(made, "metadata.name"))
    return Reversal(Step(Verb.DELETE, ref, propagation="Background", uid=uid, wait=step.wait))


def _of_change(step: Step, before: Manifest, after: Manifest) -> Reversal:
    if step.subresource == "scale" and number_at(before, "spec.replicas") is None:
        return Reversal(None, why="how many there were is not known")
    old, new = _comparable(before, step.subresource), _comparable(after, step.subresource)
    touched = tuple(changes_between(old, new))
    if stays := _stays(step.ref.kind, touched):
        return Reversal(None, why=stays)
    if not touched:
        return Reversal(None, why=NOTHING)
    body = merge_patch(new, set_back(new, touched)[0])
    uid = text_at(before, "metadata.uid")
    back = Step(Verb.PATCH, step.ref, body, PatchType.MERGE, step.subresource, uid=uid, wait=step.wait)
    version = text_at(step.body, "apiVersion") if step.verb is Verb.APPLY else step.api_version
    back = msgspec.structs.replace(back, api_version=version)
    return Reversal(back, touched, left=_left(step, before, after))


def _stays(kind: str, touched: Sequence[Change]) -> str:
    """Why what a change of an object led to stays; empty when it can be set back."""
    paths = [change.path for change in touched]
    if kind == "secrets" and any(path[0] in ("data", "stringData") for path in paths):
        return _SECRET_VALUES
    if kind == "persistentvolumeclaims" and any(path[:2] == ("spec", "resources") for path in paths):
        return "a volume that has grown cannot shrink"
    if kind == _INSTALL_PLANS and ("spec", "approved") in paths:
        return "OLM installs what is approved, whatever becomes of the approval"
    if any("ephemeralContainers" in path for path in paths):
        return "a debug container stays in its pod until the pod ends"
    return ""


def _comparable(manifest: Manifest, subresource: str) -> Manifest:
    """As much of an object as a write to the subresource can change."""
    if subresource == "scale":
        return {"spec": {"replicas": number_at(manifest, "spec.replicas") or 0}}  # a Scale leaves a zero out
    if subresource == "status":
        return {"status": mapping_at(manifest, "status")}
    intended = as_intended(manifest)
    return without_applied_text(intended) if intended.get("kind") == "Secret" else intended


def _left(step: Step, before: Manifest, after: Manifest) -> Manifest:
    """The object as a change left it; the answer to a scaling tells of the replicas only."""
    if step.subresource != "scale":
        return comparable(after)
    replicas = number_at(after, "spec.replicas") or 0
    return comparable({**before, "spec": {**mapping_at(before, "spec"), "replicas": replicas}})
