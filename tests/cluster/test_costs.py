"""The bill of a real control plane, and each plan from `:costs` carried out on it."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple

import msgspec
import pytest
from kubernetes import client, config

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.providers.price_sheet import load_sheet
from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.cluster.keyboard import Person, at_the_keyboard, until
from tests.cluster.paid_nodes import are_measured, deployment, machines, runs
from tests.control_plane import ControlPlane
from tests.ui.costing import HOUR, at_the_costs, looked_before, planned, stood_on

pytestmark = pytest.mark.cluster
REGION, SIZE = "us-east-1", "m5.2xlarge"
DAYS = 8
"""The app's own time is so far ahead that pods made now are older than a week."""


class Paid(NamedTuple):
    """A cluster that is paid for."""

    plane: ControlPlane
    api: client.ApiClient

    @property
    def core(self) -> client.CoreV1Api:
        return client.CoreV1Api(self.api)

    @property
    def apps(self) -> client.AppsV1Api:
        return client.AppsV1Api(self.api)

    def replicas(self, name: str, namespace: str) -> int:
        found: int = self.apps.read_namespaced_deployment(name, namespace).spec.replicas
        return found

    def cordoned(self) -> list[str]:
        return sorted(each.metadata.name for each in self.core.list_node().items if each.spec.unschedulable)


@pytest.fixture(scope="module")
def paid(start_control_plane: Callable[..., ControlPlane]) -> Iterator[Callable[..., Paid]]:
    """Starts one with two nodes of a cloud."""
    apis = []

    def start(cloud: str, region: str, size: str, pool: dict[str, str]) -> Paid:
        plane = start_control_plane("--nodes", "1", name=f"paid-{cloud}")
        api = config.new_client_from_config(str(plane.kubeconfig), context=plane.name)
        machines(api, cloud, region, size, pool)
        apis.append(api)
        return Paid(plane, api)

    yield start
    for api in apis:
        api.rest_client.pool_manager.clear()
        api.close()


@pytest.fixture(scope="module")
def aws(paid: Callable[..., Paid]) -> Paid:
    return paid("aws", REGION, SIZE, {"eks.amazonaws.com/nodegroup": "ng-1"})


@pytest.fixture
def place(aws: Paid) -> Iterator[str]:
    """A namespace whose end is waited for: the next test has its own bill."""
    name = f"shop-{time.time_ns() % 10**6}"
    aws.core.create_namespace({"metadata": {"name": name}})
    yield name
    aws.core.delete_namespace(name)
    deadline = time.monotonic() + 60
    while any(each.metadata.name == name for each in aws.core.list_namespace().items):
        assert time.monotonic() < deadline
        time.sleep(0.2)


@asynccontextmanager
async def at_costs(found: Paid, namespace: str = "default", now: float | None = None) -> AsyncIterator[Person]:
    async with at_the_keyboard(found.plane, namespace, "pods") as person:
        await person.until(lambda: isinstance(person.app.screen, ExplorerScreen))
        await looked_before(person, found.plane.name, now)
        await at_the_costs(person)
        yield person


async def approved(person: Person, title: str, tier: str, word: str = "") -> None:
    """The plan of the advice of this title is looked at, and carried out; then the bill is there anew."""
    await person.until_shown(title)
    await planned(person, title)
    await person.approve(tier, word)


async def back(person: Person, title: str) -> None:
    """The bill is looked at anew, and the advice is gone."""
    await person.pilot.press("escape")
    await person.until(lambda: isinstance(person.app.screen, CostsScreen))
    await person.pilot.press("r")
    await person.until(lambda: title not in person.text() and "a month" in person.text())


def monthly(hourly: float) -> str:
    return f"{hourly * 730:,.2f}"


def node_hourly() -> float:
    price = load_sheet("eks").node(REGION, SIZE)
    assert price is not None
    return price.hourly


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> float:
    """Seconds since the epoch in the bill: more than a week ahead."""
    now = time.time() + DAYS * 24 * HOUR
    monkeypatch.setattr("kubegenie_tui.costs.reading.time", SimpleNamespace(time=lambda: now))
    return now


async def test_a_namespace_that_does_nothing_is_scaled_to_nothing_and_back(aws: Paid, place: str, later: float) -> None:
    await runs(aws.api, place, deployment("web", 2))
    await are_measured(aws.api, place, 2)
    title = f"Namespace {place} does next to nothing"
    async with at_costs(aws, now=later) as person:
        await person.until_shown(f"{monthly(2 * node_hourly())[:-3]}")
        await person.until_shown(title)
        await stood_on(person, title)
        await person.until_shown("2000m CPU and 2.0Gi are asked for")
        share = (0.031611 + 0.004237) / (8 * 0.031611 + 31.9 * 0.004237)
        advice = next(each for each in screen(person)._shown if each.title == title)
        assert advice.monthly == pytest.approx(2 * share * node_hourly() * 730, rel=0.01)
        await approved(person, title, "W2 disruptive")
        assert aws.replicas("web", place) == 0
        await person.take_back()
        assert aws.replicas("web", place) == 2


async def test_a_namespace_whose_cron_job_ran_is_left_in_peace(aws: Paid, place: str, later: float) -> None:
    await runs(aws.api, place, deployment("web", 1))
    await are_measured(aws.api, place, 1)
    batch, job = client.BatchV1Api(aws.api), deployment("report", 1)["spec"]["template"]
    job["spec"]["restartPolicy"] = "Never"
    cron = {
        "metadata": {"name": "report"},
        "spec": {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": job}}},
    }
    batch.create_namespaced_cron_job(place, cron)
    ran = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(later - 5 * HOUR))}"
    batch.patch_namespaced_cron_job_status("report", place, {"status": {"lastScheduleTime": ran}})
    async with at_costs(aws, now=later) as person:
        await person.until_shown("Next to nothing is used, and it is not called idle")
        assert f"CronJob {place}/report ran on" in " ".join(person.text().replace("│", " ").split())
        assert f"Namespace {place} does next to nothing" not in [each.title for each in screen(person)._shown]


def screen(person: Person) -> CostsScreen:
    assert isinstance(person.app.screen, CostsScreen)
    return person.app.screen


def volume(name: str, **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": "100Gi"},
            "accessModes": ["ReadWriteOnce"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "csi": {"driver": "ebs.csi.aws.com", "volumeHandle": f"vol-of-{name}"},
            **more,
        },
    }


async def test_a_claim_and_then_its_released_volume_go_and_the_disk_is_told(aws: Paid, place: str) -> None:
    name = f"pv-{place}"
    aws.core.create_persistent_volume(volume(name, claimRef={"namespace": place, "name": "data"}))
    asked = {"requests": {"storage": "100Gi"}}
    spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": "", "volumeName": name, "resources": asked}
    aws.core.create_namespaced_persistent_volume_claim(place, {"metadata": {"name": "data"}, "spec": spec})

    def phase() -> str | None:
        return next((each.status.phase for each in aws.core.list_persistent_volume().items), None)

    await until(lambda: phase() == "Bound")
    removed = f"aws ec2 delete-volume --volume-id vol-of-{name} --region {REGION}"
    async with at_costs(aws) as person:
        await person.until_shown(f"8.00  Claim {place}/data is mounted by no pod")
        await approved(person, f"Claim {place}/data is mounted by no pod", "W3 destructive", "data")
        await until(lambda: phase() == "Released")
        await back(person, "is mounted by no pod")
        title = f"Volume {name} is held by no claim"
        await person.until_shown(f"8.00  {title}")
        await stood_on(person, title)
        await person.until(lambda: removed in " ".join(person.text().replace("│", " ").split()))
        await approved(person, title, "W3 destructive", name)
        assert phase() is None
        await back(person, title)
        audit = (await person.app.services.changes()).audit
        plans = {each.plan for each in await audit.entries()}
        assert f"Save: {title}, and would leave the disk vol-of-{name} (ebs.csi.aws.com)" in plans


async def test_a_load_balancer_without_endpoints_goes(aws: Paid, place: str) -> None:
    spec = {"type": "LoadBalancer", "selector": {"app": "nobody"}, "ports": [{"port": 80}]}
    aws.core.create_namespaced_service(place, {"metadata": {"name": "dead"}, "spec": spec})
    status = {"loadBalancer": {"ingress": [{"hostname": "dead.elb.amazonaws.com"}]}}
    aws.core.patch_namespaced_service_status("dead", place, {"status": status})
    title = f"The load balancer of {place}/dead leads to no pod"
    async with at_costs(aws) as person:
        await person.until_shown(f"{monthly(0.0225)}  {title}")
        await approved(person, title, "W2 disruptive")
        assert "dead" not in [each.metadata.name for each in aws.core.list_namespaced_service(place).items]
        await back(person, title)


async def test_a_spare_node_is_cordoned_and_large_ones_are(aws: Paid, place: str) -> None:
    await runs(aws.api, place, deployment("web", 2))
    async with at_costs(aws) as person:
        title = "1 of 2 nodes would not be needed"
        await person.until_shown(f"{monthly(node_hourly())}  {title}")
        await approved(person, title, "W")
        assert len(aws.cordoned()) == 1
        await person.take_back()
        assert aws.cordoned() == []
    async with at_costs(aws) as person:
        title = f"2 x {SIZE} of ng-1 could be m5.large"
        await person.until_shown(title)
        await stood_on(person, title)
        await person.until(lambda: "create-nodegroup" in person.text())
        await approved(person, title, "W")
        assert aws.cordoned() == ["aws-1", "aws-2"]
        await person.take_back()
        assert aws.cordoned() == []


async def test_an_idle_cluster_from_elsewhere_is_scaled_to_nothing(aws: Paid, place: str, later: float) -> None:
    await runs(aws.api, place, deployment("web", 2))
    await runs(aws.api, place, deployment("api", 1))
    await are_measured(aws.api, place, 3)
    title = "The cluster does next to nothing"
    async with at_costs(aws, now=later) as person:
        await person.until_shown(title)
        await stood_on(person, title)
        advice = next(each for each in screen(person)._shown if each.title == title)
        assert advice.monthly == pytest.approx((2 * node_hourly() + 0.10) * 730)
        assert advice.commands[-1] == f"aws eks delete-cluster --name NAME --region {REGION}"
        await approved(person, title, "W2 disruptive")
        assert (aws.replicas("web", place), aws.replicas("api", place)) == (0, 0)
        await person.take_back()
        assert (aws.replicas("web", place), aws.replicas("api", place)) == (2, 1)


def test_the_bill_for_programs(aws: Paid, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    aws.core.create_persistent_volume(volume("alone"))
    try:
        arguments = ["--kubeconfig", str(aws.plane.kubeconfig), "--context", aws.plane.name, "costs", "-o", "json"]
        assert main(arguments) == Exit.OK
    finally:
        aws.core.delete_persistent_volume("alone")
    told = msgspec.json.decode(capsys.readouterr().out)
    assert told["monthly"] == pytest.approx((2 * node_hourly() + 0.10) * 730 + 8, abs=0.01)
    [alone] = [each for each in told["advice"] if each["rule"] == "unattached-volume"]
    assert (alone["about"]["name"], alone["monthly"]) == ("alone", pytest.approx(8.0))
    assert alone["stays"].endswith(f"aws ec2 delete-volume --volume-id vol-of-alone --region {REGION}")


async def test_what_could_run_on_spot_machines_prefers_them(paid: Callable[..., Paid]) -> None:
    google = paid("gce", "asia-east1", "e2-standard-8", {"cloud.google.com/gke-nodepool": "first"})
    await runs(google.api, "default", deployment("web", 2, "2"))
    title = "Deployment default/web could run on spot machines"
    async with at_costs(google) as person:
        await person.until_shown(title)
        await approved(person, title, "W")
    spec = google.apps.read_namespaced_deployment("web", "default").spec.template.spec
    [term] = spec.affinity.node_affinity.preferred_during_scheduling_ignored_during_execution[:1]
    assert term.preference.match_expressions[0].key == "cloud.google.com/gke-spot"
