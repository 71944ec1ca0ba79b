"""What kinds and fields mean, in words of the server."""

from typing import TYPE_CHECKING

from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import table, words
from kubegenie_tui.genie.reading.meanings import explain

if TYPE_CHECKING:
    from kubegenie_tui.domain.schema import Schema

_MOST = 30


async def tell_meaning(desk: Desk, intent: Intent) -> None:
    """A kind or a field with what is in it."""
    reading = explain(desk.scope, intent.kind, intent.details.path)
    schema: Schema = (await desk.look(f"explain {intent.kind}", reading)).data
    told = schema.description or "The server documents nothing about it."
    desk.say(f"**{words(schema.path)}** ({words(schema.type)}): {words(told)}\n\n")
    if schema.fields:
        rows = [
            (each.name, each.type, f"{'required. ' if each.required else ''}{each.description}")
            for each in schema.fields[:_MOST]
        ]
        desk.say(f"{table(('FIELD', 'TYPE', 'MEANING'), rows)}\n")
    if len(schema.fields) > _MOST:
        desk.say(f"\nAnd {len(schema.fields) - _MOST} more.\n")
    if not intent.details.path:
        plural = desk.scope.kind(intent.kind).plural
        desk.offer_next(f"list {plural}")
