"""A description that is given again: the work that was begun of it, or of another one under the same name."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.creation import Outline, StepState, Work, WorkKind
from kubegenie_tui.domain.errors import SpecRefused, UsageError
from kubegenie_tui.provision.described import described, recalled

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.provision.works import Works

_OVER = (StepState.DONE, StepState.SKIPPED)


async def begun_of(works: "Works", maker: "Maker", spec: Mapping[str, Any]) -> Work | None:
    """The work that was begun of a description before; None where nothing is there of such a cluster.

    Raises:
        SpecRefused: what is there of its name was begun of another description.
        UsageError: it is being removed.
    """
    for work in await works.all():
        named = (work.outline.provider, work.outline.name) == (maker.name, spec.get("name"))
        if named and work.kind is WorkKind.CREATE and not work.is_gone:
            await asyncio.to_thread(_require_same, work, maker, spec)
            _require_staying(work, is_worked_on=works.is_worked_on(work.id))
            return work
    return None


async def named_by(works: "Works", provider: str, config: Mapping[str, Any], name: str) -> Work:
    """The work that made the cluster that a file describes, however it was changed since, and whoever we are now.

    Raises:
        UsageError: there is none, or it was made elsewhere than the file says.
    """
    work = await works.get(name)
    step = f"give the name {name} instead of the file, if that is the cluster that you mean"
    if work.outline.provider != provider:
        raise UsageError(f"{name} was made by {work.outline.provider}, and not by {provider}", next_step=step)
    login = (await works.makers.load(provider)).manifest.login
    if other := _otherwise(config, work.config, work.config.keys() - login):
        fields = ", ".join(other)
        raise UsageError(f"{name} was not made where the file says: {fields}", next_step=step)
    return work


def login_of(maker: "Maker") -> dict[str, Any]:
    """What a provider was told of who we are; empty where it was told nothing, and goes by what the machine has."""
    values = {**maker.config, **maker.secrets}
    return {key: value for key, value in values.items() if key in maker.login and value}


def left_to_do(work: Work) -> Outline:
    """What is not done yet of what was begun."""
    outline = work.outline
    steps = tuple(each for each in outline.steps if work.step(each.key).state not in _OVER)
    said = "it would go on with these steps" if steps else "nothing would be done"
    return msgspec.structs.replace(
        outline, steps=steps, warnings=(f"{outline.name} was begun of this description before: {said}",)
    )


def _require_same(work: Work, maker: "Maker", spec: Mapping[str, Any]) -> None:
    other = _otherwise(maker.config, work.config, (work.config.keys() | maker.config.keys()) - maker.login)
    if dict(spec) != work.spec:
        models = recalled(maker.spec, work.spec), described(maker.spec, spec)
        before, now = (each.model_dump(mode="json") for each in models)
        other += [f"cluster.{key}" for key in now if before.get(key) != now[key]]
    if other:
        raise SpecRefused(
            f"{work.outline.name} was begun of another description before",
            f"other than then: {', '.join(other)}",
            f"change it with `kubegenie provision scale` or `upgrade`, remove it with "
            f"`kubegenie provision delete {work.outline.name}`, or choose another name",
            field=other[0],
        )


def _otherwise(config: Mapping[str, Any], before: Mapping[str, Any], keys: Iterable[str]) -> list[str]:
    """What is other than before; an empty field says what one does that is left out."""
    return [f"config.{key}" for key in sorted(keys) if (config.get(key) or "") != (before.get(key) or "")]


def _require_staying(work: Work, *, is_worked_on: bool) -> None:
    if work.removal is None:
        return
    name = work.outline.name
    if is_worked_on:
        step = f"`kubegenie provision status {name} --follow` tells when it is gone"
        raise UsageError(f"{name} is being removed", next_step=step)
    step = f"`kubegenie provision delete {name}` goes on with that"
    raise UsageError(f"The removal of {name} did not come to its end", work.message, step)
