"""`undo that`: what was made in this conversation is taken back by its own record, through the gate like any change."""

from collections.abc import Sequence

from kubegenie_tui.domain.conversation import Message, Outcome
from kubegenie_tui.genie.offline.changing import LOOKS_AT, put_before
from kubegenie_tui.genie.offline.desk import Desk
from kubegenie_tui.genie.offline.markdown import code, words
from kubegenie_tui.genie.reading.scope import Result, Scope, TakeBack, can_propose
from kubegenie_tui.genie.wishes.clauses import clause_of, sentences
from kubegenie_tui.genie.wishes.moods import ends_as_question
from kubegenie_tui.genie.wishes.phrases import phrases

_BACK = ("Undo: ", "Redo: ")
"""Begin the title of a plan that takes another back."""
_SCALE = "Scale "
_WAYS = frozenset({"up", "down"})


def asks_to_undo(text: str, history: Sequence[Message]) -> bool:
    """Whether a text asks to take back the last change, and no more than that.

    `put it back` counts after a change that can be taken back; a direction is left to those who know numbers.
    """
    language = phrases()
    told, _ = sentences(text)
    if len(told) != 1 or ends_as_question(text, language):
        return False
    clause = clause_of(told[0], language).text
    if language.undo.fullmatch(clause):
        return True
    if language.back.fullmatch(clause) is None or _WAYS & {*clause.lower().split()}:
        return False
    last = _last(history)
    is_of_it = "scale" not in clause.lower() or (isinstance(last, Outcome) and last.title.startswith(_SCALE))
    return isinstance(last, Outcome) and bool(last.undo_id) and is_of_it


async def tell_undo(desk: Desk, history: Sequence[Message]) -> None:
    """Put before the person what takes the last change back, or say why there is nothing to take back.

    Raises:
        KubeGenieError: what is there now does not let it be taken back, or cannot be looked at.
    """
    scope, last = desk.scope, _last(history)
    if not can_propose(scope) or scope.take_back is None:
        desk.say(f"{code(scope.reader.name)} is read-only here: nothing is changed in it, nor taken back.\n")
    elif isinstance(last, Outcome) and last.undo_id:
        label = f"{LOOKS_AT}what takes back: {last.title}"
        await put_before(desk, label, _taken_back(scope, scope.take_back, last))
    else:
        desk.say(f"{_nothing(last)} `:undo` lists what was changed before, and what of it can be taken back.\n")


async def _taken_back(scope: Scope, take_back: TakeBack, made: Outcome) -> Result:
    from kubegenie_tui.genie.proposing import telling

    plan = await take_back(made.cluster, made.undo_id)
    return await telling.propose_plan(scope, plan, undoes=made.undo_id)


def _nothing(last: Outcome | str) -> str:
    if isinstance(last, Outcome):
        why = "cannot be taken back from here" if last.made else "was not made: there is nothing of it to undo"
        return f"*{words(last.title)}* {why}."
    if last:
        return f"*{words(last)}* is proposed and not made yet: there is nothing of it to undo."
    return "Nothing was changed in this conversation, so there is nothing to undo."


def _last(history: Sequence[Message]) -> Outcome | str:
    """How the last change ended, or the title of one that waits for the person; empty when there was none.

    An undo that was not made leaves what it would have taken back the last change.
    """
    for message in reversed(history):
        record = message.record
        if record is None:
            continue
        if record.outcome is not None and (record.outcome.undo_id or not record.outcome.title.startswith(_BACK)):
            return record.outcome
        for proposal in reversed(record.proposals):
            if not proposal.title.startswith(_BACK):
                return proposal.title
    return ""
