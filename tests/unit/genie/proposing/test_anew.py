"""A proposal that a conversation kept is a plan again, for the objects as they are now."""

from typing import Any

import msgspec
import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import MASKED, Proposal, Symptom
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.genie.proposing.anew import proposed_anew
from kubegenie_tui.genie.proposing.keeping import LARGEST, is_keepable
from kubegenie_tui.genie.redaction.redactor import Redactor
from kubegenie_tui.genie.session import Spoken
from tests.unit.genie.proposing.conftest import Looking
from tests.unit.genie.proposing.test_by_model import SCALE, proposals, shop_talk
from tests.unit.genie.proposing.test_served import step

OFFERED: list[dict[str, Any]] = [
    SCALE,
    step(operation="restart"),
    step(operation="image", arguments={"image": "shop/web:2"}),
    step(operation="env", arguments={"pairs": "MODE='very fast' LEVEL=3"}),
    step(operation="label", arguments={"pairs": "app.kubernetes.io/part-of=shop team-"}),
    step(operation="resources", arguments={"cpu-limit": "1", "memory-limit": "1Gi"}),
    step(operation="delete", arguments={"propagation": "Orphan"}),
    step(operation="cordon", kind="nodes", name="node-1"),
]


@pytest.mark.parametrize("wanted", OFFERED, ids=lambda each: str(each["operation"]))
async def test_the_plan_is_the_same_again(looking: Looking, wanted: dict[str, Any]) -> None:
    script = in_order(Turn(calls=(Call("propose", {"steps": [wanted]}),)), Turn("Done."))
    async with shop_talk(looking, script) as made:
        if wanted["operation"] == "cordon":
            made.cluster.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"}})
        await made.ask("what about web on node-1?")
        [proposed] = proposals(made)
        kept = Proposal(proposed.plan.title, "prod", 1, proposed.command, raised="a text gave orders")
        again = await proposed_anew(made.scope, kept)
        assert again.plan.title == proposed.plan.title
        assert [each.ref for each in again.plan.steps] == [each.ref for each in proposed.plan.steps]
        told = again.plan
        assert (told.asked_by, told.raised, told.operation) == ("genie", "a text gave orders", wanted["operation"])
        assert told.unasked == "it was proposed earlier"


async def test_what_a_model_said_of_it_is_kept_and_stands_with_the_plan_again(looking: Looking) -> None:
    said = {"why": "it is slow", "expect": "five pods", "expects": [{"what": "replicas", "value": 5}]}
    script = in_order(Turn(calls=(Call("propose", {"steps": [SCALE], **said}),)), Turn("Done."))
    async with shop_talk(looking, script) as made:
        await made.ask("scale web to 5")
        [proposed] = proposals(made)
        spoken = Spoken(lambda plan: is_keepable(plan, Redactor()))
        spoken.take(proposed)
        [kept] = spoken.record(1.0).proposals
        assert kept.plan is not None
        assert (kept.plan.steps, kept.is_whole) == ((), True)
        again = (await proposed_anew(made.scope, kept)).plan
        for field in ("why", "expect", "expects"):
            assert getattr(again, field) == getattr(proposed.plan, field)
        assert (again.why, again.expect, len(again.expects)) == ("it is slow", "five pods", 1)
        assert [each.ref for each in again.steps] == [each.ref for each in proposed.plan.steps]
        masked = msgspec.structs.replace(kept, command=f"{kept.command} {MASKED}1]")
        assert not masked.is_whole


async def test_it_is_made_for_what_there_is_now(looking: Looking) -> None:
    async with shop_talk(looking, in_order(Turn("."))) as made:
        live = made.cluster.get("deployments.apps", "web", "shop")
        assert live is not None
        kept = Proposal("Scale", "prod", 1, "kubegenie do scale deployments.apps/web replicas=5 -n shop --context prod")
        made.cluster.replace({**live, "spec": {**live["spec"], "replicas": 4}})
        assert (await proposed_anew(made.scope, kept)).plan.title == "Scale deployment shop/web from 4 to 5"
        gone = msgspec.structs.replace(kept, command=kept.command.replace("/web", "/gone"))
        with pytest.raises(KubeGenieError, match="gone"):
            await proposed_anew(made.scope, gone)


WEB = ObjectRef("deployments.apps", "web", "shop", "prod")
LIMITS = ObjectRef("configmaps", "limits", "shop", "prod")
BODY = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "limits"}, "data": {"max": "10"}}
MADE = Step(Verb.CREATE, LIMITS, BODY)
STEPS = (MADE, Step(Verb.PATCH, WEB, {"spec": {"minReadySeconds": 7}}))


async def test_steps_that_were_kept_are_a_plan_again_for_what_is_there_now(looking: Looking) -> None:
    async with shop_talk(looking, in_order(Turn("."))) as made:
        answers = Symptom("crash-loop", WEB)
        kept = Proposal("Patch", "prod", 1, raised="in doubt", answers=answers, plan=Plan("Patch", "prod", STEPS))
        again = await proposed_anew(made.scope, kept)
        assert again.plan == Plan("Patch", "prod", STEPS, "genie", raised="in doubt", unasked="it was proposed earlier")
        assert (again.tier, again.answers) == (None, answers)
        assert made.scope.look is not None
        preview = await made.scope.look(again.plan)
        assert preview.refusal is None
        assert [step.step.uid != "" for step in preview.steps] == [False, True]
        live = made.cluster.get("deployments.apps", "web", "shop")
        assert live is not None
        made.cluster.delete(live)
        with pytest.raises(KubeGenieError, match="web"):
            await proposed_anew(made.scope, kept)


def patched(body: Any, kind: str = "deployments.apps", **of_plan: Any) -> Plan:
    return Plan("Patch", "prod", (Step(Verb.PATCH, ObjectRef(kind, "web", "shop"), body),), **of_plan)


TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
REFERRED = {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}


@pytest.mark.parametrize(
    ("plan", "kept"),
    [
        (patched({"spec": {"minReadySeconds": 7}}), True),
        (patched({"spec": {"containers": [{"name": "web", "env": [REFERRED]}]}}), True),
        (patched({"data": {"a": TOKEN}}), False),
        (patched({"metadata": {"labels": {TOKEN: "x"}}}), False),
        (patched({"spec": {"containers": [{"name": "web", "env": [{"name": "DB_PASSWORD", "value": "x7"}]}]}}), False),
        (patched({"data": {"a": "eA=="}}, "secrets"), False),
        (patched([{"op": "remove", "path": "/spec"}]), False),
        (patched({"data": {"a": "x" * LARGEST}}, "configmaps"), False),
        (patched({"spec": {}}, passing="until the shell is left"), False),
        (patched({"spec": {}}, about=TOKEN), False),
    ],
)
def test_only_what_nothing_of_would_be_masked_is_kept(plan: Plan, kept: bool) -> None:
    assert is_keepable(plan, Redactor()) is kept


async def test_what_takes_a_change_back_is_asked_of_its_record(looking: Looking) -> None:
    async def take_back(cluster: str, number: int) -> Plan:
        return Plan(f"Undo {number}", cluster, ())

    async with shop_talk(looking, in_order(Turn("."))) as made:
        scope = msgspec.structs.replace(made.scope, take_back=take_back)
        again = await proposed_anew(scope, Proposal("Undo", "prod", 1, undoes=7))
        assert (again.plan.title, again.undoes) == ("Undo 7", 7)


async def test_what_was_masked_or_is_read_only_is_not_made_anew(looking: Looking) -> None:
    masked = Proposal("Set it", "prod", 1, f"kubegenie do env deployments.apps/web A={MASKED}1f0c22ab] --context prod")
    async with shop_talk(looking, in_order(Turn("."))) as made:
        for kept in (masked, Proposal("Patch it", "prod")):
            with pytest.raises(UsageError, match="its plan was not kept"):
                await proposed_anew(made.scope, kept)
        with pytest.raises(UsageError, match="read-only"):
            await proposed_anew(msgspec.structs.replace(made.scope, look=None), masked)
