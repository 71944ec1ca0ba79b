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

HERE = Path(__file__).parent
CUSTOM = (
    Kind("cert-manager.io", "v1", "certificates", "Certificate", short_names=("cert", "certs")),
    Kind("kafka.strimzi.io", "v1", "kafkas", "Kafka", short_names=("k",)),
)
KINDS = KindIndex((*BUILTIN_KINDS, *CUSTOM))


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


def directory() -> Directory:
    """Every name of the world."""
    world = msgspec.json.decode((HERE / "world.json").read_bytes())
    found = Directory("prod", KINDS)
    found.put(KINDS.resolve("namespaces"), (Name(name, "") for name in world["namespaces"]))
    for each in world["objects"]:
        if each["kind"] == "namespaces":
            continue
        found.put(KINDS.resolve(each["kind"]), [Name(each["name"], each["namespace"])], owned=each["owned"])
    return found


WORLD = directory()


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


def ref(kind: str, name: str, namespace: str) -> ObjectRef:
    """An object of the world."""
    return ObjectRef(KINDS.resolve(kind).id, name, namespace, "prod")


def talked_about(sentence: str) -> Iterator[ObjectRef]:
    """Objects that a sentence names."""
    return (found for word in sentence.split() for found in WORLD.find(word.strip("?,.")))
