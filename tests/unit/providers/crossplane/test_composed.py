"""Which composites are looked at for clusters, and what that asks of the server."""

from typing import Any

import pytest

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.tracing import Traced, trace
from kubegenie_tui.providers.crossplane.composed import composed_clusters

DEFINITIONS = Kind("apiextensions.crossplane.io", "v2", "compositeresourcedefinitions", "CompositeResourceDefinition")
SHOPS = Kind("example.com", "v1", "shops", "Shop")


def shop(name: str, *parts: str) -> Manifest:
    references = [{"apiVersion": "eks.aws.m.upbound.io/v1beta1", "kind": each, "name": name} for each in parts]
    return {"metadata": {"name": name, "namespace": "team"}, "spec": {"crossplane": {"resourceRefs": references}}}


class Played:
    """A server with a few composites, which keeps what was looked at."""

    def __init__(self) -> None:
        self.looks: list[tuple[str, bool]] = []

    async def kind(self, group: str, name: str) -> Kind | None:
        return next((each for each in (DEFINITIONS, SHOPS) if (each.group, each.kind) == (group, name)), None)

    async def list(self, kind: Kind) -> list[Manifest]:
        if kind is DEFINITIONS:
            return [{"spec": {"group": group, "names": {"kind": "Shop"}}} for group in ("example.com", "gone.com")]
        return [shop("a", "Cluster"), shop("b", "Queue"), shop("c", "Cluster")]

    async def trace(self, root: Manifest, *, anew: bool = True) -> Traced:
        self.looks.append((root["metadata"]["name"], anew))
        return trace(root, [])


@pytest.mark.parametrize(("name", "found", "looks"), [("", ["a", "c"], ["a", "b", "c"]), ("c", ["c"], ["c"])])
async def test_the_kinds_are_asked_for_once_however_many_there_are(
    name: str, found: list[str], looks: list[str]
) -> None:
    played: Any = Played()
    clusters = await composed_clusters(played, name)
    assert [root["metadata"]["name"] for root, _ in clusters] == found
    assert played.looks == [(each, False) for each in looks]
