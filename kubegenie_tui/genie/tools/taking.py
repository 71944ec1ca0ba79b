"""What all tools take alike: texts, lists and objects however a model writes them, a namespace and a cluster."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kubegenie_tui.domain.text import plain

KIND = "Kind by any name kubectl takes: pods, deploy, svc, or a custom kind's plural."
_NAMESPACE = "Namespace; '*' for all. Left out: the namespace in view."
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


Text = Annotated[str, BeforeValidator(_none_as_empty)]
Named = Annotated[dict[str, str | int | float | bool | None], BeforeValidator(unpacked)]
Names = Annotated[list[str], BeforeValidator(listed)]
Limit = Annotated[int, Field(ge=1, le=200)]
Written = Annotated[dict[str, Any], BeforeValidator(unpacked)]


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are refused so that a model learns of its mistake."""

    model_config = ConfigDict(extra="forbid")


class Scoped(Arguments):
    """Arguments with a namespace, of this cluster or of another."""

    namespace: str | None = Field(None, description=_NAMESPACE)
    cluster: Text = Field("", description=_CLUSTER)
