"""What clusters of Cluster API and Crossplane come to is told with no managing cluster to ask."""

from pathlib import Path

import pytest

from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec
from kubegenie_tui.providers.cluster_api.provider import ClusterApiProvider
from kubegenie_tui.providers.crossplane.crossplane_config import CrossplaneConfig
from kubegenie_tui.providers.crossplane.crossplane_spec import CrossplaneSpec
from kubegenie_tui.providers.crossplane.provider import CrossplaneProvider
from kubegenie_tui.providers.managing_config import ManagingConfig
from kubegenie_tui.providers.price_sheet import packaged_sheet

NOWHERE = Path("/nowhere/config")


async def test_of_cluster_api() -> None:
    spec = ClusterApiSpec.model_validate({"name": "shop", "cluster_class": "quick", "version": "v1.34.2"})
    preview = await ClusterApiProvider(ManagingConfig.model_validate({"kubeconfig": NOWHERE})).preview(spec)
    [step] = preview.steps
    assert step.call == "Cluster cluster.x-k8s.io/v1beta2"
    assert step.request["spec"]["topology"]["classRef"] == {"name": "quick"}
    assert preview.estimate is not None
    assert not preview.estimate.prices


async def test_of_crossplane() -> None:
    values = {"name": "shop", "region": "us-east-1", "version": "1.34", "node_size": "m5.large", "minimum": 2}
    config = CrossplaneConfig.model_validate({"kubeconfig": NOWHERE})
    preview = await CrossplaneProvider(config).preview(CrossplaneSpec.model_validate(values))
    assert [each.key for each in preview.steps] == ["definition", "composition/aws", "cluster"]
    price = packaged_sheet("eks").node("us-east-1", "m5.large")
    assert price is not None
    assert preview.estimate is not None
    assert preview.estimate.prices[1].monthly == 2 * price.hourly * 730


@pytest.mark.parametrize(
    ("cloud", "region", "size", "priced", "unpriced"),
    [
        ("aws", "us-east-1", "m5.large", [], "m5.large, spot: less than $0.096/h, and changing"),
        ("gcp", "europe-west1", "e2-standard-4", [("e2-standard-4, spot", 6)], ""),
        (
            "azure",
            "westeurope",
            "Standard_D4s_v5",
            [("Standard_D4s_v5 for the system", 1)],
            "Standard_D4s_v5, spot: less",
        ),
    ],
)
async def test_of_spot_nodes_by_crossplane(
    cloud: str, region: str, size: str, priced: list[tuple[str, int]], unpriced: str
) -> None:
    values = {"name": "shop", "cloud": cloud, "region": region, "node_size": size, "minimum": 2, "spot": True}
    config = CrossplaneConfig.model_validate({"kubeconfig": NOWHERE})
    preview = await CrossplaneProvider(config).preview(CrossplaneSpec.model_validate(values))
    assert preview.steps[2].request["spec"]["parameters"]["spot"] is True
    assert preview.estimate is not None
    nodes = [(each.what, each.count) for each in preview.estimate.prices if each.what != "control plane"]
    assert nodes == priced
    assert preview.estimate.unpriced[0].startswith(unpriced)
