"""Patches: JSON patch (RFC 6902), JSON merge patch (RFC 7386), and Kubernetes' strategic merge patch."""

import copy
from typing import Any

from kubegenie_tui.demo.api.statuses import Refusal, bad_request
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.state.structure import merge_key

JSON_PATCH = "application/json-patch+json"
MERGE_PATCH = "application/merge-patch+json"
STRATEGIC_PATCH = "application/strategic-merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


def patched(obj: Object, patch: Any, kind: str) -> Object:
    """A copy of the object with a patch of one of the first three kinds.

    Raises:
        Refusal: the patch cannot be applied.
    """
    if kind == JSON_PATCH:
        return json_patched(obj, patch)
    if not isinstance(patch, dict):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}"
        )
    result: Object = merged(obj, patch) if kind == MERGE_PATCH else strategic(obj, patch)
    return result


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def strategic(target: Any, patch: Any) -> Any:
    """A strategic merge of maps: lists of named items are merged by name."""
    if not isinstance(patch, dict):
        return patch
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    result = dict(target) if isinstance(target, dict) else {}
    if "$retainKeys" in patch:
        result = {key: value for key, value in result.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if key.startswith("$deleteFromPrimitiveList/"):
            name = key.partition("/")[2]
            result[name] = [each for each in result.get(name) or () if each not in value]
        elif key.startswith("$"):
            continue
        elif value is None:
            result.pop(key, None)
        elif isinstance(value, list):
            result[key] = _strategic_list(key, result.get(key) or [], value)
        else:
            result[key] = strategic(result.get(key), value)
    return _ordered(result, patch)


def _strategic_list(name: str, items: list[Any], patch: list[Any]) -> list[Any]:
    key = merge_key(name, items or patch)
    replaced = [each for each in patch if each == {"$patch": "replace"}]
    if replaced:
        return [each for each in patch if each != {"$patch": "replace"}]
    if name == "finalizers":
        return [*items, *(each for each in patch if each not in items)]
    if not key:
        return patch
    result = list(items)
    for each in patch:
        index = next((at for at, item in enumerate(result) if item.get(key) == each.get(key)), None)
        if each.get("$patch") == "delete":
            result = [item for item in result if item.get(key) != each.get(key)]
        elif index is None:
            result.append(strategic({}, each))
        else:
            result[index] = strategic(result[index], each)
    return result


def _ordered(result: Object, patch: Object) -> Object:
    for directive, wanted in patch.items():
        name = directive.removeprefix("$setElementOrder/")
        if name == directive or not isinstance(result.get(name), list):
            continue
        key = merge_key(name, result[name])
        places = {str(each.get(key) if isinstance(each, dict) else each): at for at, each in enumerate(wanted)}
        result[name] = sorted(
            result[name],
            key=lambda item: places.get(str(item.get(key) if isinstance(item, dict) else item), len(places)),
        )
    return result


def json_patched(obj: Object, operations: Any) -> Object:
    """RFC 6902."""
    if not isinstance(operations, list):
        raise bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"
        )
    result: Any = copy.deepcopy(obj)
    for operation in operations:
        try:
            result = _operate(result, operation)
        except (KeyError, IndexError, ValueError, TypeError):
            message = "the server rejected our request due to an error in our request"
            raise Refusal(422, "Invalid", message, {}) from None
    patched_object: Object = result
    return patched_object


def _operate(root: Any, operation: Object) -> Any:
    kind, path = operation["op"], operation["path"]
    if kind in ("move", "copy"):
        value = copy.deepcopy(_find(root, operation["from"]))
        root = _operate(root, {"op": "remove", "path": operation["from"]}) if kind == "move" else root
        return _operate(root, {"op": "add", "path": path, "value": value})
    if kind == "test":
        if _find(root, path) != operation["value"]:
            raise ValueError(f"testing value {path} failed")
        return root
    if not path:
        return operation.get("value")
    *parents, last = _steps(path)
    holder = root
    for step in parents:
        holder = holder[int(step)] if isinstance(holder, list) else holder[step]
    _change(holder, last, kind, operation)
    return root


def _change(holder: Any, last: str, kind: str, operation: Object) -> None:
    if isinstance(holder, list):
        index = len(holder) if last == "-" else int(last)
        if kind == "add":
            holder.insert(index, operation["value"])
        elif kind == "remove":
            del holder[index]
        else:
            holder[index] = operation["value"]
    elif kind == "remove":
        del holder[last]
    else:
        holder[last] = operation["value"]


def _find(root: Any, path: str) -> Any:
    for step in _steps(path):
        root = root[int(step)] if isinstance(root, list) else root[step]
    return root


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]
