"""The tools as a small model is given them: twelve, in few words. What it calls besides is answered all the same."""

import re
from typing import Any

NAMES = (
    "list", "count", "get", "describe", "diagnose", "logs", "events", "overview", "show", "recall", "ask_user",
    "propose",
)  # fmt: skip
RESULT_CHARACTERS = 3_000
"""The longest result it is told."""
_OPERATIONS = {
    "scale": "replicas", "restart": "", "image": "image", "rollback": "revision", "env": "pairs",
    "resources": "cpu-limit, memory-limit, cpu-request, memory-request", "delete": "", "pause": "", "resume": "",
    "suspend": "", "cordon": "", "uncordon": "", "label": "pairs", "patch": "none, but a manifest",
}  # fmt: skip
"""What it may propose, each with the names of its arguments."""
_LEFT_OUT = frozenset({
    "cluster", "label_selector", "field_selector", "columns", "cursor", "descending", "sort", "context",
    "fields", "path",
})  # fmt: skip
_KEPT = ("type", "enum", "const", "items", "$ref", "description")
_LONGEST = 80


def short(schema: dict[str, Any]) -> dict[str, Any]:
    """A tool's schema in few words."""
    function = schema["function"]
    parameters = _object(function["parameters"])
    if shared := function["parameters"].get("$defs"):
        parameters["$defs"] = {name: _object(each) for name, each in shared.items()}
    named = {"name": function["name"], "description": _sentence(function["description"]), "parameters": parameters}
    return {"type": "function", "function": named}


def _object(told: dict[str, Any]) -> dict[str, Any]:
    fields = {name: _field(name, each) for name, each in told["properties"].items() if name not in _LEFT_OUT}
    needed = {"required": told["required"]} if "required" in told else {}
    return {"type": "object", "properties": fields, **needed}


def _field(name: str, told: dict[str, Any]) -> dict[str, Any]:
    if name == "operation":
        takes = "; ".join(f"{each}: {given}" for each, given in _OPERATIONS.items() if given)
        return {"type": "string", "enum": list(_OPERATIONS), "description": f"Arguments: {takes}"}
    either = [each for each in told.get("anyOf", ()) if each.get("type") != "null"]
    field = {**(either[0] if either else {}), **told}
    kept = {key: field[key] for key in _KEPT if key in field}
    if "description" in kept:
        kept["description"] = _sentence(kept["description"])
    return kept


def _sentence(text: str) -> str:
    """The first one."""
    first = re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0].rstrip(".")
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1].rstrip()}…"
