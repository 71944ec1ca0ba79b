"""What the server makes of a body: the fields that it knows, of the types that they have."""

from typing import Any

from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.state.schemas import METADATA, REF, recorded_name, recorded_schemas, reference_of

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "boolean": (bool,),
    "number": (int, float),
}  # fmt: skip
_FOUND = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
_GO = {"string": "string", "boolean": "bool", "number": "float64"}
_OPEN: Object = {"x-kubernetes-preserve-unknown-fields": True}


class WrongType(Exception):
    """A field of a built-in kind holds what it cannot hold; the text is that of Go's JSON decoder."""


class Fields:
    """The fields of one object, looked at once: `known` is what is left, `unknown` tells what is not."""

    def __init__(self, obj: Object, resource: Resource) -> None:
        """Look.

        Raises:
            WrongType: a built-in kind only; types of custom ones are for validation.
        """
        self.unknown: list[str] = []
        """Paths, such as `spec.containers[0].imagee`, in the order of the object."""
        self._custom = resource.custom
        name = recorded_name(resource)
        self.known: Object = self._value(obj, _schema(resource, name), "", name)

    def _value(self, value: Any, schema: Object, path: str, holder: str) -> Any:
        name = reference_of(schema)
        schema = recorded_schemas()[name] if name else schema
        if value is None or schema.get("x-kubernetes-preserve-unknown-fields") or _is_open(schema, name):
            return value
        if not self._custom:
            _check_type(value, schema, path, holder, name)
        holder = name or holder
        if isinstance(value, list):
            inner = schema.get("items") or {}
            return [self._value(each, inner, f"{path}[{index}]", holder) for index, each in enumerate(value)]
        return self._map(value, schema, path, holder) if isinstance(value, dict) else value

    def _map(self, value: Object, schema: Object, path: str, holder: str) -> Object:
        found, more, properties = {}, schema.get("additionalProperties"), schema.get("properties") or {}
        for key, each in value.items():
            inner = properties.get(key) or (more if isinstance(more, dict) else _OPEN if more else None)
            where = f"{path}.{key}" if path else key
            if inner is None:
                self.unknown.append(where)
            else:
                found[key] = self._value(each, inner, where if key in properties else path, holder)
        return found


def _schema(resource: Resource, name: str) -> Object:
    if not resource.custom:
        return {"$ref": REF + name} if name else _OPEN
    text = {"type": "string"}
    head = {"apiVersion": text, "kind": text, "metadata": {"$ref": REF + METADATA}}
    structure = resource.structure or _OPEN
    return {**structure, "properties": {**(structure.get("properties") or {}), **head}}


def _is_open(schema: Object, name: str) -> bool:
    """Whether a recorded schema says nothing of its content, as that of a raw extension."""
    return bool(name) and not {"properties", "additionalProperties", "items"} & schema.keys()


def _check_type(value: Any, schema: Object, path: str, holder: str, name: str) -> None:
    expected = schema.get("type", "")
    fits = isinstance(value, _TYPES.get(expected, (object,))) and (type(value) is not bool or expected == "boolean")
    if not expected or fits:
        return
    struct, where = holder.rpartition(".")[2], ".".join(step.partition("[")[0] for step in path.split("."))
    wanted = _package(name) if name else _go_type(schema)
    raise WrongType(
        f"json: cannot unmarshal {_FOUND[type(value)]} into Go struct field {struct}.{where} of type {wanted}"
    )


def _go_type(schema: Object) -> str:
    if name := reference_of(schema):
        return _package(name)
    if schema["type"] == "array":
        return f"[]{_go_type(schema['items'])}"
    if schema["type"] == "object":
        return f"map[string]{_go_type(schema.get('additionalProperties') or {'type': 'string'})}"
    return str(schema.get("format", "int64")) if schema["type"] == "integer" else _GO[schema["type"]]


def _package(name: str) -> str:
    """`v1.Container` of a schema's full name."""
    return ".".join(name.split(".")[-2:])
