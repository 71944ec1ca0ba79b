"""Schemas of an OpenAPI document as one structure: what refers to another schema becomes that schema."""

from collections.abc import Iterator
from typing import Any

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at

_REF = "#/components/schemas/"
_BUILT_IN = (
    "io.k8s.api.",
    "io.k8s.apimachinery.",
    "io.k8s.apiextensions-apiserver.",
    "io.k8s.kube-aggregator.",
)
"""How names of schemas begin that are made from Go types, not from definitions."""


def structure_in(schemas: Manifest, kind: Kind) -> Manifest:
    """The structure of a kind, its references followed; empty when there is none. The schemas are changed by it.

    A structure may hold itself. Defaults of built-in kinds that are only Go's zero values are left out, and what they
    do not describe may be anything.
    """
    root = next((each for each in schemas.values() if _is_of(each, kind)), None)
    if root is None:
        return {}
    for name, schema in schemas.items():
        built_in = name.startswith(_BUILT_IN)
        for part in list(_parts(schema)):
            _link(part, schemas)
            if built_in:
                _loosen(part)
    return dict(root)


def _is_of(schema: Any, kind: Kind) -> bool:
    wanted = (kind.group, kind.version, kind.kind)
    tags = mappings_at(schema, "x-kubernetes-group-version-kind")
    return any((each.get("group"), each.get("version"), each.get("kind")) == wanted for each in tags)


def _parts(schema: Any) -> Iterator[Manifest]:
    """A schema and every schema written inside of it."""
    if not isinstance(schema, dict):
        return
    yield schema
    for part in list(mapping_at(schema, "properties").values()):
        yield from _parts(part)
    for key in ("items", "additionalProperties"):
        yield from _parts(schema.get(key))


def _link(schema: Manifest, schemas: Manifest) -> None:
    """Put what a schema refers to into it: what it says itself is stronger."""
    name = schema.pop("$ref", None)
    options = schema.get("allOf")
    if name is None and isinstance(options, list) and len(options) == 1 and "$ref" in options[0]:
        del schema["allOf"]
        name = options[0]["$ref"]
    target = schemas.get(name.removeprefix(_REF)) if isinstance(name, str) else None
    if isinstance(target, dict):
        _link(target, schemas)
        for key, value in target.items():
            schema.setdefault(key, value)


def _loosen(schema: Manifest) -> None:
    if schema.get("default") in ({}, "", 0, None) and "default" in schema:
        del schema["default"]
    described = schema.get("properties") or schema.get("additionalProperties")
    if not described and schema.get("type") in (None, "object"):
        schema.setdefault("x-kubernetes-preserve-unknown-fields", True)
