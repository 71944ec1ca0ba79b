"""Steps as they are to be carried out: with what stood in quotes, and with the patch of a patch."""

from collections.abc import Sequence
from typing import Any

import msgspec

from kubegenie_tui.genie.wishes.clauses import unquoted
from kubegenie_tui.genie.wishes.fields import patch_of
from kubegenie_tui.genie.wishes.wish import Step, Wish


def all_written(steps: Sequence[Step], quoted: list[str], body: dict[str, Any]) -> Wish:
    """Steps as one wish; `quoted`: what stood in quotes, `body`: a patch that was pasted."""
    return Wish("write", steps[0].verb, tuple(_written(step, quoted, body) for step in steps))


def _written(step: Step, quoted: list[str], body: dict[str, Any]) -> Step:
    """A step with what stood in quotes, and with the patch of a patch; `body`: one that was pasted."""
    args = unquoted(step.args, quoted)
    step = msgspec.structs.replace(step, args=args)
    return msgspec.structs.replace(step, body=_patch_of(step) or body) if step.verb == "patch" else step


def _patch_of(step: Step) -> dict[str, Any]:
    """The patch that the arguments tell; empty where it was pasted."""
    args = step.args
    if "fields" in args:
        return patch_of(args["fields"], step.ref.kind)
    return keys_of(step) if "data" in args else {"spec": {"type": args["type"]}} if "type" in args else {}


def keys_of(step: Step) -> dict[str, Any]:
    """The patch that sets and removes keys of a ConfigMap or a Secret, whose values are written as text."""
    data = step.args["data"]
    if step.ref.kind != "secrets":
        return {"data": data}
    texts = {key: value for key, value in data.items() if value is not None}
    gone = {key: None for key, value in data.items() if value is None}
    return ({"stringData": texts} if texts else {}) | ({"data": gone} if gone else {})
