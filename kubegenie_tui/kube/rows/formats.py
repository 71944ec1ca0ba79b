"""The forms in which we ask for objects: whole with a shape of ours, or only their metadata. Tables: `table_rows`."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Json, Row, Shape
from kubegenie_tui.domain.shapes.base import Meta, on_its_way, row_of, seconds

JSON = "application/json"
_PARTIAL = "g=meta.k8s.io;v=v1"
SYNCED = "k8s.io/initial-events-end"
"""The annotation of the bookmark that ends the initial events of a WatchList (KEP-3157)."""


class ListHead(msgspec.Struct, rename="camel"):
    """`metadata` of a list."""

    resource_version: str = ""
    continue_: str = msgspec.field(name="continue", default="")


class Mark(msgspec.Struct, rename="camel"):
    """As much of an object's metadata as bookmarks, deletions and damaged objects need."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    resource_version: str = ""
    annotations: dict[str, str] | None = None

    @property
    def synced(self) -> bool:
        """Whether this is the bookmark after the last initial event."""
        return (self.annotations or {}).get(SYNCED) == "true"


class Marked(msgspec.Struct):
    """An object of which only the mark is decoded."""

    metadata: Mark = msgspec.field(default_factory=Mark)


class Format(Protocol):
    """How a kind is asked for, and how what comes becomes rows."""

    list_accept: str
    watch_accept: str
    params: Mapping[str, str]
    patience: int

    def head(self, data: Json) -> ListHead:
        """The metadata of a list from the list without its items."""
        ...

    def row(self, item: Json) -> Row:
        """The row of a list's item; raises msgspec.DecodeError."""
        ...

    def event_row(self, data: Json) -> Row:
        """The row of a watch event's object; raises msgspec.DecodeError."""
        ...

    def mark(self, data: Json) -> Mark:
        """The mark of a watch event's object; raises msgspec.DecodeError."""
        ...

    def item_mark(self, item: Json) -> Mark:
        """The mark of a list's item; raises msgspec.DecodeError."""
        ...


class _List(msgspec.Struct):
    metadata: ListHead = msgspec.field(default_factory=ListHead)


_LIST = msgspec.json.Decoder(_List)
_MARKED = msgspec.json.Decoder(Marked)


class ObjectFormat:
    """Objects as they are, of which a shape decodes what its columns need."""

    list_accept = watch_accept = JSON
    params: Mapping[str, str] = {}

    def __init__(self, shape: Shape) -> None:
        self.patience = shape.patience
        self.row: Callable[[Json], Row] = shape.decode
        self.event_row: Callable[[Json], Row] = shape.decode

    def head(self, data: Json) -> ListHead:
        """See Format."""
        return _LIST.decode(data).metadata

    def mark(self, data: Json) -> Mark:
        """See Format."""
        return _MARKED.decode(data).metadata

    item_mark = mark


class _Object(msgspec.Struct):
    metadata: Meta


_OBJECT = msgspec.json.Decoder(_Object)


def metadata_row(meta: Meta) -> Row:
    """The row of an object of which nothing but the metadata is known."""
    deleted = meta.deletion_timestamp
    return row_of(meta, (), on_its_way(seconds(deleted)) if deleted else Health.OK)


class MetadataFormat(ObjectFormat):
    """Only metadata, for servers that make no Tables; of Secrets nothing else is asked for."""

    def __init__(self, *, secret: bool) -> None:
        super().__init__(Shape((), lambda data: metadata_row(_OBJECT.decode(data).metadata)))
        others = "" if secret else f",{JSON}"
        self.list_accept = f"{JSON};as=PartialObjectMetadataList;{_PARTIAL}{others}"
        self.watch_accept = f"{JSON};as=PartialObjectMetadata;{_PARTIAL}{others}"
