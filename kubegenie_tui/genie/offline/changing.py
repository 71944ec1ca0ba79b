"""A wish to change something: to which live objects, asked back where that is unsure, then put before the person."""

from collections.abc import Awaitable
from itertools import groupby

import msgspec

from kubegenie_tui.domain.conversation import PlanProposed, ShowRequested, Symptom
from kubegenie_tui.domain.errors import ClusterError, UsageError
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.intent import Intent, Way
from kubegenie_tui.genie.offline.markdown import code, kind_word, sentence, words
from kubegenie_tui.genie.offline.wishes import REFUSED
from kubegenie_tui.genie.reading.scope import Result, can_propose
from kubegenie_tui.genie.wishes.waking import completed
from kubegenie_tui.genie.wishes.ways import RELATIVE, way_of
from kubegenie_tui.genie.wishes.wish import HANDED, WRITTEN, Step, Wish

LOOKS_AT = "look at "
"""How the label of a look-up begins that is a change being looked at."""


def intent_of(wish: Wish) -> Intent:
    """A wish as the engine tells of it."""
    base = Intent("change", wish.kind, raw=wish.verb or "change", choices=wish.choices, wish=wish)
    if wish.outcome == "write":
        first = wish.steps[0].ref
        targets = tuple(step.ref for step in wish.steps)
        name = ", ".join(dict.fromkeys(ref.name for ref in targets))
        return msgspec.structs.replace(
            base, kind=first.kind, name=name, namespace=first.namespace or None, targets=targets
        )
    if wish.outcome == "ambiguous":
        why = {"note": wish.why} if wish.choices else {"reply": wish.why}
        return msgspec.structs.replace(base, name=wish.name, **why)
    return msgspec.structs.replace(base, name=wish.name, reply=wish.why)


def asked_back(intent: Intent) -> Intent:
    """A change in a namespace of which only a part was said, as the question whether that one is meant."""
    if intent.wish is None or intent.wish.outcome != "write":
        return intent
    first, refs = intent.wish.steps[0], tuple(step.ref for step in intent.wish.steps)
    spaces = " and ".join(dict.fromkeys(ref.namespace for ref in refs if ref.namespace))
    why = f"Is that meant in {spaces}?"
    wish = Wish(
        "ambiguous", first.verb, choices=refs, name=first.ref.name, kind=first.ref.kind, args=first.args, why=why
    )
    return intent_of(wish)


def chosen(asked: Intent, ref: ObjectRef) -> Intent:
    """What was asked back about, with the one of the choices that is meant."""
    if asked.wish is not None:
        wish = Wish("write", asked.wish.verb, (Step(asked.wish.verb, ref, asked.wish.args),))
        return intent_of(completed(wish, asked.wish.asks, ()) if asked.wish.asks else wish)
    return msgspec.structs.replace(
        asked, kind=ref.kind, name=ref.name, namespace=ref.namespace or None, choices=(), note=""
    )


async def tell_wish(desk: Desk, wish: Wish) -> None:
    """Put each change before the person, in order; the same for several of a kind is one plan."""
    made = {step.ref for step in wish.steps if step.verb == "create"}
    for (verb, *_), group in groupby(wish.steps, key=_alike):
        steps = list(group)
        if verb != "create" and steps[0].ref in made:
            desk.say(f"To {verb} {code(steps[0].ref.name)} can be looked at once it is there: say it again then.\n")
        elif verb in WRITTEN:
            await _propose_written(desk, steps)
        else:
            await _propose(desk, tuple(step.ref for step in steps), await way_of(desk.scope, steps[0]))


def _alike(step: Step) -> tuple[str, ...]:
    """What steps of one plan share; a number that depends on the object is its own, what is pasted is one plan."""
    if step.verb in WRITTEN:
        return (step.verb,)
    own = step.ref.name if RELATIVE & step.args.keys() or "tag" in step.args else ""
    return step.verb, step.ref.kind, msgspec.json.encode(step.args).decode(), own


async def tell_change(desk: Desk, intent: Intent) -> None:
    """Put the change before the person, or say why not."""
    if intent.choices and not can_propose(desk.scope):
        _tell_read_only(desk)
    elif intent.wish is None or not intent.wish.steps:
        desk.understood = intent.reply in REFUSED
        desk.say(f"{intent.reply}\n")
    elif all(step.verb in HANDED for step in intent.wish.steps):
        for step in intent.wish.steps:
            _hand_over(desk, step)
    elif can_propose(desk.scope):
        await tell_wish(desk, intent.wish)
    else:
        _tell_read_only(desk)


def _tell_read_only(desk: Desk) -> None:
    desk.say(f"{code(desk.scope.reader.name)} is read-only here: nothing is changed in it, so I propose nothing.\n")


def _hand_over(desk: Desk, step: Step) -> None:
    """What a person does with a terminal of their own: the object is shown, and the command told."""
    ref, args = step.ref, step.args
    desk.show(ShowRequested(ref.kind, ref.namespace, "", ref.name, "table"))
    if step.verb == "exec":
        command = f", then type {code(desk.scope.redactor.text(str(args['command'])))}" if "command" in args else ""
        desk.say(f"A terminal is yours to open: `:shell` on {code(ref.name)}{command}.\n")
        return
    ports = f"{args['local_port']}:{args['port']}" if "local_port" in args else str(args["port"])
    kind = kind_word(ref.kind)
    command = f"kubegenie forward {kind}/{ref.name} {ports}{f' -n {ref.namespace}' if ref.namespace else ''}"
    desk.say(f"`:forward` on {code(ref.name)} leads a port here to {args['port']}; so does {code(command)}.\n")


async def _propose(desk: Desk, refs: tuple[ObjectRef, ...], way: Way) -> None:
    from kubegenie_tui.genie.proposing import planning, telling

    label = f"{LOOKS_AT}{way.operation} {', '.join(str(ref) for ref in refs)}"
    await put_before(desk, label, telling.propose(desk.scope, planning.Wish(way.operation, refs, way.given)))


async def _propose_written(desk: Desk, steps: list[Step]) -> None:
    from kubegenie_tui.genie.proposing import planning, telling

    plan = planning.written_plan(desk.scope, steps)
    await put_before(desk, f"{LOOKS_AT}{plan.title[0].lower()}{plan.title[1:]}", telling.propose_plan(desk.scope, plan))


async def put_before(desk: Desk, label: str, looking: Awaitable[Result]) -> None:
    """Look at a change, and put it before the person; why not, where it makes no sense."""
    try:
        result = await desk.look(label, looking)
    except UsageError as error:
        desk.say("".join(sentence(desk.scope.redactor.text(part)) + " " for part in _parts(error)).strip() + "\n")
        return
    preview = result.data.preview
    reasons = "; ".join(preview.reasons)
    desk.say(f"{sentence(reasons)} " if reasons else "")
    desk.say("Nothing is changed until you say yes.\n")
    warnings = [note.text for note in (*preview.checks, *preview.impact) if note.health in (Health.WARN, Health.BAD)]
    desk.say("".join(f"- {words(desk.scope.redactor.text(text))}\n" for text in warnings))
    desk.propose(result.data.event)


async def offer(desk: Desk, remedy: Remedy, answers: Symptom | None = None) -> bool:
    """Put what would end a fault before the person, and say whether; what makes no plan is not spoken of.

    `answers`: the fault, where a diagnosis tells later whether it is gone.
    """
    if not can_propose(desk.scope):
        return False
    from kubegenie_tui.genie.proposing import planning

    try:
        plan, command = await planning.remedied(desk.scope, remedy)
    except (UsageError, ClusterError):
        return False
    desk.say(f"\nThis is what can be done for {code(remedy.ref.name)} now; nothing is changed until you say yes.\n")
    desk.propose(PlanProposed(plan, None, command, answers=answers))
    return True


def _parts(error: UsageError) -> list[str]:
    return [part for part in (error.what, error.why, error.next_step) if part]
