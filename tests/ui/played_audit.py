"""An audit log, played: who changed what in a cluster, the latest first."""

from types import SimpleNamespace
from typing import Any

import msgspec

from kubegenie_tui.changes.audit import Entry
from kubegenie_tui.screens.audit import AuditScreen
from tests.unit.changes.entries import entry

SCALED = entry(at=0, groups=("sre",), asked_by="genie", uid="0f6c1d8e-52a7-4c34-9a0b-8a1f6f0f9f3e", diff_hash="")


def entries(now: float) -> tuple[Entry, ...]:
    """A change that the genie asked for and that is done, and one of a person's that failed."""
    replace = msgspec.structs.replace
    scaled = replace(SCALED, at=now - 40)
    return (
        replace(
            scaled, phase="result", intent=3, result="failed", code=409, message="it changed", latency_ms=12, seq=4
        ),
        replace(scaled, asked_by="person", seq=3),
        replace(scaled, phase="result", intent=1, result="done", code=200, latency_ms=38, seq=2),
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
