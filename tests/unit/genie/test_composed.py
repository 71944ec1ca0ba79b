"""Crossplane as a model is told of it: what is not ready first, with the deepest reason."""

from typing import Any

import pytest

from kubegenie_tui.demo.model_script import Call, Turn, in_order
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.tracing import Traced, trace
from kubegenie_tui.genie.reading.composed import MOST_TRACED, What, read_crossplane
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.kube.objects import ObjectList
from tests.ui.composed import GROUPS, WHY, tell
from tests.unit.agents.demo_clusters import world
from tests.unit.domain.test_tracing import BROKEN, LONG, WAITS, WELL, reference, thing
from tests.unit.genie.model_and_cluster import talk
from tests.unit.genie.played_reader import PlayedReader, played_scope

SHOPS = Kind("aws.example.com", "v1", "shops", "Shop", categories=("claim",))
XSHOPS = Kind("aws.example.com", "v1", "xshops", "XShop", namespaced=False, categories=("composite",))
BUCKETS = Kind("aws.example.com", "v1", "buckets", "Bucket", namespaced=False, categories=("managed",))
NAMESPACES = Kind("", "v1", "namespaces", "Namespace", namespaced=False)
PROVIDERS = Kind("pkg.crossplane.io", "v1", "providers", "Provider", namespaced=False)
REVISIONS = Kind("pkg.crossplane.io", "v1", "providerrevisions", "ProviderRevision", namespaced=False)
PULL = "cannot unpack package: failed to fetch: 401 Unauthorized"


def package(name: str, **said: Any) -> Manifest:
    found = thing("Provider", name, "pkg.crossplane.io", {"package": f"xpkg.example.com/{name}:v1"}, "", said=said)
    found["status"]["currentRevision"] = f"{name}-7f"
    return found


OBJECTS: list[Manifest] = [
    thing("Shop", "a", spec={"resourceRef": reference("XShop", "a-x7")}, said=WAITS),
    thing("Shop", "b", said=WELL),
    thing("XShop", "a-x7", spec={"resourceRefs": [reference("Bucket", "data")]}, namespace="", said=WAITS),
    thing("Bucket", "data", namespace="", said=BROKEN),
    thing("Bucket", "logs", namespace="", said=WELL),
    package("provider-aws", Installed=(True, "", ""), Healthy=(False, "UnhealthyPackageRevision", "")),
    package("provider-gcp", Installed=(True, "", ""), Healthy=(True, "", "")),
    thing(
        "ProviderRevision",
        "provider-aws-7f",
        "pkg.crossplane.io",
        namespace="",
        said={"Healthy": (False, "UnhealthyPackageRevision", PULL)},
    ),
]


class Composing(PlayedReader):
    """A cluster with a Crossplane in it."""

    def __init__(self, *refused: str, objects: list[Manifest] = OBJECTS) -> None:
        super().__init__(KindIndex((SHOPS, XSHOPS, BUCKETS, PROVIDERS, REVISIONS)))
        self.traced: list[str] = []
        self._refused = refused
        self._objects = objects

    async def list_objects(self, kind: Kind, namespace: str = "", **how: Any) -> ObjectList:
        if kind.plural in self._refused:
            raise Forbidden(f"{kind.id} may not be listed")
        found = [each for each in self._objects if each["kind"] == kind.kind]
        return ObjectList([each for each in found if namespace in ("", each["metadata"].get("namespace"))])

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        return next(each for each in self._objects if (each["kind"], each["metadata"]["name"]) == (kind.kind, name))

    async def trace(self, root: Manifest) -> Traced:
        self.traced.append(root["metadata"]["name"])
        return trace(root, self._objects)


def scope_of(reader: PlayedReader, namespace: str = "") -> Scope:
    return played_scope(Focus("prod", namespace), reader)


async def test_what_is_not_ready_comes_first_with_what_is_deepest_at_fault() -> None:
    reader = Composing()
    result = await read_crossplane(scope_of(reader), "claims")
    assert result.summary == "1 of 2 claims in all namespaces not ready"
    _, sick, deepest, above, well = result.text.splitlines()
    assert sick == "✗ Shop team/a: Ready False Creating (Unready resources: nodes) · Synced True"
    assert deepest == f"    because Bucket data: Ready False Creating · Synced False ReconcileError ({LONG})"
    assert above.startswith("    because XShop a-x7: Ready False")
    assert well == "✓ ready: Shop team/b"
    assert reader.traced == ["a"]


@pytest.mark.parametrize(
    ("what", "namespace", "summary"),
    [
        ("composites", "team", "1 of 1 composites in all namespaces not ready"),
        ("managed", "", "1 of 2 managed in all namespaces not ready"),
        ("claims", "other", "0 of 0 claims in namespace other not ready"),
    ],
)
async def test_scope_and_total_are_told(what: What, namespace: str, summary: str) -> None:
    assert (await read_crossplane(scope_of(Composing(), namespace), what)).summary == summary


async def test_claims_of_a_namespace_that_is_not_there_are_an_error() -> None:
    with pytest.raises(NotFound, match='no namespace "taem"'):
        await read_crossplane(scope_of(PlayedReader(KindIndex((SHOPS, NAMESPACES)))), "claims", "taem")


async def test_a_package_that_does_not_work_is_told_with_what_its_revision_complains_of() -> None:
    _, sick, why, well = (await read_crossplane(scope_of(Composing()), "providers")).text.splitlines()
    assert sick.startswith("✗ Provider provider-aws: xpkg.example.com/provider-aws:v1 · Installed True · Healthy False")
    assert why == f"    because ProviderRevision provider-aws-7f: Healthy False UnhealthyPackageRevision ({PULL})"
    assert well == "✓ ready: Provider provider-gcp"


async def test_many_are_followed_only_so_far_and_it_is_said_how_many_are_shown() -> None:
    reader = Composing(objects=[thing("Shop", f"s-{number}", said=WAITS) for number in range(MOST_TRACED + 5)])
    result = await read_crossplane(scope_of(reader), "claims", limit=3)
    assert len(reader.traced) == MOST_TRACED
    assert result.text.count("✗") == 3
    assert f"(the first 3 of {MOST_TRACED + 5} that are not ready shown)" in result.text


async def test_what_is_not_there_or_may_not_be_listed_is_an_error() -> None:
    with pytest.raises(UsageError, match="Crossplane is not installed"):
        await read_crossplane(played_scope(), "claims")
    with pytest.raises(Forbidden):
        await read_crossplane(scope_of(Composing("shops")), "claims")
    without = PlayedReader(KindIndex((PROVIDERS,)))
    with pytest.raises(UsageError, match="serves no claims of Crossplane"):
        await read_crossplane(scope_of(without), "claims")


async def test_a_kind_that_may_not_be_listed_is_told_beside_the_others() -> None:
    reader = Composing("buckets")
    reader.kinds = KindIndex((BUCKETS, Kind("gcp.example.com", "v1", "disks", "Disk", categories=("managed",))))
    text = (await read_crossplane(scope_of(reader), "managed")).text
    assert "not looked at: buckets.aws.example.com, which you may not list" in text


async def test_a_model_reads_them_over_the_wire() -> None:
    made = world("prod")
    tell(made.cluster)
    found = made.cluster.get("customresourcedefinitions.apiextensions.k8s.io", f"platforms.{GROUPS['Platform']}")
    assert found is not None
    names = {**found["spec"]["names"], "categories": ["composite"]}
    definition = {**found, "spec": {**found["spec"], "names": names}}
    made.cluster.replace(definition)
    async with talk(in_order(Turn(calls=(Call("crossplane", {}),)), Turn("Seen.")), made) as talked:
        await talked.ask("what does Crossplane make?")
        [answer] = talked.answered().values()
    assert "1 of 2 composites in namespace shop not ready" in answer
    assert WHY in answer
    assert "Bucket shop/shop-gone: it does not exist" in answer
