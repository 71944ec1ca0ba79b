"""What does next to nothing, leads nowhere or could run elsewhere: from `:costs` to the plan that ends it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from kubegenie_tui.screens.costs import CostsScreen
from kubegenie_tui.screens.explorer import ExplorerScreen
from tests.ui.costing import at_the_costs, looked_before, planned, shown, stood_on
from tests.ui.on_demo import OnDemo, app_on_demo

STAGING: dict[str, Any] = {"context": "staging", "namespace": "shop", "without": ("prod-eu", "edge-paris")}
AWS = ("aws:///us-east-1a/", "us-east-1", "m5.xlarge")
GOOGLE = ("gce://shop-1/asia-east1-a/", "asia-east1", "e2-standard-4")
OLD = "2020-01-01T00:00:00Z"
ROOMY = {"cpu": "400"}


@asynccontextmanager
async def nodes_of(
    tmp_path: Path,
    cloud: tuple[str, str, str],
    *,
    size: tuple[int, int] = (160, 45),
    more: dict[str, str] | None = None,
) -> AsyncIterator[OnDemo]:
    """A cluster whose nodes are machines of a cloud, with nothing used at two looks before."""
    identifier, region, machine = cloud
    labels = {"topology.kubernetes.io/region": region, "node.kubernetes.io/instance-type": machine}
    async with app_on_demo(tmp_path, size, **STAGING) as demo:
        for node in list(of(demo).list("nodes")):
            meta = {**node["metadata"], "labels": {**node["metadata"]["labels"], **labels}}
            changed = of(demo).replace(
                {**node, "metadata": meta, "spec": {**node["spec"], "providerID": f"{identifier}{meta['name']}"}}
            )
            room = {**node["status"]["allocatable"], **(more or {})}
            of(demo).set_status(changed, {**node["status"], "allocatable": room})
        await demo.until(lambda: demo.names)
        yield demo


def of(demo: OnDemo) -> Any:
    assert demo.server is not None
    return demo.server.worlds["staging"].cluster


def words_of(demo: OnDemo) -> str:
    return " ".join(demo.text().replace("│", " ").split())


def attic(demo: OnDemo) -> None:
    """A namespace whose one pod is old, and asks for much more than it uses."""
    of(demo).create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "attic"}})
    container = {"name": "app", "image": "team/app:1", "resources": {"requests": {"cpu": "40", "memory": "64Gi"}}}
    labels = {"app": "web"}
    of(demo).create(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "attic"},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
            },
        }
    )
    node = next(iter(of(demo).list("nodes")))["metadata"]["name"]
    metadata = {"name": "web-1", "namespace": "attic", "labels": labels}
    spec = {"nodeName": node, "containers": [container]}
    pod = of(demo).create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    pod = of(demo).replace({**pod, "metadata": {**pod["metadata"], "creationTimestamp": OLD}})
    ready = {"name": "app", "ready": True, "state": {"running": {"startedAt": OLD}}, "image": "team/app:1"}
    of(demo).set_status(pod, {"phase": "Running", "containerStatuses": [ready]})


async def test_a_namespace_that_did_nothing_is_scaled_to_nothing_and_not_at_the_first_look(tmp_path: Path) -> None:
    async with nodes_of(tmp_path, AWS) as demo:
        attic(demo)
        await at_the_costs(demo)
        await demo.until_shown("is not called idle, in attic: CPU was measured in one quarter of an hour")
        assert "Namespace attic does next to nothing" not in demo.text()
        await looked_before(demo, "staging")
        await demo.pilot.press("r")
        await demo.until_shown("Namespace attic does next to nothing")
        await stood_on(demo, "Namespace attic does next to nothing")
        await demo.until_shown("measured in 3 quarters of an hour")
        for words in (
            "over 26 hours",
            "no Job that is there ever ran",
            "the price of the nodes they run on (m5.xlarge)",
        ):
            assert words in words_of(demo)
        await planned(demo, "Namespace attic does next to nothing")
        await demo.until_shown("replicas: 0")
        await demo.pilot.press("y")
        await demo.until(lambda: of(demo).get("deployments.apps", "web", "attic")["spec"]["replicas"] == 0)


async def test_a_load_balancer_that_leads_nowhere_goes_by_a_plan(tmp_path: Path) -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "dead", "namespace": "shop"},
        "spec": {"type": "LoadBalancer", "selector": {"app": "nobody"}, "ports": [{"port": 80}]},
    }
    async with nodes_of(tmp_path, AWS) as demo:
        address = {"loadBalancer": {"ingress": [{"hostname": "dead.elb.amazonaws.com"}]}}
        of(demo).set_status(of(demo).create(service), address)
        await at_the_costs(demo)
        await demo.until_shown("16.43  The load balancer of shop/dead leads to no pod")
        await planned(demo, "The load balancer of shop/dead leads to no pod")
        await demo.until_shown("name: dead")
        await demo.pilot.press("y")
        await demo.until(lambda: of(demo).get("services", "dead", "shop") is None)


async def test_what_could_run_on_spot_machines_is_let_prefer_them(tmp_path: Path) -> None:
    async with nodes_of(tmp_path, GOOGLE) as demo:
        deployment = of(demo).get("deployments.apps", "checkout", "shop")
        assert "affinity" not in deployment["spec"]["template"]["spec"]
        await at_the_costs(demo)
        await demo.until_shown("Deployment shop/checkout could run on spot machines")
        await planned(demo, "Deployment shop/checkout could run on spot machines")
        await demo.until_shown("cloud.google.com/gke-spot")
        await demo.pilot.press("y")

        def preferred() -> Any:
            changed = of(demo).get("deployments.apps", "checkout", "shop")
            return changed["spec"]["template"]["spec"].get("affinity")

        await demo.until(preferred)
        assert "preferredDuringSchedulingIgnoredDuringExecution" in preferred()["nodeAffinity"]


@pytest.mark.parametrize("size", [(160, 45), (80, 24)])
async def test_a_cluster_from_elsewhere_that_did_nothing_begins_to_end_here_and_ends_in_its_cloud(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with nodes_of(tmp_path, AWS, size=size, more=ROOMY) as demo:
        await looked_before(demo, "staging")
        for kind in ("cronjobs.batch", "jobs.batch"):
            for each in list(of(demo).list(kind)):
                of(demo).forget(each)
        await at_the_costs(demo)
        await demo.until_shown("The cluster does next to nothing")
        await shown(demo, "CPU was used at most, on")
        await demo.pilot.press("tab", "end")
        await demo.until_shown("aws eks list-clusters --region us-east-1")
        await demo.until_shown("aws eks delete-cluster --name NAME --region us-east-1")
        await demo.until(lambda: "KubeGenie removes the clusters that it created" in words_of(demo))
        await demo.pilot.press("tab", "enter")
        await demo.asked_to_decide()
        await demo.until_shown("The cluster stays, and is paid for")
        await demo.until_shown("W3 destructive")
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, CostsScreen))


async def test_a_version_past_its_standard_support_is_told_with_what_its_cloud_does(tmp_path: Path) -> None:
    async with nodes_of(tmp_path, AWS) as demo:
        of(demo).version = "v1.32.9-eks-1"
        await (await demo.app.services.manager.open("staging")).check()
        await at_the_costs(demo)
        await demo.until_shown("365.00  Kubernetes 1.32 is past its standard support")
        await shown(demo, "its standard support ended on 2026-03-23")
        assert "extended support ends on 2027-03-23" in words_of(demo)
        await demo.until(lambda: "it is not upgraded from here" in words_of(demo))
        assert "aws eks update-cluster-version --name NAME" in words_of(demo)
        assert not demo.app.screen.check_action("show_plan", ())
        await demo.pilot.press("escape")
        await demo.until(lambda: isinstance(demo.app.screen, ExplorerScreen))
