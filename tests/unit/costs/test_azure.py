"""What a cluster of Azure costs and what could be saved there, where Azure bills otherwise than others do."""

import pytest

from kubegenie_tui.cli.costs import lines
from kubegenie_tui.domain.costs import PRICE_NOTE, Bill
from kubegenie_tui.domain.manifest import Manifest
from tests.unit.costs.test_bill import balancer, billed, endpoints, node, only, volume


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
