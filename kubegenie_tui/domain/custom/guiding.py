"""What a structure offers at a place of a text: names of fields, values, and the help of the field there."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from kubegenie_tui.domain.custom.fields import Field, field_of, type_of
from kubegenie_tui.domain.custom.yaml_place import ITEM, YamlPlace
from kubegenie_tui.domain.manifest import Manifest, mapping_at
from kubegenie_tui.domain.structure import Fault, faults_of

MOST = 8
"""Offers at once."""


class Offer(NamedTuple):
    """One way to go on."""

    text: str
    """What stands in place of the word."""
    hint: str
    below: str = ""
    """What follows on the next line, after the indent of the word."""


def schema_at(structure: Manifest, path: tuple[str, ...]) -> Manifest:
    """The schema at a path; empty where the structure says nothing."""
    schema: Any = structure
    for step in path:
        if step == ITEM:
            schema = schema.get("items")
        else:
            schema = mapping_at(schema, "properties").get(step) or schema.get("additionalProperties")
        if not isinstance(schema, dict):
            return {}
    return dict(schema)


def offers_at(structure: Manifest, place: YamlPlace, most: int = MOST) -> list[Offer]:
    """Ways to go on, required fields first, then in the order of the alphabet."""
    schema = schema_at(structure, place.path)
    if place.key:
        values = _values(schema_at(schema, (place.key,)), place.word)
        return list(values)[:most]
    if type_of(schema) not in ("object", "anything") and not schema.get("properties"):
        return list(_values(schema, place.word))[:most]
    required = schema.get("required") or ()
    names = [name for name in mapping_at(schema, "properties") if name not in place.there]
    word = place.word.lower()
    like = [name for name in names if word in name.lower()]
    like.sort(key=lambda name: (not name.lower().startswith(word), name not in required, name))
    return [_name(name, schema["properties"][name], name in required) for name in like][:most]


def field_at(structure: Manifest, place: YamlPlace, name: str = "") -> Field | None:
    """The field whose value is written, or that is called so there, else the one around."""
    path = (*place.path, place.key or name or place.word)
    schema = schema_at(structure, path)
    if not schema:
        path = place.path
        schema = schema_at(structure, path) if path else {}
    if not schema:
        return None
    above = schema_at(structure, path[:-1])
    words = ".".join(path).replace(f".{ITEM}", ITEM)
    return field_of(schema, words, path[-1], 0, required=path[-1] in (above.get("required") or ()))


def all_faults(manifest: Manifest, structure: Manifest) -> Iterator[Fault]:
    """Where an object is not as its structure asks, its metadata among it as far as the structure tells of that."""
    yield from faults_of(manifest, structure)
    described = mapping_at(structure, "properties.metadata")
    metadata = manifest.get("metadata")
    if described.get("properties") and isinstance(metadata, dict):
        for fault in faults_of({"metadata_": metadata}, {"properties": {"metadata_": described}}):
            yield Fault(fault.path.replace("metadata_", "metadata", 1), fault.why)


def _name(name: str, schema: Manifest, required: bool) -> Offer:
    type_ = type_of(schema)
    hint = f"{type_}{', required' if required else ''}"
    if type_.startswith("[]"):
        return Offer(f"{name}:", hint, "  - ")
    if type_.startswith("map[") or type_ == "object":
        return Offer(f"{name}:", hint, "  ")
    return Offer(f"{name}: ", hint)


def _values(schema: Manifest, word: str) -> Iterator[Offer]:
    options = schema.get("enum")
    if isinstance(options, list):
        known = [str(each) for each in options if each not in ("", None)]
    else:
        known = ["true", "false"] if schema.get("type") == "boolean" else []
    default = str(schema["default"]) if isinstance(schema.get("default"), str | int | float) else ""
    if default and default not in known and not isinstance(schema.get("default"), bool):
        known.insert(0, default)
    for each in known:
        if each.lower().startswith(word.lower()) and each != word:
            yield Offer(each, "the default" if each == default else "")
