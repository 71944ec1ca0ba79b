"""What kinds and fields mean, from the OpenAPI v3 documents of the server.

Source: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3 and `kubectl explain`.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.custom.linking import structure_in
from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.schema import Member, Schema
from kubegenie_tui.kube.client import Client

_REF = "#/components/schemas/"


async def read_schema(client: Client, kind: Kind, path: str = "") -> Schema:
    """What a kind means, or a field of it.

    Args:
        client: the cluster's.
        kind: served by the cluster.
        path: dotted: `spec.schedule`; empty for the kind itself.

    Raises:
        NotFound: the server documents no such kind.
        UsageError: the kind has no such field.
        ClusterError: the document cannot be read.
    """
    return await asyncio.to_thread(_found, await _document(client, kind), kind, path)


async def read_structure(client: Client, kind: Kind) -> Manifest:
    """The structure of a kind in the manner of a definition's `openAPIV3Schema`; it may hold itself.

    Raises:
        NotFound: the server documents no such kind.
        ClusterError: the document cannot be read.
    """
    body = await _document(client, kind)
    found = await asyncio.to_thread(lambda: structure_in(_schemas(body), kind))
    if not found:
        raise NotFound(f"The server documents no {kind.kind}")
    return found


async def _document(client: Client, kind: Kind) -> bytes:
    root = f"apis/{kind.group}/{kind.version}" if kind.group else f"api/{kind.version}"
    return await client.get(f"/openapi/v3/{root}")


def _schemas(body: bytes) -> Manifest:
    return mapping_at(msgspec.json.decode(body, type=Manifest), "components.schemas")


def _found(body: bytes, kind: Kind, path: str) -> Schema:
    schemas = _schemas(body)
    schema = next((each for each in schemas.values() if _is_of(each, kind)), None)
    if schema is None:
        raise NotFound(f"The server documents no {kind.kind}", next_step="`:api-resources` lists what it serves")
    told, way, type_ = "", kind.kind, kind.kind
    for name in filter(None, path.split(".")):
        member = _members(schema, schemas).get(name) or _ignoring_case(schema, schemas, name)
        if member is None:
            known = ", ".join(sorted(_members(schema, schemas))[:20])
            raise UsageError(f"{way} has no field {name}", next_step=f"it has {known}" if known else "")
        told, type_, way = text_at(member, "description"), _type(member), f"{way}.{name}"
        schema = _target(member, schemas)
    description = told or text_at(schema, "description")
    required = schema.get("required") or ()
    fields = [
        Member(name, _type(each), _first_sentence(text_at(each, "description")), name in required)
        for name, each in sorted(_members(schema, schemas).items())
    ]
    return Schema(way, type_, description, tuple(fields))


def _is_of(schema: Mapping[str, Any], kind: Kind) -> bool:
    return any(
        (each.get("group"), each.get("version"), each.get("kind")) == (kind.group, kind.version, kind.kind)
        for each in mappings_at(schema, "x-kubernetes-group-version-kind")
    )


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Manifest]:
    return dict(mapping_at(_target(schema, schemas), "properties").items())


def _ignoring_case(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str) -> Manifest | None:
    return next((each for known, each in _members(schema, schemas).items() if known.lower() == name.lower()), None)


def _target(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Manifest:
    """What a schema refers to: directly, as one of several, or as the items of a list or map."""
    for place in (schema, *(schema.get("allOf") or ())):
        if name := text_at(place, "$ref").removeprefix(_REF):
            return _target(_named(schemas, name), schemas)
    inner = schema.get("items") or schema.get("additionalProperties")
    if isinstance(inner, dict) and not schema.get("properties"):
        return _target(inner, schemas)
    return dict(schema)


def _named(schemas: Mapping[str, Any], name: str) -> Manifest:
    """A schema by its name, which has dots in it."""
    found = schemas.get(name)
    return found if isinstance(found, dict) else {}


def _type(schema: Mapping[str, Any]) -> str:
    for place in (schema, *(schema.get("allOf") or ())):
        if name := text_at(place, "$ref"):
            return name.rpartition(".")[2]
    if isinstance(items := schema.get("items"), dict):
        return f"[]{_type(items)}"
    if isinstance(values := schema.get("additionalProperties"), dict):
        return f"map[string]{_type(values)}"
    return text_at(schema, "type") or "object"


def _first_sentence(text: str) -> str:
    return text.split(". ")[0].split("\n")[0].rstrip(".")
