"""Pictures of the wizard, of a cluster that is being made, and of what one costs."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from kubegenie_tui.domain.costs import Bill
from kubegenie_tui.domain.creation import (
    Estimate,
    Identity,
    Outline,
    PlannedStep,
    Price,
    StepRecord,
    StepState,
    Work,
    WorkKind,
    WorkState,
)
from kubegenie_tui.providers.aws.eks_spec import EksSpec
from kubegenie_tui.provision.makers import Maker
from kubegenie_tui.provision.pages import pages_of
from kubegenie_tui.screens.clusters import ClustersScreen
from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.wizard_check import WizardCheck
from kubegenie_tui.screens.wizard_many import WizardMany
from kubegenie_tui.screens.wizard_meaning import trail
from kubegenie_tui.screens.wizard_page import WizardPage
from kubegenie_tui.screens.wizard_review import WizardReview
from kubegenie_tui.screens.work import WorkScreen
from tests.snapshots.frozen import NOW, FrozenApp, freeze, frozen_app, text_of, until
from tests.snapshots.test_explorer import SIZES, Compare
from tests.snapshots.test_pictures import also_pictured
from tests.unit.costs.test_bill import balancer, billed, claim, endpoints, node, pod, volume
from tests.unit.costs.test_idle import looked

PAGES = pages_of(EksSpec)
TITLES = [each.title for each in PAGES]
STEPS = (
    ("role/cluster", "IAM role kubegenie-shop-cluster", "iam:CreateRole", 5),
    ("role/nodes", "IAM role kubegenie-shop-nodes", "iam:CreateRole", 5),
    ("vpc", "VPC 10.0.0.0/16 in eu-west-1a, eu-west-1b", "ec2:CreateVpc", 5),
    ("nat", "NAT gateway", "ec2:CreateNatGateway", 120),
    ("cluster", "Control plane shop, Kubernetes 1.37", "eks:CreateCluster", 600),
    ("pool/default", "Node group default: 3 x m6i.large", "eks:CreateNodegroup", 180),
)
OUTLINE = Outline(
    "eks",
    "shop",
    "eu-west-1 · account 111122223333",
    tuple(PlannedStep(key, title, call, {"clusterName": "shop"}, seconds) for key, title, call, seconds in STEPS),
    Estimate(
        (Price("control plane", 1, 0.1), Price("m6i.large", 3, 0.107), Price("NAT gateway", 1, 0.048)),
        "2026-01-19",
        "AWS price list",
        ("traffic through the NAT gateway",),
    ),
    leaves=("load balancers and volumes that the cluster itself makes", "log groups in CloudWatch"),
)


@pytest.fixture(autouse=True)
def _frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    monkeypatch.setattr(
        "kubegenie_tui.domain.cluster_rows.latency_text", lambda status: "18 ms" if status.latency_ms else None
    )


def above(screen: Callable[[FrozenApp], Screen[Any]], words: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Lay a screen above the list of clusters, and wait for these words in it."""

    async def run(pilot: Pilot[Any]) -> None:
        await until(
            pilot, lambda: isinstance(pilot.app.screen, ClustersScreen) and text_of(pilot).count("v1.37.2") == 3
        )
        await until(pilot, lambda: "refused" in text_of(pilot))
        assert isinstance(pilot.app, FrozenApp)
        await pilot.app.push_screen(screen(pilot.app))
        await until(pilot, lambda: words in text_of(pilot) and pilot.app.focused)

    return run


def wrong(_: FrozenApp) -> Screen[Any]:
    typed = {"name": "shop", "region": "eu-west-1", "version": "1.20"}
    trouble = {"version": "EKS has no version 1.20: from 1.30 to 1.37"}

    async def look_up(*_: Any) -> list[Any]:
        return []

    async def foresee(_: Any) -> Outline:
        return OUTLINE

    return WizardPage(
        "eks: Cluster (1 of 5)",
        PAGES[0].fields,
        typed=typed,
        look_up=look_up,
        trouble=trouble,
        trail=trail(TITLES, "Cluster"),
        foresee=foresee,
    )


@SIZES
def test_a_value_is_refused_at_its_field(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False)
    run = also_pictured("wizard-page", above(wrong, "bout $342.37"))
    assert snap_compare(app, terminal_size=size, run_before=run)


def pools(_: FrozenApp) -> Screen[Any]:
    page = next(each for each in PAGES if each.many)
    small = {"name": "default", "size": "m6i.large", "count": "3", "autoscale": "no", "disk_gb": "50"}
    items = [small, {**small, "name": "batch", "size": "c7g.xlarge", "spot": "yes", "count": "0"}]
    here, comes_to = trail(TITLES, "Node pools"), "6 steps · about $342.37 a month"
    return WizardMany("eks: Node pools (3 of 5)", page.fields, items, "", "0", trail=here, comes_to=comes_to)


@SIZES
def test_several_pools(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("wizard-pools", above(pools, "batch")))


class _Known:
    async def identify(self) -> Identity:
        who = "arn:aws:iam::111122223333:user/anna"
        return Identity(who, "account 111122223333", ("iam:PassRole", "eks:CreateNodegroup"))


@SIZES
def test_permissions_are_missing(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    def check(_: FrozenApp) -> Screen[Any]:
        return WizardCheck(Maker("eks", _Known(), EksSpec, True, True, False, {}, {}), trail(TITLES, "Account"))

    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("wizard-check", above(check, "PassRole")))


@SIZES
def test_a_review(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    app = frozen_app(tmp_path, genie=False)
    run = above(lambda _: WizardReview("Create shop", OUTLINE, trail=trail(TITLES, "Review")), "eks:CreateCluster")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("wizard-review", run))


def work(failed: str) -> Work:
    """Four steps are done, one is under way or has failed, one waits."""
    done = [StepRecord(key, StepState.DONE, started=NOW - 500, ended=NOW - 480) for key, *_ in STEPS[:4]]
    state = StepState.FAILED if failed else StepState.STARTED
    now = StepRecord(
        "cluster", state, {}, "" if failed else "CREATING", failed, 1, NOW - 260, NOW - 20 if failed else 0.0
    )
    records = (*done, now, StepRecord("pool/default"))
    state_of_all = WorkState.FAILED if failed else WorkState.RUNNING
    return Work("kg1", WorkKind.CREATE, OUTLINE, {}, {}, records, NOW - 500, state_of_all, failed)


def followed(failed: str, *, worked_on: bool) -> Callable[[FrozenApp], Screen[Any]]:
    def screen(app: FrozenApp) -> Screen[Any]:
        works = app.services.works
        setattr(works, "is_worked_on", lambda _: worked_on)  # noqa: B010 - no process works in a picture
        return WorkScreen(works, work(failed), _opens)

    return screen


async def _opens(_: Work) -> bool:
    return True


async def _kept(pilot: Pilot[Any], failed: str) -> None:
    assert isinstance(pilot.app, FrozenApp)
    await until(pilot, lambda: pilot.app._services is not None)  # type: ignore[attr-defined]
    await pilot.app.services.store.works.add(work(failed), {})


@SIZES
def test_a_cluster_is_made(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[Any]) -> None:
        await _kept(pilot, "")
        await above(followed("", worked_on=True), "CREATING")(pilot)

    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("work", run))


@SIZES
def test_a_step_failed(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    why = "AWS gives no more clusters in eu-west-1 · 100 of 100 are used · delete one, or ask AWS for more"

    async def run(pilot: Pilot[Any]) -> None:
        await _kept(pilot, why)
        await above(followed(why, worked_on=False), "r tries it again")(pilot)
        await pilot.app.workers.wait_for_complete([each for each in pilot.app.workers if each.group == "follow"])

    app = frozen_app(tmp_path, genie=False)
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("work-failed", run))


@SIZES
def test_costs(snap_compare: Compare, tmp_path: Path, size: tuple[int, int]) -> None:
    nodes = [node("n1"), node("n2"), node("n3", **{"node.kubernetes.io/instance-type": "c9z.large"})]
    found = billed(
        {"shop/web-1": (2, 10**8)}, "v1.31.4", looked({"shop": 2}), nodes=nodes, pods=[pod("web-1")],
        volumes=[volume("pvc-3f2a", "Released", "old-db"), volume("v", claim="data", gigabytes=250)],
        claims=[claim("data", "v")], services=[balancer("legacy"), balancer("web")],
        slices=[endpoints("web", "10.0.0.1")],
    )  # fmt: skip

    async def look() -> Bill:
        return found

    app = frozen_app(tmp_path, genie=False)
    run = above(lambda _: CostsScreen("prod-eu", look), "Could be saved")
    assert snap_compare(app, terminal_size=size, run_before=also_pictured("costs", run))
