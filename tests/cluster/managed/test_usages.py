"""Usages on a real API server that asks before it deletes: what they keep is told, and goes once they are gone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.domain.creation import WorkState
from tests.clouds.making import Making
from tests.cluster.keyboard import until
from tests.cluster.managed.composing import CLUSTERS, COMPOSED, SPECS
from tests.cluster.managed.crossplane_player import XRS, CrossplanePlayer
from tests.cluster.managed.inventories import of_crossplane, on_record
from tests.cluster.managed.playing import Where
from tests.cluster.managed.usages import IN_USE, USAGES

pytestmark = pytest.mark.cluster
REASON = "the shop is open"


@pytest.fixture(autouse=True)
async def door(managing_api: client.ApiClient, crossplane: CrossplanePlayer, tmp_path: Path) -> AsyncIterator[None]:
    """What is in use is not deleted."""
    async with crossplane.usages.kept(managing_api, tmp_path / "authority"):
        yield


async def kept(crossplane: CrossplanePlayer, where: Where, found: dict[str, Any]) -> None:
    """Somebody says that it is in use, and the controller has heard of it."""
    of = {
        "apiVersion": found["apiVersion"],
        "kind": found["kind"],
        "resourceRef": {"name": found["metadata"]["name"]},
    }
    spec = {"of": of, "reason": REASON}
    body = {"apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage", "metadata": {"name": "open"}}
    crossplane.create(USAGES, {**body, "spec": spec})
    await until(lambda: all(IN_USE in each["metadata"].get("labels", {}) for each in crossplane.all(where)))


@pytest.mark.parametrize("cloud", SPECS)
async def test_what_somebody_uses_is_kept_until_they_do_not(
    work: Making, crossplane: CrossplanePlayer, cloud: str
) -> None:
    done = await work.made(**SPECS[cloud])
    assert done.state is WorkState.DONE, done.message
    [cluster] = crossplane.all(CLUSTERS[cloud])
    await kept(crossplane, CLUSTERS[cloud], cluster)
    await work.begin_removal(done)
    told = await work.says(done, f"in use: {REASON} (Usage open)")
    assert told.step("cluster").phase.startswith(f"Deleting · {cluster['kind']} ")
    assert of_crossplane(crossplane) == on_record(told) | {"open"}
    assert cluster["metadata"]["uid"] in [each["metadata"]["uid"] for each in crossplane.all(CLUSTERS[cloud])]
    crossplane.delete(USAGES, "open")
    gone = await work.ended()
    assert (gone.state, of_crossplane(crossplane)) == (WorkState.REMOVED, set()), gone.message


async def test_the_cluster_itself_is_kept_until_it_is_in_use_no_more(
    work: Making, crossplane: CrossplanePlayer
) -> None:
    done = await work.made(**SPECS["gcp"])
    await kept(crossplane, XRS, crossplane.all(XRS)[0])
    await work.begin_removal(done)
    told = await work.says(done, "A Usage keeps it")
    why = f'including the *v1beta1.Usage "open" (in namespace "{crossplane.namespace}") with reason: "{REASON}"'
    assert why in told.step("cluster").message
    assert "deletionTimestamp" not in crossplane.all(XRS)[0]["metadata"]
    crossplane.delete(USAGES, "open")
    gone = await work.ended()
    assert (gone.state, of_crossplane(crossplane)) == (WorkState.REMOVED, set()), gone.message


@pytest.mark.parametrize("cloud", SPECS)
async def test_what_is_composed_goes_in_the_order_of_its_usages(
    work: Making, crossplane: CrossplanePlayer, cloud: str
) -> None:
    done = await work.made(**SPECS[cloud])
    there: list[set[str]] = []
    await until(lambda: all(IN_USE in labels(each) for each in crossplane.all(CLUSTERS[cloud]) if cloud != "azure"))
    crossplane.seen = lambda _: there.append(
        {each["kind"] for where in COMPOSED[cloud] for each in crossplane.all(where)}
    )
    gone = await work.removed(done)
    crossplane.seen = bool
    assert gone.state is WorkState.REMOVED, gone.message
    first, last = {
        "aws": (("NodeGroup", "Cluster"), ("Cluster", "InternetGateway")),
        "gcp": (("NodePool", "Cluster"),) * 2,
        "azure": (("KubernetesCluster", "ResourceGroup"),) * 2,
    }[cloud]
    for user, used in (first, last):
        assert all(used in each for each in there if user in each)
        assert [each for each in there if used in each and user not in each], f"{used} went with {user}"


def labels(found: dict[str, Any]) -> dict[str, str]:
    return found["metadata"].get("labels") or {}
