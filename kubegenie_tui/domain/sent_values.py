"""Values that a change sends and that an answer of the server may quote: whoever keeps the answer keeps them not.

An admission webhook says what it likes: `denied: variable API_TOKEN has the value "s3cret"`.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from kubegenie_tui.domain.credential_names import is_credential_name, is_open_value
from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.plan import Plan

_HELD = frozenset({"data", "stringData", "binaryData", "annotations", "args", "command"})
"""Fields of which everything is somebody's own value."""
_SHORTEST = 4
"""Characters; what is shorter is in half of all words."""
_HIDDEN = "…"
_BEHIND_KEY = re.compile(r"^[\w.\"'-]{1,99}\s*[:=]\s*")
"""Of a line of a file: `host = db` or `"host": "db"`."""


def sent_by(plan: Plan) -> list[Any]:
    """The bodies of a plan's steps, and what is set for a chart."""
    return [*(step.body for step in plan.steps), *([plan.helm.values] if plan.helm else [])]


def without_values(text: str, sent: Iterable[Any]) -> str:
    """A text without the values in what is sent: of variables, data, annotations, commands, and credentials anywhere.

    Args:
        text: what the server said.
        sent: bodies of requests.
    """
    values = {form for body in sent for value in _values(body) for form in _forms(value)}
    for value in sorted(values, key=len, reverse=True):
        if value in text:
            begins, ends = (r"(?<!\w)" if value[0].isalnum() else ""), (r"(?!\w)" if value[-1].isalnum() else "")
            text = re.sub(f"{begins}{re.escape(value)}{ends}", _HIDDEN, text)
    return text


def hide_values(error: KubeGenieError, sent: Iterable[Any]) -> KubeGenieError:
    """The same error, which quotes none of the values in what is sent any more."""
    bodies = tuple(sent)
    error.what, error.why = without_values(error.what, bodies), without_values(error.why, bodies)
    return error


def _values(body: Any, key: str = "", *, held: bool = False) -> Iterator[str]:
    if isinstance(body, dict):
        is_own = held or ("value" in body and ("name" in body or "path" in body))
        for inner, value in body.items():
            yield from _values(value, str(inner), held=held or inner in _HELD or (is_own and inner == "value"))
    elif isinstance(body, list):
        for value in body:
            yield from _values(value, key, held=held)
    elif isinstance(body, str | int | float) and not isinstance(body, bool):
        value = str(body)
        if (held or is_credential_name(key)) and not is_open_value(value):
            yield value


def _forms(value: str) -> Iterator[str]:
    """A value, its lines, what is behind a key in them, and all of those as they may be quoted or encoded."""
    decoded = _decoded(value)
    lines = [line.strip() for whole in (value, decoded) for line in whole.splitlines()]
    inner = [_BEHIND_KEY.sub("", line).strip(" \"',") for line in lines]
    for part in (value, decoded, *lines, *inner):
        encoded = base64.b64encode(part.encode(errors="replace")).decode()
        yield from (form for form in (part, json.dumps(part)[1:-1], encoded) if len(part.strip()) >= _SHORTEST)


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return value
