"""Whether an object has the structure that the definition of its kind asks for.

Names, types, what must be there, enumerations and bounds are looked at. Patterns and formats (of another dialect than
ours), rules in CEL and webhooks are left to the server.
Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kubegenie_tui.domain.manifest import Manifest, mapping_at

_OF_EVERY_OBJECT = frozenset({"apiVersion", "kind", "metadata"})
_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "object": (dict, "a mapping"),
    "array": (list, "a list"),
    "string": (str, "text"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
}
_SIZES: dict[type, tuple[str, str]] = {
    str: ("minLength", "maxLength"),
    list: ("minItems", "maxItems"),
    dict: ("minProperties", "maxProperties"),
}
"""Bounds of how much there is, and of what."""
_BOUNDS = ("minimum", "maximum")


class Fault(NamedTuple):
    """One thing that is not as it must be."""

    path: str
    """`spec.parts[0].name`."""
    why: str
    """`must be a list`."""

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def faults_of(manifest: Manifest, structure: Manifest) -> Iterator[Fault]:
    """Where an object is not as the structure of its kind asks; its metadata is every object's own."""
    if not structure:
        return
    yield from _missing(manifest, structure, "")
    properties = mapping_at(structure, "properties")
    for name, value in manifest.items():
        if name not in _OF_EVERY_OBJECT:
            yield from _of_member(name, value, structure, properties, "")


def _faults(value: Any, schema: Manifest, path: str) -> Iterator[Fault]:
    if value is None:
        return  # whether it counts as absent is the server's to say
    if wrong := _wrong_type(value, schema):
        yield Fault(path, f"must be {wrong}")
        return
    options = schema.get("enum")
    if isinstance(options, list) and value not in options:
        yield Fault(path, f"must be one of {', '.join(map(str, options))}")
    yield from _bounds(value, schema, path)
    if isinstance(value, dict):
        yield from _of_mapping(value, schema, path)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _faults(each, mapping_at(schema, "items"), f"{path}[{index}]")


def _wrong_type(value: Any, schema: Manifest) -> str:
    """What a value should be and is not; empty when it is."""
    if schema.get("x-kubernetes-int-or-string"):
        return "" if isinstance(value, int | str) and not isinstance(value, bool) else "a whole number or text"
    types, words = _TYPES.get(str(schema.get("type", "")), (object, ""))
    is_whole = schema.get("type") == "integer" and isinstance(value, float) and value.is_integer()
    fits = isinstance(value, types) or is_whole
    return words if not fits or (isinstance(value, bool) and schema.get("type") in ("integer", "number")) else ""


def _of_mapping(value: Manifest, schema: Manifest, path: str) -> Iterator[Fault]:
    if schema.get("x-kubernetes-embedded-resource"):
        return  # it has members of every object's own, which are not in the schema
    yield from _missing(value, schema, path)
    properties = mapping_at(schema, "properties")
    for name, each in value.items():
        yield from _of_member(name, each, schema, properties, path)


def _of_member(name: str, value: Any, schema: Manifest, properties: Manifest, path: str) -> Iterator[Fault]:
    below, others = f"{path}.{name}" if path else name, schema.get("additionalProperties")
    if isinstance(properties.get(name), dict):
        yield from _faults(value, properties[name], below)
    elif isinstance(others, dict):
        yield from _faults(value, others, below)
    elif not others and not schema.get("x-kubernetes-preserve-unknown-fields"):
        yield Fault(below, "is no field of this kind")


def _missing(value: Manifest, schema: Manifest, path: str) -> Iterator[Fault]:
    """What must be there and is not; what has a default comes by itself."""
    properties = mapping_at(schema, "properties")
    for name in schema.get("required") or ():
        if name not in value and "default" not in mapping_at(properties, str(name)):
            yield Fault(f"{path}.{name}" if path else str(name), "must be there")


def _bounds(value: Any, schema: Manifest, path: str) -> Iterator[Fault]:
    for type_, rules in _SIZES.items():
        for rule in rules if isinstance(value, type_) else ():
            bound, count = schema.get(rule), len(value)
            if isinstance(bound, int) and _beyond(count, bound, rule):
                yield Fault(path, f"has {count}, {_at(rule)} is {bound}")
    for rule in _BOUNDS:
        bound = schema.get(rule)
        if isinstance(bound, int | float) and isinstance(value, int | float) and _beyond(value, bound, rule):
            yield Fault(path, f"is {value}, {_at(rule)} is {bound}")


def _beyond(value: float, bound: float, rule: str) -> bool:
    return value > bound if rule.startswith("max") else value < bound


def _at(rule: str) -> str:
    return "the most" if rule.startswith("max") else "the least"
