"""The kind of an object of which only the name was told: the one kind that has an object of this name."""

import asyncio

from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.nearness import near_names
from kubegenie_tui.genie.reading.refusals import Refusals
from kubegenie_tui.genie.reading.scope import Scope, place, word_of
from kubegenie_tui.genie.reading.searching import USUAL


async def kind_meant(scope: Scope, name: str, namespace: str | None = None) -> Kind:
    """The kind of the object with this name: in the namespace asked for, else in those in view, else anywhere.

    Raises:
        NotFound: nothing has this name, or no such namespace; near names are offered.
        UsageError: objects of several kinds have it.
        ClusterError: the cluster does not tell.
    """
    space = await scope.known_namespace(namespace, scope.kind("pods"))
    kinds, others = await _with_name(scope, name, space)
    if not kinds and namespace is None and space:
        kinds, others = await _with_name(scope, name, "")
    if not kinds:
        near = near_names(name, others)
        hint = f"did you mean {', '.join(near)}?" if near else "say its kind, or search for a part of its name"
        raise NotFound(f'There is nothing with the name "{name}" {place(space)}', next_step=hint)
    if len(kinds) > 1:
        words = ", ".join(word_of(kind, 1) for kind in kinds)
        raise UsageError(f'Several things have the name "{name}"', f"there is a {words}", "say which kind is meant")
    return kinds[0]


async def _with_name(scope: Scope, name: str, namespace: str) -> tuple[list[Kind], list[str]]:
    """The kinds of the objects with a name, and the names that there are."""
    refusals = Refusals()
    known = [kind for each in USUAL if (kind := scope.reader.kinds.get(each))]
    read = await asyncio.gather(*(refusals.rows(scope, kind, namespace) for kind in known))
    refusals.require_some()
    found = [rows for rows in read if rows is not None]
    names = [row.name for rows in found for row in rows.rows.values()]
    return [rows.kind for rows in found if any(row.name == name for row in rows.rows.values())], names
