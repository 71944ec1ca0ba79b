"""Objects that are written in a version which the server does not prefer."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.domain.errors import UsageError
from tests.cluster.keyboard import until
from tests.cluster.operating import Hands, operating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
SCALER = """apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata: {{name: web}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: web}}, maxReplicas: {most}, targetCPUUtilizationPercentage: {cpu}}}
"""  # noqa: E501 - one line of YAML


@pytest.fixture
async def hands(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Hands]:
    async with operating(control_plane, tmp_path) as found:
        yield found


async def test_an_autoscaler_of_the_first_version(hands: Hands, official: client.ApiClient, namespace: str) -> None:
    scaling = client.AutoscalingV1Api(official)

    def seen() -> Any:
        found = scaling.read_namespaced_horizontal_pod_autoscaler("web", namespace)
        return found.spec.max_replicas, found.spec.target_cpu_utilization_percentage

    await hands.apply(SCALER.format(most=5, cpu=70), namespace)
    assert seen() == (5, 70)
    found = scaling.read_namespaced_horizontal_pod_autoscaler("web", namespace)
    ours = [each for each in found.metadata.managed_fields if each.manager == "kubegenie"]
    assert [each.api_version for each in ours] == ["autoscaling/v1"]
    preview = await hands.apply(SCALER.format(most=6, cpu=80), namespace)
    assert "-  targetCPUUtilizationPercentage: 70" in [f"{line.sign}{line.text}" for line in preview.steps[0].diff]
    assert seen() == (6, 80)
    await hands.undo_last()
    assert seen() == (5, 70)
    await hands.undo_last()
    assert seen() == (6, 80)
    with pytest.raises(UsageError, match="the cluster serves it in autoscaling/v2, autoscaling/v1"):
        await hands.apply(SCALER.format(most=6, cpu=80).replace("autoscaling/v1", "autoscaling/v2beta2"), namespace)


@pytest.fixture
def group(official: client.ApiClient) -> Iterator[str]:
    """Of a kind `Gear` in two versions."""
    group = f"t{uuid.uuid4().hex[:8]}.example.com"
    extensions = client.ApiextensionsV1Api(official)
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [
        {"name": name, "served": True, "storage": name == "v1", "schema": schema} for name in ("v1alpha1", "v1")
    ]
    names = {"plural": "gears", "singular": "gear", "kind": "Gear"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": versions}
    extensions.create_custom_resource_definition({"metadata": {"name": f"gears.{group}"}, "spec": spec})
    yield group
    extensions.delete_custom_resource_definition(f"gears.{group}")


async def test_a_custom_object_in_either_version(
    official: client.ApiClient, namespace: str, group: str, control_plane: ControlPlane, tmp_path: Path
) -> None:
    custom = client.CustomObjectsApi(official)
    await until(lambda: _is_served(official, group))
    async with operating(control_plane, tmp_path) as hands:
        for version, teeth in (("v1alpha1", 3), ("v1", 4), ("v1alpha1", 5)):
            text = f"apiVersion: {group}/{version}\nkind: Gear\nmetadata: {{name: big}}\nspec: {{teeth: {teeth}}}\n"
            await hands.apply(text, namespace)
            found = await asyncio.to_thread(custom.get_namespaced_custom_object, group, "v1", namespace, "gears", "big")
            assert found["spec"] == {"teeth": teeth}
            managed = [each for each in found["metadata"]["managedFields"] if each["manager"] == "kubegenie"]
            assert [each["apiVersion"] for each in managed] == [f"{group}/{version}"]


def _is_served(official: client.ApiClient, group: str) -> bool:
    found = client.ApisApi(official).get_api_versions().groups
    return any(each.name == group and len(each.versions) == 2 for each in found)
