"""Sentences with what they mean, and the cluster whose names they speak of."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.conversation import Focus
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.directory import Directory
from kubegenie_tui.genie.wishes.reader import WishReader
from kubegenie_tui.genie.wishes.wish import Wish
from tests.unit.genie.played_reader import PlayedReader

HERE = Path(__file__).parent


class Name(NamedTuple):
    """An object of which only the name is known."""

    name: str
    namespace: str


class Sentence(msgspec.Struct):
    """One line of a corpus."""

    id: str
    text: str
    context: dict[str, Any]
    expect: dict[str, Any]


def sentences(file: str) -> list[Sentence]:
    """The lines of a corpus."""
    return [msgspec.json.decode(line, type=Sentence) for line in (HERE / file).read_bytes().splitlines()]


class World(NamedTuple):
    """A cluster whose names sentences speak of, and the corpora of those sentences."""

    directory: Directory
    corpora: tuple[str, ...]

    @property
    def kinds(self) -> KindIndex:
        """What its server serves."""
        return self.directory.kinds


class WorldReader(PlayedReader):
    """A cluster with the namespaces of a world."""

    def __init__(self, world: World) -> None:
        super().__init__(world.kinds)
        self._world = world

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        if kind.id == "namespaces" and name in self._world.directory.namespaces:
            return {"metadata": {"name": name}}
        return await super().get(kind, name, namespace, subresource)


def world(file: str, *corpora: str) -> World:
    """Every name of a world, all of them read already."""
    told = msgspec.json.decode((HERE / file).read_bytes())
    custom = (msgspec.convert(kind, Kind) for kind in told["kinds"])
    kinds = KindIndex((*BUILTIN_KINDS, *custom))
    found = Directory("prod", kinds)
    found.put(kinds.resolve("namespaces"), (Name(name, "") for name in told["namespaces"]))
    for each in told["objects"]:
        if each["kind"] == "namespaces":
            continue
        found.put(kinds.resolve(each["kind"]), [Name(each["name"], each["namespace"])], owned=each["owned"])
    found.read.update(kind.id for kind in kinds)
    return World(found, corpora)


SHOP = world(
    "world.json", "writes.jsonl", "reads.jsonl", "more.jsonl", "unseen.jsonl", "unseen2.jsonl", "unseen3.jsonl",
    "unseen4.jsonl", "unseen5.jsonl", "mended.jsonl",
)  # fmt: skip
_OTHERS = (
    "bank", "media", "fleet", "lab", "clinic", "arcade", "farm", "news", "rail", "depot", "market", "harbour", "bakery",
    "studio", "airline", "theatre", "brewery", "quarry", "docks", "telescope", "postal", "aquarium", "kiln", "orchard",
    "ferry", "museum", "airfield", "harvestlab", "printworks", "resort", "insurer", "stream", "shop", "university",
    "hospital", "aerolane", "fernweh", "nordfracht", "quayside",
)  # fmt: skip
WORLDS = (SHOP, *(world(f"{name}.json", f"{name}.jsonl") for name in _OTHERS))
"""The first is that of nearly all sentences; each of the others was made with its own, whose names are unlike it."""
LONG_TALK = tuple(world(f"{name}.json", f"{name}.jsonl") for name in ("transit", "coop", "festival", "lockers", "vets"))
"""Requests within long talk, and talk that is none: how people type in the middle of an incident."""
WORLD, KINDS = SHOP.directory, SHOP.kinds


def read(text: str, context: dict[str, Any]) -> Wish | None:
    """The wish of a sentence where it is said."""
    marked = context.get("selected")
    selected = ref(marked["kind"], marked["name"], marked.get("namespace") or "") if marked else None
    focus = Focus("prod", context.get("namespace") or "", selected=selected)
    it, last = None, None
    for sentence in context.get("previous") or ():
        wish = WishReader(WORLD, focus, it, last).read(sentence)
        last = wish or last
        it = (wish.steps[-1].ref if wish and wish.steps else None) or next(talked_about(sentence), it)
    return WishReader(WORLD, focus, it, last).read(text)


def ref(kind: str, name: str, namespace: str, world: World = SHOP) -> ObjectRef:
    """An object of a world."""
    return ObjectRef(world.kinds.resolve(kind).id, name, namespace, "prod")


def talked_about(sentence: str) -> Iterator[ObjectRef]:
    """Objects that a sentence names."""
    return (found for word in sentence.split() for found in WORLD.find(word.strip("?,.")))
