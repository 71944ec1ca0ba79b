"""Commands of the genie in real containers: how they end, what is left of one that does not, what is on record."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from kubernetes import client

from kubegenie_tui.agents.pod_access import PodAccess
from kubegenie_tui.agents.pod_command import MOST_BYTES, run_command
from kubegenie_tui.changes.audit import Audit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.cluster.gated import Gated, Gating
from tests.cluster.test_forwards import run_pod
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PATIENCE = 60.0


@pytest.fixture
async def pod(official: client.ApiClient, namespace: str) -> ObjectRef:
    await run_pod(official, namespace, "box", {"image": "busybox", "command": ["sh", "-c", "sleep 3600"]})
    return ObjectRef("pods", "box", namespace)


@pytest.fixture
async def gated(control_plane: ControlPlane, tmp_path: Path) -> AsyncIterator[Gated]:
    async with Gating(control_plane, tmp_path) as gated:
        yield gated


def access_to(gated: Gated) -> PodAccess:
    async def audit() -> Audit:
        return gated.audit

    return PodAccess(gated.agent, audit, "genie")


async def test_its_output_its_status_and_its_record(gated: Gated, pod: ObjectRef) -> None:
    written = await run_command(
        access_to(gated), pod, "", ["sh", "-c", "echo out; echo oops >&2; exit 7"], seconds=PATIENCE
    )
    assert (sorted(written.text.splitlines()), written.code) == (["oops", "out"], 7)
    intent, *_ = [entry for entry in await gated.audit.entries(5) if entry.asked_by == "genie"]
    assert (intent.plan, intent.subresource, intent.identity) == (f"sh in pod {pod.namespace}/box", "exec", "admin")


async def test_one_that_does_not_end_is_left(gated: Gated, pod: ObjectRef) -> None:
    written = await run_command(access_to(gated), pod, "app", ["sh", "-c", "echo begun; sleep 600"], seconds=3)
    assert (written.text, written.code) == ("begun\n", None)
    assert "did not end within 3 s" in written.why


async def test_one_that_writes_without_end_is_left(gated: Gated, pod: ObjectRef) -> None:
    written = await run_command(access_to(gated), pod, "", ["sh", "-c", "yes | head -c 1000000"], seconds=PATIENCE)
    assert len(written.text) == MOST_BYTES
    assert "and was left" in written.why


async def test_in_a_read_only_cluster_nothing_runs(control_plane: ControlPlane, tmp_path: Path, pod: ObjectRef) -> None:
    async with Gating(control_plane, tmp_path / "read-only", read_only=True) as gated:
        with pytest.raises(UsageError, match="read-only"):
            await run_command(access_to(gated), pod, "", ["true"], seconds=PATIENCE)
