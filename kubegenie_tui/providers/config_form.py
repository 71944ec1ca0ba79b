"""A plugin's configuration as a form: each field of its pydantic model becomes one that a person can fill in."""

import dataclasses
import types
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from kubegenie_tui.domain.errors import PluginError, UsageError
from kubegenie_tui.domain.form import ChoiceField, Field, NumberField, TextField, ToggleField, Value
from kubegenie_tui.providers.part_of_model import field_refused
from kubegenie_tui.providers.wording import OTHER_FORM, refusals

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def form_fields(config: "type[BaseModel]", secrets: Mapping[str, str]) -> tuple[Field, ...]:
    """The fields of a form that asks for a configuration, in the order of the model.

    Args:
        config: the model.
        secrets: where a person gets them, as the manifest says: the hint of those that the model does not describe.

    Raises:
        PluginError: it is no pydantic model, or asks for what no form can.
    """
    fields = fields_of(config).values()
    return tuple(dataclasses.replace(each, hint=each.hint or secrets.get(each.id, "")) for each in fields)


def fields_of(config: object) -> dict[str, Field]:
    """What a form asks for a configuration, by name.

    Raises:
        PluginError: it is no pydantic model, or asks for what no form can.
    """
    model = _model(config)
    return {name: field_of(model, name) for name in model.model_fields}


def configured(config: "type[BaseModel]", values: Mapping[str, Value]) -> "BaseModel":
    """A configuration made of what was filled in; what was left empty is left out.

    Raises:
        UsageError: the model does not take it.
    """
    from pydantic import ValidationError

    try:
        return config.model_validate({name: value for name, value in values.items() if value not in ("", None)})
    except ValidationError as error:
        name = str(next(iter(error.errors()[0]["loc"]), ""))
        why = refusals(error)[0].why
        label = _label(name, config.model_fields[name]) if name in config.model_fields else ""
        raise UsageError(f"{label}: {why}" if label else why) from None


def _model(config: object) -> "type[BaseModel]":
    from pydantic import BaseModel

    if not (isinstance(config, type) and issubclass(config, BaseModel)):
        raise PluginError("Its configuration is no pydantic model", next_step="tell its author")
    return config


def field_of(model: "type[BaseModel]", name: str) -> Field:
    """The field of a form that asks for one field of a model.

    Raises:
        PluginError: no form can.
    """
    info = model.model_fields[name]
    check = partial(_refused, model, name, info.description or "")
    asked = _without_none(info.annotation)
    label, hint = _label(name, info), info.description or ""
    given = None if info.is_required() else info.get_default(call_default_factory=True)
    required = info.is_required()
    if asked is bool:
        return ToggleField(name, label, bool(given), hint)
    if get_origin(asked) is Literal and all(isinstance(each, str) for each in get_args(asked)):
        return ChoiceField(name, label, get_args(asked), given or "", hint)
    if asked is int:
        least, most = (_bound(info, key) for key in ("ge", "le"))
        return NumberField(name, label, given, hint, least or 0, most, required, check)
    if isinstance(asked, type):
        value = "" if given is None else str(given)
        return _text_field(TextField(name, label, value, hint, required, check), asked)
    raise PluginError(f"{name} of its configuration is of a type that no form has", str(asked), "tell its author")


def _text_field(field: TextField, asked: type[Any]) -> TextField:
    from pathlib import Path

    from pydantic import AnyUrl, SecretStr

    if not issubclass(asked, str | Path | AnyUrl | SecretStr):
        raise PluginError(
            f"{field.id} of its configuration is of a type that no form has", asked.__name__, "tell its author"
        )
    return dataclasses.replace(field, value="", secret=True) if issubclass(asked, SecretStr) else field


def _refused(model: "type[BaseModel]", name: str, hint: str, given: object) -> str:
    """What the model says of a value; the hint that this takes the place of, where it says no more than that."""
    why = field_refused(model, name, given)
    return f"{why}: {hint}" if why == OTHER_FORM and hint else why


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [each for each in get_args(annotation) if each is not type(None)]
        return kept[0] if len(kept) == 1 else annotation
    return annotation


def _label(name: str, info: "FieldInfo") -> str:
    return info.title or name.replace("_", " ").capitalize()


def _bound(info: "FieldInfo", key: str) -> int | None:
    found = [getattr(each, key) for each in info.metadata if hasattr(each, key)]
    return int(found[0]) if found else None
