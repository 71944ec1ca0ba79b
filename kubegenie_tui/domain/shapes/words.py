"""Health read from the words in the server's own columns, for kinds we have no shape for."""

import re

from kubegenie_tui.domain.health import Health

TELLING = (
    "READY", "STATUS", "HEALTH", "HEALTHY", "HEALTH STATUS", "PHASE", "STATE", "AVAILABLE", "CONDITION", "SYNCED",
    "SYNC STATUS", "ESTABLISHED", "VALID", "ACCEPTED", "PROGRAMMED", "CONNECTED", "INSTALLED", "SUCCEEDED",
)  # fmt: skip
"""Titles of columns whose words say how an object is, the most telling first."""

_HOLDS = frozenset({"PAUSED", "SUSPENDED", "SUSPEND"})
_WORDS = {
    Health.OK: "true ready running active bound healthy synced available established ok up deployed normal online "
    "connected valid accepted approved,issued approved programmed enabled provisioned operational",
    Health.IDLE: "completed complete succeeded finished done closed stopped",
    Health.PAUSED: "paused suspended hibernated",
    Health.PROGRESSING: "unknown pending progressing creating provisioning deleting terminating reconciling updating "
    "waiting scaling scalingup scalingdown upgrading installing initializing starting stopping scheduling inprogress",
    Health.WARN: "false notready outofsync unavailable inactive unbound degraded stale warning denied released",
    Health.BAD: "failed failure error errored unhealthy lost invalid missing stalled expired crashloopbackoff aborted "
    "installfailed upgradefailed deletefailed",
}
_HEALTH = {word: health for health, words in _WORDS.items() for word in words.split()}
_FIRST_WORD = re.compile(r"[A-Za-z,]+(?:[ -][A-Z][a-z]+)*")
_RATIO = re.compile(r"(\d+)/(\d+)$")


def health_of_word(title: str, text: str) -> Health | None:
    """What a cell under `title` says about its object; None when it says nothing we understand."""
    if title in _HOLDS:
        return Health.PAUSED if text.lower() == "true" else None
    if title not in TELLING:
        return None
    ratio = _RATIO.match(text)
    if ratio is not None:
        return Health.OK if ratio[1] == ratio[2] else Health.WARN
    word = _FIRST_WORD.match(text)
    return _HEALTH.get(word[0].lower().replace(" ", "").replace("-", "")) if word is not None else None
