"""Calls in the text itself, for models and servers that know nothing of tools: told in the prompt, read tolerantly."""

import json
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.llm.backend import Wire

HOW = """To use a tool, write nothing but one block like this, and stop:

```tool
{"name": "list", "arguments": {"kind": "pods"}}
```

You get its result and go on. When you know enough, answer in Markdown without such a block."""


def written(name: str, arguments: str) -> str:
    """A call as the model is reminded of it."""
    return f'```tool\n{{"name": {json.dumps(name)}, "arguments": {arguments or "{}"}}}\n```'


def described(tools: list[Wire]) -> str:
    """The tools in words: a line each, and a line for each argument that needs one."""
    return "\n".join(["Tools (* is needed):", *(_tool(tool["function"]) for tool in tools)])


def _tool(function: Wire) -> str:
    parameters = function.get("parameters") or {}
    lines = _fields(parameters, parameters.get("$defs", {}), "  ")
    return "\n".join([f"{function['name']}: {_line(function)}", *lines])


def _fields(told: Wire, shared: dict[str, Any], indent: str) -> Iterator[str]:
    """A line for each argument; what is made of several has theirs below."""
    needed = told.get("required", ())
    for name, field in told.get("properties", {}).items():
        about = f". {text}" if (text := _line(field)) else ""
        yield f"{indent}{name}{'*' if name in needed else ''}: {_type(field)}{about}"
        inner = field.get("items", field).get("$ref", "").rpartition("/")[2]
        yield from _fields(shared.get(inner, {}), shared, f"{indent}  ")


def _type(field: Wire) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"] if each.get("type") != "null")
    if "enum" in field:
        return " | ".join(str(each) for each in field["enum"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("type", "object" if "$ref" in field else "any"))


def _line(told: Wire) -> str:
    return " ".join(told.get("description", "").split())
