"""Processes in pods through a real API server: input, output, terminals, and how they end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from kubernetes import client

from kubegenie_tui.domain.errors import ClusterError, Forbidden
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.kube.streams import process as processes
from kubegenie_tui.kube.streams.process import STDERR, STDOUT, V4, Process, attach, execute
from tests.cluster.test_forwards import run_pod
from tests.control_plane import ControlPlane
from tests.unit.agents.waiting import DEADLINE

pytestmark = pytest.mark.cluster


@pytest.fixture
async def api(control_plane: ControlPlane) -> AsyncIterator[Client]:
    contexts = load_kubeconfig([control_plane.kubeconfig]).contexts
    found = Client(contexts[control_plane.name])
    yield found
    await found.close()


@pytest.fixture
async def pod(official: client.ApiClient, namespace: str) -> ObjectRef:
    command = ["sh", "-c", 'read line; echo "got $line"; sleep 3600']
    await run_pod(official, namespace, "box", {"image": "busybox", "command": command, "stdin": True})
    return ObjectRef("pods", "box", namespace)


async def said(process: Process, until: bytes = b"") -> tuple[bytes, bytes]:
    """Output and error output, to the end or until something was said."""
    texts = {STDOUT: b"", STDERR: b""}
    async with asyncio.timeout(DEADLINE):
        async for channel, data in process.output():
            texts[channel] += data
            if until and until in texts[STDOUT]:
                break
    return texts[STDOUT], texts[STDERR]


async def test_output_errors_and_exit_status(api: Client, pod: ObjectRef) -> None:
    process = await execute(api, pod, "", ("sh", "-c", "echo out; echo oops >&2; exit 7"))
    assert await said(process) == (b"out\n", b"oops\n")
    assert process.outcome is not None
    assert process.outcome.code == 7
    await process.close()


@pytest.mark.parametrize("size", [0, 1, 300_000])
async def test_input_to_its_end(api: Client, pod: ObjectRef, size: int) -> None:
    process = await execute(api, pod, "app", ("wc", "-c"), stdin=True)
    await process.write(b"x" * size)
    await process.end_input()
    out, _ = await said(process)
    assert out.strip() == str(size).encode()
    assert process.outcome is not None
    assert process.outcome.ok
    await process.close()


async def test_a_terminal_of_a_size(api: Client, pod: ObjectRef) -> None:
    process = await execute(api, pod, "", ("sh",), stdin=True, terminal=True)
    await process.resize(101, 33)
    await process.write(b"stty size\n")
    out, _ = await said(process, b"33 101")
    assert b"33 101" in out
    await process.write(b"exit 3\n")
    await said(process)
    assert process.outcome is not None
    assert process.outcome.code == 3
    await process.close()


async def test_the_older_protocol(api: Client, pod: ObjectRef, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "V5", V4)
    process = await execute(api, pod, "", ("sh", "-c", "exit 4"))
    await said(process)
    assert process.outcome is not None
    assert process.outcome.code == 4
    await process.close()


async def test_attached_to_what_runs(api: Client, pod: ObjectRef) -> None:
    process = await attach(api, pod, "app", stdin=True, terminal=False)
    await process.write(b"hello\n")
    out, _ = await said(process, b"got hello")
    assert b"got hello" in out
    await process.close()


async def test_what_does_not_exist(api: Client, pod: ObjectRef) -> None:
    with pytest.raises(ClusterError, match="nobody"):
        await execute(api, pod, "nobody", ("true",))
    process = await execute(api, pod, "app", ("no-such-program",))
    await said(process)
    assert process.outcome is not None
    assert "no-such-program" in process.outcome.message
    await process.close()


async def test_who_may_not_is_told_why(ours: ControlPlane, pod: ObjectRef) -> None:
    contexts = load_kubeconfig([ours.kubeconfig]).contexts
    viewer = Client(contexts[f"{ours.name}-viewer"])
    with pytest.raises(Forbidden, match=r'User "viewer" cannot (get|create) resource "pods/exec"') as refusal:
        await execute(viewer, pod, "app", ("true",))
    assert refusal.value.resource == "pods/exec"
    await viewer.close()
