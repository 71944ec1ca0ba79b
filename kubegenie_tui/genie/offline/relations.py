"""What needs what, and what was changed when."""

import time
from collections.abc import Iterable, Iterator

from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.relations.link import Twig
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, table, words
from kubegenie_tui.genie.offline.next_steps import MOST_TROUBLED, in_trouble, placed, whys
from kubegenie_tui.genie.reading.changes import Change, read_changes
from kubegenie_tui.genie.reading.related import related
from kubegenie_tui.genie.reading.scope import Result, place, word_of
from kubegenie_tui.genie.reading.uses import Use, needs_of, users_of

_MOST = 20
_HOUR = 3600
_EVER = 10 * 365 * 86_400


async def tell_needs(desk: Desk, intent: Intent) -> None:
    """Secrets, ConfigMaps, claims and accounts that a workload needs, or those of them that are of one kind."""
    of = intent.owner
    assert of is not None
    result = await desk.look(f"needs of {of.name}", needs_of(desk.scope, of.kind, of.name, of.namespace))
    needs: list[Use] = [use for use in result.data if intent.kind in ("", use.ref.kind)]
    what = word_of(desk.scope.kind(intent.kind), len(needs)) if intent.kind else "objects"
    _tell(desk, f"{code(of.name)} refers to {len(needs)} {words(what)}", needs, "NAME")


async def tell_users(desk: Desk, intent: Intent) -> None:
    """Who refers to an object."""
    reading = users_of(desk.scope, intent.kind, intent.name, intent.namespace)
    result = await desk.look(f"users of {intent.name}", reading)
    users: list[Use] = result.data
    number = f"{len(users)} reference{'' if len(users) == 1 else 's'}" if users else "No references"
    _tell(desk, f"{number} to {code(intent.name)}", users, "WHO")
    _tell_unread(desk, result)
    desk.say("\nOnly specs were looked at: what a program does at run time is not in them.\n")


async def tell_related(desk: Desk, intent: Intent) -> None:
    """What stands around an object, by what it is to it."""
    reading = related(desk.scope, intent.kind, intent.name, intent.namespace)
    result = await desk.look(f"relations of {intent.name}", reading)
    _, relations = result.data
    desk.say(f"**{words(result.summary)}**{':' if relations.branches else '.'}\n\n")
    rows = [
        (branch.relation.value, kind_word(twig.ref.kind), twig.ref.name, _state(twig))
        for branch in relations.branches
        for twig in _flat(branch.twigs)
    ]
    if rows:
        desk.say(f"{table(('RELATION', 'KIND', 'NAME', 'STATE'), rows[:_MOST])}\n")
    if len(rows) > _MOST:
        desk.say(f"\nAnd {len(rows) - _MOST} more: `:relations` shows them all.\n")
    for note in relations.notes:
        desk.say(f"\n{sentence(desk.scope.redactor.text(note))}\n")
    desk.show(result.show)
    desk.offer_next(*(await whys(desk.scope, in_trouble(result)))[:MOST_TROUBLED])


def _flat(twigs: Iterable[Twig]) -> Iterator[Twig]:
    for twig in twigs:
        yield twig
        yield from _flat(twig.twigs)


def _state(twig: Twig) -> str:
    return "missing" if twig.there is False else twig.status


def _tell(desk: Desk, headline: str, uses: list[Use], title: str) -> None:
    desk.say(f"**{headline}**{':' if uses else '.'}\n\n")
    if uses:
        rows = [(kind_word(use.ref.kind), use.ref.name, use.how) for use in uses[:_MOST]]
        desk.say(f"{table(('KIND', title, 'WHERE'), rows)}\n")
    if len(uses) > _MOST:
        desk.say(f"\nAnd {len(uses) - _MOST} more.\n")


async def tell_changes(desk: Desk, intent: Intent) -> None:
    """What was created, changed or rolled out lately; of one object when."""
    since = intent.details.since or (_EVER if intent.name else _HOUR)
    reading = read_changes(desk.scope, intent.namespace, since_seconds=since, name=intent.name)
    result = await desk.look(f"changes {intent.name or intent.namespace or ''}".rstrip(), reading)
    changes: list[Change] = [c for c in result.data if not intent.name or c.ref.kind == intent.kind]
    where = place(desk.scope.namespace(intent.namespace, desk.scope.kind("pods")))
    if intent.name and changes:
        last = changes[0]
        by = f" by {code(last.by)}" if last.by else ""
        desk.say(f"{code(intent.name)} was {words(last.what)} **{_ago(last)}**{by}.\n\n")
        desk.offer_next(placed(f"events for {intent.name}", last.ref.namespace))
        return
    if not changes:
        desk.say(f"**Nothing was created, changed or rolled out** {where} in the last {format_age(since)}.\n\n")
    else:
        desk.say(f"**{words(result.summary)}**, the latest first:\n\n")
        rows = [
            (_ago(c), c.ref.namespace, f"{kind_word(c.ref.kind)} {c.ref.name}", c.what, c.by) for c in changes[:_MOST]
        ]
        desk.say(f"{table(('WHEN', 'NAMESPACE', 'OBJECT', 'WHAT', 'BY'), rows)}\n\n")
    _tell_unread(desk, result)
    desk.say("What happened to pods and nodes meanwhile: latest events.\n")


def _tell_unread(desk: Desk, result: Result) -> None:
    if result.unread:
        desk.say(f"\n{sentence(result.unread)}\n\n")


def _ago(change: Change) -> str:
    return f"{format_age(time.time() - change.at)} ago"
