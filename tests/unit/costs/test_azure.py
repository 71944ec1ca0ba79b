"""What a cluster of Azure costs and what could be saved there, where Azure bills otherwise than others do."""

import pytest

from kubegenie_tui.cli.costs import lines
from kubegenie_tui.domain.costs import PRICE_NOTE, Bill
from kubegenie_tui.domain.manifest import Manifest
from tests.unit.costs.test_bill import balancer, billed, endpoints, node, only, rules, volume


def of_azure(region: str = "westeurope") -> Manifest:
    labels = {"topology.kubernetes.io/region": region, "node.kubernetes.io/instance-type": "Standard_D4s_v5"}
    return {**node("n1", **labels), "spec": {"providerID": "azure:///subscriptions/1/n1"}}


@pytest.mark.parametrize(
    ("attributes", "gigabytes", "monthly"),
    [
        ({}, 100, 9.60),
        ({"skuname": "StandardSSD_LRS"}, 20, 2.40),
        ({"skuName": "Premium_LRS"}, 100, None),
        ({"storageAccountType": "StandardSSD_ZRS"}, 100, None),
    ],
)
def test_a_disk_of_azure_is_billed_as_the_next_larger_size(
    attributes: dict[str, str], gigabytes: int, monthly: float | None
) -> None:
    left = volume("gone", "Released", "old", gigabytes)
    left["spec"]["csi"] = {"driver": "disk.csi.azure.com", "volumeAttributes": attributes}
    found = billed(nodes=[of_azure()], volumes=[left])
    advice = only(found, "unattached-volume")
    assert advice.monthly == (None if monthly is None else pytest.approx(monthly))
    assert (PRICE_NOTE in lines(found)) == (monthly is None)


def test_of_a_dead_load_balancer_of_aks_the_address_is_saved() -> None:
    inside = balancer("inside")
    inside["metadata"]["annotations"] = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
    dead = balancer("dead")
    found = billed(nodes=[of_azure()], services=[balancer("web"), dead], slices=[endpoints("web", "10.0.0.1")])
    assert only(found, "idle-load-balancer").monthly == pytest.approx(0.005 * 730)
    assert "is shared with other Services" in only(found, "idle-load-balancer").evidence[0]
    assert costs_of(found)["load balancers, that Services share"] == (1, 0.025)
    assert costs_of(found)["public addresses of Services"] == (2, 0.005)
    found = billed(nodes=[of_azure()], services=[inside])
    assert only(found, "idle-load-balancer").monthly is None
    assert costs_of(found)["load balancers, that Services share"] == (1, 0.025)
    assert "public addresses of Services" not in costs_of(found)
    assert costs_of(billed(nodes=[of_azure()], services=[inside, dead]))["load balancers, that Services share"][0] == 2
    nowhere = only(billed(nodes=[of_azure("mars-1")], services=[dead]), "idle-load-balancer")
    assert nowhere.monthly is None


def costs_of(found: Bill) -> dict[str, tuple[float, float]]:
    assert found.estimate is not None
    return {each.what: (each.count, each.hourly) for each in found.estimate.prices}


def test_past_its_standard_support_a_version_is_paid_for_in_the_premium_tier() -> None:
    machine = of_azure()
    machine["metadata"]["labels"] |= {
        "kubernetes.azure.com/cluster": "MC_ops_web_westeurope",
        "kubernetes.azure.com/agentpool": "first",
    }
    found = billed(version="v1.32.4", nodes=[machine])
    advice = only(found, "extended-support")
    assert advice.title == "Kubernetes 1.32 is past its standard support"
    assert advice.monthly is None
    assert advice.evidence[0].startswith("its standard support ended on 2026-03-31 (learn.microsoft.com/azure/aks/")
    assert advice.evidence[1] == "extended support ends on 2027-03-31"
    assert "a cluster does not tell its tier" in advice.evidence[2]
    assert advice.evidence[3] == "Premium instead of Standard costs 365.00 US dollars a month more"
    assert "leave the Premium tier" in advice.next_step
    where = "--resource-group ops --subscription 1"
    asked, control_plane, pool = advice.commands
    assert asked.startswith("az aks show --name web --resource-group ops --query")
    assert control_plane == f"az aks upgrade --name web --kubernetes-version 1.33 --control-plane-only {where}"
    assert pool == f"az aks nodepool upgrade --cluster-name web --name first --kubernetes-version 1.33 {where}"
    assert "control plane (aks)" in (found.estimate.unpriced if found.estimate else ())


def test_a_version_whose_long_term_support_is_over_is_told_so() -> None:
    advice = only(billed(version="v1.30.9", nodes=[of_azure()]), "extended-support")
    assert advice.evidence[1] == "extended support ended on 2026-07-31"
    assert "extended-support" not in rules(billed(version="v1.36.0", nodes=[of_azure()]))
