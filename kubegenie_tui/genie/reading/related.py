"""What stands around one object: its owners and what it owns, what it needs, what refers to it; and around those."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from kubegenie_tui.agents.relations import read_relations
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.link import Relation, Relations, Twig
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope

MOST_FURTHER = 12
"""Related objects around which is looked as well; each takes some ten requests."""
_AT_ONCE = 3
_COMMON = frozenset({Relation.NODE, Relation.CLASS})
"""What these share is no relation: all pods of a node."""


class _Further(msgspec.Struct, frozen=True):
    """What stands around a related object."""

    twig: Twig
    around: Relations | None
    """None where it cannot be read."""
    trouble: str = ""


async def related(scope: Scope, kind_name: str, name: str, namespace: str | None = None, *, depth: int = 1) -> Result:
    """The relations of an object, by what the others are to it; with `depth` 2 also what stands around those.

    Raises:
        UsageError: there is no such object.
        ClusterError: it cannot be read.
    """
    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    relations: Relations = await read_relations(scope.reader, kind, ref.namespace, ref.name)
    lines, count = [], 0
    for branch in relations.branches:
        lines.append(f"{branch.relation.value}:")
        found = list(_told(branch.twigs))
        count += len(found)
        lines += found
    lines += [f"note: {note}" for note in relations.notes]
    if depth > 1:
        lines += await _further(scope, relations)
    summary = f"{count} object{'' if count == 1 else 's'} around {name}"
    text = scope.redactor.text("\n".join([f"cluster {scope.reader.name}: {ref}: {summary}", *lines]))
    return Result(summary, text, (ref, relations), ShowRequested(kind.id, ref.namespace, "", ref.name, "detail"))


def _told(twigs: Iterable[Twig], depth: int = 1) -> Iterator[str]:
    """A line for each, and below it what is reached through it."""
    for twig in twigs:
        yield f"{'  ' * depth}{_line(twig)}"
        yield from _told(twig.twigs, depth + 1)


def _line(twig: Twig) -> str:
    """`services shop/web (spec.selector): missing`."""
    state = "missing" if twig.there is False else twig.status
    how = f" ({twig.how})" if twig.how else ""
    return f"{twig.ref}{how}{f': {state}' if state else ''}"


async def _further(scope: Scope, relations: Relations) -> list[str]:
    """What stands around the related objects and is not told yet, those that are unwell first."""
    through = _worth_a_look(relations)
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(twig: Twig) -> _Further:
        kind = scope.reader.kinds.get(twig.ref.kind)
        if kind is None:
            return _Further(twig, None, "the cluster does not serve its kind")
        try:
            async with turn:
                around = await read_relations(scope.reader, kind, twig.ref.namespace, twig.ref.name)
        except ClusterError as error:
            return _Further(twig, None, error.what)
        return _Further(twig, around)

    found = await asyncio.gather(*(one(twig) for twig in through[:MOST_FURTHER]))
    lines = list(_told_further(relations, found))
    if len(through) > MOST_FURTHER:
        lines.append(f"(looked around {MOST_FURTHER} of {len(through)} of them, those that are unwell first)")
    return lines


def _worth_a_look(relations: Relations) -> list[Twig]:
    twigs = [
        twig
        for branch in relations.branches
        if branch.relation not in _COMMON
        for twig in branch.twigs
        if twig.there is not False
    ]
    return sorted({twig.ref: twig for twig in twigs}.values(), key=lambda twig: -twig.health)


def _told_further(relations: Relations, found: Sequence[_Further]) -> Iterator[str]:
    known = {relations.subject.ref, *_refs(twig for branch in relations.branches for twig in branch.twigs)}
    for each in found:
        lines = [] if each.around is None else list(_new(each.around, known))
        if each.trouble:
            yield f"note: could not look around {each.twig.ref}: {each.trouble}"
        if lines:
            yield f"around {each.twig.ref}:"
            yield from lines


def _new(around: Relations, known: set[ObjectRef]) -> Iterator[str]:
    """A line for each that is not told yet; from then on it is."""
    for branch in around.branches:
        for twig in _flat(branch.twigs):
            if twig.ref not in known:
                known.add(twig.ref)
                yield f"  {branch.relation.value}: {_line(twig)}"


def _refs(twigs: Iterable[Twig]) -> set[ObjectRef]:
    return {twig.ref for twig in _flat(twigs)}


def _flat(twigs: Iterable[Twig]) -> Iterator[Twig]:
    for twig in twigs:
        yield twig
        yield from _flat(twig.twigs)
