"""How far an operator is with an object: by its generation, its conditions, and whether it is left alone."""

import msgspec

from kubegenie_tui.domain.custom.facts import Condition
from kubegenie_tui.domain.custom.pausing import is_paused, pause_of
from kubegenie_tui.domain.custom.vocabulary import (
    BAD_PHASE,
    BAD_WHEN_TRUE,
    GOOD_PART,
    GOOD_WHEN_TRUE,
    OF_THEMSELVES,
    ON_PURPOSE,
    PHASE_PATHS,
)
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at

_GOOD = GOOD_WHEN_TRUE | {"Installed", "Offered", "Valid", "ReconcileSuccess", "Serving", "Complete"}
"""Conditions that should be True."""
_BUSY = frozenset(
    {"Progressing", "Reconciling", "Issuing", "Updating", "Creating", "Deleting", "RollingOut", "ScalingUp",
     "ScalingDown", "Remediating"}
)  # fmt: skip
"""Conditions that are True while something is on its way."""
_ARRIVED = frozenset({"Succeeded", "NewReplicaSetAvailable", "RolloutCompleted", "AsExpected"})
"""Reasons of `Progressing` that tell that it is done: of OLM, Argo Rollouts, OpenShift."""
_ON_ITS_WAY = frozenset(
    {"Creating", "Progressing", "Reconciling", "Pending", "Provisioning", "Updating", "Deleting", "Initializing",
     "DependencyNotReady", "Waiting", "Issuing"}
)  # fmt: skip
"""Reasons for which a condition that should be True is not yet."""
_WORDS = {
    "healthy": Health.OK, "ready": Health.OK, "running": Health.OK, "active": Health.OK, "bound": Health.OK,
    "succeeded": Health.OK, "synced": Health.OK, "provisioned": Health.OK, "completed": Health.OK,
    "degraded": Health.BAD, "failed": Health.BAD, "error": Health.BAD, "missing": Health.BAD,
    "progressing": Health.PROGRESSING, "pending": Health.PROGRESSING, "provisioning": Health.PROGRESSING,
    "creating": Health.PROGRESSING, "deleting": Health.PROGRESSING, "installing": Health.PROGRESSING,
    "suspended": Health.PAUSED, "paused": Health.PAUSED,
}  # fmt: skip
"""States that objects without conditions tell in one word."""
_WHY = ("status.health.message", "status.message", "status.reason", "status.failureReason", "status.failureMessage")


class ReconcileState(msgspec.Struct, frozen=True):
    """An object as its operator left it."""

    health: Health
    words: str
    """The worst of it in a few words: `Ready is False: Creating`."""
    generation: int | None
    observed: int | None
    """The generation that the operator has seen; None when it does not tell."""
    paused: bool
    conditions: tuple[Condition, ...] = ()

    @property
    def behind(self) -> bool:
        """Whether the operator has not seen the last change yet."""
        return self.generation is not None and self.observed is not None and self.observed < self.generation

    @property
    def ready(self) -> bool:
        """Whether there is nothing to be done about it."""
        return self.health in (Health.OK, Health.UNKNOWN, Health.IDLE, Health.PAUSED)


def reconcile_state(kind: Kind, manifest: Manifest) -> ReconcileState:
    """How far the operator is with an object."""
    generation, observed = number_at(manifest, "metadata.generation"), _observed(manifest)
    said = (manifest.get("status"), *mappings_at(manifest, "status.parents"))
    conditions = tuple(_condition(each) for place in said for each in mappings_at(place, "conditions"))
    pause = pause_of(kind)
    paused = pause is not None and is_paused(manifest, pause)
    health, words = _judged(manifest, conditions)
    if generation is not None and observed is not None and observed < generation and health < Health.PROGRESSING:
        health, words = Health.PROGRESSING, f"change {generation} is not seen yet, {observed} was"
    if paused:
        health, words = max(health, Health.PAUSED), f"paused; {words}"
    return ReconcileState(health, words, generation, observed, paused, conditions)


def _observed(manifest: Manifest) -> int | None:
    told = number_at(manifest, "status.observedGeneration")
    if told is not None:
        return told
    each = [number_at(condition, "observedGeneration") for condition in mappings_at(manifest, "status.conditions")]
    return min((number for number in each if number is not None), default=None)


def _condition(condition: Manifest) -> Condition:
    type_, status, reason = (text_at(condition, key) for key in ("type", "status", "reason"))
    health = condition_health(type_, status, reason)
    return Condition(
        type_,
        status,
        reason,
        text_at(condition, "message"),
        text_at(condition, "lastTransitionTime"),
        health if health is not None else Health.OK,
        health is not None,
    )


def condition_health(type_: str, status: str, reason: str) -> Health | None:
    """How well a condition says that its object is; None for one that says nothing of that."""
    if type_ in _GOOD:
        if status == "True":
            return Health.OK
        if ON_PURPOSE.search(reason):
            return Health.IDLE
        return Health.PROGRESSING if status == "Unknown" or reason in _ON_ITS_WAY else Health.BAD
    if BAD_WHEN_TRUE.search(type_) or type_ == "ReconcileError":
        return Health.BAD if status in ("True", "") else Health.OK
    if type_ in _BUSY:
        return Health.PROGRESSING if status == "True" and reason not in _ARRIVED else Health.OK
    if GOOD_PART.search(type_):
        return Health.OK if status != "False" or ON_PURPOSE.search(reason) else _of_part(reason)
    return None


def _of_part(reason: str) -> Health:
    return Health.PROGRESSING if reason in _ON_ITS_WAY or reason.startswith("Waiting") else Health.WARN


def _judged(manifest: Manifest, conditions: tuple[Condition, ...]) -> tuple[Health, str]:
    """The worst condition, else what the object says of itself in a word."""
    whole = any(each.type == "Ready" and each.status == "True" for each in conditions)
    known = [each for each in conditions if each.told and not (whole and _is_mere_part(each))]
    worst = max(known, key=lambda each: each.health, default=None)
    if worst is not None and worst.health is not Health.OK:
        status = f" is {worst.status}" if worst.status else ""
        return worst.health, f"{worst.type}{status}: {worst.message or worst.reason}"
    if found := _in_a_word(manifest):
        return found
    if worst is not None:
        good = next((each for each in known if each.type in _GOOD), worst)
        return Health.OK, f"{good.type} is {good.status}"
    return Health.UNKNOWN, "its operator tells nothing of it"


def _is_mere_part(condition: Condition) -> bool:
    """Whether a condition is of a part, which does not count where the whole is ready."""
    is_part = condition.type not in _GOOD and GOOD_PART.search(condition.type) is not None
    return is_part and condition.type not in OF_THEMSELVES


def _in_a_word(manifest: Manifest) -> tuple[Health, str] | None:
    """What the object says of itself in a word, with why when that is bad; None for a word that is not known."""
    for path in ("status.health.status", *PHASE_PATHS):
        if word := text_at(manifest, path):
            found = _WORDS.get(word.lower()) or (Health.BAD if BAD_PHASE.search(word) else None)
            if found is not None:
                why = next((told for at in _WHY if (told := text_at(manifest, at))), "")
                return found, f"{word}: {why}" if found is Health.BAD and why else word
    return None
