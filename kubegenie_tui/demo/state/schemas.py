"""The fields of the built-in kinds: the schemas of kube-apiserver 1.37.2's OpenAPI document, recorded without prose."""

import functools
import json
from collections.abc import Iterable
from importlib import resources

from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.objects import Object

REF = "#/components/schemas/"
GVK = "x-kubernetes-group-version-kind"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


@functools.cache
def recorded_schemas() -> dict[str, Object]:
    """Every schema by its name, such as `io.k8s.api.core.v1.Pod`."""
    text = (resources.files("kubegenie_tui.demo") / "data" / "schemas.json").read_text("utf-8")
    found: dict[str, Object] = json.loads(text)
    return found


def recorded_name(resource: Resource) -> str:
    """The name of a kind's recorded schema; empty when it has none."""
    return _names().get((resource.group, resource.version, resource.kind), "")


@functools.cache
def _names() -> dict[tuple[str, str, str], str]:
    return {
        (kind["group"], kind["version"], kind["kind"]): name
        for name, schema in recorded_schemas().items()
        for kind in schema.get(GVK) or ()
    }


def reference_of(schema: Object) -> str:
    """The name of the schema that this one stands for; empty when it stands for itself."""
    found = schema.get("$ref") or next((each.get("$ref", "") for each in schema.get("allOf") or ()), "")
    return str(found).removeprefix(REF)


def with_references(names: Iterable[str]) -> dict[str, Object]:
    """These schemas, and all that they refer to."""
    found: dict[str, Object] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = recorded_schemas()[name]
            waiting += _references(found[name])
    return found


def _references(schema: Object) -> list[str]:
    parts = [*(schema.get("properties") or {}).values(), *(schema.get("oneOf") or ())]
    parts += [each for key in ("items", "additionalProperties") if isinstance(each := schema.get(key), dict)]
    below = [name for part in parts for name in _references(part)]
    return [name, *below] if (name := reference_of(schema)) else below
