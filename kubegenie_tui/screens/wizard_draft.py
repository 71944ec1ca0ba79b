"""What was typed of a provider and a cluster so far, and what a cluster described like that would come to."""

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.creation import Outline
from kubegenie_tui.domain.errors import CredentialError, KubeGenieError, SpecRefused, UsageError
from kubegenie_tui.domain.form import NO, YES, ChoiceField, Field, NumberField, TextField, Value
from kubegenie_tui.provision.pages import Page, in_words, values_of

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.screens.wizard_meaning import Foresee
    from kubegenie_tui.store.facts import Facts

DRAFT = "wizard"
"""Scope of the facts in which drafts are kept, one a provider."""
UNNAMED = "new"
"""What a cluster is called whose name was not typed yet, to tell what it comes to."""


class Draft(msgspec.Struct):
    """What was typed so far, without secrets: a wizard that is left is taken up where it was."""

    config: dict[str, str] = {}
    """How the provider is reached, which is the same for clusters that are looked for."""
    flat: dict[str, str] = {}
    many: dict[str, list[dict[str, str]]] = {}

    def items(self, page: Page) -> list[dict[str, Value]]:
        """The values of what a page has many of."""
        return [_read(page.fields, each) for each in self.many.get(page.many, ())]


async def recalled(facts: "Facts", provider: str) -> Draft:
    """The draft of a provider; an empty one where none is kept, or none that can be read.

    Raises:
        StoreError: the store cannot be read.
    """
    kept = await facts.get(DRAFT, provider)
    try:
        return msgspec.json.decode(kept, type=Draft) if kept else Draft()
    except msgspec.DecodeError:
        return Draft()


async def keep(facts: "Facts", provider: str, draft: Draft) -> None:
    """Keep it until the next time.

    Raises:
        StoreError: it cannot be stored.
    """
    await facts.set(DRAFT, provider, msgspec.json.encode(draft).decode())


def without_secrets(fields: Sequence[Field], typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed and may be kept."""
    secret = {each.id for each in fields if isinstance(each, TextField) and each.secret}
    return {field: text for field, text in typed.items() if field not in secret}


def trouble_of(error: KubeGenieError | None, fields: Sequence[Field], typed: Mapping[str, str]) -> dict[str, str]:
    """Which field a provider that does not know us is about: the one it names, else the secret that it was given.

    Args:
        error: what it said; None when it knows us.
        fields: what is asked for to reach it.
        typed: what stands in them.
    """
    if error is None:
        return {}
    named = error.field if isinstance(error, SpecRefused) else ""
    secrets = [each.id for each in fields if isinstance(each, TextField) and each.secret and typed.get(each.id)]
    given = secrets[0] if secrets and isinstance(error, CredentialError) else ""
    return {named or given: str(error)}


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
        try:
            return await maker.preview(values_of(flat, many, pages))
        except SpecRefused as error:
            raise SpecRefused(in_words(pages, error), field=error.field) from error

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


def filled(field: Field, typed: Mapping[str, str]) -> Field:
    """The field with what was typed before."""
    text = typed.get(field.id)
    if text is None:
        return field
    match field:
        case TextField():
            return dataclasses.replace(field, value=text)
        case NumberField():
            number = text.strip().removeprefix("-")
            return dataclasses.replace(field, value=int(text) if number.isascii() and number.isdigit() else field.value)
        case ChoiceField():
            return dataclasses.replace(field, value=text if text in field.options else field.value)
        case _:
            return dataclasses.replace(field, value={YES: True, NO: False}.get(text, field.value))
