"""What is asked to see is answered whatever is told beside it, and never where the text supposes or asks how."""

import pytest

from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.genie.offline import engine
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.redaction.redactor import Redactor
from tests.unit.genie.wishes.corpus import SHOP, WorldReader


@pytest.mark.parametrize(
    ("text", "verb", "kind", "name"),
    [
        ("web should not be restarted, just let me see its logs", "logs", "deployments.apps", "web"),
        ("Can I see all pods of shop please? My boss asks me if the machines are running.", "list", "pods", ""),
        ("Which pods are older than 30 days? We should have them recreated one day.", "list", "pods", ""),
        ("I need the five newest pods of shop, because I want to see if my deploy came through.", "list", "pods", ""),
        ("if web fails we restart it, show me its logs", "change", "", ""),
        ("web was scaled to 5 yesterday, wasn't it?", "change", "", ""),
    ],
)
async def test_what_is_asked_to_see(
    text: str, verb: str, kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "Directory", lambda *_: SHOP.directory)
    intent = await engine.understand(Scope(WorldReader(SHOP), Focus("prod"), Redactor()), [text])
    assert (intent.verb, intent.kind, intent.name) == (verb, kind, name)
    assert intent.wish is None or intent.wish.outcome == "refuse"
