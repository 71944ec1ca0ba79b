"""Lists, counts and figures in words."""

from collections.abc import Sequence

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.quantity import format_bytes, format_cpu
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, codes, table, words
from kubegenie_tui.genie.offline.next_steps import troubled, understood, whys
from kubegenie_tui.genie.offline.states import among_namespaces, owned_names, terms_of, words_of
from kubegenie_tui.genie.reading.lacking import Lacking, lacking
from kubegenie_tui.genie.reading.listing import Listing, cells_of, count_rows, list_rows
from kubegenie_tui.genie.reading.rows import live_rows
from kubegenie_tui.genie.reading.scope import Scope, where, word_of
from kubegenie_tui.genie.reading.usage import Used, summed, top, total_of
from kubegenie_tui.genie.reading.usage import cells_of as figures_of

_ROWS = 10
_MOST_ROWS = 50
_FULL = 0.9
"""The part of what a node has for pods from which on it is worth asking who uses it."""


def filter_of(scope: Scope, intent: Intent) -> str:
    """The filter that the explorer would take."""
    details, kind = intent.details, scope.kind(intent.kind)
    terms = [terms_of(details.status, kind), *details.terms]
    if details.namespaces:
        terms.append(among_namespaces(details.namespaces))
    if details.node:
        terms.append(f"NODE:^{details.node}$")
    if intent.owner is not None:
        terms.append(owned_names(intent.owner.kind, intent.owner.name))
    return " ".join(term for term in terms if term)


async def tell_list(desk: Desk, intent: Intent) -> None:
    """Objects of a kind, the first of them as a table."""
    details, kind = intent.details, desk.scope.kind(intent.kind)
    terms = filter_of(desk.scope, intent)
    limit = min(details.limit or _ROWS, _MOST_ROWS)
    result = await desk.look(
        _label("list", intent),
        list_rows(
            desk.scope,
            kind.id,
            intent.namespace,
            filter_text=terms,
            sort=details.sort,
            descending=details.descending,
            limit=limit,
        ),
    )
    listing: Listing = result.data
    which = f"The {'oldest' if details.descending else 'newest'} of " if (limit, details.sort) == (1, "AGE") else ""
    desk.say(f"{which}{_headline(desk.scope, intent, listing.matching, listing.total)}\n\n")
    if listing.found.note:
        desk.say(f"The list is {listing.found.note}.\n\n")
    if listing.shown:
        titles = [column.title for column, _ in listing.titles]
        desk.say(f"{table(titles, (cells_of(listing, row) for row in listing.shown))}\n\n")
    more = listing.matching - len(listing.shown)
    if more > 0 and not details.limit:
        desk.say(f"And {more:,} more.\n")
    desk.offer_next(*await whys(desk.scope, troubled(kind.id, listing.shown)))
    if intent.shows:
        desk.show(result.show)


async def tell_lacking(desk: Desk, intent: Intent) -> None:
    """Objects with containers that lack something."""
    reading = lacking(desk.scope, intent.kind, intent.details.missing, intent.namespace)
    result = await desk.look(f"{intent.kind} without {intent.details.missing}", reading)
    found: Lacking = result.data
    desk.say(f"**{words(result.summary)}**{':' if found.found else '.'}\n\n")
    rows = [(each.ref.namespace, each.ref.name, ", ".join(each.containers)) for each in found.found[:_MOST_ROWS]]
    if rows:
        desk.say(f"{table(('NAMESPACE', 'NAME', 'CONTAINERS'), rows)}\n")
    if len(found.found) > _MOST_ROWS:
        desk.say(f"\nAnd {len(found.found) - _MOST_ROWS:,} more.\n")
    if found.left_out:
        desk.say(f"\nOnly the first {found.looked_at:,} were looked at; name a namespace for the others.\n")


async def tell_count(desk: Desk, intent: Intent) -> None:
    """How many, and which when they are few."""
    details, kind = intent.details, desk.scope.kind(intent.kind)
    terms = filter_of(desk.scope, intent)
    if details.group_by:
        await _tell_groups(desk, intent, terms)
        return
    result = await desk.look(
        _label("count", intent),
        list_rows(desk.scope, kind.id, intent.namespace, filter_text=terms, limit=_ROWS),
    )
    listing: Listing = result.data
    desk.say(f"{_headline(desk.scope, intent, listing.matching, listing.total)}\n")
    if terms and listing.matching > 0:
        titles = [column.title for column, _ in listing.titles]
        rows = (cells_of(listing, row) for row in listing.shown)
        desk.say(f"\n{table(titles, rows)}\n")
        if listing.matching > len(listing.shown):
            desk.say(f"\nAnd {listing.matching - len(listing.shown):,} more.\n")
        desk.offer_next(*await whys(desk.scope, troubled(kind.id, listing.shown)))


async def _tell_groups(desk: Desk, intent: Intent, terms: str) -> None:
    counted = count_rows(desk.scope, intent.kind, intent.namespace, filter_text=terms, group_by=intent.details.group_by)
    result = await desk.look(_label("count", intent), counted)
    matching, total, groups = result.data
    desk.say(f"{_headline(desk.scope, intent, matching, total)}\n\n")
    if len(groups) > 1:
        (most, number), *_ = groups.most_common(1)
        desk.say(f"{code(most or '(none)')} has the most: {number:,}.\n\n")
    title = intent.details.group_by.removeprefix("label:").upper()
    rows = [(name or "(none)", f"{number:,}") for name, number in groups.most_common(_MOST_ROWS)]
    desk.say(f"{table((title, 'COUNT'), rows)}\n")


async def tell_top(desk: Desk, intent: Intent) -> None:
    """What pods or nodes use, the hungriest first."""
    kind = "nodes" if intent.kind == "nodes" else "pods"
    details, name = intent.details, intent.name
    part = next((term.removeprefix("NAME:") for term in details.terms if term.startswith("NAME:")), name)
    by = "memory" if details.sort == "MEM" else "cpu"
    limit = details.limit or _ROWS
    per_namespace = intent.kind == "namespaces"
    reading = top(desk.scope, kind, intent.namespace, sort=by, limit=0 if per_namespace else limit, name=part)
    result = await desk.look(f"top {kind} by {by}", reading)
    used: list[Used] = summed(result.data, by)[:limit] if per_namespace else result.data
    if not used:
        desk.say("Nothing that was measured matches.\n")
        return
    first = used[0]
    figure = format_bytes(first.memory) if by == "memory" else format_cpu(first.cpu)
    place = first.name if not first.namespace else f"{first.namespace}/{first.name}"
    of = "Namespace " if per_namespace else ""
    place = first.namespace if per_namespace else place
    desk.say(f"{of}{code(place)} uses the most {by}: **{figure}**.\n\n")
    if kind == "nodes":
        desk.say(f"The nodes use {total_of(used)}.\n\n")
    skipped = 1 if kind == "nodes" else 0
    titles = ("NAMESPACE", "PODS" if per_namespace else "NAME", "CPU", "MEMORY")[skipped:]
    desk.say(f"{table(titles, (cells[skipped:] for cells in map(figures_of, used)))}\n")
    if intent.shows:
        desk.show(result.show)
    if not per_namespace:
        desk.offer_next(*await (_of_nodes(desk.scope, used) if kind == "nodes" else _of_pods(desk.scope, used)))


async def _of_nodes(scope: Scope, used: Sequence[Used]) -> list[str]:
    """Which pods use what a node has hardly any of left."""
    full = {
        "memory": any(one.memory >= _FULL * one.memory_room > 0 for one in used),
        "cpu": any(one.cpu >= _FULL * one.cpu_room > 0 for one in used),
    }
    return await understood(
        scope, [f"top pods by {what} in all namespaces" for what, is_full in full.items() if is_full]
    )


async def _of_pods(scope: Scope, used: Sequence[Used]) -> list[str]:
    """Why those are failing that are in trouble; nothing where the pods cannot be listed."""
    kind, spaces = scope.kind("pods"), {one.namespace for one in used}
    names = {(one.namespace, one.name) for one in used}
    try:
        read = await live_rows(scope.reader, kind, next(iter(spaces)) if len(spaces) == 1 else "")
    except ClusterError:
        return []
    rows = [row for row in read.rows.values() if (row.namespace, row.name) in names]
    return await whys(scope, troubled(kind.id, rows))


def _headline(scope: Scope, intent: Intent, matching: int, total: int) -> str:
    """How many of what: `**7 of 48 pods** in namespace staging are not ready`."""
    kind = scope.kind(intent.kind)
    spaces = intent.details.namespaces
    place = f" in {codes(spaces)}" if spaces else where(kind, scope.namespace(intent.namespace, kind))
    of = f" of {code(intent.owner.name)}" if intent.owner else ""
    terms = " ".join(intent.details.terms)
    conditions = [words_of(intent.details.status)] if intent.details.status else []
    on = f" on {code(intent.details.node)}" if intent.details.node else ""
    if not (conditions or terms or on or of or spaces):
        return f"**{total:,} {word_of(kind, total)}**{place}."
    verb = ("is" if matching == 1 else "are") if conditions else ("matches" if matching == 1 else "match")
    what = conditions[0] if conditions else code(terms) if terms else ""
    if conditions and terms:
        what += f" and match {code(terms)}" if matching != 1 else f" and matches {code(terms)}"
    if not what:
        return f"**{matching:,} {word_of(kind, matching)}**{of}{on}{place}."
    if of or spaces:
        return f"**{matching:,} {word_of(kind, matching)}**{of}{on}{place} {verb} {what}."
    return f"**{matching:,} of {total:,} {word_of(kind, total)}**{on}{place} {verb} {what}."


def _label(verb: str, intent: Intent) -> str:
    state = words_of(intent.details.status)
    return " ".join(part for part in (verb, intent.kind.partition(".")[0], intent.namespace or "", state) if part)
