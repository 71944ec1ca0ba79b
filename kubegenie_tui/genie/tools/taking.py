"""What all tools take alike: texts, lists and objects however a model writes them, a namespace and a cluster."""

import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kubegenie_tui.domain.text import plain

KIND = "Kind by any name kubectl takes: pods, deploy, svc, or a custom kind's plural."
_NAMESPACE = "Namespace, or several with commas; '*' for all. Left out: those in view."
_SPAN = re.compile(r"(?P<number>\d{1,6})(?P<unit>[smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_CLUSTER = "Another cluster by its exact name. Left out: the one in view."


def _none_as_empty(value: object) -> object:
    """Small models send null for what they leave out."""
    return "" if value is None else value


def as_text(value: str | float | bool) -> str:
    """A scalar as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def unpacked(value: object) -> object:
    """Small models send an object as text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def listed(value: object) -> object:
    """Small models send a list as text, or null for none."""
    return value.split(",") if isinstance(value, str) and not value.startswith("[") else unpacked(value or [])


def one_line(value: object) -> object:
    """What a person reads: without control characters and on one line."""
    return " ".join(plain(value).split()) if isinstance(value, str) else value


def _seconds(value: object) -> object:
    """Models also send a time as kubectl takes it: `90s`, `15m`, `2h`, `1d`."""
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(match["number"]) * _UNITS[match["unit"]] if match else value


Text = Annotated[str, BeforeValidator(_none_as_empty)]
Named = Annotated[dict[str, str | int | float | bool | None], BeforeValidator(unpacked)]
Names = Annotated[list[str], BeforeValidator(listed)]
Seconds = Annotated[int, Field(ge=1), BeforeValidator(_seconds)]
Limit = Annotated[int, Field(ge=1, le=200)]
Written = Annotated[dict[str, Any], BeforeValidator(unpacked)]


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are refused so that a model learns of its mistake."""

    model_config = ConfigDict(extra="forbid")


class Scoped(Arguments):
    """Arguments with a namespace, of this cluster or of another."""

    namespace: str | None = Field(None, description=_NAMESPACE)
    cluster: Text = Field("", description=_CLUSTER)
