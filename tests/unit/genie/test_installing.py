"""What installs into a namespace from another one is read with it: only that, what it waits for, and its sources."""

from typing import Any

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.genie.reading.installing import installing
from kubegenie_tui.kube.objects import ObjectList
from tests.unit.diagnostics.scene import Object, named
from tests.unit.genie.played_reader import PlayedReader, played_scope

FLUX, ARGO = "flux-system", "argocd"
KUSTOMIZE, SOURCE = "kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io"
KINDS = (
    Kind(KUSTOMIZE, "v1", "kustomizations", "Kustomization"),
    Kind(SOURCE, "v1", "gitrepositories", "GitRepository"),
    Kind("argoproj.io", "v1alpha1", "applications", "Application"),
    Kind("argoproj.io", "v1alpha1", "appprojects", "AppProject"),
)


class Listing(PlayedReader):
    """A cluster with these objects, which refuses some kinds."""

    def __init__(self, *refused: str, **objects: list[Object]) -> None:
        super().__init__(KindIndex((*BUILTIN_KINDS, *KINDS)))
        self.objects, self.refused = objects, refused

    async def list_objects(self, kind: Kind, namespace: str = "", **_: Any) -> ObjectList:
        if kind.plural in self.refused:
            raise Forbidden("may not list it")
        held = self.objects.get(kind.plural, [])
        return ObjectList([each for each in held if namespace in ("", each["metadata"]["namespace"])])


def flux(name: str, space: str = FLUX, *, after: str = "", **rest: Any) -> Object:
    spec = {"targetNamespace": rest.pop("target", "")} | ({"dependsOn": [{"name": after}]} if after else {})
    return named(name, "Kustomization", space, spec=spec, **rest)


HELD = {
    "kustomizations": [
        flux("apps", target="shop", after="infra"),
        flux("infra", after="base"),
        flux("base"),
        flux("before", status={"inventory": {"entries": [{"id": "shop_web_apps_Deployment", "v": "v1"}]}}),
        flux("others", target="other"),
        flux("own", "shop"),
    ],
    "gitrepositories": [named("fleet", "GitRepository", FLUX), named("far", "GitRepository", "elsewhere")],
    "applications": [
        named("web", "Application", ARGO, spec={"destination": {"namespace": "shop"}}),
        named("else", "Application", ARGO, spec={"destination": {"namespace": "other"}}),
    ],
    "appprojects": [named("team", "AppProject", ARGO), named("far", "AppProject", "elsewhere")],
}


async def names(reader: Listing) -> dict[str, set[str]]:
    found = await installing(played_scope(Focus("prod"), reader), ["shop"])
    return {kind.partition(".")[0]: {each["metadata"]["name"] for each in items} for kind, items in found.items()}


async def test_what_installs_here_is_read_with_what_it_waits_for_and_where_it_is_from() -> None:
    assert await names(Listing(**HELD)) == {
        "kustomizations": {"apps", "infra", "base", "before"},
        "gitrepositories": {"fleet"},
        "applications": {"web"},
        "appprojects": {"team"},
    }


async def test_what_may_not_be_listed_is_left_out() -> None:
    found = await names(Listing("applications", "gitrepositories", **HELD))
    assert found["kustomizations"] == {"apps", "infra", "base", "before"}
    assert found["applications"] == set()
    assert "appprojects" not in found
