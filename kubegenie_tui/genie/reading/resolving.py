"""From a name to the live object it means; a name that means nothing, or several things, is an error that helps."""

from collections.abc import Iterable

from kubegenie_tui.domain.errors import Forbidden, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.namespace_set import is_one
from kubegenie_tui.domain.nearness import near_names
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope, where, word_of


async def resolve(scope: Scope, kind: Kind, name: str, namespace: str | None = None) -> ObjectRef:
    """The live object with this name: in the namespace asked for, else in those in view, else the only one.

    Raises:
        NotFound: there is none, or no such namespace; near names are offered.
        UsageError: it lives in several namespaces, of those in view if any are.
        ClusterError: the cluster does not tell.
    """
    space = scope.namespace(namespace, kind)
    try:
        found = await live_rows(scope.reader, kind, space)
    except Forbidden:
        if kind.namespaced and not is_one(space):
            raise
        return ObjectRef(kind.id, name, space, scope.reader.name)
    matches = [row for row in found.rows.values() if row.name == name]
    if not matches and namespace is None and space:
        everywhere = await live_rows(scope.reader, kind)
        found, matches = everywhere, [row for row in everywhere.rows.values() if row.name == name]
    if not matches:
        await scope.known_namespace(namespace, kind)
        raise _not_found(kind, name, space, found.rows.values())
    if len(matches) > 1:
        spaces = ", ".join(sorted(row.namespace for row in matches))
        raise UsageError(f'"{name}" lives in several namespaces', spaces, "name one of them")
    return ObjectRef(kind.id, matches[0].name, matches[0].namespace, scope.reader.name)


def _not_found(kind: Kind, name: str, namespace: str, rows: Iterable[Row]) -> NotFound:
    near = near_names(name, (row.name for row in rows))
    hint = f"did you mean {', '.join(near)}?" if near else f"list {kind.plural} to see what there is"
    return NotFound(f'There is no {word_of(kind, 1)} "{name}"{where(kind, namespace)}', next_step=hint)
