"""A part of a namespace's name stands for it where that can mean one alone, and a change in it is asked about first."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline import engine
from kubegenie_tui.genie.offline.spoken_places import placed
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.wishes.corpus import WorldReader, world

ORCHARD = world("orchard.json")


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("checkout logs in staging", "checkout logs in shop-staging"),
        ("the staging checkout", "the shop-staging checkout"),
        ("pods in staging, please", "pods in shop-staging, please"),
        ("now the staging one", "now the shop-staging one"),
        ("restart checkout in namespace staging", "restart checkout in namespace staging"),
        ("restart checkout -n staging", "restart checkout -n staging"),
        ("restart checkout in stagin", "restart checkout in stagin"),
        ("it is a staging problem", "it is a staging problem"),
    ],
)
def test_a_part_of_a_name_is_taken_where_a_namespace_stands(said: str, taken: str) -> None:
    assert placed(said, ORCHARD.directory) == taken


def test_what_is_a_cluster_is_no_namespace() -> None:
    assert placed("pods in staging", ORCHARD.directory, ["staging"]) == "pods in staging"


@pytest.mark.parametrize(
    ("said", "outcome"), [("checkout in staging", None), ("restart checkout in staging", "ambiguous")]
)
async def test_a_change_there_is_asked_about(said: str, outcome: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Directory", lambda *_: ORCHARD.directory)
    intent = await engine.understand(Scope(WorldReader(ORCHARD), Focus("prod"), Redactor()), [said])
    assert (intent.wish.outcome if intent.wish else None) == outcome
    assert "shop-staging" in (intent.note if outcome else intent.namespace or "")
