"""A custom kind that keeps its replicas where it likes: scaled, shown and taken back by its Scale."""

import asyncio
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.domain.errors import ChangedUnderneath, Conflict, UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier
from kubegenie_tui.kube.writes import dry_run
from tests.cluster.keyboard import until
from tests.cluster.operating import operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
SCALE = {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}
SCHEMA = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


@pytest.fixture
def group(official: client.ApiClient) -> Iterator[str]:
    """Of a kind `Herd` with a size."""
    group = f"t{uuid.uuid4().hex[:8]}.example.com"
    extensions = client.ApiextensionsV1Api(official)
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"scale": SCALE},
        "schema": {"openAPIV3Schema": SCHEMA},
    }
    names = {"plural": "herds", "singular": "herd", "kind": "Herd"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    extensions.create_custom_resource_definition({"metadata": {"name": f"herds.{group}"}, "spec": spec})
    yield group
    extensions.delete_custom_resource_definition(f"herds.{group}")


class Herds:
    """The official client's view of them."""

    def __init__(self, official: client.ApiClient, group: str, namespace: str) -> None:
        self._custom = client.CustomObjectsApi(official)
        self._where = (group, "v1", namespace, "herds")

    def create(self, spec: dict[str, Any]) -> None:
        group, version, *_ = self._where
        body = {"apiVersion": f"{group}/{version}", "kind": "Herd", "metadata": {"name": "web"}, "spec": spec}
        deadline = time.monotonic() + 20
        while True:
            try:
                self._custom.create_namespaced_custom_object(*self._where, body)
            except ApiException as error:
                if error.status != 404 or time.monotonic() > deadline:
                    raise
            else:
                return

    @property
    def spec(self) -> Any:
        return self._custom.get_namespaced_custom_object(*self._where, "web")["spec"]

    @property
    def has_scale(self) -> bool:
        try:
            self._custom.get_namespaced_custom_object_scale(*self._where, "web")
        except ApiException:
            return False
        return True

    def set(self, size: int) -> None:
        self._custom.patch_namespaced_custom_object(*self._where, "web", {"spec": {"size": size}})


async def test_scaled_and_taken_back(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, group: str, tmp_path: Path
) -> None:
    herds, ref = Herds(official, group, namespace), ObjectRef(f"herds.{group}", "web", namespace)
    await asyncio.to_thread(herds.create, {"size": 2, "colour": "brown"})
    async with operating(control_plane, tmp_path) as hands:
        preview = await hands.do("scale 3", ref)
        assert [f"{line.sign}{line.text.strip()}" for line in preview.steps[0].diff if line.sign in "-+"] == [
            "-replicas: 2",
            "+replicas: 3",
        ]
        assert herds.spec == {"size": 3, "colour": "brown"}
        await hands.undo_last()
        assert herds.spec == {"size": 2, "colour": "brown"}
        stopped = await hands.do("scale 0", ref)
        assert stopped.tier is Tier.DISRUPTIVE
        plan = await hands.plan("scale 4", ref)
        assert plan.title == f"Scale herd {namespace}/web from 0 to 4"
        await hands.carry_out(plan)
        await hands.undo_last()
        assert herds.spec["size"] == 0
        await hands.do("scale 2", ref)
        await hands.do("scale 0", ref)
        herds.set(5)
        with pytest.raises(Conflict, match=r"replicas is 5 now, and was 0"):
            await hands.undo_last()
        shown = await hands.gate.preview(hands.agent, await hands.plan("scale 6", ref))
        herds.set(4)
        with pytest.raises(Conflict):
            await dry_run(hands.agent.client, hands.agent.kinds.resolve(ref.kind), shown.steps[0].step)
        approval = hands.gate.approve(shown, "test")
        news = [each async for each in hands.gate.carry_out(hands.agent, shown, approval)]
        assert isinstance(news[-1].error, ChangedUnderneath)
        assert herds.spec["size"] == 4


async def test_without_a_number_it_can_be_scaled_but_not_taken_back(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, group: str, tmp_path: Path
) -> None:
    herds, ref = Herds(official, group, namespace), ObjectRef(f"herds.{group}", "web", namespace)
    await asyncio.to_thread(herds.create, {})
    async with operating(control_plane, tmp_path) as hands:
        preview = await hands.do("scale 3", ref)
        assert not preview.undo
        assert herds.spec == {"size": 3}


async def test_one_whose_scale_cannot_be_read_is_told_before_the_plan(
    control_plane: ControlPlane, official: client.ApiClient, namespace: str, group: str, tmp_path: Path
) -> None:
    herds, ref = Herds(official, group, namespace), ObjectRef(f"herds.{group}", "web", namespace)
    extensions, name = client.ApiextensionsV1Api(official), f"herds.{group}"
    await asyncio.to_thread(herds.create, {"size": 2, "colour": "brown"})
    moved = {"scale": SCALE | {"specReplicasPath": ".spec.colour"}}
    patch = [{"op": "replace", "path": "/spec/versions/0/subresources", "value": moved}]
    await asyncio.to_thread(extensions.patch_custom_resource_definition, name, patch)
    async with operating(control_plane, tmp_path) as hands:
        await until(lambda: not herds.has_scale)
        with pytest.raises(UsageError, match=f"herd {namespace}/web cannot be scaled") as told:
            await hands.plan("scale 3", ref)
        assert "its scale cannot be read: " in told.value.why
        assert "brown is of the type string" in told.value.why
