"""The reference page of the tools that a model is given: `python -m kubegenie_tui.genie.tools.reference`."""

import sys
from collections.abc import Iterator
from typing import Any

from kubegenie_tui.genie.tools.catalogue import TOOLS, Tool

_HEAD = """# Tools

This page is made from the code: `python -m kubegenie_tui.genie.tools.reference > docs/reference/tools.md`.

These are all the means a model has, unless other servers are named in the settings under `[mcp]`. It has no shell and
no network. `propose` ends in a plan that waits for a person, `exec` runs a command when they let it, `ask_user` ends in
a question to them, `todo` keeps a list that they see; every other tool reads. Names of objects must be those of live
objects; each answer says where it looked, how many there are and how many it shows; a failure is an error and never an
empty answer.
"""


def reference() -> str:
    """The page, Markdown."""
    return "\n".join([_HEAD, *(line for tool in TOOLS.values() for line in _section(tool))])


def _section(tool: Tool) -> Iterator[str]:
    function = tool.schema()["function"]
    yield f"## {tool.name}\n\n{function['description']}\n"
    yield "| argument | type | |\n|---|---|---|"
    parameters = function["parameters"]
    yield from _rows(parameters)
    yield ""
    for name, nested in parameters.get("$defs", {}).items():
        yield f"Each {name}:\n\n| argument | type | |\n|---|---|---|"
        yield from _rows(nested)
        yield ""


def _rows(schema: dict[str, Any]) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        need = "needed. " if name in required else ""
        text = f"{need}{field.get('description', '')}".replace("|", "\\|")
        yield f"| `{name}` | {_type(field)} | {text} |"


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "enum" in field and len(field["enum"]) <= 12:
        return ", ".join(f"`{each}`" for each in field["enum"])
    return str(field.get("type") or field.get("$ref", "").rpartition("/")[2] or "any")


if __name__ == "__main__":
    sys.stdout.write(reference())
