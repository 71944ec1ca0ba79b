"""Which pods a `NoExecute` taint stops."""

from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.changes.impact import impact_of
from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Step, StepPreview, Verb
from tests.unit.changes.bench import NODES, opened, patch

TAINT = {"key": "dedicated", "value": "db", "effect": "NoExecute"}
EQUAL = {"key": "dedicated", "operator": "Equal", "value": "db", "effect": "NoExecute"}


class Around(Surroundings):
    """A node as it is told."""

    def __init__(self, *pods: Manifest) -> None:
        self._pods = list(pods)

    async def pods_on(self, node: str) -> list[Manifest]:
        return self._pods


def pod(*tolerations: dict[str, Any], phase: str = "Running") -> Manifest:
    return {"spec": {"tolerations": list(tolerations)}, "status": {"phase": phase}}


def node(*taints: Manifest) -> Manifest:
    return {"kind": "Node", "metadata": {"name": "n-1"}, "spec": {"taints": list(taints)}}


async def said(before: Manifest, after: Manifest, *pods: Manifest) -> list[str]:
    step = Step(Verb.PATCH, ObjectRef("nodes", "n-1"), {}, PatchType.MERGE)
    notes = await impact_of([StepPreview(step, before, after, ())], Around(*pods))
    return [f"{note.health.name} {note.text}" for note in notes]


@pytest.mark.parametrize(
    ("toleration", "stops"),
    [
        (EQUAL, False),
        ({"key": "dedicated", "value": "db"}, False),
        ({"key": "dedicated", "operator": "Exists"}, False),
        ({"operator": "Exists"}, False),
        ({**EQUAL, "value": "web"}, True),
        ({**EQUAL, "key": "other"}, True),
        ({**EQUAL, "effect": "NoSchedule"}, True),
        ({"key": "dedicated"}, True),
        ({**EQUAL, "tolerationSeconds": 0}, True),
    ],
)
async def test_who_stays(toleration: dict[str, Any], stops: bool) -> None:
    expected = "WARN 1 of 1 pod on n-1 does not tolerate it and stops" if stops else "OK all pods on n-1 tolerate it"
    assert await said(node(), node(TAINT), pod(toleration)) == [expected]


async def test_who_stops_at_once_and_who_later() -> None:
    later = [pod({**EQUAL, "tolerationSeconds": seconds}) for seconds in (300, 60)]
    found = await said(node(), node(TAINT), pod(), pod(), pod(EQUAL), *later, pod(phase="Succeeded"))
    assert found == [
        "WARN 2 of 5 pods on n-1 do not tolerate it and stop",
        "WARN 2 of 5 pods on n-1 stop after 60 to 300 s",
    ]


async def test_each_of_two_taints_must_be_tolerated() -> None:
    both = {"key": "gpu", "effect": "NoExecute"}
    assert await said(node(), node(TAINT, both), pod(EQUAL)) == [
        "WARN 1 of 1 pod on n-1 does not tolerate it and stops"
    ]
    assert await said(node(both), node(TAINT, both), pod(EQUAL)) == ["OK all pods on n-1 tolerate it"]


async def test_what_stops_no_pod_is_not_told_of() -> None:
    assert await said(node(), node({**TAINT, "effect": "NoSchedule"}), pod()) == []
    assert await said(node(TAINT), node(TAINT), pod()) == []
    assert await said(node(TAINT), node(), pod()) == []
    assert await said(node(), node(TAINT)) == ["OK no pod runs on n-1"]


async def test_the_gate_counts_the_pods_of_the_node(tmp_path: Path) -> None:
    async with opened(tmp_path) as bench:
        taint = patch(NODES, "node-1", {"spec": {"taints": [TAINT]}})
        preview = await bench.preview(Plan("Taint", bench.agent.name, (taint,)))
        assert [note.text for note in preview.impact] == ["3 of 3 pods on node-1 do not tolerate it and stop"]
