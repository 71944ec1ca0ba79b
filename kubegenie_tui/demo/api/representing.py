"""How objects are written: whole, as a server-side Table, or as their metadata alone."""

import re
from collections.abc import Callable, Iterable

import msgspec

from kubegenie_tui.demo.api.printing import cells_of
from kubegenie_tui.demo.state.catalog import Column, Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object, meta

encode = msgspec.json.Encoder().encode
_AS = re.compile(r"as=(Table|PartialObjectMetadataList|PartialObjectMetadata)\b")
_META = "meta.k8s.io/v1"

Form = Callable[[Stored], bytes]
"""Writes one object."""


def wanted_form(accept: str) -> str:
    """`Table`, `PartialObjectMetadata` or empty, from an Accept header; the first that is understood wins.

    Raises LookupError when none is.
    """
    for option in accept.split(","):
        kind = option.split(";")[0].strip()
        if kind in ("application/json", "application/yaml", "*/*", "application/*") or not kind:
            found = _AS.search(option)
            return found[1].removesuffix("List") if found else ""
    raise LookupError(accept)


def whole(resource: Resource) -> Form:
    """One object with its kind and apiVersion."""
    if resource.custom:
        version = encode(resource.api_version)
        return lambda stored: _with_version(stored, resource.api_version, version)
    head = b'{"kind":%s,"apiVersion":%s,' % (encode(resource.kind), encode(resource.api_version))
    return lambda stored: b"".join((head, memoryview(stored.body)[1:]))


def item(resource: Resource) -> Form:
    """One object as it stands in a list: built-in kinds without kind and apiVersion."""
    return whole(resource) if resource.custom else lambda stored: stored.body


def metadata_only(stored: Stored) -> bytes:
    """One object's PartialObjectMetadata."""
    return encode({"kind": "PartialObjectMetadata", "apiVersion": _META, "metadata": meta(stored.object)})


def table_row(cluster: Cluster, resource: Resource, include: str) -> Form:
    """One row of a Table; `include` is None, Metadata (also when empty) or Object."""
    full = whole(resource)

    def row(stored: Stored) -> bytes:
        cells = encode(cells_of(resource, stored.object, cluster.clock.now()))
        if include == "None":
            return b'{"cells":%s,"object":null}' % cells
        obj = full(stored) if include == "Object" else metadata_only(stored)
        return b'{"cells":%s,"object":%s}' % (cells, obj)

    return row


def table(list_meta: Object, resource: Resource | None, rows: Iterable[bytes]) -> bytes:
    """A Table; without a resource it carries no columns, as later events of a watch do."""
    columns = b"null" if resource is None else encode([_definition(column) for column in resource.columns])
    head = b'{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":%s,"columnDefinitions":%s,"rows":[' % (
        encode(list_meta),
        columns,
    )
    return head + b",".join(rows) + b"]}"


def list_head(resource: Resource, list_meta: Object, *, partial: bool = False) -> bytes:
    """What precedes the items of a list."""
    kind, version = f"{resource.kind}List", resource.api_version
    if partial:
        kind, version = "PartialObjectMetadataList", _META
    if resource.custom and not partial:
        return b'{"apiVersion":%s,"items":[' % encode(version)
    return b'{"kind":%s,"apiVersion":%s,"metadata":%s,"items":[' % (encode(kind), encode(version), encode(list_meta))


def list_tail(resource: Resource, list_meta: Object, *, partial: bool = False) -> bytes:
    """What follows the items: lists of custom resources have their kind and metadata at the end."""
    if resource.custom and not partial:
        return b'],"kind":%s,"metadata":%s}' % (encode(f"{resource.kind}List"), encode(list_meta))
    return b"]}"


def _definition(column: Column) -> Object:
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": "",
        "priority": column.priority,
    }


def _with_version(stored: Stored, api_version: str, version: bytes) -> bytes:
    obj = stored.object
    if obj.get("apiVersion") == api_version:
        return stored.body
    return encode({**obj, "apiVersion": api_version})
