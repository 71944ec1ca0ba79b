"""Pictures of what every change passes: forms and editor, the plan in each of its phases, undo and the audit log."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from kubegenie_tui.changes.operations.editing import draft_of
from kubegenie_tui.domain.errors import Forbidden, Invalid, ServerFailed
from kubegenie_tui.domain.form import ChoiceField, NumberField, TextField, ToggleField
from kubegenie_tui.domain.plan import Preview, Progress, StepState, Tier, Undoable
from kubegenie_tui.domain.proposal import Asked, KeptProposal, ProposalState
from kubegenie_tui.screens.editor import EditorScreen, Judged
from kubegenie_tui.screens.form import FormScreen
from kubegenie_tui.screens.plan import PlanScreen
from kubegenie_tui.screens.plan_dialog import Phase
from kubegenie_tui.screens.proposals import ProposalsScreen
from kubegenie_tui.screens.said import FailureScreen, SaidScreen
from kubegenie_tui.screens.undo import UndoScreen
from tests.snapshots.frozen import NOW, freeze
from tests.snapshots.test_pictures import also_pictured
from tests.ui.played_audit import audit_screen, entries
from tests.ui.played_cluster import PlayedCluster, kind
from tests.ui.played_gate import PlayedGate, Scripted, Undoables, deployment, previewed, scaling
from tests.ui.stage import Stage, text_of, until

Compare = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(160, 45), (80, 24)], ids=["160x45", "80x24"])
DENIED = Forbidden(
    "You may not patch deployments.apps shop/checkout",
    'no rule of yours allows "patch" on deployments.apps in shop',
    "ask who administers the cluster for the right",
)

NO_SECRETS = Forbidden(
    "Not allowed to list secrets",
    'secrets is forbidden: User "ada" cannot list resource "secrets" in API group "" in the namespace "shop"',
    'ask for a role that grants "list" on secrets in namespace "shop"',
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)


class Framed(Stage):
    """A stage that makes its screen when it runs."""

    def __init__(self, make: Callable[[], Screen[Any]], **options: Any) -> None:
        super().__init__(**options)
        self._make = make

    async def on_mount(self) -> None:
        await self.push_screen(self._make())


def plan_app(gate: PlayedGate, latest: Undoable | None = None, **options: Any) -> Framed:
    plan = next(answer.plan for answer in gate.answers if isinstance(answer, Preview))

    def make() -> PlanScreen:
        cluster: Any = PlayedCluster()
        return PlanScreen(gate, cluster, plan, Undoables(latest), wall=lambda: NOW, clock=lambda: 0.0)

    return Framed(make, **options)


def _heeds(screen: Screen[Any]) -> bool:
    """Whether keys are heeded: a plan takes no yes before it was looked at and painted."""
    if not isinstance(screen, PlanScreen):
        return True
    return screen.phase is Phase.REFUSED or screen.heeds_yes


def pressing(*keys: str, then: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: _heeds(pilot.app.screen))
        await pilot.pause()
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: then in text_of(pilot))
        await pilot.pause()

    return run


def many(count: int, **changes: Any) -> Preview:
    return previewed(*(scaling(f"web-{at}") for at in range(count)), **changes)


@SIZES
@pytest.mark.parametrize("tier", list(Tier), ids=lambda tier: tier.name.lower())
def test_deciding(snap_compare: Compare, size: tuple[int, int], tier: Tier) -> None:
    preview = previewed(tier=tier, undo="" if tier is Tier.DESTRUCTIVE else "u takes it back")
    run = pressing(then="W")
    assert snap_compare(plan_app(PlayedGate(preview)), terminal_size=size, run_before=run)


@SIZES
def test_refused(snap_compare: Compare, size: tuple[int, int]) -> None:
    gate = PlayedGate(previewed(refusal=DENIED))
    assert snap_compare(plan_app(gate), terminal_size=size, run_before=pressing(then="Look again"))


@SIZES
def test_many_objects(snap_compare: Compare, size: tuple[int, int]) -> None:
    gate = PlayedGate(many(12, tier=Tier.DESTRUCTIVE, reasons=("12 objects at once",), confirm="12 objects"))
    assert snap_compare(plan_app(gate), terminal_size=size, run_before=pressing(then="web-3"))


@SIZES
def test_carrying_out(snap_compare: Compare, size: tuple[int, int]) -> None:
    news: list[Scripted] = [
        Progress(0, StepState.RUNNING),
        Progress(0, StepState.DONE, "6 of 6 pods ready"),
        Progress(1, StepState.RUNNING, "2 of 6 pods ready"),
        asyncio.Event(),
    ]
    run = pressing("y", "escape", then="Stop after")
    assert snap_compare(plan_app(PlayedGate(many(4), news=[news])), terminal_size=size, run_before=run)


@SIZES
def test_failed(snap_compare: Compare, size: tuple[int, int]) -> None:
    error = ServerFailed("The server failed", "etcd has no leader", "try again in a moment")
    news: list[Scripted] = [
        Progress(0, StepState.RUNNING),
        Progress(0, StepState.DONE, "6 of 6 pods ready"),
        Progress(1, StepState.RUNNING),
        Progress(1, StepState.FAILED, error=error),
        Progress(2, StepState.SKIPPED),
        Progress(-1, StepState.FAILED, error=error),
    ]
    run = pressing("y", then="Stopped at")
    latest = Undoable(1, NOW, "prod-eu", "Scale", previewed().plan)
    gate = PlayedGate(many(3), news=[news])
    assert snap_compare(plan_app(gate, latest), terminal_size=size, run_before=run)


def test_no_colour(snap_compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    gate = PlayedGate(previewed(tier=Tier.DISRUPTIVE))
    assert snap_compare(plan_app(gate), terminal_size=(80, 24), run_before=pressing(then="W2"))


@SIZES
def test_form(snap_compare: Compare, size: tuple[int, int]) -> None:
    fields = (
        NumberField("replicas", "Replicas", 3, "now 3 of 3 ready", most=1000),
        TextField("image", "Image", "", "registry.example/checkout:1.4.2 now"),
        ChoiceField("policy", "Dependents", ("Background", "Foreground", "Orphan")),
        ToggleField("force", "Force", hint="takes over fields that others own"),
    )
    app = Framed(lambda: FormScreen("Change deployment shop/checkout", fields))
    assert snap_compare(app, terminal_size=size, run_before=pressing("enter", then="is needed"))


@SIZES
def test_undo_list(snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = previewed().plan
    changes = (
        Undoable(3, NOW - 40, "prod-eu", "Scale deployment shop/checkout from 3 to 6", plan),
        Undoable(2, NOW - 4000, "prod-eu", "Delete pod shop/web-7c9f4-x2xkq", None, "a pod is not made anew as it was"),
        Undoable(1, NOW - 90_000, "prod-eu", "Restart deployment shop/web", plan, undone=True),
    )
    app = Framed(lambda: UndoScreen("prod-eu", changes, now=NOW))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("undo", pressing(then="Restart")))


@SIZES
def test_proposals(snap_compare: Compare, size: tuple[int, int]) -> None:
    plan = previewed().plan
    asked = Asked(plan, "https://10.0.0.1:6443", "W1 reversible", "checkout is slow since 14:00")
    proposals = (
        KeptProposal(4, NOW - 20, "prod-eu", "Scale deployment shop/checkout from 3 to 6", asked),
        KeptProposal(3, NOW - 300, "staging", "Cordon node node-2", asked),
        KeptProposal(2, NOW - 4000, "prod-eu", "Restart deployment shop/web", asked, ProposalState.DONE),
        KeptProposal(1, NOW - 90_000, "prod-eu", "Delete pod shop/web-7c9f4-x2xkq", asked, ProposalState.REFUSED),
    )
    app = Framed(lambda: ProposalsScreen(proposals, now=NOW))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("proposals", pressing(then="Restart")))


@SIZES
def test_audit_log(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Framed(lambda: audit_screen(*entries(NOW)))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("audit", pressing(then="failed")))


async def read_entry(pilot: Pilot[Any]) -> None:
    """Open what failed."""
    await pressing(then="failed")(pilot)
    await pressing("down", "enter", then="409")(pilot)


@SIZES
def test_audit_entry(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Framed(lambda: audit_screen(*entries(NOW)))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("audit-entry", read_entry))


@SIZES
def test_failure(snap_compare: Compare, size: tuple[int, int]) -> None:
    app = Framed(lambda: FailureScreen("helm upgrade checkout", NO_SECRETS))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("failure", pressing(then="esc")))


@SIZES
def test_editor(snap_compare: Compare, size: tuple[int, int]) -> None:
    draft = draft_of("prod-eu", kind("deployments.apps"), deployment())

    async def judge(text: str) -> Judged:
        return Judged(False, draft.with_fault(text, Invalid("spec.replicas is not accepted", "it must be 0 or more")))

    app = Framed(lambda: EditorScreen("Edit deployment shop/checkout on prod-eu", draft.text, judge))
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("editor", pressing("ctrl+s", then="✖")))


@SIZES
def test_what_a_plugin_says(snap_compare: Compare, size: tuple[int, int]) -> None:
    lines = [f"{name:<30}  {owner}" for name, owner in (("cart", "team-a"), ("checkout", "nobody"), ("x" * 90, "b"))]
    app = Framed(lambda: SaidScreen("who owns what", lines))
    assert snap_compare(app, terminal_size=size, run_before=pressing(then="team-a"))
