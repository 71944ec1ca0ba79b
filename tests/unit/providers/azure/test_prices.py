"""The price sheet of AKS is one, and says whose figures it has."""

import re

from kubegenie_tui.providers.azure.aks_spec import AksSpec
from kubegenie_tui.providers.price_sheet import load_sheet


def test_the_sheet() -> None:
    sheet = load_sheet("aks")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", sheet.as_of)
    assert "Azure Retail Prices API" in sheet.source
    tiers = AksSpec.model_fields["tier"].annotation
    assert set(sheet.control_plane) == set(getattr(tiers, "__args__", ()))


def test_larger_machines_of_a_family_cost_more() -> None:
    sheet = load_sheet("aks")
    for region in sheet.regions:
        prices = {size.size: size for size in sheet.sizes(region)}
        for size, price in prices.items():
            family = re.sub(r"\d+", "#", size, count=1)
            smaller = [
                each
                for name, each in prices.items()
                if re.sub(r"\d+", "#", name, count=1) == family and each.vcpu < price.vcpu
            ]
            assert all(each.hourly < price.hourly and each.memory_gb < price.memory_gb for each in smaller)
