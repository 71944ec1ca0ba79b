"""Nodes that are larger than what runs on them asks for, and controls where a smaller size would not do."""

from typing import Any

import pytest

from kubegenie_tui.costs.bill import bill
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Verb
from kubegenie_tui.providers.price_sheet import load_sheet
from tests.unit.costs.test_bill import NOW, REGION, SIZE, node, pod

POOL = {"eks.amazonaws.com/nodegroup": "ng-1"}
DAEMON = {"ownerReferences": [{"kind": "DaemonSet", "uid": "uid-d"}]}


def large(nodes: list[Manifest], pods: list[Manifest], **more: Any) -> list[Advice]:
    there = World({"nodes": nodes, "pods": pods}, {}, "v1.35.1", **more)
    return [each for each in bill(there, NOW).advice if each.rule == "large-nodes"]


def pool(count: int, cpu: str = "3920m", memory: str = "15Gi", **labels: str) -> list[Manifest]:
    return [node(f"n{at}", cpu, memory, **POOL, **labels) for at in range(1, count + 1)]


def test_a_pool_of_equal_nodes_fits_a_smaller_size() -> None:
    pods = [pod(f"web-{at}", f"n{at}", "1", "4Gi") for at in (1, 2, 3)]
    [advice] = large(pool(3), pods, called=["--cluster-name", "shop"])
    sheet = load_sheet("eks")
    now, then = sheet.node(REGION, SIZE), sheet.node(REGION, "m5.large")
    assert now is not None
    assert then is not None
    assert advice.title == "3 x m5.xlarge of ng-1 could be m5.large"
    assert advice.monthly == pytest.approx(3 * (now.hourly - then.hourly) * 730)
    assert [(each.verb, each.ref.name) for each in advice.steps] == [(Verb.PATCH, f"n{at}") for at in (1, 2, 3)]
    assert all(each.body == {"spec": {"unschedulable": True}} for each in advice.steps)
    assert "packed to 90% they find room on 3 x m5.large (2 vCPU, 8 GiB)" in advice.evidence
    assert advice.evidence[-1].startswith("not reckoned with: affinity")
    assert advice.stays.startswith("The new pool has to be there first. 3 x m5.xlarge stay")
    assert advice.commands[1].startswith(
        "aws eks create-nodegroup --cluster-name shop --nodegroup-name new --instance-types m5.large --scaling-config "
    )
    assert advice.commands[-1] == (
        f"aws eks delete-nodegroup --cluster-name shop --nodegroup-name ng-1 --region {REGION}"
    )


def test_what_daemons_and_the_system_keep_is_not_free() -> None:
    pods = [pod("web", "n1", "1", "4Gi")]
    assert large(pool(1), pods)
    assert not large(pool(1), [*pods, pod("agent", "n1", "800m", "1Gi", metadata=DAEMON)])
    assert not large(pool(1, cpu="3000m"), pods)


@pytest.mark.parametrize(("cpu", "memory"), [("1800m", "1Gi"), ("100m", "7Gi")])
def test_one_pod_that_is_too_large_keeps_the_size(cpu: str, memory: str) -> None:
    assert not large(pool(2), [pod("web", "n1", cpu, memory)])


def test_pools_are_reckoned_with_apart_and_taints_are_told() -> None:
    tainted = node("n9", "3920m", "15Gi", **{**POOL, "eks.amazonaws.com/nodegroup": "ng-2"})
    tainted["spec"]["taints"] = [{"key": "team", "value": "data", "effect": "NoSchedule"}]
    full = [pod("full", "n1", "3"), pod("small", "n9", "500m")]
    [advice] = large([*pool(1), tainted], full)
    assert advice.title == "1 x m5.xlarge of ng-2 could be m5.large"
    assert "the new pool needs the taints team=data:NoSchedule" in advice.evidence
    assert advice.about is not None


def test_cordoned_nodes_nodes_with_devices_and_sizes_without_a_price_are_left_out() -> None:
    cordoned, device = pool(1)[0], pool(1)[0]
    cordoned["spec"]["unschedulable"] = True
    device["status"]["allocatable"]["nvidia.com/gpu"] = "1"
    unknown = pool(1)[0]
    unknown["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "zz9.huge"
    for each in (cordoned, device, unknown):
        assert not large([each], [])


def test_pods_that_ask_for_nothing_are_counted() -> None:
    silent = pod("quiet", "n1")
    silent["spec"]["containers"] = [{}]
    [advice] = large(pool(1), [silent])
    assert advice.evidence[0].endswith("1 of 1 ask for nothing")


@pytest.mark.parametrize(
    ("identifier", "labels", "title", "command"),
    [
        (
            "gce://shop-1/us-east1-b/n1",
            {
                "topology.kubernetes.io/region": "us-east1",
                "node.kubernetes.io/instance-type": "e2-standard-4",
                "cloud.google.com/gke-nodepool": "first",
            },
            "1 x e2-standard-4 of first could be e2-standard-2",
            "gcloud container node-pools create new --machine-type e2-standard-2 --num-nodes 1 --cluster web "
            "--location us-east1 --project shop-1",
        ),
        (
            "azure:///subscriptions/s-1/resourceGroups/x/providers/y",
            {
                "topology.kubernetes.io/region": "eastus",
                "node.kubernetes.io/instance-type": "Standard_D4s_v5",
                "kubernetes.azure.com/agentpool": "first",
                "kubernetes.azure.com/cluster": "MC_ops_web_eastus",
            },
            "1 x Standard_D4s_v5 of first could be Standard_D2s_v5",
            "az aks nodepool add --name new --node-vm-size Standard_D2s_v5 --node-count 1 --cluster-name web "
            "--resource-group ops --subscription s-1",
        ),
    ],
)
def test_other_clouds(identifier: str, labels: dict[str, str], title: str, command: str) -> None:
    machine = node("n1", "3920m", "13Gi", **labels)
    machine["spec"]["providerID"] = identifier
    [advice] = large([machine], [pod("web", "n1", "500m", "1Gi")], called=["gke_shop-1_us-east1_web"], made_here=True)
    assert (advice.title, advice.commands[0]) == (title, command)
    assert "KubeGenie does not know the new pool" in advice.stays
