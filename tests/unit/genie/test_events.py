"""Events of a busy cluster: the newest wherever the server lists them, and what was not read."""

import json
import time
from typing import Any

import pytest

from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.events import read_events
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import validated
from kubegenie_tui.kube.objects import ObjectList
from kubegenie_tui.llm.backend import CallReady
from tests.unit.diagnostics.scene import Object, event, named
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import PlayedReader, played_scope

POD = named("web-0", "Pod")


class Busy(PlayedReader):
    """Lists these events in their order."""

    def __init__(self, *events: Object) -> None:
        super().__init__()
        self.events = list(events)

    async def list_objects(
        self, kind: Kind, namespace: str = "", *, field_selector: str = "", limit: int = 500, **how: Any
    ) -> ObjectList:
        found = [each for each in self.events if field_selector != "type!=Normal" or each["type"] != "Normal"]
        return ObjectList(found[: limit or None], remaining=max(0, len(found) - limit) if limit else 0)


def calm(number: int) -> Object:
    return event(POD, "Pulled", f"image {number}", "Normal") | {"lastTimestamp": "2025-11-25T19:00:00Z"}


async def test_the_newest_warnings_are_found_behind_many_others() -> None:
    late = event(POD, "BackOff", "restarting failed container")
    scope = played_scope(Focus("prod"), Busy(*[calm(number) for number in range(600)], late))
    warnings = await read_events(scope, "*", warnings_only=True)
    assert [each.reason for each in warnings.data] == ["BackOff"]
    assert warnings.summary == "1 warnings in all namespaces"
    everything = await read_events(scope, "*", limit=2)
    assert [each.reason for each in everything.data] == ["BackOff", "Pulled"]
    assert everything.summary == "601 events in all namespaces"


async def test_the_summary_tells_when_not_all_were_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.reading.events._MOST", 3)
    reader = Busy(*[event(POD, "BackOff", f"restarting {number}") for number in range(5)])
    scope = played_scope(Focus("prod"), reader)
    told = "3 warnings in all namespaces, of the first 3 that were read; there are more"
    assert (await read_events(scope, "*", warnings_only=True)).summary == told
    assert told in (await read_events(scope, "*", warnings_only=True)).text
    clusters: dict[str, Any] = {"prod": reader}
    asked = Genie(Agents(clusters)).ask("warnings of the last 5 minutes in all namespaces", Focus("prod"), [])
    said = "".join([each.text async for each in asked if isinstance(each, TextDelta)])
    assert "0 warnings in all namespaces in the last 5m, of the first 3 that were read; there are more" in said


async def test_a_model_asks_for_the_events_of_a_while() -> None:
    ago = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    old, new = event(POD, "BackOff", "old") | {"lastTimestamp": ago}, event(POD, "BackOff", "new")
    new["lastTimestamp"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    scope = played_scope(Focus("prod"), Busy(old, new))
    for since, found in (("5m", ["new"]), (300, ["new"]), ("1h", ["new", "old"]), (None, ["new", "old"])):
        call = CallReady("1", "events", json.dumps({"namespace": "*", "since_seconds": since}))
        result = await TOOLS["events"].run(scope, validated(TOOLS["events"], call))
        assert [each.message for each in result.data] == found
        assert (" in the last " in result.summary) == (since is not None)


@pytest.mark.parametrize("since", ["soon", "0", "-5m", "5 fortnights"])
def test_a_while_that_is_none_is_refused(since: str) -> None:
    with pytest.raises(UsageError, match="events: since_seconds: "):
        validated(TOOLS["events"], CallReady("1", "events", json.dumps({"since_seconds": since})))
