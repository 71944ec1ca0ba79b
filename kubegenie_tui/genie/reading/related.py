"""What stands around one object: its owners and what it owns, what it needs, and what refers to it."""

from kubegenie_tui.agents.relations import read_relations
from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.relations.link import Relations, Twig
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, bounded


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
        for twig in branch.twigs:
            count += 1
            lines.append(f"  {told(twig)}")
    notes = [f"note: {note}" for note in relations.notes]
    summary = f"{count} object{'' if count == 1 else 's'} around {name}"
    text = bounded(scope.redactor.text("\n".join([summary, *lines, *notes])))
    return Result(summary, text, (ref, relations), ShowRequested(kind.id, ref.namespace, "", ref.name, "detail"))


def told(twig: Twig) -> str:
    """`services shop/web (spec.selector): missing`."""
    state = "missing" if twig.there is False else twig.status
    return f"{twig.ref}{f' ({twig.how})' if twig.how else ''}{f': {state}' if state else ''}"
