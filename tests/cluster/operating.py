"""Operations as a person starts them, through the gate of a real control plane."""

import secrets
import shlex
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kubernetes import client

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.changes.operations.catalogue import operation_named
from kubegenie_tui.changes.operations.operation import Request
from kubegenie_tui.changes.operations.target import read_targets
from kubegenie_tui.changes.operations.words import read_words
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Preview, Progress, StepState
from tests.cluster.gated import Gated, Gating
from tests.control_plane import ControlPlane


class Hands:
    """Somebody who operates a cluster."""

    def __init__(self, gated: Gated) -> None:
        self.agent, self.gate, self.undo, self.audit = gated.agent, gated.gate, gated.undo, gated.audit

    async def plan(self, line: str, *refs: ObjectRef) -> Plan:
        """What `line` means for these objects."""
        word, *words = shlex.split(line)
        operation = operation_named(word)
        targets = await read_targets(self.agent, refs)
        operation.require(targets[0].kind, len(targets))
        answers, missing = read_words(operation, await operation.fields(self.agent, targets), words)
        assert not missing, missing
        request = Request(self.agent, targets, time.time(), secrets.token_hex(2), answers)
        return await operation.plan(request)

    async def do(self, line: str, *refs: ObjectRef) -> Preview:
        """Do it, typing what must be typed."""
        return await self.carry_out(await self.plan(line, *refs))

    async def apply(self, text: str, namespace: str, *, force: bool = False) -> Preview:
        """Make what a text says."""
        return await self.carry_out(apply_plan(self.agent, text, "test.yaml", namespace, force=force))

    async def carry_out(self, plan: Plan) -> Preview:
        preview = await self.gate.preview(self.agent, plan)
        assert preview.refusal is None, preview.refusal
        approval = self.gate.approve(preview, "test", preview.confirm)
        news = [each async for each in self.gate.carry_out(self.agent, preview, approval)]
        assert news[-1].state is StepState.DONE, _failures(news)
        return preview

    async def undo_last(self) -> None:
        """Take back what was done last."""
        latest, *_ = await self.undo.recent(self.agent.name, 1)
        await self.carry_out(await self.undo.plan_for(self.agent, latest.id))


def _failures(news: list[Progress]) -> list[str]:
    return [f"{each.step}: {each.error}" for each in news if each.error is not None]


@asynccontextmanager
async def operating(
    plane: ControlPlane, directory: Path, user: str = "", *, read_only: bool = False, protected: Sequence[str] = ()
) -> AsyncIterator[Hands]:
    """Hands on a control plane, as the admin or somebody else, their records in `directory`."""
    async with Gating(plane, directory, user, read_only=read_only, protected=protected) as gated:
        await gated.agent.kinds_told.wait()
        yield Hands(gated)


def deploy(
    official: client.ApiClient,
    namespace: str,
    name: str = "web",
    replicas: int = 1,
    image: str = "nginx:1.27",
    **pod: Any,
) -> ObjectRef:
    """A deployment by the official client."""
    labels = {"app": name}
    container = {"name": "app", "image": image, "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}}}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod}},
    }
    body = {"metadata": {"name": name, "namespace": namespace}, "spec": spec}
    client.AppsV1Api(official).create_namespaced_deployment(namespace, body)
    return ObjectRef("deployments.apps", name, namespace)
