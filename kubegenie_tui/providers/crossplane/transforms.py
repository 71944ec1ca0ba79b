"""What function-patch-and-transform does with a value on its way, as far as it can be told without the function."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.expression import Expression
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at

TYPES = ("map", "match", "math", "string", "convert")


class NotRendered(Exception):
    """The function does this, and we do not."""


def transformed(value: Any, transform: Manifest) -> Any:
    """A value after one transform.

    Raises:
        ValueError: the function would refuse it.
        NotRendered: only the function can tell.
    """
    return _TRANSFORMS[text_at(transform, "type")](value, transform)


def _map(value: Any, transform: Manifest) -> Any:
    pairs = mapping_at(transform, "map")
    if not isinstance(value, str):
        raise ValueError(f"map takes text, and there is {_form(value)}")
    if value not in pairs:
        raise ValueError(f'map has nothing for "{value}"')
    return pairs[value]


def _match(value: Any, transform: Manifest) -> Any:
    match = mapping_at(transform, "match")
    for pattern in mappings_at(match, "patterns"):
        if text_at(pattern, "type") == "regexp":
            fits = isinstance(value, str) and _found(text_at(pattern, "regexp"), value) is not None
        else:
            fits = pattern.get("literal") == value
        if fits:
            return pattern.get("result")
    return value if text_at(match, "fallbackTo") == "Input" else match.get("fallbackValue")


def _math(value: Any, transform: Manifest) -> Any:
    math = mapping_at(transform, "math")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"math takes a number, and there is {_form(value)}")
    match text_at(math, "type") or "Multiply":
        case "Multiply":
            return value * math.get("multiply", 1)
        case "ClampMin":
            return max(value, math.get("clampMin", value))
        case "ClampMax":
            return min(value, math.get("clampMax", value))
    raise ValueError(f"math does no {text_at(math, 'type')}")


def _string(value: Any, transform: Manifest) -> Any:
    string = mapping_at(transform, "string")
    match text_at(string, "type") or "Format":
        case "Format":
            return formatted(str(string.get("fmt", "")), [value])
        case "Convert":
            return _converted(value, text_at(string, "convert"))
        case "TrimPrefix":
            return _text(value).removeprefix(str(string.get("trim", "")))
        case "TrimSuffix":
            return _text(value).removesuffix(str(string.get("trim", "")))
        case "Regexp":
            return _matched(_text(value), mapping_at(string, "regexp"))
        case "Join" if isinstance(value, list):
            return str(mapping_at(string, "join").get("separator", "")).join(map(_text, value))
        case "Replace":
            replace = mapping_at(string, "replace")
            return _text(value).replace(str(replace.get("search", "")), str(replace.get("replace", "")))
    raise NotRendered(f"string {text_at(string, 'type')}")


def _convert(value: Any, transform: Manifest) -> Any:
    wanted = text_at(transform, "convert.toType")
    if (form := text_at(transform, "convert.format")) not in ("", "none"):
        raise NotRendered(f"convert with the format {form}")
    try:
        return _CASTS[wanted](value)
    except (TypeError, ValueError):
        raise ValueError(f"{_form(value)} does not convert to {wanted}") from None


def formatted(fmt: str, values: list[Any]) -> str:
    """Text as Go formats it: `%s-kubeconfig`.

    Raises:
        ValueError: a value does not fit, or there are too few or too many.
        NotRendered: a verb that we do not know.
    """
    left = list(values)

    def one(found: re.Match[str]) -> str:
        flags, verb = found[1], found[2]
        if verb == "%":
            return "%"
        if not left:
            raise ValueError(f'"{fmt}" wants more values than there are')
        return _verb(flags, verb, left.pop(0))

    told = re.sub(r"%([-+0# ]*\d*(?:\.\d+)?)([a-zA-Z%])", one, fmt)
    if left:
        raise ValueError(f'"{fmt}" takes fewer values than there are')
    return told


def _verb(flags: str, verb: str, value: Any) -> str:
    wanted = {"s": str, "d": int, "f": float, "t": bool, "v": object}.get(verb)
    if wanted is None or (verb == "v" and not isinstance(value, str | int | float)):
        raise NotRendered(f"%{verb} of {_form(value)}")
    if not isinstance(value, wanted) or (isinstance(value, bool) and verb in "df"):
        raise ValueError(f"%{verb} does not fit {_form(value)}")
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"%{flags}{'s' if verb == 'v' else verb}" % value


def _converted(value: Any, how: str) -> str:
    if how == "ToJson":
        return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    if how.startswith("ToSha"):
        return hashlib.new(how.removeprefix("To").lower(), _text(value).encode(), usedforsecurity=False).hexdigest()
    convert = _CONVERSIONS.get(how)
    if convert is None:
        raise NotRendered(f"string Convert {how}")
    return convert(_text(value))


def _matched(value: str, regexp: Manifest) -> str:
    found = _found(str(regexp.get("match", "")), value)
    group = regexp.get("group", 0)
    if found is None or not isinstance(group, int) or group > (found.re.groups):
        raise ValueError(f'"{value}" does not match {regexp.get("match", "")}')
    return found[group] or ""


def _found(pattern: str, value: str) -> re.Match[str] | None:
    try:
        return Expression(pattern).first(value)
    except UsageError as error:
        raise ValueError(str(error)) from error


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"text is wanted, and there is {_form(value)}")


def _form(value: Any) -> str:
    forms = {bool: "a truth value", int: "a number", float: "a number", str: "text", list: "a list", dict: "a mapping"}
    return forms.get(type(value), "nothing")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
    if str(value).lower() not in known:
        raise ValueError
    return known[str(value).lower()]


def _listed(value: Any) -> Any:
    if not isinstance(value, list):
        raise TypeError
    return value


def _mapped(value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError
    return value


_TRANSFORMS: dict[str, Callable[[Any, Manifest], Any]] = {
    "map": _map,
    "match": _match,
    "math": _math,
    "string": _string,
    "convert": _convert,
}
_CASTS: dict[str, Callable[[Any], Any]] = {
    "string": _text,
    "int": int,
    "int64": int,
    "float64": float,
    "bool": _truth,
    "array": _listed,
    "object": _mapped,
}
_CONVERSIONS: dict[str, Callable[[str], str]] = {
    "ToUpper": str.upper,
    "ToLower": str.lower,
    "ToBase64": lambda text: base64.b64encode(text.encode()).decode(),
    "FromBase64": lambda text: base64.b64decode(text, validate=True).decode(),
}
