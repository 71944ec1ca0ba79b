"""The fields of a structure as a person reads them: types, what must be there, defaults, choices, rules, help."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.text import plain

DEEPEST = 40
"""Levels that are walked down: a structure may hold itself."""
_LONGEST = 60
"""Characters of a default that are told."""
_BOUNDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} of them"),
    ("maxItems", "at most {} of them"),
    ("minProperties", "at least {} entries"),
    ("maxProperties", "at most {} entries"),
    ("pattern", "like {}"),
    ("format", "{}"),
)
_FILLED = frozenset({"minLength", "minItems", "minProperties"})
"""Bounds of which one says that something must be in it."""


class Field(msgspec.Struct, frozen=True):
    """One field."""

    path: str
    """`spec.versions[].name`."""
    name: str
    depth: int
    type: str
    """`string`, `[]object`, `map[string]string`."""
    required: bool = False
    default: str = ""
    """As JSON; empty for none."""
    choices: tuple[str, ...] = ()
    """The only values it may have; none for any."""
    bounds: tuple[str, ...] = ()
    """In words."""
    rules: tuple[str, ...] = ()
    """What the server checks besides, in the words of the definition, else in CEL."""
    description: str = ""
    below: bool = False
    """Whether it has fields of its own."""

    @property
    def help(self) -> str:
        """Everything but its name on one line, the shortest first."""
        facts = [
            self.type,
            *(["required"] if self.required else []),
            *([f"default {self.default}"] if self.default else []),
            *([f"one of {', '.join(self.choices)}"] if self.choices else []),
            *self.bounds,
        ]
        return " · ".join([", ".join(facts), *self.rules, *([self.description] if self.description else [])])


def fields_of(structure: Manifest, unfolded: Callable[[str], bool] = lambda path: True) -> Iterator[Field]:
    """Every field in the order of the alphabet, each followed by those below it if it is unfolded.

    Args:
        structure: of the kind.
        unfolded: whether to go into the field of this path.
    """
    yield from _below(structure, "", 0, unfolded, ())


def members(schema: Manifest) -> dict[str, Manifest]:
    """The fields right below, also those of a list's elements or a map's values."""
    return {name: each for name, each in mapping_at(inner(schema), "properties").items() if isinstance(each, dict)}


def inner(schema: Manifest) -> Manifest:
    """What the elements of a list, or the values of a map, are like; else the schema itself."""
    for part in ("items", "additionalProperties"):
        if isinstance(found := schema.get(part), dict) and not schema.get("properties"):
            return inner(found)
    return schema


def field_of(schema: Manifest, path: str, name: str, depth: int, *, required: bool) -> Field:
    """One field in words."""
    enumerated = inner(schema).get("enum")
    return Field(
        path=path,
        name=plain(name),
        depth=depth,
        type=type_of(schema),
        required=required,
        default=_default(schema),
        choices=tuple(_written(each) for each in enumerated) if isinstance(enumerated, list) else (),
        bounds=tuple(_bound(key, words, schema[key]) for key, words in _BOUNDS if key in schema),
        rules=tuple(_rule(each) for each in mappings_at(schema, "x-kubernetes-validations")),
        description=" ".join(plain(text_at(schema, "description")).split()),
        below=bool(members(schema)),
    )


def type_of(schema: Manifest) -> str:
    """`string`, `[]string`, `map[string]object`, `integer or string`, `anything`."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return "integer or string"
    if options := [text_at(each, "type") for each in mappings_at(schema, "oneOf") if text_at(each, "type")]:
        return " or ".join(options)
    if isinstance(items := schema.get("items"), dict):
        return f"[]{type_of(items)}"
    if isinstance(values := schema.get("additionalProperties"), dict) and not schema.get("properties"):
        return f"map[string]{type_of(values)}"
    if schema.get("x-kubernetes-preserve-unknown-fields") and not schema.get("properties"):
        return "anything"
    return text_at(schema, "type") or "anything"


def _below(
    schema: Manifest, path: str, depth: int, unfolded: Callable[[str], bool], above: tuple[int, ...]
) -> Iterator[Field]:
    target = inner(schema)
    if depth >= DEEPEST or id(target) in above:
        return
    required = target.get("required") or ()
    for name, each in sorted(members(schema).items()):
        below = f"{path}.{name}" if path else name
        yield field_of(each, below, name, depth, required=name in required)
        if unfolded(below):
            yield from _below(each, _entered(each, below), depth + 1, unfolded, (*above, id(target)))


def _entered(schema: Manifest, path: str) -> str:
    """The path of what is inside: `[]` for the elements of a list, `.*` for the values of a map."""
    if isinstance(schema.get("items"), dict):
        return _entered(schema["items"], f"{path}[]")
    if isinstance(values := schema.get("additionalProperties"), dict) and not schema.get("properties"):
        return _entered(values, f"{path}.*")
    return path


def _bound(key: str, words: str, value: Any) -> str:
    return "not empty" if key in _FILLED and value == 1 else words.format(plain(str(value)))


def _default(schema: Manifest) -> str:
    if "default" not in schema:
        return ""
    text = _written(schema["default"])
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _written(value: Any) -> str:
    return plain(value) if isinstance(value, str) and value else plain(json.dumps(value, ensure_ascii=False))


def _rule(rule: Manifest) -> str:
    return text_at(rule, "message") or text_at(rule, "rule")
