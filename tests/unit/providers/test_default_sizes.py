"""A pool of which nothing is said has a size that its provider's price sheet knows wherever it has prices."""

import pytest

from kubegenie_tui.providers.aws.eks_spec import EksPool
from kubegenie_tui.providers.azure.aks_spec import AksPool
from kubegenie_tui.providers.gcp.gke_spec import GkePool
from kubegenie_tui.providers.price_sheet import packaged_sheet
from kubegenie_tui.providers.specs import NodePool


@pytest.mark.parametrize(("provider", "pool"), [("eks", EksPool), ("gke", GkePool), ("aks", AksPool)])
def test_the_default_size_has_a_price_everywhere(provider: str, pool: type[NodePool]) -> None:
    sheet = packaged_sheet(provider)
    for region in sheet.regions:
        price = sheet.node(region, pool.model_fields["size"].default)
        assert price is not None, region
        assert (price.vcpu, price.memory_gb) >= (2, 8)
