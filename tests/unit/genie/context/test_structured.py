"""What was kept is read by a path as well."""

import json

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.genie.context import structured
from kubegenie_tui.genie.context.recalling import recall
from kubegenie_tui.genie.context.structured import structure
from kubegenie_tui.genie.reading.scope import Scope
from tests.unit.agents.demo_clusters import world
from tests.unit.domain.test_expression import ENDLESS
from tests.unit.genie.model_and_cluster import SECRET, talk
from tests.unit.genie.played_reader import played_scope

HEAD = "cluster prod: pods shop/web: it is there"
OBJECT = {"kind": "Pod", "spec": {"containers": [{"name": "a"}, {"name": "b", "at": "2026-11-25T20:00:00Z"}]}}
YAML = "kind: Pod\nspec:\n  containers:\n  - name: a\n  - name: b\n    at: 2026-11-25T20:00:00Z"


def kept(text: str) -> Scope:
    scope = played_scope()
    assert scope.kept.keep(text) == "r1"
    return scope


@pytest.mark.parametrize("text", [YAML, f"{HEAD}\n{YAML}", json.dumps(OBJECT), f"{HEAD}\n{json.dumps(OBJECT)}"])
def test_json_and_yaml_are_read_with_and_without_a_heading(text: str) -> None:
    assert structure("r1", text) == OBJECT


def test_several_documents_are_a_list() -> None:
    assert structure("r1", f"{HEAD}\n---\nkind: A\n---\nkind: B\n") == [{"kind": "A"}, {"kind": "B"}]


@pytest.mark.parametrize(
    "text",
    [
        "NAME | STATUS\nweb | Running", "just words", "", f"{HEAD}\n{'[' * 200_000}", f"{HEAD}\n{'- ' * 90_000}x",
        "h\na: &a [x]\nb: *a", f"{HEAD}\n- @", '{"a": ' * 50_000,
    ],
)  # fmt: skip
def test_what_is_neither_is_said(text: str) -> None:
    with pytest.raises(UsageError, match=r"r1 is neither JSON nor YAML.*by grep or by lines"):
        structure("r1", text)


def test_what_is_too_long_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structured, "MOST_CHARACTERS", 10)
    with pytest.raises(UsageError, match="too long to be read by a path"):
        structure("r1", YAML)


async def test_a_part_is_told_with_numbers_and_searched() -> None:
    scope = kept(f"{HEAD}\n{YAML}")
    told = await recall(scope, "r1", path="spec.containers[1]")
    assert told.text.splitlines() == [
        "lines 1 to 2 of 2 of spec.containers[1] of r1", "1: name: b", '2: at: "2026-11-25T20:00:00Z"',
    ]  # fmt: skip
    assert (await recall(scope, "r1", path="spec.containers[*].name")).text.splitlines()[1:] == ["1: - a", "2: - b"]
    found = await recall(scope, "r1", "name: b", path="spec")
    assert found.summary == "1 of 4 lines of spec of r1 match `name: b`"


@pytest.mark.parametrize(("grep", "line"), ENDLESS)
async def test_an_expression_that_finds_no_end_is_refused(grep: str, line: str) -> None:
    with pytest.raises(UsageError, match="takes too long to match"):
        await recall(kept(f"an ordinary line\n{line}"), "r1", grep)


async def test_a_line_of_any_length_is_searched() -> None:
    scope = kept(f"first\n{'word ' * 500_000}the needle{' word' * 500_000}\nlast needle")
    assert (await recall(scope, "r1", "the n[e]+dle")).summary == "1 of 3 lines of r1 match `the n[e]+dle`"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [("spec.colour", r"Nothing stands at spec.colour of r1.*at its top: kind, spec"), ("a[", "no step of a JSONPath")],
)
async def test_a_path_that_leads_nowhere_is_an_error(path: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        await recall(kept(f"{HEAD}\n{YAML}"), "r1", path=path)


async def test_a_model_reads_a_part_of_what_was_cut_and_no_secret() -> None:
    played, items = world("prod"), {f"key-{number}": "x" * 90 for number in range(200)}
    played.cluster.create(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "long", "namespace": "shop"}, "data": items}
    )
    played.cluster.create({**SECRET, "metadata": {**SECRET["metadata"], "annotations": items}})
    calls = (
        Call("get", {"kind": "configmaps", "name": "long"}),
        Call("recall", {"result": "r1", "path": "data.key-150"}),
        Call("get", {"kind": "secrets", "name": "checkout-db"}),
        Call("recall", {"result": "r2", "path": "data"}),
    )
    async with talk(in_order(*(Turn(calls=(call,)) for call in calls), Turn("Found.")), played) as made:
        await made.ask("what is in long?")
        assert all(result.ok for result in made.results)
        assert made.results[1].result.endswith(f"1: {'x' * 90}")
        assert "dsn: " in made.results[3].result
        assert "[redacted-" in made.results[3].result
        assert "hunter2" not in made.model.outbound.decode()
