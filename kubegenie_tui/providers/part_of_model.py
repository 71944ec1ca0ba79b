"""What a model says of the values that are there so far: its own validators are run, before it has all of them."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_origin

from kubegenie_tui.providers.wording import Refusal, refusals

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def field_refused(model: "type[BaseModel]", name: str, value: object) -> str:
    """What the model says against the value of one of its fields, whatever stands in the others; empty for nothing."""
    found = _refused_by(_part(model, frozenset({name}), ""), {name: value})
    return next((each.why for each in found if _is_about(each, {name})), "")


def refused_so_far(model: "type[BaseModel]", asked: Collection[str], values: Mapping[str, Any]) -> list[Refusal]:
    """What the model says against the values of the fields that were asked for.

    A rule on what fits together counts once all of the fields that it names (`Unfit`) were asked for. One that names
    none, or fails without those that were not, is left to the end.

    Args:
        model: the whole one.
        asked: its fields that were asked for; the others go by their defaults.
        values: what was given for them.
    """
    known = {name: value for name, value in values.items() if name in asked}
    found: dict[Refusal, None] = {}
    for rule in _rules(model) or [""]:
        found |= dict.fromkeys(_refused_by(_part(model, frozenset(asked), rule), known))
    return [each for each in found if _is_about(each, asked)]


def without_rules(model: "type[BaseModel]") -> "type[BaseModel]":
    """The model without its rules on what fits together, and with those of each field."""
    return _part(model, frozenset(model.model_fields), "") or model


def _is_about(refusal: Refusal, asked: Collection[str]) -> bool:
    return bool(refusal.fields) and all(each.partition(".")[0] in asked for each in refusal.fields)


def _refused_by(part: "type[BaseModel] | None", values: Mapping[str, Any]) -> list[Refusal]:
    from pydantic import ValidationError

    if part is None:
        return []
    try:
        part.model_validate(dict(values))
    except ValidationError as error:
        return refusals(error)
    except Exception:  # a rule that goes by what was not asked for, of a program that may not be ours
        return []
    return []


def _rules(model: "type[BaseModel]") -> list[str]:
    """The validators of the whole model that run once its fields are right."""
    found = model.__pydantic_decorators__.model_validators
    return [name for name, each in found.items() if each.info.mode == "after"]


@lru_cache(maxsize=256)
def _part(model: "type[BaseModel]", asked: frozenset[str], rule: str) -> "type[BaseModel] | None":
    """The model with nothing needed but what was asked for, and one rule alone, so that none hides another."""
    from pydantic import create_model, model_validator

    fields = model.model_fields.items()
    free: dict[str, Any] = {
        name: (Any, _stand_in(info)) for name, info in fields if name not in asked and info.is_required()
    }
    silent: dict[str, Any] = {name: model_validator(mode="after")(_fits) for name in _rules(model) if name != rule}
    try:
        return create_model(model.__name__, __base__=model, __validators__=silent, **free)
    except Exception:  # a model that cannot be derived from: it is asked at the end
        return None


def _fits(self: Any) -> Any:
    return self


def _stand_in(info: "FieldInfo") -> object:
    return () if get_origin(info.annotation) in (tuple, list) else ""
