"""What kinds and their fields mean, and which kinds there are: as the server documents them."""

from typing import TYPE_CHECKING

from kubegenie_tui.genie.reading.scope import Result, Scope

if TYPE_CHECKING:
    from kubegenie_tui.domain.schema import Schema


async def explain(scope: Scope, kind_name: str, path: str = "") -> Result:
    """A kind, or a field of it by its dotted path.

    Raises:
        UsageError: there is no such kind or field.
        ClusterError: the server cannot be asked.
    """
    schema: Schema = await scope.reader.schema(scope.kind(kind_name), path)
    lines = [
        f"  {each.name} ({each.type}){' required' if each.required else ''}: {each.description}"
        for each in schema.fields
    ]
    head = f"{schema.path} ({schema.type}): {schema.description or 'the server documents nothing'}"
    return Result(f"explained {schema.path}", "\n".join([head, *lines]), schema)


async def api_resources(scope: Scope, text: str = "") -> Result:
    """The kinds that the cluster serves, or those of them with a text in their name."""
    kinds = sorted(scope.reader.kinds, key=lambda kind: (kind.group.count(".") > 1, kind.plural))
    found = [kind for kind in kinds if text.lower() in kind.id or text.lower() in kind.kind.lower()]
    lines = [f"{kind.id} ({kind.kind}){'' if kind.namespaced else ', not in a namespace'}" for kind in found]
    summary = f"{len(found)} of {len(kinds)} kinds"
    return Result(summary, "\n".join([f"cluster {scope.reader.name}: {summary}", *lines]), found)
