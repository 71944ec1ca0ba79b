"""A gate played for the plan screen: it answers what it was told to, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from kubegenie_tui.changes.approval import approve
from kubegenie_tui.changes.standing import Standing, StandingYes
from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.diff import manifest_diff
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan, Preview, Progress, Step, StepPreview, StepState, Tier, Undoable, Verb

Scripted = Progress | asyncio.Event | KubeGenieError


def deployment(name: str = "checkout", replicas: int = 3, **labels: str) -> dict[str, Any]:
    containers = [{"name": "web", "image": "registry.example/checkout:1.4.2"}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": "shop", "labels": {"app": name, **labels}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": containers}},
        },
    }


def scaling(name: str = "checkout", to: int = 6) -> StepPreview:
    step = Step(Verb.PATCH, ObjectRef("deployments.apps", name, "shop", "prod-eu"), {"spec": {"replicas": to}})
    before, after = deployment(name), deployment(name, to)
    return StepPreview(step, before, after, manifest_diff(before, after))


def previewed(*steps: StepPreview, tier: Tier = Tier.REVERSIBLE, **changes: Any) -> Preview:
    """A preview of scaling, or of these steps; `changes` are fields of it."""
    shown = steps or (scaling(),)
    plan = Plan("Scale deployment shop/checkout from 3 to 6", "prod-eu", tuple(each.step for each in shown))
    preview = Preview(
        plan,
        shown,
        tier,
        ("it replaces the image",) if tier is Tier.DISRUPTIVE else (),
        checks=(
            Note(Health.OK, "allowed"),
            Note(Health.OK, "accepted by the server in a dry run"),
            Note(Health.OK, "can be undone"),
        ),
        impact=(
            Note(Health.IDLE, "3 new pods, 1.5 cpu and 1.5Gi: they fit into the quota (11 of 20 cpu)"),
            Note(Health.WARN, "HorizontalPodAutoscaler checkout (2 to 8) will set the number again within 15 s"),
        ),
        identity="platform-admin in sre",
        confirm="checkout" if tier is Tier.DESTRUCTIVE else "",
        undo="u takes it back",
    )
    return msgspec.structs.replace(preview, **changes)


class PlayedGate:
    """Implements PlanGate."""

    def __init__(self, *answers: Preview | KubeGenieError | asyncio.Event, news: Sequence[Sequence[Scripted]] = ()):
        self.answers = list(answers)
        """What the looks bring, one after the other; an event is waited for before the next."""
        self.news = [list(each) for each in news]
        """What carrying out brings, each time."""
        self.looks = 0
        self.approvals: list[Approval] = []
        self.standing = Standing()
        self.stopped = False
        """Whether what was left of the news was not begun."""

    async def preview(self, cluster: object, plan: Plan) -> Preview:
        self.looks += 1
        answer = self.answers.pop(0)
        while isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = self.answers.pop(0)
        if isinstance(answer, KubeGenieError):
            raise answer
        return answer

    def approve(self, preview: Preview, how: str, typed: str = "") -> Approval:
        approval = approve(preview, how, 0.0, typed)
        self.approvals.append(approval)
        return approval

    def approve_again(self, preview: Preview) -> tuple[Approval, StandingYes] | None:
        given = self.standing.use(preview)
        return (self.approve(preview, f"standing yes {given.id}"), given) if given else None

    async def carry_out(
        self, cluster: object, preview: Preview, approval: Approval, stop: Callable[[], bool]
    ) -> AsyncIterator[Progress]:
        for each in self.news.pop(0):
            if isinstance(each, asyncio.Event):
                await each.wait()
            elif isinstance(each, KubeGenieError):
                raise each
            elif stop() and each.state is StepState.RUNNING:
                self.stopped = True
                return
            else:
                yield each


class Undoables:
    """What can be undone, as it was told."""

    def __init__(self, latest: Undoable | None = None) -> None:
        self.latest = latest

    async def __call__(self) -> Undoable | None:
        return self.latest
