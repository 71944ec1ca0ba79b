"""Kinds of operators on a real API server: what is told of them, and whether it takes our examples."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client as official_client

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.agents.definitions import read_kind
from kubegenie_tui.domain.custom.example import example_of
from kubegenie_tui.domain.definition import DEFINITIONS
from kubegenie_tui.domain.errors import NotFound
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Tier, Verb
from kubegenie_tui.kube.writes import dry_run
from tests.cluster.gated import Gating
from tests.control_plane import ROOT, ControlPlane

pytestmark = pytest.mark.cluster
CRDS = ROOT.parent / "shared" / "crds"
REAL = (
    "flux/helm.toolkit.fluxcd.io_helmreleases.yaml",
    "olm-v1/olm.operatorframework.io_clusterextensions.yaml",
)
"""Definitions whose rules in CEL ask for more than their `required` does."""
PART = {
    "type": "object",
    "required": ["mode"],
    "properties": {
        "mode": {"type": "string", "enum": ["Fast", "Slow"], "description": "How it turns."},
        "teeth": {"type": "integer", "default": 12},
        "oil": {"type": "string"},
        "grease": {"type": "string"},
    },
    "x-kubernetes-validations": [{"rule": "has(self.oil) || has(self.grease)", "message": "it must be smeared"}],
}
SCHEMA = {"openAPIV3Schema": {"type": "object", "properties": {"spec": PART}}}


def gears(group: str) -> dict[str, Any]:
    versions = [
        {"name": "v1", "served": True, "storage": True, "schema": SCHEMA},
        {"name": "v1beta1", "served": True, "storage": False, "schema": SCHEMA, "deprecated": True},
    ]
    names = {"plural": "gears", "singular": "gear", "kind": "Gear", "listKind": "GearList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": versions}
    metadata = {"name": f"gears.{group}"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": metadata, "spec": spec,
    }  # fmt: skip


@contextlib.asynccontextmanager
async def served(
    official: official_client.ApiClient, agent: ClusterAgent, *definitions: dict[str, Any]
) -> AsyncIterator[None]:
    """The definitions are there and served meanwhile."""
    api = official_client.ApiextensionsV1Api(official)
    names = [definition["metadata"]["name"] for definition in definitions]
    for definition in definitions:
        with contextlib.suppress(official_client.ApiException):
            api.create_custom_resource_definition(definition)
    try:
        while not all(agent.kinds.get(name) for name in names):
            await agent.learn_kinds()
        for name in names:
            await _documented(agent, name)
        yield
    finally:
        for name in names:
            api.delete_custom_resource_definition(name)


async def _documented(agent: ClusterAgent, name: str) -> None:
    """The server documents a new kind a moment after it serves it."""
    while True:
        with contextlib.suppress(NotFound):
            await agent.structure(agent.kinds.resolve(name))
            return


async def test_what_is_told_of_a_kind(
    control_plane: ControlPlane, official: official_client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    group = f"{namespace}.example"
    async with Gating(control_plane, tmp_path) as gated, served(official, gated.agent, gears(group)):
        kind = gated.agent.kinds.resolve(f"gears.{group}")
        structure = await gated.agent.structure(kind)
        body = example_of(kind, structure, namespace)
        assert body["spec"] == {"mode": "Fast", "oil": "example"}
        await gated.do(Step(Verb.CREATE, ObjectRef(kind.id, "example", namespace, gated.agent.name), body))
        found = await read_kind(gated.agent, kind)
        assert found.definition is not None
        assert found.instances is not None
        assert found.instances.by_namespace == {namespace: 1}
        assert found.definition.stored == ("v1",)
        assert not found.definition.bad_conditions
        assert list(found.definition.faults()) == ["v1beta1 is deprecated"]
        old = await read_kind(gated.agent, kind, "v1beta1")
        assert old.kind.api_version == f"{group}/v1beta1"
        ref = ObjectRef(DEFINITIONS, kind.id, "", gated.agent.name)
        preview = await gated.preview(Step(Verb.DELETE, ref))
        assert preview.tier is Tier.DESTRUCTIVE
        assert f"1 of its gears goes with it: {namespace} 1" in [note.text for note in preview.impact]


@pytest.mark.skipif(not CRDS.is_dir(), reason="needs real definitions beside the repository")
async def test_examples_of_real_definitions_pass_the_servers_dry_run(
    control_plane: ControlPlane, official: official_client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    definitions = [yaml.safe_load((CRDS / name).read_text(encoding="utf-8")) for name in REAL]
    async with Gating(control_plane, tmp_path) as gated, served(official, gated.agent, *definitions):
        for definition in definitions:
            kind = gated.agent.kinds.resolve(definition["metadata"]["name"])
            body = example_of(kind, await gated.agent.structure(kind), namespace)
            ref = ObjectRef(kind.id, "example", namespace if kind.namespaced else "", gated.agent.name)
            made = await dry_run(gated.agent.client, kind, Step(Verb.CREATE, ref, body))
            assert made["metadata"]["name"] == "example"
