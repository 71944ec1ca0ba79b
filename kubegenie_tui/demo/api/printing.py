"""The cells of server-side Tables: one function a kind, and JSONPath for the printer columns of custom resources."""

import re
from collections.abc import Callable
from typing import Any

from kubegenie_tui.demo.api.print_cluster import CLUSTER_PRINTERS
from kubegenie_tui.demo.api.print_workloads import WORKLOAD_PRINTERS
from kubegenie_tui.demo.state.catalog import Column, Resource
from kubegenie_tui.demo.state.objects import Object, meta, name_of
from kubegenie_tui.domain.quantity import format_age, parse_time

Printer = Callable[[Object, float], list[Any]]

PRINTERS: dict[str, Printer] = {**WORKLOAD_PRINTERS, **CLUSTER_PRINTERS}

_STEP = re.compile(
    r"\.(?P<key>(?:\\.|[\w/-])+)|\['(?P<quoted>[^']+)'\]|\[(?P<index>\d+|\*)\]"
    r"|\[\?\(@\.(?P<field>\w+)\s*==\s*[\"'](?P<value>[^\"']*)[\"']\)\]"
)


def cells_of(resource: Resource, obj: Object, now: float) -> list[Any]:
    """The cells of an object, one a column of its kind."""
    if resource.custom:
        return [_custom_cell(column, obj, now) for column in resource.columns]
    printer = PRINTERS.get(resource.id)
    return printer(obj, now) if printer else [_plain_cell(column, obj, now) for column in resource.columns]


def _plain_cell(column: Column, obj: Object, now: float) -> Any:
    created = meta(obj).get("creationTimestamp", "")
    return {
        "Name": name_of(obj),
        "Age": format_age(now - parse_time(created)),
        "Created At": created,
    }.get(column.name, "<unknown>")


def _custom_cell(column: Column, obj: Object, now: float) -> Any:
    if not column.path:
        return name_of(obj)
    found = json_path(obj, column.path)
    if not found:
        return None
    value = found[0]
    if column.type == "date":
        return format_age(now - parse_time(str(value)))
    if column.type in ("integer", "number", "boolean"):
        return value if isinstance(value, int | float) else None
    return ",".join(map(str, found)) if "*" in column.path else str(value)


def json_path(obj: Any, path: str) -> list[Any]:
    """What a JSONPath finds; of its language what printer columns use: keys, indexes, `[*]` and equality filters."""
    found = [obj]
    for step in _STEP.finditer(path if path.startswith((".", "[")) else f".{path}"):
        found = [value for each in found for value in _take(each, step)]
    return found


def _take(value: Any, step: re.Match[str]) -> list[Any]:
    key = step["quoted"] or step["key"]
    if key:
        key = key.replace("\\", "")
        return [value[key]] if isinstance(value, dict) and value.get(key) is not None else []
    if not isinstance(value, list):
        return []
    if step["field"]:
        return [each for each in value if isinstance(each, dict) and each.get(step["field"]) == step["value"]]
    return value if step["index"] == "*" else value[int(step["index"]) :][:1]
