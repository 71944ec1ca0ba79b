"""What a provider wants to know about a cluster, as pages of a form; what was filled in, as the values of its model."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args, get_origin

import msgspec

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.form import Field, TextField, Value
from kubegenie_tui.providers.config_form import field_of
from kubegenie_tui.providers.part_of_model import refused_so_far

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

FIRST = "Cluster"
"""The page of fields that name none."""
_ONE = "{}.0."
"""Before the field of the only one of many."""


class Page(msgspec.Struct, frozen=True):
    """A few fields that are asked for together."""

    title: str
    fields: tuple[Field, ...]
    many: str = ""
    """The model's field that takes any number of what this page asks for, such as `pools`; empty for one of each."""


def pages_of(spec: "type[BaseModel]") -> list[Page]:
    """The pages in the order of the model's fields; what there can be many of comes after the page it is named for.

    Raises:
        PluginError: the model asks for what no form can.
    """
    asked: dict[str, list[Field]] = {}
    many: dict[str, Page] = {}
    for name in _in_order(spec):
        info = spec.model_fields[name]
        title = _page(info)
        item = _item(info)
        if item is None:
            asked.setdefault(title, []).append(field_of(spec, name))
        else:
            fields = tuple(field_of(item, key) for key in item.model_fields)
            many[title] = Page(info.title or title, fields, name)
            asked.setdefault(title, [])
    pages: list[Page] = []
    for title, several in asked.items():
        if several:
            pages.append(Page(title, tuple(several)))
        if title in many:
            pages.append(many[title])
    return pages


def values_of(
    flat: Mapping[str, Value], many: Mapping[str, Sequence[Mapping[str, Value]]], pages: Sequence[Page] = ()
) -> dict[str, Any]:
    """The values of a model; what was left empty is left out, for the model to say what it is then.

    Args:
        flat: what there is one of.
        many: what there can be many of.
        pages: what was asked: a text that stood there and was taken out is meant to be empty.
    """
    filled = {each.id for page in pages for each in page.fields if not page.many and _has_text(each)}
    emptied = {name: value for name, value in flat.items() if value == "" and name in filled}
    return {**emptied, **_given(flat), **{name: [_given(each) for each in items] for name, items in many.items()}}


def page_of(pages: Sequence[Page], fields: Sequence[str], here: int) -> int:
    """Which page asks for all of these fields, such as `region` or `pools.0.size`; `here` when not one page does."""
    names = {field.partition(".")[0] for field in fields}
    found = [at for at, page in enumerate(pages) if names & _asked(page)]
    return found[0] if len(found) == 1 else here


def refused_on(spec: "type[BaseModel]", pages: Sequence[Page], here: Page, values: Mapping[str, Any]) -> dict[str, str]:
    """What the model says against a page, by field such as `region` or `pools.0.size`, with what earlier ones gave.

    Args:
        spec: the model.
        pages: all of them, in order.
        here: the page that is to be left.
        values: of the pages up to it.
    """
    asked = {name for page in pages[: pages.index(here) + 1] for name in _asked(page)}
    trouble: dict[str, str] = {}
    for refusal in refused_so_far(spec, asked, values):
        field = next((each for each in refusal.fields if each.partition(".")[0] in _asked(here)), "")
        if field:
            trouble.setdefault(field, refusal.why)
    return trouble


def refused_in(model: "type[BaseModel] | None", values: Mapping[str, Value]) -> dict[str, str]:
    """What a model says against values that are all asked for at once, by field."""
    found = [] if model is None else refused_so_far(model, set(model.model_fields), _given(values))
    return {each.fields[0]: each.why for each in reversed(found)}


def refused_one(spec: "type[BaseModel]", page: Page, values: Mapping[str, Value]) -> dict[str, str]:
    """What the model says against one of many, by field such as `size`."""
    found = refused_so_far(spec, {page.many}, {page.many: [_given(values)]})
    return {
        field.removeprefix(_ONE.format(page.many)): each.why
        for each in reversed(found)
        for field in each.fields[:1]
        if field.startswith(_ONE.format(page.many))
    }


def refused_item(page: Page, trouble: Mapping[str, str]) -> tuple[int, str, str] | None:
    """Which of many is refused, in which field and why, when all of it is said of one: `pools.0.size`."""
    for field, why in trouble.items():
        many, _, rest = field.partition(".")
        at, _, name = rest.partition(".")
        if page.many == many and at.isdigit() and name in {each.id for each in page.fields}:
            return int(at), name, why.removeprefix(f"{field}: ")
    return None


def in_words(pages: Sequence[Page], refused: SpecRefused) -> str:
    """What is wrong with a field, as the form calls it: `Region: it is needed`, `Node pools: Class: it is needed`."""
    why = refused.what.removeprefix(f"{refused.field}: ")
    for page in pages:
        item = refused_item(page, {refused.field: why})
        name, where = (item[1], (page.title,)) if item else (refused.field, ())
        for field in page.fields:
            if field.id == name and bool(page.many) == bool(item):
                return ": ".join((*where, field.label, why))
    return refused.what


def _asked(page: Page) -> set[str]:
    return {page.many} if page.many else {each.id for each in page.fields}


def _has_text(field: Field) -> bool:
    return isinstance(field, TextField) and bool(field.value)


def _given(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", None)}


def _page(info: "FieldInfo") -> str:
    extra = info.json_schema_extra
    return str(extra.get("page", FIRST)) if isinstance(extra, dict) else FIRST


def _in_order(spec: "type[BaseModel]") -> list[str]:
    """The fields; a model that derives from another one may ask for one of its own before one of that."""
    names = list(spec.model_fields)
    for name, info in spec.model_fields.items():
        extra = info.json_schema_extra
        if isinstance(extra, dict) and extra.get("before") in names:
            names.remove(name)
            names.insert(names.index(str(extra["before"])), name)
    return names


def _item(info: "FieldInfo") -> "type[BaseModel] | None":
    """The model of what a field takes any number of; None for other fields."""
    from pydantic import BaseModel

    found = get_args(info.annotation)[:1] if get_origin(info.annotation) in (tuple, list) else ()
    return found[0] if found and isinstance(found[0], type) and issubclass(found[0], BaseModel) else None
