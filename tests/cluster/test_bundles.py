"""An operator's bundle in one text: namespace, definitions, objects of the new kinds; and the way back."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.changes.operations.applying import apply_plan, located
from kubegenie_tui.domain.errors import Invalid
from kubegenie_tui.domain.plan import Plan, StepState, Tier
from tests.cluster.keyboard import at_the_keyboard
from tests.cluster.operating import Hands, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gears.GROUP}
spec:
  group: GROUP
  scope: Namespaced
  names: {plural: gears, singular: gear, kind: Gear, listKind: GearList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [teeth]
            properties:
              teeth: {type: integer, minimum: 3}
              colour: {type: string, default: grey}
            x-kubernetes-validations:
            - {rule: "self.teeth < 100", message: too many teeth}
  - name: v1beta1
    served: true
    storage: false
    schema:
      openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""
GEAR = """apiVersion: GROUP/v1
kind: Gear
metadata: {name: big, namespace: NAMESPACE}
spec:
  teeth: 12
"""
SPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: NAMESPACE}\n"
POD = """apiVersion: v1
kind: Pod
metadata: {name: operator, namespace: NAMESPACE}
spec: {containers: [{name: a, image: "nginx:1.27"}]}
"""


class Parts(NamedTuple):
    """A group and a namespace that nobody has yet, and how they look to the official client."""

    group: str
    namespace: str
    official: client.ApiClient

    def text(self, *documents: str) -> str:
        """Documents for these."""
        return "---\n".join(documents).replace("GROUP", self.group).replace("NAMESPACE", self.namespace)

    def gear(self, name: str = "big") -> Any:
        """An object of the new kind; None when there is none, or the kind is not there."""
        custom = client.CustomObjectsApi(self.official)
        try:
            return custom.get_namespaced_custom_object(self.group, "v1", self.namespace, "gears", name)
        except ApiException as error:
            if error.status != 404:
                raise
            return None

    def defined(self) -> bool:
        """Whether the kind is there."""
        found = client.ApiextensionsV1Api(self.official).list_custom_resource_definition().items
        return f"gears.{self.group}" in {each.metadata.name for each in found}


@pytest.fixture
def parts(official: client.ApiClient) -> Iterator[Parts]:
    mark = uuid.uuid4().hex[:8]
    parts = Parts(f"p{mark}.example", f"test-{mark}", official)
    yield parts
    if parts.defined():
        client.ApiextensionsV1Api(official).delete_custom_resource_definition(f"gears.{parts.group}")
    core = client.CoreV1Api(official)
    if parts.namespace in {each.metadata.name for each in core.list_namespace().items}:
        core.delete_namespace(parts.namespace)


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


def planned(hands: Hands, text: str) -> Plan:
    return apply_plan(hands.agent, text, "bundle.yaml")


async def test_a_whole_bundle_and_the_way_back(hands: Hands, parts: Parts) -> None:
    preview = await hands.carry_out(planned(hands, parts.text(GEAR, POD, DEFINITION, SPACE)))
    assert preview.tier is Tier.DESTRUCTIVE
    told = [note.text for note in preview.checks]
    assert "1 of 4 not tried by the server: the kind comes with this plan; only its definition was heeded" in told
    assert "1 of 4 not tried by the server: the namespace comes with this plan" in told
    assert parts.gear()["spec"] == {"teeth": 12, "colour": "grey"}
    assert client.CoreV1Api(parts.official).read_namespaced_pod("operator", parts.namespace)
    results = [(entry.kind, entry.result) for entry in await hands.audit.entries() if entry.result]
    kinds = {"namespaces", "customresourcedefinitions.apiextensions.k8s.io", f"gears.{parts.group}", "pods"}
    assert {kind for kind, _ in results} == kinds
    assert {result for _, result in results} == {"done"}
    assert (await hands.audit.verify()).ok
    again = await hands.gate.preview(hands.agent, planned(hands, parts.text(SPACE, DEFINITION, GEAR)))
    assert [step.diff for step in again.steps if step.awaits or step.diff] == []
    await hands.undo_last()
    assert parts.gear() is None
    assert not parts.defined()


async def test_an_object_in_another_version_than_the_preferred_one(hands: Hands, parts: Parts) -> None:
    older = GEAR.replace("GROUP/v1", "GROUP/v1beta1")
    await hands.carry_out(planned(hands, parts.text(SPACE, DEFINITION, older)))
    assert parts.gear()["spec"]["teeth"] == 12
    await hands.undo_last()
    assert not parts.defined()


async def test_what_the_definition_beside_it_forbids(hands: Hands, parts: Parts) -> None:
    text = parts.text(DEFINITION, GEAR.replace("12", "2"))
    plan = planned(hands, text)
    refusal = (await hands.gate.preview(hands.agent, plan)).refusal
    assert isinstance(refusal, Invalid)
    assert refusal.why == "spec.teeth: is 2, the least is 3"
    line = text.splitlines().index("  teeth: 2") + 1
    assert f"bundle.yaml:{line}:" in str(located(refusal, plan, text, "bundle.yaml"))
    assert not parts.defined()


async def test_what_only_the_server_can_find_ends_the_plan_there(hands: Hands, parts: Parts) -> None:
    text = parts.text(SPACE, DEFINITION, GEAR.replace("12", "200"), GEAR.replace("big", "small"))
    preview = await hands.gate.preview(hands.agent, planned(hands, text))
    approval = hands.gate.approve(preview, "test", preview.confirm)
    news = [each async for each in hands.gate.carry_out(hands.agent, preview, approval)]
    ends = {each.step: each.state for each in news}
    assert ends == {
        0: StepState.DONE,
        1: StepState.DONE,
        2: StepState.FAILED,
        3: StepState.SKIPPED,
        -1: StepState.FAILED,
    }
    assert "too many teeth" in str(news[-1].error)
    assert parts.gear() is None
    await hands.undo_last()
    assert not parts.defined()


async def test_a_bundle_that_changes_its_definition(hands: Hands, parts: Parts) -> None:
    await hands.carry_out(planned(hands, parts.text(SPACE, DEFINITION, GEAR)))
    wider = DEFINITION.replace("teeth: {type", "width: {type: integer}\n              teeth: {type")
    preview = await hands.carry_out(
        planned(hands, parts.text(wider, GEAR.replace("teeth: 12", "width: 4\n  teeth: 12")))
    )
    assert [step.awaits != "" for step in preview.steps] == [False, True]
    assert [line.text.strip() for line in preview.steps[1].diff if line.sign == "+"] == ["width: 4"]
    assert parts.gear()["spec"] == {"teeth": 12, "width": 4, "colour": "grey"}


async def test_through_the_app(control_plane: ControlPlane, parts: Parts, namespace: str, tmp_path: Path) -> None:
    file = tmp_path / "bundle.yaml"
    file.write_text(parts.text(SPACE, DEFINITION, GEAR))
    async with at_the_keyboard(control_plane, namespace, "configmaps") as person:
        await person.stand_on("kube-root-ca.crt")
        await person.command(f"apply {file}")
        await person.approve("W3 destructive", "3 objects")
        assert parts.gear()["spec"] == {"teeth": 12, "colour": "grey"}
        await person.take_back("3 objects")
        assert parts.gear() is None
        assert not parts.defined()
