"""An audit log, played: who changed what in a cluster, the latest first."""

from types import SimpleNamespace
from typing import Any

import msgspec

from kubegenie_tui.changes.audit import Entry
from kubegenie_tui.screens.audit import AuditScreen

SCALED = Entry(
    at=0,
    actor="ada@desk",
    identity="platform-admin",
    groups=("sre",),
    asked_by="genie",
    cluster="prod-eu",
    verb="patch",
    kind="deployments.apps",
    namespace="shop",
    name="checkout",
    uid="u",
    subresource="scale",
    plan="Scale deployment shop/checkout from 3 to 6",
    diff_hash="",
    tier=1,
    how="key y",
)


def entries(now: float) -> tuple[Entry, ...]:
    """A change that the genie asked for and that is done, and one of a person's that failed."""
    replace = msgspec.structs.replace
    scaled = replace(SCALED, at=now - 40)
    result = {"phase": "result", "latency_ms": 12}
    return (
        replace(scaled, **result, intent=3, result="failed", code=409, message="it changed", seq=4),
        replace(scaled, asked_by="person", seq=3),
        replace(scaled, **result, intent=1, result="done", code=200, seq=2),
        replace(scaled, seq=1),
    )


def audit_screen(*log: Entry) -> AuditScreen:
    """The screen of that log."""

    async def read(limit: int, cluster: str) -> tuple[Entry, ...]:
        return log

    async def changes() -> Any:
        return SimpleNamespace(audit=SimpleNamespace(entries=read))

    services: Any = SimpleNamespace(changes=changes)
    return AuditScreen(services, "prod-eu")
