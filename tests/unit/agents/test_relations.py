"""How the surroundings of an object are read: bounded, several at once, and never failing for what may not be read."""

import asyncio
from typing import Any

import msgspec
import pytest

from kubegenie_tui.agents.relations import AT_ONCE, read_relations
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.errors import Forbidden, NotFound, TimedOut
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.relations.link import Relation, Relations

POD = {
    "metadata": {"name": "web", "namespace": "shop", "uid": "web"},
    "spec": {
        "nodeName": "n1",
        "containers": [{"name": "c", "envFrom": [{"secretRef": {"name": "login"}}, {"configMapRef": {"name": "no"}}]}],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}],
    },
}
CLAIM = {"metadata": {"name": "data", "namespace": "shop"}, "spec": {"volumeName": "pv1"}}
VOLUME = {"metadata": {"name": "pv1"}, "spec": {"storageClassName": "fast"}}


class Listed(msgspec.Struct):
    items: list[dict[str, Any]]
    remaining: int = 0


class Played:
    """A cluster with a few objects; remembers what was asked."""

    def __init__(self) -> None:
        self.kinds = KindIndex(BUILTIN_KINDS)
        self.lists: dict[str, Listed | Exception] = {"persistentvolumeclaims": Listed([CLAIM])}
        self.objects: dict[str, dict[str, Any] | Exception] = {"pods": POD, "persistentvolumes": VOLUME}
        self.bare: set[str] = set()
        self.got: list[str] = []
        self.most_at_once = 0
        self._now = 0

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        self.got.append(kind.id)
        found = self.objects.get(kind.id, NotFound(f"no {kind.id}"))
        if isinstance(found, Exception):
            raise found
        return found

    async def list_objects(
        self,
        kind: Kind,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        metadata_only: bool = False,
    ) -> Listed:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(0)
        self._now -= 1
        if metadata_only:
            self.bare.add(kind.id)
        found = self.lists.get(kind.id, Listed([]))
        if isinstance(found, Exception):
            raise found
        return found


async def read(played: Played) -> Relations:
    pods = played.kinds.get("pods")
    assert pods is not None
    return await read_relations(played, pods, "shop", "web")


def there(found: Relations, relation: Relation) -> list[tuple[str, bool | None]]:
    return [(t.ref.name, t.there) for b in found.branches if b.relation is relation for t in b.twigs]


async def test_what_lists_lead_to_is_read_by_name() -> None:
    played = Played()
    found = await read(played)
    (claim,) = [twig for b in found.branches if b.relation is Relation.STORAGE for twig in b.twigs]
    assert [twig.ref.name for twig in claim.twigs] == ["pv1"]
    assert [twig.ref.name for twig in claim.twigs[0].twigs] == ["fast"]
    assert there(found, Relation.NODE) == [("n1", False)]
    assert len(played.got) == len(set(played.got)), "nothing is read twice"


async def test_the_content_of_secrets_and_config_maps_is_not_read() -> None:
    played = Played()
    await read(played)
    assert played.bare == {"secrets", "configmaps"}
    assert not {"secrets", "configmaps"} & set(played.got)


async def test_several_lists_at_once_but_not_all() -> None:
    played = Played()
    await read(played)
    assert 2 <= played.most_at_once <= AT_ONCE


@pytest.mark.parametrize(
    ("kind", "error", "note"),
    [
        ("secrets", Forbidden("no"), "secrets were not looked at: you may not read them"),
        ("services", TimedOut("it did not answer"), "services were not looked at: it did not answer"),
    ],
)
async def test_what_could_not_be_looked_at_is_said(kind: str, error: Exception, note: str) -> None:
    played = Played()
    played.lists[kind] = error
    found = await read(played)
    assert found.notes == (note,)
    assert there(found, Relation.CONFIG) == [("no", False)]
    assert there(found, Relation.SECRET) == [("login", None if kind == "secrets" else False)]


async def test_a_list_that_is_not_whole_proves_nothing_missing() -> None:
    played = Played()
    played.lists["configmaps"] = Listed([], remaining=700)
    found = await read(played)
    assert there(found, Relation.CONFIG) == [("no", None)]
    assert found.notes == ("configmaps: only the first 0 were looked at",)


async def test_without_the_object_there_is_nothing_to_tell() -> None:
    played = Played()
    played.objects["pods"] = NotFound("gone")
    with pytest.raises(NotFound):
        await read(played)
