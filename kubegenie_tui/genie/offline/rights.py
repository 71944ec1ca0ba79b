"""Who we are and who may do what, in words."""

from typing import TYPE_CHECKING

from kubegenie_tui.domain.access.rows import source_of
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, sentence, table, words
from kubegenie_tui.genie.reading.rights import Allowed, Right, may, who_can, whoami

if TYPE_CHECKING:
    from kubegenie_tui.domain.access.policy import Identity

_MOST = 25
_FROM_ROLES = "\nBy the roles and bindings of the cluster; other authorizers may allow more."


async def tell_who_can(desk: Desk, intent: Intent) -> None:
    """Every subject that may do it."""
    details = intent.details
    if not intent.kind:
        desk.say("Do what, with which kind? For example: who can delete pods in shop?\n")
        return
    reading = who_can(desk.scope, details.action or "get", intent.kind, intent.namespace, intent.name)
    found: Allowed = (await desk.look(f"who can {details.action} {intent.kind}", reading)).data
    count = len(found.grants)
    desk.say(f"**{count} {'subject' if count == 1 else 'subjects'} may {words(found.what)}**:\n\n")
    rows = [(each.subject.kind, str(each.subject), source_of(each)) for each in found.grants[:_MOST]]
    desk.say(f"{table(('KIND', 'WHO', 'BY'), rows)}\n")
    if count > _MOST:
        desk.say(f"\nAnd {count - _MOST} more: `:whocan` lists them all.\n")
    for note in found.notes:
        desk.say(f"\n{sentence(note)}\n")
    desk.say(f"{_FROM_ROLES}\n")


async def tell_may(desk: Desk, intent: Intent) -> None:
    """Whether we or somebody may do it; without a kind, where all rights are shown."""
    details = intent.details
    if not intent.kind or not details.action:
        desk.say("`:can` lists everything that you may do; ask about one thing: can I delete pods in shop?\n")
        return
    reading = may(desk.scope, details.action, intent.kind, intent.namespace, intent.name, details.subject)
    right: Right = (await desk.look(f"may {details.subject or 'I'} {details.action} {intent.kind}", reading)).data
    who = "you" if right.who == "you" else code(right.who)
    verdict = f"Yes, {who} may" if right.allowed else f"No, {who} may not"
    desk.say(f"**{verdict} {words(right.what)}.** {sentence(desk.scope.redactor.text(right.reason))}\n")
    if not right.allowed:
        desk.offer_next(f"who can {details.action} {intent.kind.partition('.')[0]}?")


async def tell_whoami(desk: Desk, _: Intent) -> None:
    """Whom the server takes us for."""
    me: Identity = (await desk.look("who am I", whoami(desk.scope))).data
    groups = f", of the groups {', '.join(code(each) for each in me.groups)}" if me.groups else ""
    desk.say(f"To cluster {code(desk.scope.reader.name)} you are **{words(me.username) or 'nobody'}**{groups}.\n")
