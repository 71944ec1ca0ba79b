"""What a pydantic model refuses, in words for the person who typed it, and the fields that it is about."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_WORDS = {
    "missing": "it is needed",
    "extra_forbidden": "there is no such field",
    "string_pattern_mismatch": "it is of another form than is asked for",
    "string_too_short": "it takes at least {min_length} characters",
    "string_too_long": "it takes at most {max_length} characters",
    "too_short": "it takes at least {min_length} of them",
    "too_long": "it takes at most {max_length} of them",
    "greater_than_equal": "it takes at least {ge}",
    "greater_than": "it takes more than {gt}",
    "less_than_equal": "it takes at most {le}",
    "less_than": "it takes less than {lt}",
    "int_parsing": "it takes a whole number",
    "int_type": "it takes a whole number",
    "int_from_float": "it takes a whole number",
    "float_parsing": "it takes a number",
    "bool_parsing": "it takes yes or no",
    "bool_type": "it takes yes or no",
    "string_type": "it takes a text, in quotes where it looks like a number",
    "literal_error": "it takes {expected}",
    "tuple_type": "it takes a list",
    "list_type": "it takes a list",
    "dict_type": "it takes fields of its own",
    "model_type": "it takes fields of its own",
    "path_type": "it takes a path",
    "url_type": "it takes an address such as https://example.com",
    "url_parsing": "it takes an address such as https://example.com",
    "url_scheme": "it begins with {expected_schemes}",
}
"""For the kinds of errors that a form or a file comes to have; others are in pydantic's own words."""
OTHER_FORM = _WORDS["string_pattern_mismatch"]


class Refusal(msgspec.Struct, frozen=True):
    """Why values were refused."""

    why: str
    """Without the value: it may be a secret."""
    fields: tuple[str, ...]
    """That could be changed, the likeliest first: `region`, `pools.0.size`; none when the model did not say."""


def refusals(error: "ValidationError") -> list[Refusal]:
    """All that a model refused, in the order of its fields; one that there is not first, for it may be a slip."""
    errors = error.errors(include_url=False, include_input=False)
    return [_refusal(each) for each in sorted(errors, key=lambda each: each["type"] != "extra_forbidden")]


def _refusal(error: "ErrorDetails") -> Refusal:
    from kubegenie_tui.providers.specs import Unfit

    where = [str(part) for part in error["loc"]]
    context = error.get("ctx", {})
    cause = context.get("error")
    ends = [[*where, end] for end in cause.fields] if isinstance(cause, Unfit) else []
    return Refusal(
        _why(error["type"], error["msg"], context), tuple(".".join(each) for each in ends or [where] if each)
    )


def _why(kind: str, message: str, context: Mapping[str, Any]) -> str:
    if kind in _WORDS:
        return _WORDS[kind].format_map(context)
    return message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
