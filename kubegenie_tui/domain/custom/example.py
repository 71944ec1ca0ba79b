"""A small object that a structure allows: what must be there, with values of the right type."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubegenie_tui.domain.custom.asked import Path, fields_asked, text_asked
from kubegenie_tui.domain.custom.pattern_text import takes, text_like
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at

_DEEPEST = 20
_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "duration": "1h",
    "uri": "https://example.com",
    "url": "https://example.com",
    "byte": "ZXhhbXBsZQ==",
    "password": "change-me",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "10.0.0.1",
    "ipv6": "2001:db8::1",
    "cidr": "10.0.0.0/24",
    "hostname": "example.com",
    "email": "you@example.com",
    "mac": "00:00:5e:00:53:01",
}
_NAMED = (
    (re.compile(r"(?i)namespace$"), "default"),
    (re.compile(r"(?i)image$"), "nginx:1.29"),
    (re.compile(r"(?i)schedule|cron"), "0 3 * * *"),
    (re.compile(r"(?i)(url|uri|endpoint|address|server)$"), "https://example.com"),
    (re.compile(r"(?i)(interval|duration|timeout|period)$"), "1h"),
    (re.compile(r"(?i)(size|storage|capacity|quantity)$"), "1Gi"),
    (re.compile(r"^apiVersion$"), "v1"),
    (re.compile(r"^kind$"), "ConfigMap"),
    (re.compile(r"(?i)region$"), "us-east-1"),
    (re.compile(r"(?i)version$"), "1.0.0"),
    (re.compile(r"(?i)email$"), "you@example.com"),
)
"""What a field of such a name holds, where its schema says no more than that it is text."""
_OWN = frozenset({"apiVersion", "kind", "metadata", "status"})


def example_of(kind: Kind, structure: Manifest, namespace: str = "") -> Manifest:
    """A new object of a kind, named `example`; `spec` is there where the kind has one.

    Rules in CEL are followed only as far as they ask for one field among several.
    """
    metadata = {"name": "example", **({"namespace": namespace or "default"} if kind.namespaced else {})}
    head: Manifest = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata}
    properties = mapping_at(structure, "properties")
    wanted: dict[str, list[Path]] = {"spec": []} if "spec" in properties else {}
    wanted |= {name: below for name, below in _wanted(structure).items() if name not in _OWN}
    return head | {name: _value(name, properties.get(name) or {}, 0, below) for name, below in wanted.items()}


def _value(name: str, schema: Manifest, depth: int, also: Iterable[Path] = ()) -> Any:
    if "default" in schema and not also:
        return schema["default"]
    options = schema.get("enum")
    if isinstance(options, list) and options:
        return next((each for each in options if each), options[0])
    if schema.get("x-kubernetes-int-or-string"):
        return _int_or_text(schema)
    match schema.get("type"):
        case "string":
            return _text(name, schema)
        case "integer" | "number":
            return _number(schema)
        case "boolean":
            return True
        case "array":
            return _list(name, schema, depth)
    return _mapping(schema, depth, also) if depth < _DEEPEST else {}


def _mapping(schema: Manifest, depth: int, also: Iterable[Path] = ()) -> Manifest:
    if schema.get("x-kubernetes-embedded-resource"):
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "example"}}
    properties = _properties(schema)
    wanted = _wanted(schema, also)
    made = {name: _value(name, properties.get(name) or {}, depth + 1, below) for name, below in wanted.items()}
    fewest = int(schema.get("minProperties") or 0)
    for name in [each for each in properties if each not in made][: max(0, fewest - len(made))]:
        made[name] = _value(name, properties[name], depth + 1)
    values = schema.get("additionalProperties")
    while len(made) < fewest and isinstance(values, dict):
        made[f"key{len(made) or ''}"] = _value("value", values, depth + 1)
    return made


def _properties(schema: Manifest) -> dict[str, Manifest]:
    """Its fields; what an alternative says of one is added to it."""
    found = {name: dict(each) for name, each in mapping_at(schema, "properties").items() if isinstance(each, dict)}
    for chosen in _chosen(schema):
        for name, more in mapping_at(chosen, "properties").items():
            if isinstance(more, dict):
                found[name] = {**found.get(name, {}), **more}
    return found


def _wanted(schema: Manifest, also: Iterable[Path] = ()) -> dict[str, list[Path]]:
    """The fields an example must have, each with what it must have itself.

    They are the required ones without a default, those of alternatives, and those that rules ask for.
    """
    properties = mapping_at(schema, "properties")
    required = [str(name) for part in (schema, *_chosen(schema)) for name in part.get("required") or ()]
    paths: list[Path] = [(name,) for name in required if "default" not in mapping_at(properties, name)]
    paths += also

    def known(name: str) -> Any:
        field = mapping_at(properties, name)
        return _value(name, field, _DEEPEST) if (name,) in paths or "default" in field else None

    for rule in mappings_at(schema, "x-kubernetes-validations"):
        asked = fields_asked(str(rule.get("rule", "")), known, paths)
        paths += [path for path in asked if path[0] in properties]
    wanted: dict[str, list[Path]] = {}
    for name, *below in paths:
        wanted.setdefault(name, []).extend([tuple(below)] if below else [])
    return wanted


def _chosen(schema: Manifest) -> Iterator[Manifest]:
    """The first of its alternatives, and all that must hold together."""
    for key in ("oneOf", "anyOf"):
        options = mappings_at(schema, key)
        yield from [each for each in options if "not" not in each][:1]
    yield from mappings_at(schema, "allOf")


def _list(name: str, schema: Manifest, depth: int) -> list[Any]:
    items = schema.get("items")
    count = int(schema.get("minItems") or 1)
    one = name[:-1] if name.endswith("s") else name
    return [_value(one, items if isinstance(items, dict) else {}, depth + 1) for _ in range(count)]


def _number(schema: Manifest) -> int | float:
    least, most = schema.get("minimum"), schema.get("maximum")
    found: int | float = 1 if least is None else max(1, least)
    if schema.get("exclusiveMinimum") and found == least:
        found += 1
    if isinstance(most, int | float):
        found = min(found, most)
    return int(found) if schema.get("type") == "integer" else found


def _int_or_text(schema: Manifest) -> int | str:
    pattern = str(schema.get("pattern", ""))
    return 1 if not pattern or takes(pattern, "1") else text_like(pattern) or 1


def _text(name: str, schema: Manifest) -> str:
    shortest, longest = int(schema.get("minLength") or 0), schema.get("maxLength")
    told, pattern = text_asked(mappings_at(schema, "x-kubernetes-validations"))
    pattern = str(schema.get("pattern", "")) or pattern
    if told:
        return told
    if pattern:
        return text_like(pattern, shortest, longest)
    made = _FORMATS.get(str(schema.get("format", "")), "")
    made = made or next((text for like, text in _NAMED if like.search(name)), "example")
    made = made.ljust(shortest, "a")
    return made[:longest] if isinstance(longest, int) else made
