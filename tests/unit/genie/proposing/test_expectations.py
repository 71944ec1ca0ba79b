"""What a model promises of a change: said so that code can compare it, and compared with the cluster as it is then."""

import json
from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.domain.conversation import Aftermath, Message, PlanProposed, Record
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Expected, Note, Plan
from kubegenie_tui.genie.proposing import expectations
from kubegenie_tui.genie.proposing.expectations import held
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.genie.reading.scope import Result
from kubegenie_tui.genie.tools import small
from kubegenie_tui.genie.tools.catalogue import TOOLS
from tests.unit.genie.model_and_cluster import Talk, talk
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import SCALE, proposals, propose, shop, shop_talk

WEB = ObjectRef("deployments.apps", "web", "shop", "prod")
SECRET = "postgres://checkout:hunter2-very-secret@db:5432/checkout"
MOST_FOR_SMALL = 8_146
"""Characters of all tools of a small model: 5 % more than before it could promise what code compares."""


def written(*expects: dict[str, Any]) -> Call:
    return Call("propose", {"steps": [SCALE], "expects": list(expects)})


async def test_what_can_be_compared_comes_with_the_plan(looking: Looking) -> None:
    call = written(
        {"what": "replicas", "value": 5},
        {"what": "ready", "of": "deploy/web"},
        {"what": "condition", "value": "Available=True"},
        {"what": "gone", "value": "crash-loop"},
        {"what": "gone", "of": "secrets/checkout-db"},
    )
    async with shop_talk(looking, in_order(Turn(calls=(call,)), Turn("I propose it."))) as made:
        await made.ask("scale web to 5")
        [proposed] = proposals(made)
        assert [each.words for each in proposed.plan.expects] == [
            "deployment shop/web has 5 replicas",
            "deployment shop/web is ready",
            "deployment shop/web says Available=True",
            "no crash-loop is found of deployment shop/web",
            "secret shop/checkout-db is gone",
        ]


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"what": "replicas", "value": "many"}, "how many is a number"),
        ({"what": "replicas"}, "how many is a number"),
        ({"what": "condition", "value": "Available"}, "Type=Status"),
        ({"what": "gone", "value": "crash-lop"}, "did you mean crash-loop?"),
        ({"what": "ready", "of": "deployments/wob"}, 'There is no deployment "wob"'),
        ({"what": "ready", "of": "wobs/web"}, "wobs"),
        ({"what": "happy"}, "expects.0.what"),
    ],
)
async def test_what_could_not_be_compared_is_told_to_the_model(
    looking: Looking, expect: dict[str, Any], complaint: str
) -> None:
    async with shop_talk(looking, in_order(Turn(calls=(written(expect),)), Turn("I cannot."))) as made:
        await made.ask("scale web to 5")
        assert proposals(made) == []
        [told] = made.answered().values()
        assert complaint in told


async def test_a_model_that_says_nothing_of_the_kind_proposes_as_before(looking: Looking) -> None:
    for said in ({}, {"expects": None}, {"expects": "[]"}):
        call = msgspec.structs.replace(propose(), arguments={"steps": [SCALE], **said})
        async with shop_talk(looking, in_order(Turn(calls=(call,)), Turn("I propose it."))) as made:
            await made.ask("scale web to 5")
            [proposed] = proposals(made)
            assert proposed.plan.expects == ()


def test_the_tools_of_a_small_model_stay_short() -> None:
    tools = [small.short(TOOLS[name].schema()) for name in small.NAMES]
    assert len(json.dumps(tools, separators=(",", ":"), ensure_ascii=False)) <= MOST_FOR_SMALL
    assert "Expectation" in str(tools)


async def test_the_next_turn_tells_the_model_what_was_promised_and_what_was_seen(looking: Looking) -> None:
    call = Call("propose", {"steps": [SCALE], "expect": "five pods answer", "expects": [{"what": "ready"}]})
    async with shop_talk(looking, in_order(Turn(calls=(call,)), Turn("I propose it."), Turn("It did not."))) as made:
        await made.ask("scale web to 5")
        [proposed] = proposals(made)
        seen = Aftermath(
            proposed.plan.title, "unwell", (await held(made.scope, proposed.plan.expects[0]),), proposed.plan.expect
        )
        said = [Message("user", "scale web to 5", 1.0), Message("assistant", seen.text, 2.0, record=Record(None))]
        said[1] = msgspec.structs.replace(said[1], record=Record(aftermath=seen))
        await made.ask("did it help?", *said)
        told = " ".join(str(each["content"]) for each in made.sent())
        assert "not kept: deployment shop/web is ready: seen: " in told
        assert "Promised was: five pods answer" in told


# Compared


def with_status(**status: Any) -> World:
    made = shop()
    web = made.cluster.get("deployments.apps", "web", "shop")
    assert web is not None
    made.cluster.set_status(web, status)
    return made


CONDITION = {"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"}
READY: dict[str, Any] = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}


@pytest.mark.parametrize(
    ("what", "value", "health", "told"),
    [
        ("replicas", "2", Health.OK, "kept: deployment shop/web has 2 replicas"),
        ("replicas", "5", Health.WARN, "not kept: deployment shop/web has 5 replicas: seen: 2"),
        ("condition", "Available=False", Health.OK, "kept: deployment shop/web says Available=False"),
        (
            "condition",
            "Available=True",
            Health.WARN,
            "not kept: deployment shop/web says Available=True: seen: Available=False (MinimumReplicasUnavailable)",
        ),
        (
            "condition",
            "Happy=True",
            Health.IDLE,
            "cannot be told: deployment shop/web says Happy=True: it has no such condition",
        ),
        ("gone", "", Health.WARN, "not kept: deployment shop/web is gone: seen: it is there"),
    ],
)
async def test_it_is_kept_or_not_or_cannot_be_told(what: Any, value: str, health: Health, told: str) -> None:
    async with talk(in_order(), with_status(**READY, conditions=[CONDITION])) as made:
        assert await held(made.scope, Expected(what, WEB, value)) == Note(health, told)


async def said_of(made: Talk, expected: Expected) -> str:
    return (await held(made.scope, expected)).text


async def test_ready_is_a_rollout_that_ended_or_a_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    async with talk(in_order(), with_status(**READY)) as made:
        assert await said_of(made, Expected("ready", WEB)) == "kept: deployment shop/web is ready"
    async with talk(in_order(), with_status(observedGeneration=1, replicas=2)) as made:
        assert (await said_of(made, Expected("ready", WEB))).startswith(
            "not kept: deployment shop/web is ready: seen: "
        )
        secret = ObjectRef("secrets", "checkout-db", "shop")
        assert "cannot be told: secret shop/checkout-db is ready" in await said_of(made, Expected("ready", secret))
        node = ObjectRef("nodes", "node-1")
        assert await said_of(made, Expected("ready", node)) == "kept: node node-1 is ready"
        lost = ObjectRef("pods", "lost", "shop")
        assert "seen: it is not there" in await said_of(made, Expected("ready", lost))
        assert await said_of(made, Expected("gone", lost)) == "kept: pod shop/lost is gone"
        assert "cannot be told: " in await said_of(made, Expected("replicas", secret, "2"))


async def test_the_finding_of_a_rule_is_gone_or_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, whole = [], True
    gone = Expected("gone", WEB, "crash-loop")

    async def diagnose(*_: object, analyzers: list[str]) -> Result:
        asked.append(analyzers)
        return Result("", "", Verdict(WEB, "shop", (), 3, whole=whole))

    monkeypatch.setattr(expectations, "diagnose_object", diagnose)
    async with talk(in_order(), shop()) as made:
        assert await said_of(made, gone) == "kept: no crash-loop is found of deployment shop/web"
        assert asked == [["crash-loop"]]
        whole = False
        assert (await said_of(made, gone)).startswith("cannot be told: ")


async def test_what_is_seen_holds_no_credential() -> None:
    said = CONDITION | {"reason": SECRET}
    async with talk(in_order(), with_status(conditions=[said])) as made:
        told = await said_of(made, Expected("condition", WEB, "Available=True"))
        assert "seen: Available=False" in told
        assert "hunter2-very-secret" not in told


def test_a_plan_of_an_earlier_version_is_read() -> None:
    plan = msgspec.json.decode(b'{"title": "x", "cluster": "prod", "steps": []}', type=Plan)
    assert (plan.expects, PlanProposed(plan).plan) == ((), plan)
