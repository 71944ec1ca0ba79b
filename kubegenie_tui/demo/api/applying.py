"""Server-side apply, as far as HTTP sees it: force, and the conflicts in words."""

import json

from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.statuses import Refusal
from kubegenie_tui.demo.state.field_paths import Path
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.state.ownership import ApplyConflict, Owner, apply


def applied(live: Object, config: Object, owner: Owner, now: str, call: Call) -> Object:
    """The live object with a configuration applied.

    Raises:
        Refusal: 409 with every contested field and its manager.
    """
    try:
        return apply(live, config, owner, now, force=call.flag("force"), custom=call.resource.custom)
    except ApplyConflict as conflict:
        raise _refusal(conflict) from None


def _refusal(conflict: ApplyConflict) -> Refusal:
    fields = {_who(owner): [dotted(path) for path in paths] for owner, paths in conflict.fields.items()}
    causes = sorted((path, who) for who, paths in fields.items() for path in paths)
    if len(causes) == 1:
        message = f"Apply failed with 1 conflict: conflict with {causes[0][1]}: {causes[0][0]}"
    else:
        parts = [
            f"conflicts with {who}:" + "".join(f"\n- {path}" for path in paths) for who, paths in sorted(fields.items())
        ]
        message = f"Apply failed with {len(causes)} conflicts: " + "\n".join(parts)
    details = {
        "causes": [
            {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path} for path, who in causes
        ]
    }
    return Refusal(409, "Conflict", message, details)


def _who(owner: Owner) -> str:
    sub = f' with subresource "{owner.subresource}"' if owner.subresource else ""
    using = f" using {owner.api_version}" if owner.operation == "Update" else ""
    return f'"{owner.manager}"{sub}{using}'


def dotted(path: Path) -> str:
    """A field as people write it: `.spec.template.spec.containers[name="app"].image`."""
    text = ""
    for step in path:
        kind, key = step[:2], step[2:]
        if kind == "f:":
            text += f".{key}"
        elif kind == "k:":
            text += "[" + ",".join(f"{name}={json.dumps(value)}" for name, value in json.loads(key).items()) + "]"
        elif kind == "v:":
            text += f"[={key}]"
    return text
