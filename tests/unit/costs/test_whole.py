"""What ends with a whole cluster: what it would save, and how it is done where it was made here or elsewhere."""

import dataclasses
from typing import Any

import pytest

from kubegenie_tui.costs.bill import bill
from kubegenie_tui.costs.outside import removal, upgrade
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice
from kubegenie_tui.providers.price_sheet import load_sheet
from tests.unit.costs.test_bill import NOW, REGION, SIZE, balancer, node, pod, volume
from tests.unit.costs.test_idle import looked

A_DAY = looked({"shop": 50})
IDLE = {"shop/web-1": (50, 10**8)}
MACHINES = "/subscriptions/s-1/resourceGroups/x/providers/Microsoft.Compute/virtualMachineScaleSets/a/virtualMachines/0"


@dataclasses.dataclass
class Case:
    identifier: str
    labels: dict[str, str]
    called: tuple[str, ...]
    removed: tuple[str, ...]
    upgraded: tuple[str, ...] = ()


def world(objects: dict[str, Any] | None = None, version: str = "v1.31.9", **more: Any) -> World:
    there = {"nodes": [node("n1")], "pods": [pod("web-1")], **(objects or {})}
    there = {"jobs.batch": (), "cronjobs.batch": (), **there}
    return World(there, IDLE, version, looks=A_DAY, **more)


def only(there: World, rule: str) -> Advice:
    [advice] = [each for each in bill(there, NOW).advice if each.rule == rule]
    return advice


def of_cloud(case: Case) -> World:
    machine = node("n1", **case.labels)
    machine["spec"]["providerID"] = case.identifier
    return world({"nodes": [machine]}, called=case.called)


def test_an_idle_cluster_saves_nodes_control_plane_disks_and_load_balancers() -> None:
    sheet = load_sheet("eks")
    machine = sheet.node(REGION, SIZE)
    assert machine is not None
    going, kept = volume("a", claim="a"), volume("b", claim="b", gigabytes=500)
    going["spec"]["persistentVolumeReclaimPolicy"] = "Delete"
    there = {"nodes": [node("n1"), node("n2")], "persistentvolumes": [going, kept], "services": [balancer("web")]}
    advice = only(world(there, "v1.35.1"), "idle-cluster")
    hourly = 2 * machine.hourly + sheet.control_plane["standard"] + sheet.network[REGION]["load_balancer"]
    assert advice.monthly == pytest.approx(hourly * 730 + 8.0)
    assert "1 x control plane (eks) (73.00)" in advice.evidence[2]
    assert "1 x volumes, 100 GB (8.00)" in advice.evidence[2]
    assert "not saved: what is behind the volumes that are retained, 1 of them" in advice.evidence
    found = bill(world(there, "v1.35.1"), NOW)
    assert found.estimate is not None
    assert found.saving == found.estimate.monthly < sum(each.monthly or 0 for each in found.advice)


def test_what_of_an_idle_cluster_has_no_price_is_named() -> None:
    unknown = node("n2", **{"node.kubernetes.io/instance-type": "zz9.huge"})
    advice = only(world({"nodes": [node("n1"), unknown]}), "idle-cluster")
    assert "without a price, and not counted: zz9.huge" in advice.evidence
    assert advice.monthly is not None


def test_one_of_no_cloud_is_removed_by_whoever_made_it() -> None:
    rack = {"metadata": {"name": "rack-7"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}}
    advice = only(world({"nodes": [rack]}), "idle-cluster")
    assert (advice.monthly, advice.commands, advice.made_here) == (None, (), "")
    assert advice.next_step.endswith("then remove it where it was made")


@pytest.mark.parametrize(("rule", "work"), [("idle-cluster", "remove"), ("extended-support", "upgrade")])
def test_one_that_was_made_here_ends_by_a_work_and_others_by_commands(rule: str, work: str) -> None:
    here, elsewhere = only(world(made_here=True), rule), only(world(), rule)
    assert (here.made_here, here.commands) == (work, ())
    assert elsewhere.made_here == ""
    assert elsewhere.commands


GKE_UPGRADE = "gcloud container clusters upgrade web"
EKSCTL = {"alpha.eksctl.io/cluster-name": "shop", "eks.amazonaws.com/nodegroup": "ng-1"}
CASES = {
    "eks by the words of its plugin": Case(
        f"aws:///{REGION}a/i-1",
        {"eks.amazonaws.com/nodegroup": "ng-1"},
        ("prod", "prod", "eks", "get-token", "--cluster-name", "shop"),
        (
            f"aws eks delete-nodegroup --cluster-name shop --nodegroup-name ng-1 --region {REGION}",
            f"aws eks wait nodegroup-deleted --cluster-name shop --nodegroup-name ng-1 --region {REGION}",
            f"aws eks delete-cluster --name shop --region {REGION}",
        ),
        (
            f"aws eks update-cluster-version --name shop --kubernetes-version 1.32 --region {REGION}",
            f"aws eks wait cluster-active --name shop --region {REGION}",
            f"aws eks update-nodegroup-version --cluster-name shop --nodegroup-name ng-1 --region {REGION}",
        ),
    ),
    "eks by its ARN": Case(
        f"aws:///{REGION}a/i-1",
        {},
        ("arn:aws:eks:eu-west-3:123456789012:cluster/shop",),
        ("aws eks delete-cluster --name shop --region eu-west-3",),
    ),
    "eks of eksctl": Case(
        f"aws:///{REGION}a/i-1", EKSCTL, ("me@shop",), (f"eksctl delete cluster --name shop --region {REGION}",)
    ),
    "eks that nobody names": Case(
        f"aws:///{REGION}a/i-1",
        {},
        ("prod",),
        (f"aws eks list-clusters --region {REGION}", f"aws eks delete-cluster --name NAME --region {REGION}"),
    ),
    "gke": Case(
        "gce://shop-1/us-east1-b/n1",
        {"cloud.google.com/gke-nodepool": "first"},
        ("gke_shop-1_us-east1_web",),
        ("gcloud container clusters delete web --location us-east1 --project shop-1",),
        (
            f"{GKE_UPGRADE} --master --cluster-version 1.32 --location us-east1 --project shop-1",
            f"{GKE_UPGRADE} --node-pool first --location us-east1 --project shop-1",
        ),
    ),
    "gke that nobody names": Case(
        "gce://shop-1/us-east1-b/n1",
        {},
        ("prod",),
        (
            "gcloud container clusters list --project shop-1",
            "gcloud container clusters delete NAME --location LOCATION --project shop-1",
        ),
    ),
    "aks": Case(
        f"azure://{MACHINES}",
        {"kubernetes.azure.com/cluster": "MC_ops_web_westeurope"},
        ("web",),
        ("az aks delete --name web --resource-group ops --subscription s-1",),
    ),
    "aks of a group of another name": Case(
        f"azure://{MACHINES}",
        {"kubernetes.azure.com/cluster": "nodes-of-web"},
        ("web",),
        (
            "az aks list --query \"[?nodeResourceGroup=='nodes-of-web']\" --output table --subscription s-1",
            "az aks delete --name NAME --resource-group GROUP --subscription s-1",
        ),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_commands_are_those_of_the_tool_of_its_cloud(case: Case) -> None:
    there = of_cloud(case)
    assert removal(there) == case.removed
    if case.upgraded:
        assert upgrade(there, "1.32") == case.upgraded
