"""Killed at any moment while it writes to a real API server, whose own audit log tells what reached it."""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from kubernetes import client, config

from tests.control_plane import ControlPlane
from tests.unit.changes.killing import Write, check, nursery, write_of

KILLS = 100
LONGEST_LIFE = 0.6
"""Seconds of a writer: in these it comes into its second plan."""
DEADLINE = 20.0
POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Request
  namespaces: [shop]
  verbs: [create, patch, update, delete, deletecollection]
- level: None
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "audit.log"


@pytest.fixture
def plane(start_control_plane: Callable[..., ControlPlane], tmp_path: Path, log: Path) -> Iterator[ControlPlane]:
    """A control plane that writes down what is sent to change something."""
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    flags = (f"--audit-policy-file={policy}", f"--audit-log-path={log}")
    plane = start_control_plane(
        "--bare", *(part for flag in flags for part in ("--apiserver-arg", flag)), name="audited"
    )
    yield plane
    plane.stop()


def add_map(plane: ControlPlane, name: str) -> None:
    with config.new_client_from_config(str(plane.kubeconfig), context=plane.name) as api:
        core = client.CoreV1Api(api)
        if name == "settings":
            core.create_namespace({"metadata": {"name": "shop"}})
        core.create_namespaced_config_map("shop", {"metadata": {"name": name}})


def writes(log: Path) -> list[Write]:
    """What was sent to be written, in dry runs apart, of the namespace."""
    events = [msgspec.json.decode(line) for line in log.read_bytes().splitlines()]
    return [write_of(each["verb"], each["requestObject"]) for each in events if "dryRun" not in each["requestURI"]]


async def moment() -> None:
    await asyncio.sleep(random.uniform(0, LONGEST_LIFE))


@pytest.mark.timeout(300)
async def test_nothing_reached_the_server_that_is_not_on_record(plane: ControlPlane, log: Path, tmp_path: Path) -> None:
    add_map(plane, "settings")
    records = tmp_path / "records"
    async with nursery(records) as writers:
        for number in range(KILLS):
            await writers.kill_one(str(plane.kubeconfig), f"plan-{number}", moment)
    add_map(plane, "last")
    deadline = time.monotonic() + DEADLINE
    while ("create", "last") not in (seen := writes(log)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    ours = [each for each in seen if each not in (("create", "settings"), ("create", "last"))]
    counts = await check(records, ours)
    assert counts["open"] > 0
    assert counts["unsure"] > 0
    assert counts["done"] > KILLS
