"""The draft of a postmortem as Markdown: what code knows is filled in, what a person knows is not. Times are in UTC."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.conversation import MADE, NOT_MADE, Conversation, Message
from kubegenie_tui.domain.incident import lasting_name
from kubegenie_tui.domain.markdown_text import inline, utc, words
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Tier
from kubegenie_tui.domain.postmortem import Act, Attempt, Cause, Postmortem, postmortem_of

_IMPACT = "*To be filled in: who noticed, how badly, and for how long.*"
_FOLLOW_UPS = "*To be filled in: what keeps it from coming back, who does it, until when.*"
_Line = tuple[float, str, str]
"""When, in seconds since the epoch; what happened, in a word; and in full."""


def as_postmortem(conversation: Conversation, messages: Sequence[Message], acts: Sequence[Act]) -> str:
    """A draft; `acts` are all that the audit log has since the conversation began."""
    known = postmortem_of(conversation, messages, acts)
    parts = [f"# Postmortem: {words(conversation.title)}", "\n".join(_facts(known)), "## Impact", _IMPACT]
    parts += ["## Timeline", _listed(_timeline(known), "Nothing was asked.")]
    parts += ["## Root causes", *_causes(known.causes)]
    parts += ["## What was changed", _listed(_changed(known.attempts), "Nothing.")]
    parts += ["## Open points", _listed(_open(known), "None that the conversation tells of.")]
    return "\n\n".join([*parts, "## Follow-ups", _FOLLOW_UPS]) + "\n"


def _facts(known: Postmortem) -> Iterator[str]:
    yield f"- Time: {utc(known.begun)} to {utc(known.ended)}"
    yield f"- Clusters: {', '.join(map(inline, known.clusters)) or 'none'}"
    yield f"- Namespaces: {', '.join(map(inline, known.namespaces)) or 'none'}"
    yield f"- Drafted by KubeGenie from conversation {known.conversation.id} and the audit log"


def _listed(lines: Iterator[str], nothing: str) -> str:
    return "\n".join(lines) or nothing


def _timeline(known: Postmortem) -> Iterator[str]:
    lines = [(each.at, "asked", words(each.text)) for each in known.questions]
    lines += [(each.first, "found", f"{_name(each)} ({_where(each)})") for each in known.causes]
    lines += [(each.gone, "gone", _name(each)) for each in known.causes if each.gone]
    for attempt in known.attempts:
        lines += _course(attempt)
    own = {act.seq for attempt in known.attempts for act in attempt.acts}
    undone = {act.seq: act for attempt in known.attempts for act in attempt.undone if act.seq not in own}
    lines += [(act.at, "undone", _act(act)) for act in undone.values()]
    for at, word, told in sorted(lines, key=lambda line: line[0]):
        yield f"- {utc(at)} **{word}** {told}"


def _course(attempt: Attempt) -> Iterator[_Line]:
    yield attempt.at, "proposed", _titled(attempt)
    for act in attempt.acts:
        yield act.at, "changed", _act(act)
    if attempt.outcome is not None:
        end = MADE if attempt.outcome.made else NOT_MADE
        yield attempt.ended, end.lower(), f"{words(attempt.outcome.title)}. {words(attempt.outcome.how)}"
    if attempt.aftermath is not None:
        told = "; ".join([attempt.aftermath.words, *(note.text for note in attempt.aftermath.notes)])
        yield attempt.seen, "seen after it", f"{words(attempt.aftermath.title)}: {words(told)}"


def _titled(attempt: Attempt) -> str:
    tier = attempt.proposal.tier or max((act.tier for act in attempt.acts), default=0)
    return f"{words(attempt.proposal.title)}{f' ({Tier(tier).words})' if tier in list(Tier) else ''}"


def _act(act: Act) -> str:
    tier = f"W{act.tier}, " if act.tier else ""
    said = f" ({words(act.message)})" if act.message else ""
    who = f" as {inline(act.who)}" if act.who else ""
    return f"{inline(act.what)}: {tier}approved by {words(act.how)}{who}, {act.result or 'result unknown'}{said}"


def _name(cause: Cause) -> str:
    return words(cause.symptom.title or cause.symptom.rule)


def _where(cause: Cause) -> str:
    return f"{cause.symptom.rule}, {inline(_root(cause))}"


def _root(cause: Cause) -> str:
    root = cause.symptom.root
    return ObjectRef(root.kind, lasting_name(root), root.namespace).words


def _causes(causes: Sequence[Cause]) -> Iterator[str]:
    if not causes:
        yield "None was found."
    for each in causes:
        yield f"### {_name(each)}"
        yield "\n".join(_cause(each))


def _cause(cause: Cause) -> Iterator[str]:
    if cause.cause:
        yield f"- Cause: {words(cause.cause)}"
    yield f"- Object to change: {inline(_root(cause))} in {inline(cause.cluster)}"
    yield f"- Rule: {inline(cause.symptom.rule)}"
    for fact in cause.evidence:
        yield f"- Evidence: {words(fact)}"


def _changed(attempts: Sequence[Attempt]) -> Iterator[str]:
    for each in attempts:
        if not each.changed:
            continue
        yield f"- {_titled(each)} in {inline(each.cluster)}"
        if not each.acts:
            yield "  - not found in the audit log"
        for act in each.acts:
            yield f"  - {utc(act.at)} {_act(act)}"
        for act in each.undone:
            yield f"  - taken back at {utc(act.at)}: {_act(act)}"


def _open(known: Postmortem) -> Iterator[str]:
    for cause in known.causes:
        if not cause.gone:
            yield f"- Not seen to be gone: {_name(cause)} ({_where(cause)}), last found {utc(cause.last)}"
    for each in known.attempts:
        title = words(each.proposal.title)
        if each.outcome is None and not each.acts:
            yield f"- Proposed and left open: {title}"
        elif each.outcome is not None and not each.outcome.made:
            yield f"- Not made: {title}. {words(each.outcome.how)}"
        elif each.undone:
            yield f"- Taken back: {title}"
        for act in each.acts:
            if act.result in ("", "unknown"):
                yield f"- Result unknown: {inline(act.what)}, for {title}"
