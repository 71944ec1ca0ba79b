"""The object that is meant by how it is, and not by its name: `describe the crashing pod`, `logs of the last one`."""

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.tables import filter_of
from kubegenie_tui.genie.reading.listing import Listing, list_rows

_MOST_CHOICES = 9
_PICKING = frozenset({"describe", "get", "logs"})


async def picked(desk: Desk, intent: Intent) -> Intent:
    """The intent with a name: of the only object that is so, or the first in the order asked for; else with choices."""
    details = intent.details
    said = details.status or details.terms or details.node or details.sort
    needs = intent.verb in _PICKING and intent.kind and not (intent.name or intent.owner or intent.choices)
    if not needs or not said or (intent.verb == "logs" and intent.kind == "pods" and details.sort):
        return intent
    listing = await matching(desk, intent, 1 if details.sort else _MOST_CHOICES)
    refs = tuple(ObjectRef(intent.kind, row.name, row.namespace) for row in listing.shown)
    if len(refs) == 1:
        return msgspec.structs.replace(intent, name=refs[0].name, namespace=refs[0].namespace or None)
    if refs:
        return msgspec.structs.replace(intent, choices=refs)
    return msgspec.structs.replace(intent, verb="list")


async def matching(desk: Desk, intent: Intent, limit: int) -> Listing:
    """The objects that are as was said."""
    reading = list_rows(
        desk.scope,
        intent.kind,
        intent.namespace,
        filter_text=filter_of(desk.scope, intent),
        sort=intent.details.sort,
        descending=intent.details.descending,
        limit=limit,
    )
    listing: Listing = (await desk.look(f"list {intent.kind.partition('.')[0]}", reading)).data
    return listing
