"""What a person is shown before and after: outline, cost, choices, leftovers, and the way to the cluster."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubegenie_tui.domain.errors import PermissionMissing, ProviderError, SpecRefused
from kubegenie_tui.kube.kubeconfig.loader import load_kubeconfig
from kubegenie_tui.providers.gcp.gke_config import GkeConfig
from kubegenie_tui.providers.gcp.provider import GkeProvider
from kubegenie_tui.providers.price_sheet import load_sheet
from tests.clouds.gke import DENIED, DISABLED, VERSIONS, Gke
from tests.unit.providers.gcp.conftest import PROJECT, WORK, ZONE, spec
from tests.unit.providers.gcp.walking import Walk

REGION = "europe-west1"
PLACE = {"region": ZONE}


def named(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": each, **more} for each in names]


async def test_an_outline_shows_what_is_sent_and_costs(provider: GkeProvider, google: Gke) -> None:
    wanted = spec(region=REGION, pools=[{"name": "first"}, {"name": "cheap", "size": "n2-standard-2", "spot": True}])
    outline = await provider.outline(wanted)
    assert [each.key for each in outline.steps] == ["cluster", "pool/cheap"]
    assert outline.steps[0].request["resourceLabels"] == {"kubegenie-work": "<work.id>"}
    assert f"{REGION} · project {PROJECT} · version Google's choice, {VERSIONS[1]} now" == outline.where
    assert outline.estimate is not None
    sheet = load_sheet("gke")
    first, cheap = sheet.node(REGION, "e2-standard-4"), sheet.node(REGION, "n2-standard-2")
    assert first is not None
    assert cheap is not None
    assert cheap.spot_hourly is not None
    disks = 2 * 6 * 100 * 0.1
    assert outline.estimate.monthly == pytest.approx(730 * (0.1 + 6 * first.hourly + 6 * cheap.spot_hourly) + disks)
    assert (outline.estimate.as_of, outline.estimate.unpriced) == ("2024-11-07", ())
    assert any("load balancers" in each for each in outline.leaves)
    assert [each for each in outline.warnings if "Spot" in each]
    assert not any(each.startswith(("create", "update", "delete")) for each in google.asked)


async def test_a_preview_is_the_outline_without_a_look_at_google(provider: GkeProvider, google: Gke) -> None:
    outline = await provider.outline(spec())
    google.asked.clear()
    preview = await provider.preview(spec())
    assert (preview.steps, preview.estimate, preview.warnings) == (outline.steps, outline.estimate, outline.warnings)
    assert google.asked == []


async def test_what_no_sheet_knows_has_no_price(provider: GkeProvider) -> None:
    estimate = (await provider.outline(spec(pools=[{"name": "gpu", "size": "a3-highgpu-8g"}]))).estimate
    assert estimate is not None
    assert estimate.unpriced == ("Nodes of gpu: a3-highgpu-8g",)
    autopilot = (await provider.outline(spec(mode="Autopilot", region=REGION, pools=[]))).estimate
    assert autopilot is not None
    assert autopilot.monthly == pytest.approx(73)
    assert autopilot.unpriced == ("Pods of Autopilot, by what they request",)


async def test_a_version_that_is_not_offered_is_refused(provider: GkeProvider) -> None:
    with pytest.raises(SpecRefused, match=r"does not offer 1\.20") as told:
        await provider.outline(spec(version="1.20"))
    assert told.value.field == "version"
    assert (await provider.outline(spec(version="1.34"))).where.endswith("version 1.34")


async def test_a_name_that_a_cluster_has_anywhere_is_refused(provider: GkeProvider) -> None:
    await Walk().make(await provider.steps(spec(), WORK))
    with pytest.raises(SpecRefused, match=f"in {ZONE}") as told:
        await provider.outline(spec(region="us-east1"))
    assert told.value.field == "name"


async def test_places_versions_and_machines_can_be_chosen(provider: GkeProvider, google: Gke) -> None:
    google.compute = {
        "regions": [*named(REGION), *named("us-east9", status="DOWN")],
        "zones": named(ZONE, "europe-west1-c"),
        f"zones/{ZONE}/machineTypes": [
            {"name": "n9-large-8", "guestCpus": 8, "memoryMb": 32_768},
            {"name": "e2-standard-4", "guestCpus": 4, "memoryMb": 16_384},
        ],
    }
    places = await provider.choices("region", {})
    assert [(each.value, each.label) for each in places] == [
        (REGION, "region"),
        (ZONE, "one zone"),
        ("europe-west1-c", "one zone"),
    ]
    for place in (ZONE, REGION):
        sizes = await provider.choices("pools.size", {"region": place})
        assert [(each.value, each.label) for each in sizes] == [
            ("e2-standard-4", "4 vCPU · 16 GiB · $0.147/h"),
            ("n9-large-8", "8 vCPU · 32 GiB"),
        ]
    versions = await provider.choices("version", {**PLACE, "channel": "regular"})
    assert [(each.value, each.label) for each in versions][:2] == [(VERSIONS[0], ""), (VERSIONS[1], "Google's choice")]
    assert [each.value for each in await provider.choices("version", {**PLACE, "channel": "none"})] == [*VERSIONS[1:]]
    assert await provider.choices("version", {}) == await provider.choices("name", PLACE) == []


async def test_networks_can_be_chosen(provider: GkeProvider, google: Gke) -> None:
    ranges = [{"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"}, {"rangeName": "services"}]
    google.compute = {
        "global/networks": named("default", "shop"),
        f"regions/{REGION}/subnetworks": [
            {"name": "eu", "network": "https://c/global/networks/shop", "secondaryIpRanges": ranges},
            {"name": "other", "network": "https://c/global/networks/default"},
        ],
    }
    values = {**PLACE, "network": "shop", "subnetwork": "eu"}
    assert [each.value for each in await provider.choices("network", values)] == ["default", "shop"]
    assert [each.value for each in await provider.choices("subnetwork", values)] == ["eu"]
    assert [each.value for each in await provider.choices("pods_range", values)] == ["pods", "services"]
    assert await provider.choices("services_range", {**values, "subnetwork": "none"}) == []


async def test_where_compute_is_closed_the_price_sheet_knows_some(provider: GkeProvider, google: Gke) -> None:
    google.compute = {"regions": DISABLED, "zones": DENIED, f"zones/{ZONE}/machineTypes": DENIED}
    assert REGION in [each.value for each in await provider.choices("region", {})]
    sizes = await provider.choices("pools.size", PLACE)
    assert ("e2-standard-2", "2 vCPU · 8 GiB · $0.074/h") in [(each.value, each.label) for each in sizes]
    google.compute["global/networks"] = DISABLED
    with pytest.raises(PermissionMissing, match="turn that API on"):
        await provider.choices("network", {})


async def test_what_the_cluster_made_is_told_before_it_goes(provider: GkeProvider, google: Gke) -> None:
    ours = {"goog-k8s-cluster-name": "shop", "goog-k8s-cluster-location": ZONE}
    service, there = json.dumps({"kubernetes.io/service-name": "shop/web"}), f"https://c/regions/{REGION}"
    google.compute = {
        "aggregated/forwardingRules": [
            *named("a1", labels=ours, description=service),
            *named("a2", description=service, region=there),
            *named("a3", labels={**ours, "goog-k8s-cluster-name": "else"}, description=service, region=there),
            *named("a4", description="by hand", region=there),
        ],
        "aggregated/disks": [
            *named("pvc-1", labels=ours, sizeGb="200", zone=f"https://c/zones/{ZONE}", type="https://c/pd-balanced"),
            *named("node-1", labels={**ours, "goog-k8s-node-pool-name": "first"}, sizeGb="100"),
            *named("pvc-2", labels={**ours, "goog-k8s-cluster-location": "us-east1"}, sizeGb="10"),
        ],
    }
    found = await provider.leftovers(spec(), {})
    assert [(each.kind, each.name) for each in found] == [
        ("load balancer", "a1, of the Service shop/web"),
        ("load balancer", f"a2, of the Service shop/web, perhaps of another cluster in {REGION}"),
        ("volume", "pvc-1, 200 GB"),
    ]
    assert found[2].hourly == pytest.approx(200 * 0.1 / 730)


async def test_what_cannot_be_looked_up_is_said(provider: GkeProvider, google: Gke) -> None:
    google.compute = {"aggregated/forwardingRules": DISABLED, "aggregated/disks": []}
    (found,) = await provider.leftovers(spec(), {})
    assert found.kind == "load balancers"
    assert "could not be looked up" in found.name


async def test_a_kubeconfig_leads_there_by_our_own_plugin(provider: GkeProvider, tmp_path: Path, url: str) -> None:
    await Walk().make(await provider.steps(spec(), WORK))
    (listed,) = await provider.list_clusters()
    assert (listed.name, listed.server, listed.region) == ("shop", "https://203.0.113.7", ZONE)
    assert (listed.version, listed.state) == (f"v{VERSIONS[1]}", "running")
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(await provider.kubeconfig("shop")))
    found = load_kubeconfig([file])
    context = found.contexts[found.current]
    assert (context.name, context.server, context.error) == ("shop", listed.server, None)
    assert context.auth.exec is not None
    assert context.auth.exec.args[-2:] == ("token", "gke")
    assert context.tls.ca_data


async def test_a_plugin_is_told_whose_key_to_take(google: Gke, url: str, tmp_path: Path) -> None:
    there = GkeConfig.model_validate({"project": PROJECT, "credentials_file": str(tmp_path / "key.json")})
    keyed = GkeProvider(there)
    keyed._container = GkeProvider(GkeConfig.model_validate({"project": PROJECT, "endpoint": url}))._container
    await Walk().make(await keyed.steps(spec(), WORK))
    (user,) = (await keyed.kubeconfig("shop"))["users"]
    assert user["user"]["exec"]["args"][-2:] == ["--credentials-file", str(tmp_path / "key.json")]


async def test_two_clusters_of_one_name_are_told_apart(provider: GkeProvider, google: Gke) -> None:
    for place in (ZONE, "us-east1"):
        await Walk().make((await provider.steps(spec(region=place), WORK))[:1])
    assert [each.name for each in await provider.list_clusters()] == [f"{ZONE}/shop", "us-east1/shop"]
    with pytest.raises(ProviderError, match="name one: europe-west1-b/shop, us-east1/shop"):
        await provider.kubeconfig("shop")
    assert (await provider.kubeconfig("us-east1/shop"))["current-context"] == "us-east1/shop"
    with pytest.raises(ProviderError, match="There is no cluster web"):
        await provider.kubeconfig("web")


async def test_a_cluster_without_an_endpoint_is_not_reached_yet(provider: GkeProvider, google: Gke) -> None:
    await Walk().make((await provider.steps(spec(), WORK))[:1])
    cluster = google.project.clusters[f"{ZONE}/shop"]
    cluster.endpoint = ""
    with pytest.raises(ProviderError, match="cannot be reached yet"):
        await provider.kubeconfig("shop")
    by_name = cluster.control_plane_endpoints_config.dns_endpoint_config
    by_name.endpoint, by_name.allow_external_traffic = "gke-1.europe-west1.gke.goog", True
    (there,) = (await provider.kubeconfig("shop"))["clusters"]
    assert there["cluster"] == {"server": "https://gke-1.europe-west1.gke.goog"}
