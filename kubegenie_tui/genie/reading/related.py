"""What stands around one object: its owners and what it owns, what it needs, and what refers to it."""

from collections.abc import Iterable, Iterator

from kubegenie_tui.agents.relations import read_relations
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.relations.link import Relations, Twig
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope


async def related(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """The relations of an object, by what the others are to it.

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
    notes = [f"note: {note}" for note in relations.notes]
    summary = f"{count} object{'' if count == 1 else 's'} around {name}"
    text = scope.redactor.text("\n".join([summary, *lines, *notes]))
    return Result(summary, text, (ref, relations), ShowRequested(kind.id, ref.namespace, "", ref.name, "detail"))


def _told(twigs: Iterable[Twig], depth: int = 1) -> Iterator[str]:
    """`services shop/web (spec.selector): missing`, and below it what is reached through it."""
    for twig in twigs:
        state = "missing" if twig.there is False else twig.status
        how = f" ({twig.how})" if twig.how else ""
        yield f"{'  ' * depth}{twig.ref}{how}{f': {state}' if state else ''}"
        yield from _told(twig.twigs, depth + 1)
