"""What was typed into the wizard so far, and what a cluster described like that would come to."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Field, Value
from kubegenie_tui.provision.pages import Page, values_of

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.screens.wizard_meaning import Foresee

UNNAMED = "new"
"""What a cluster is called whose name was not typed yet, to tell what it comes to."""


class Draft(msgspec.Struct):
    """What was typed so far, without secrets: a wizard that is left is taken up where it was."""

    config: dict[str, str] = {}
    flat: dict[str, str] = {}
    many: dict[str, list[dict[str, str]]] = {}

    def items(self, page: Page) -> list[dict[str, Value]]:
        """The values of what a page has many of."""
        return [_read(page.fields, each) for each in self.many.get(page.many, ())]


def foresee_by(maker: "Maker", draft: Draft, pages: Sequence[Page], page: Page, at: int = 0) -> "Foresee":
    """What a cluster comes to with what stands on a page, or in one of many, beside all that was typed before.

    Args:
        maker: of the cluster.
        draft: what was typed.
        pages: all of them.
        page: the one that is shown.
        at: which one of many.
    """

    async def foresee(here: Mapping[str, Value]) -> Outline | None:
        typed = {each.id: draft.flat[each.id] for each in _flat(pages) if each.id in draft.flat}
        flat: dict[str, Value] = {"name": UNNAMED, **_given(_read(_flat(pages), typed))}
        many = {each.many: draft.items(each) or [_read(each.fields, defaults_of(each))] for each in pages if each.many}
        read = _read(page.fields, {key: str(value) for key, value in here.items()})
        if page.many and here:
            many[page.many][at : at + 1] = [read]
        elif here:
            flat |= {"name": UNNAMED, **_given(read)} if "name" in read else read
        return await maker.preview(values_of(flat, many, pages))

    return foresee


def _flat(pages: Sequence[Page]) -> tuple[Field, ...]:
    """The fields of what there is one of."""
    return tuple(field for page in pages if not page.many for field in page.fields)


def _given(values: Mapping[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value not in ("", None)}


def new_one(page: Page, items: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """What stands in one that is added: as in the first one, with a name that none of the others has."""
    typed = defaults_of(page)
    name, taken = typed.get("name", ""), {each.get("name") for each in items}
    if name in taken:
        typed["name"] = next(f"{name}{number}" for number in count(2) if f"{name}{number}" not in taken)
    return typed


def defaults_of(page: Page) -> dict[str, str]:
    """What stands in a new one."""
    typed = {}
    for each in page.fields:
        value = each.value
        typed[each.id] = ("yes" if value else "no") if isinstance(value, bool) else "" if value is None else str(value)
    return typed


def _read(fields: tuple[Field, ...], typed: Mapping[str, str]) -> dict[str, Value]:
    """The values of what was typed; what cannot be read is left as it was typed, for the model to refuse."""
    values: dict[str, Value] = {}
    for each in fields:
        try:
            values[each.id] = each.read(typed.get(each.id, ""))
        except UsageError:
            values[each.id] = typed.get(each.id, "")
    return values
