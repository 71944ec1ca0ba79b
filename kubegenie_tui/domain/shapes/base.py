"""What every shape needs: the metadata all objects share, and the memory that lets rows share what repeats."""

import time
from collections.abc import Callable
from functools import lru_cache
from sys import intern
from typing import TypeVar

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.quantity import parse_time
from kubegenie_tui.domain.row import Cell, Column, Row, Shape

NOTHING = msgspec.Raw(b"")
YOUNG = 60
"""Seconds for which something that is on its way is not yet a warning."""


class Part(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A part of an object of which only the fields named are decoded."""


class Meta(Part, frozen=True):
    """`metadata`, without managedFields and annotations."""

    name: str
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    labels: msgspec.Raw = NOTHING
    owner_references: msgspec.Raw = NOTHING


class Object(Part, frozen=True):
    """An object of which only the metadata matters."""

    metadata: Meta


class Condition(Part, frozen=True):
    """One of `status.conditions`."""

    type: str = ""
    status: str = ""
    reason: str = ""
    last_transition_time: str | None = None


class _Owner(Part, frozen=True):
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None


_LABELS = msgspec.json.Decoder(dict[str, str] | None)
_OWNERS = msgspec.json.Decoder(list[_Owner] | None)
_CONDITIONS = msgspec.json.Decoder(list[Condition] | None)

ObjectT = TypeVar("ObjectT")


@lru_cache(maxsize=8192)
def labels_of(raw: bytes) -> dict[str, str]:
    """Labels from their JSON; the same JSON gives the same dict, which must not be changed."""
    labels = (_LABELS.decode(raw) if raw else None) or {}
    for key, value in labels.items():
        labels[key] = intern(value)
    return labels


@lru_cache(maxsize=8192)
def owner_of(raw: bytes) -> tuple[str, str]:
    """The controlling owner as (`Kind/name`, uid) from the JSON of ownerReferences; empty strings without one."""
    owners = (_OWNERS.decode(raw) if raw else None) or []
    return next(((intern(f"{o.kind}/{o.name}"), intern(o.uid)) for o in owners if o.controller), ("", ""))


def conditions_of(raw: msgspec.Raw) -> list[Condition]:
    """`status.conditions` from its JSON: decoded only for objects that need a closer look."""
    return (_CONDITIONS.decode(raw) if raw is not NOTHING else None) or []


def condition(conditions: list[Condition] | None, kind: str) -> Condition | None:
    """The condition of this type, if it is there."""
    return next((found for found in conditions or () if found.type == kind), None)


@lru_cache(maxsize=8192)
def seconds(timestamp: str | None) -> int:
    """A timestamp of the API as seconds since the epoch, 0 for none."""
    return parse_time(timestamp) if timestamp else 0


def age_cell(timestamp: str | None) -> int | None:
    """A timestamp as a cell of Measure.AGE; None for none."""
    return seconds(timestamp) or None


def on_its_way(since: int, patience: int = YOUNG) -> Health:
    """Something that changes: progressing while it is young, then a warning. `since`: seconds since the epoch."""
    return Health.PROGRESSING if time.time() - since < patience else Health.WARN


def joined(parts: list[str]) -> str:
    """Several values in one cell, as kubectl writes them; one that repeats is kept in memory once."""
    return intern(parts[0]) if len(parts) == 1 else intern(",".join(parts))


def row_of(meta: Meta, cells: tuple[Cell, ...], health: Health) -> Row:
    """The row of an object from its metadata and what its kind adds."""
    owner, owner_uid = owner_of(bytes(meta.owner_references))
    return Row(
        meta.uid or f"{meta.namespace}/{meta.name}",
        intern(meta.namespace),
        meta.name,
        seconds(meta.creation_timestamp),
        meta.resource_version,
        cells,
        health,
        labels_of(bytes(meta.labels)),
        owner,
        owner_uid,
        meta.deletion_timestamp is not None,
    )


def shape(
    object_type: type[ObjectT],
    to_row: Callable[[ObjectT], Row],
    *columns: Column,
    patience: int = 0,
) -> Shape:
    """A shape that decodes `object_type`, a partial struct of the object, and turns it into a row."""
    decode = msgspec.json.Decoder(object_type).decode
    return Shape(columns, lambda data: to_row(decode(data)), patience)
