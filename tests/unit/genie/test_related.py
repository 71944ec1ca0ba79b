"""What stands around an object of the demo's production cluster, and around what stands there."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import Forbidden, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.link import Branch, Relation, Relations, Twig
from kubegenie_tui.genie.reading import related as module
from kubegenie_tui.genie.reading.related import related
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.tools.catalogue import TOOLS
from kubegenie_tui.genie.tools.toolbox import validated
from kubegenie_tui.llm.backend import CallReady


async def test_the_scope_is_said_and_one_step_is_the_rule(prod: Scope) -> None:
    near = await related(prod, "deploy", "checkout", "shop")
    number = len(near.data[1].branches)
    assert near.text.splitlines()[0] == f"cluster prod-eu: deployments.apps shop/checkout: {near.summary}"
    assert number > 2
    assert "\naround " not in near.text


async def test_two_steps_tell_what_stands_around_those_and_each_object_once(prod: Scope) -> None:
    near = await related(prod, "secrets", "checkout-db", "shop")
    far = await related(prod, "secrets", "checkout-db", "shop", depth=2)
    assert far.summary == near.summary
    assert far.text.startswith(near.text)
    further = far.text.removeprefix(near.text).splitlines()
    assert "around deployments.apps shop/checkout:" in further
    assert any("Services: services shop/checkout" in line for line in further)
    told = [line.split(": ", 1)[1].split(" (")[0] for line in further if line.startswith("  ")]
    assert len(told) == len(set(told))
    assert not any(each.split(":")[0] in near.text for each in told)


def scene(number: int) -> Relations:
    twigs = [
        Twig(ObjectRef("pods", f"p{each}", "shop"), "", True, Health.BAD if each == number - 1 else Health.OK)
        for each in range(number)
    ]
    away = (Twig(ObjectRef("configmaps", "gone", "shop"), "", there=False),)
    nodes = (Twig(ObjectRef("nodes", "node-1"), "", True),)
    branches = (
        Branch(Relation.POD, tuple(twigs), True),
        Branch(Relation.CONFIG, away, False),
        Branch(Relation.NODE, nodes, False),
    )
    return Relations(Twig(ObjectRef("services", "web", "shop"), "", True), branches)


async def test_the_unwell_are_looked_around_first_and_what_is_left_out_is_said(
    prod: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def read(source: Any, kind: Kind, namespace: str, name: str) -> Relations:
        asked.append(name)
        if name == "checkout":
            return scene(30)
        if name == "p0":
            raise Forbidden("You may not get pods")
        return scene(1)

    monkeypatch.setattr(module, "read_relations", read)
    text = (await related(prod, "services", "checkout", "shop", depth=2)).text
    assert asked[:2] == ["checkout", "p29"]
    assert sorted(asked[2:]) == sorted(f"p{number}" for number in range(11))
    assert "note: could not look around pods shop/p0: You may not get pods" in text
    assert "(looked around 12 of 30 of them, those that are unwell first)" in text


@pytest.mark.parametrize("depth", [0, 3, "deep"])
def test_there_are_two_steps_at_most(depth: object) -> None:
    call = CallReady("1", "related", f'{{"kind": "pods", "name": "x", "depth": {depth!r}}}'.replace("'", '"'))
    with pytest.raises(UsageError, match="related: depth: "):
        validated(TOOLS["related"], call)
