"""How far an operator is with an object: by its generation, its conditions, and whether it is left alone."""

import msgspec

from kubegenie_tui.domain.custom.facts import Condition
from kubegenie_tui.domain.custom.pausing import is_paused, pause_of
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mappings_at, number_at, text_at

_GOOD = frozenset(
    {"Ready", "Synced", "Available", "Healthy", "Reconciled", "Installed", "Succeeded", "Accepted", "Established",
     "Programmed", "ResolvedRefs", "Offered", "Active", "Valid", "ReconcileSuccess", "Serving", "Complete"}
)  # fmt: skip
"""Conditions that should be True."""
_ILL = frozenset({"Stalled", "Degraded", "Failed", "Failing", "Error", "ReconcileError", "Unhealthy"})
"""Conditions that should not be."""
_BUSY = frozenset({"Progressing", "Reconciling", "Issuing", "Updating", "Creating", "Deleting"})
"""Conditions that are True while something is on its way."""
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
    conditions = tuple(_condition(each) for each in mappings_at(manifest, "status.conditions"))
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
    return Condition(
        type_,
        status,
        reason,
        text_at(condition, "message"),
        text_at(condition, "lastTransitionTime"),
        _health_of(type_, status, reason),
    )


def _health_of(type_: str, status: str, reason: str) -> Health:
    if type_ in _ILL:
        return Health.BAD if status == "True" else Health.OK
    if type_ in _BUSY:
        return Health.PROGRESSING if status == "True" else Health.OK
    if type_ not in _GOOD or status == "True":
        return Health.OK
    return Health.PROGRESSING if status == "Unknown" or reason in _ON_ITS_WAY else Health.BAD


def _judged(manifest: Manifest, conditions: tuple[Condition, ...]) -> tuple[Health, str]:
    """The worst condition, else what the object says of itself in a word."""
    known = [each for each in conditions if each.type in _GOOD | _ILL | _BUSY]
    worst = max(known, key=lambda each: each.health, default=None)
    if worst is not None and worst.health is not Health.OK:
        return worst.health, f"{worst.type} is {worst.status}: {worst.message or worst.reason}"
    for path in ("status.health.status", "status.phase", "status.state"):
        if word := text_at(manifest, path):
            found = _WORDS.get(word.lower())
            if found is not None:
                return found, word
    if worst is not None:
        good = next((each for each in known if each.type in _GOOD), worst)
        return Health.OK, f"{good.type} is {good.status}"
    return Health.UNKNOWN, "its operator tells nothing of it"
