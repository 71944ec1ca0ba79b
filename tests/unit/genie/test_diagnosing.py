"""A look at a large cluster: others have their turn meanwhile."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading import diagnosing, gathering
from kubegenie_tui.genie.reading.diagnosing import diagnose_object, diagnose_scope, masked_finding
from tests.unit.genie.played_reader import played_scope
from tests.unit.genie.test_gathering import Holding

PODS = 10_000
A_FEW = 20


class Turns:
    """Counts the turns that others have, and how many of them within a call."""

    def __init__(self) -> None:
        self.taken = 0
        self.within: dict[str, int] = {}

    async def take(self) -> None:
        while True:
            await asyncio.sleep(0)
            self.taken += 1

    def counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            before = self.taken
            found = call(*given, **named)
            self.within[name] = self.taken - before
            return found

        return counted


def large() -> Holding:
    reader = Holding()
    reader._rows["pods"] = [Row(f"uid-{number}", "shop", f"web-{number}", 0, "1", ()) for number in range(PODS)]
    return reader


async def test_others_have_their_turn_while_a_large_cluster_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, scope = Turns(), played_scope(Focus("prod"), large())
    for module, name in ((diagnosing, "diagnose"), (gathering, "Snapshot"), (gathering, "logs_wanted")):
        monkeypatch.setattr(module, name, turns.counted(name, getattr(module, name)))
    others = asyncio.create_task(turns.take())
    await diagnose_scope(scope, "*")
    assert turns.within["diagnose"] > A_FEW
    assert turns.within["Snapshot"] > A_FEW
    assert turns.within["logs_wanted"] > A_FEW
    await diagnose_object(scope, "pods", "web-7", "shop")
    assert turns.within["diagnose"] > A_FEW
    others.cancel()


def test_a_workload_named_like_a_credential_is_told_whole() -> None:
    ref = ObjectRef("deployments.apps", "auth", "shop")
    title = "deployment auth: container auth crashes: password=hunter22"
    found = Finding("crash-loop", Severity.CRITICAL, title, "", ref)
    masked = masked_finding(played_scope(), found).title
    assert masked.startswith("deployment auth: container auth crashes: password=[redacted-")
    other = masked_finding(played_scope(), Finding("crash-loop", Severity.CRITICAL, "token: hunter22", "", ref))
    assert other.title.startswith("token: [redacted-")
