"""How far a rollout is, and what was rolled out before, in words."""

from kubegenie_tui.domain.quantity import format_age, parse_time
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, table, words
from kubegenie_tui.genie.offline.next_steps import placed
from kubegenie_tui.genie.reading.rollouts import History, Rollout, rollout_history, rollout_status

_IMAGES = 60


async def tell_rollout(desk: Desk, intent: Intent) -> None:
    """Whether the rollout has ended; when it is stuck, why."""
    reading = rollout_status(desk.scope, intent.kind, intent.name, intent.namespace)
    found: Rollout = (await desk.look(f"rollout status {intent.name}", reading)).data
    masked = desk.scope.redactor.text
    what = f"the rollout of {kind_word(found.ref.kind)} {code(found.ref.name)}"
    if found.done:
        desk.say(f"**Yes: {what} has ended.** {sentence(masked(found.words))}\n\n")
        desk.offer_next(placed(f"rollout history of {found.ref.name}", found.ref.namespace))
        return
    state = "makes no progress" if found.stuck else "is still under way"
    desk.say(f"**No: {what} {state}.** {sentence(masked(found.stuck or found.words))}\n\n")
    desk.offer_next(placed(f"why is {found.ref.name} failing?", found.ref.namespace))


async def tell_revisions(desk: Desk, intent: Intent) -> None:
    """The revisions that the server keeps, the newest first."""
    reading = rollout_history(desk.scope, intent.kind, intent.name, intent.namespace, intent.details.revision)
    result = await desk.look(f"rollout history {intent.name}", reading)
    history: History = result.data
    if not history.revisions:
        desk.say(f"The server keeps no revisions of {code(history.ref.name)}.\n")
        return
    now = desk.now()
    rows = [
        (
            f"{each.number}{' (in force)' if each.number == history.current else ''}",
            f"{format_age(now - parse_time(each.created))} ago" if each.created else "",
            desk.scope.redactor.text(each.images)[:_IMAGES],
            desk.scope.redactor.text(each.cause),
        )
        for each in history.revisions
    ]
    desk.say(f"**{words(result.summary)}**, the newest first:\n\n")
    desk.say(f"{table(('REVISION', 'SINCE', 'IMAGES', 'CAUSE'), rows)}\n\n")
    earlier = [each.number for each in history.revisions if each.number != history.current]
    if earlier:
        roll = f"roll {history.ref.name} back to revision {earlier[0]}"
        desk.offer_next(placed(roll, history.ref.namespace))
