"""Helm releases on a real control plane, kept there as helm keeps them."""

import base64
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kubernetes import client

from kubegenie_tui.agents.helm import fetch_release, read_revisions
from kubegenie_tui.changes.operations.helm import Stored, rollback_plan, uninstall_plan
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm import Revision, read_release
from kubegenie_tui.domain.plan import Plan, StepState, Tier
from tests.cluster.gated import Gated, Gating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


@pytest.fixture
async def bench(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(control_plane, tmp_path) as found:
        yield found


def config(name: str, **data: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def manifest(*objects: dict[str, Any]) -> str:
    return "".join(
        f"---\n# Source: web/templates/{each['metadata']['name']}.yaml\n{msgspec.json.encode(each).decode()}\n"
        for each in objects
    )


def installed(official: client.ApiClient, namespace: str) -> None:
    """Two revisions: the second changed `flags`, made `extra`, and no longer has `old`."""
    core = client.CoreV1Api(official)
    first = manifest(config("flags", mode="slow", kept="1"), config("old", a="1"))
    second = manifest(config("flags", mode="fast", kept="1"), config("extra", b="2"))
    for number, text, status in ((1, first, "superseded"), (2, second, "deployed")):
        record = {
            "name": "web",
            "version": number,
            "namespace": namespace,
            "info": {"status": status, "description": "Upgrade complete"},
            "chart": {"metadata": {"name": "web", "version": f"1.0.{number}", "appVersion": "2.0"}},
            "config": {"mode": "fast"},
            "manifest": text,
        }
        inner = base64.b64encode(gzip.compress(msgspec.json.encode(record)))
        labels = {"owner": "helm", "name": "web", "status": status, "version": str(number), "modifiedAt": "1764100000"}
        labels["team"] = f"team-{number}"
        core.create_namespaced_secret(
            namespace,
            {
                "metadata": {"name": f"sh.helm.release.v1.web.v{number}", "labels": labels},
                "type": "helm.sh/release.v1",
                "data": {"release": base64.b64encode(inner).decode()},
            },
        )
    for each in (config("flags", mode="fast", kept="1"), config("extra", b="2")):
        core.create_namespaced_config_map(namespace, each)


def seen(official: client.ApiClient, namespace: str) -> dict[str, Any]:
    maps = client.CoreV1Api(official).list_namespaced_config_map(namespace).items
    return {each.metadata.name: each.data for each in maps if each.metadata.name != "kube-root-ca.crt"}


async def stored(bench: Gated, revision: Revision) -> Stored:
    return revision, await bench.agent.get(bench.agent.kinds.resolve("secrets"), revision.secret, revision.namespace)


async def revisions(bench: Gated, namespace: str) -> list[Revision]:
    return sorted(await read_revisions(bench.agent, namespace), key=lambda each: each.number)


async def done(bench: Gated, plan: Plan) -> StepState:
    preview = await bench.gate.preview(bench.agent, plan)
    assert preview.refusal is None, preview.refusal
    assert preview.tier is Tier.DESTRUCTIVE
    return (await bench.carry_out(preview))[-1].state


async def test_releases_are_listed_and_read(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    installed(official, namespace)
    first, second = await revisions(bench, namespace)
    assert [(each.name, each.number, each.status) for each in (first, second)] == [
        ("web", 1, "superseded"),
        ("web", 2, "deployed"),
    ]
    assert (await fetch_release(bench.agent, second)).chart == "web-1.0.2"


async def test_a_release_is_rolled_back(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    installed(official, namespace)
    client.CoreV1Api(official).patch_namespaced_config_map("flags", namespace, {"data": {"by-hand": "yes"}})
    first, second = await revisions(bench, namespace)
    plan = await rollback_plan(
        bench.agent, await stored(bench, second), await stored(bench, first), "2026-01-01T00:00:00Z"
    )
    assert await done(bench, plan) is StepState.DONE
    assert seen(official, namespace) == {
        "flags": {"mode": "slow", "kept": "1", "by-hand": "yes"},
        "old": {"a": "1"},
    }
    told = await revisions(bench, namespace)
    assert [(each.number, each.status) for each in told] == [(1, "superseded"), (2, "superseded"), (3, "deployed")]
    secret = (await stored(bench, told[-1]))[1]
    assert secret["metadata"]["labels"] == {
        "owner": "helm", "name": "web", "status": "deployed", "version": "3", "team": "team-1"
    }  # fmt: skip
    made = read_release(secret)
    assert (made.description, made.chart) == ("Rollback to 1", "web-1.0.1")


async def test_what_somebody_else_changed_stops_a_rollback(
    bench: Gated, official: client.ApiClient, namespace: str
) -> None:
    installed(official, namespace)
    client.CoreV1Api(official).patch_namespaced_config_map("flags", namespace, {"data": {"mode": "odd"}})
    first, second = await revisions(bench, namespace)
    with pytest.raises(UsageError, match="flags is not as the release left it"):
        await rollback_plan(bench.agent, await stored(bench, second), await stored(bench, first), "now")
    assert seen(official, namespace)["flags"]["mode"] == "odd"


async def test_a_release_is_uninstalled(bench: Gated, official: client.ApiClient, namespace: str) -> None:
    installed(official, namespace)
    client.CoreV1Api(official).create_namespaced_config_map(namespace, config("mine", c="3"))
    every = await revisions(bench, namespace)
    plan = await uninstall_plan(bench.agent, await fetch_release(bench.agent, every[-1]), every)
    assert await done(bench, plan) is StepState.DONE
    assert seen(official, namespace) == {"mine": {"c": "3"}}
    assert await revisions(bench, namespace) == []
