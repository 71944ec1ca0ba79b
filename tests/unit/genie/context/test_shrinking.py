"""What is cut of YAML or JSON still reads as that, and says what is missing where it is missing."""

import json
from typing import Any

import pytest
import yaml

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.yaml_text import LAST_APPLIED, yaml_lines
from kubegenie_tui.genie.context import shrinking
from kubegenie_tui.genie.context.kept import RESULT_CHARACTERS, Kept
from kubegenie_tui.genie.context.shrinking import looks_structured, shrunk
from kubegenie_tui.genie.context.structured import structure
from tests.unit.agents.demo_clusters import world
from tests.unit.genie.context.test_transcript import made
from tests.unit.genie.model_and_cluster import talk

HEAD = "cluster prod: pods shop/web"
CONTAINERS = [{"name": f"c-{number}", "image": "app", "args": ["x" * 900]} for number in range(300)]
METADATA: dict[str, Any] = {
    "name": "web",
    "annotations": {LAST_APPLIED: "y" * 4_000, "note": "z" * 3_000},
    "managedFields": [{"manager": "kubectl"}],
}
POD: dict[str, Any] = {"kind": "Pod", "metadata": METADATA, "spec": {"containers": CONTAINERS, "nodeName": "node-1"}}


def written(value: Any) -> str:
    return "\n".join([HEAD, *yaml_lines(value)])


@pytest.mark.parametrize("room", [7_840, 3_000, 1_000, 300])
def test_yaml_stays_yaml_in_any_room(room: int) -> None:
    told = shrunk(written(POD), room)
    assert len(told) <= room
    assert told.startswith(f"{HEAD}\n")
    assert set(yaml.safe_load(told.partition("\n")[2])) == {"kind", "metadata", "spec"}


@pytest.mark.parametrize("room", [7_840, 1_000, 300])
def test_json_stays_json_in_any_room(room: int) -> None:
    told = shrunk(json.dumps([POD] * 4), room)
    assert len(told) <= room
    assert json.loads(told)[0]["kind"] == "Pod"


def test_what_tells_least_goes_first_and_each_place_says_what_is_missing() -> None:
    found = structure("r1", shrunk(written(POD), 7_840))
    assert "managedFields" not in found["metadata"]
    assert found["metadata"]["annotations"][LAST_APPLIED] == "… (4,000 characters)"
    assert found["metadata"]["annotations"]["note"].endswith("z… (3,000 characters)")
    *shown, more = found["spec"]["containers"]
    assert [each["name"] for each in shown] == [f"c-{number}" for number in range(len(shown))]
    assert len(shown) > 5
    assert more == f"… ({300 - len(shown)} more items)"
    assert found["spec"]["nodeName"] == "node-1"


def test_a_little_too_long_loses_little() -> None:
    small = {**POD, "spec": {"containers": CONTAINERS[:4]}}
    assert structure("r1", shrunk(written(small), 7_840))["spec"] == small["spec"]


def test_a_long_mapping_tells_how_many_entries_are_missing() -> None:
    data = {f"key-{number:04}": "v" for number in range(5_000)}
    found = structure("r1", shrunk(written({"kind": "ConfigMap", "data": data}), 4_000))
    assert found["data"].pop("…") == f"{5_000 - len(found['data']):,} more entries"
    assert len(found["data"]) > 100


def test_of_several_documents_the_first_stay() -> None:
    body = "\n".join(line for number in range(900) for line in ("---", *yaml_lines({"kind": "A", "name": number})))
    told = shrunk(f"{HEAD}\n{body}", 2_000)
    found = structure("r1", told)
    assert [each["name"] for each in found] == list(range(len(found)))
    assert told.endswith(f"# {900 - len(found)} more documents")


@pytest.mark.parametrize(
    "text", ["NAME | STATUS\nweb | Running", "", f"{HEAD}\n- @", "h\na: &a [x]\nb: *a", "{not json"]
)
def test_what_is_neither_is_left_to_others(text: str) -> None:
    assert shrunk(text, 1_000) == ""


def test_what_is_too_long_is_left_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shrinking, "MOST_CHARACTERS", 100)
    assert shrunk(written(POD), 1_000) == ""


def test_an_object_is_known_by_how_it_begins() -> None:
    assert looks_structured(written(POD))
    assert looks_structured('{"a": 1}')
    assert not looks_structured(f"{HEAD}\nStatus: Running\nLabels:\n  a: b")
    assert not looks_structured("cluster prod: 3 pods\nNAME | STATUS")


def test_what_was_cut_before_is_cut_again_by_its_structure() -> None:
    transcript = made(Kept(), ('{"kind": "pods"}', written(POD)))
    told = transcript.told("rules", 2_500)[-1]["content"]
    body = "\n".join(told.splitlines()[2:-1])
    assert yaml.safe_load(body)["kind"] == "Pod"


async def test_a_model_is_sent_yaml_that_can_be_read_and_the_rest_is_kept() -> None:
    played, items = world("prod"), {f"key-{number}": "x" * 90 for number in range(200)}
    metadata = {"name": "long", "namespace": "shop"}
    played.cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": items})
    calls = (
        Call("get", {"kind": "configmaps", "name": "long"}),
        Call("recall", {"result": "r1", "path": "data.key-199"}),
    )
    async with talk(in_order(*(Turn(calls=(call,)) for call in calls), Turn("Found.")), played) as given:
        await given.ask("what is in long?")
        text = given.results[0].result
        assert len(text) <= RESULT_CHARACTERS
        assert text.splitlines()[-1].startswith("# (shortened: ")
        found = yaml.safe_load(text.partition("\n")[2])
        assert found["metadata"]["name"] == "long"
        assert found["data"].pop("…") == f"{200 - len(found['data'])} more entries"
        assert given.results[1].result.endswith("x" * 90)
