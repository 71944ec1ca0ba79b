"""What a conversation knows of an incident: what was wrong, what was changed, and what is open."""

import math
import re
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from kubegenie_tui.domain.conversation import (
    MOST_SYMPTOMS,
    Aftermath,
    Conversation,
    LookUp,
    Message,
    Outcome,
    Proposal,
    Symptom,
)
from kubegenie_tui.domain.incident import lasting_name

_LATE_SECONDS = 3600.0
"""How long after its last message a change may still be one that a conversation proposed."""
_CLUSTER = re.compile(r"cluster (\S+): ")
_CAUSE = re.compile(r" {2}cause: (.*?)(?: \(root: .*\))?")
_EVIDENCE = "  evidence: "
_Key = tuple[str, str, str, str, str]
"""Cluster, rule, and the kind, namespace and lasting name of the root."""


class Act(msgspec.Struct, frozen=True):
    """One write as the audit log has it. Text is redacted before it comes here."""

    seq: int
    at: float
    """Seconds since the epoch."""
    cluster: str
    namespace: str
    plan: str
    """The plan's title."""
    what: str
    """`patch deployments.apps shop/checkout`."""
    tier: int
    how: str
    """How it was approved: `key y`."""
    who: str
    """Whom the API server took us for, or who sat at the keyboard."""
    result: str = ""
    """`done`, `failed`, `unknown`; empty where nobody knows."""
    message: str = ""


class Cause(msgspec.Struct, frozen=True):
    """A finding that was told."""

    symptom: Symptom
    cluster: str
    first: float
    last: float
    """When it was found first and last, in seconds since the epoch."""
    cause: str = ""
    evidence: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()
    """The look-ups that found it."""
    gone: float = 0.0
    """When one of them was made again and did not find it; 0 where none was."""


class Attempt(msgspec.Struct, frozen=True):
    """A change that was proposed, and what became of it."""

    at: float
    proposal: Proposal
    cluster: str
    outcome: Outcome | None = None
    ended: float = 0.0
    acts: tuple[Act, ...] = ()
    undone: tuple[Act, ...] = ()
    """What took it back."""
    aftermath: Aftermath | None = None
    seen: float = 0.0
    """When that was told."""

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return (self.outcome is not None and self.outcome.made) or any(act.result == "done" for act in self.acts)


class Postmortem(msgspec.Struct, frozen=True):
    """An incident, as far as one conversation and the audit log tell of it."""

    conversation: Conversation
    begun: float
    ended: float
    questions: tuple[Message, ...]
    causes: tuple[Cause, ...]
    attempts: tuple[Attempt, ...]

    @property
    def clusters(self) -> list[str]:
        """Those concerned."""
        focuses = (each.record.focus for each in self.questions if each.record and each.record.focus)
        named = [self.conversation.cluster, *(focus.cluster for focus in focuses)]
        named += [*(each.cluster for each in self.causes), *(each.cluster for each in self.attempts)]
        return sorted({name for name in named if name})

    @property
    def namespaces(self) -> list[str]:
        """Those concerned."""
        focuses = (each.record.focus for each in self.questions if each.record and each.record.focus)
        named = [name for focus in focuses for name in focus.namespaces]
        named += [each.symptom.root.namespace for each in self.causes]
        named += [act.namespace for each in self.attempts for act in each.acts]
        return sorted({name for name in named if name})


def begun(conversation: Conversation, messages: Iterable[Message]) -> float:
    """When a conversation began, a branch with what it was branched from; seconds since the epoch."""
    return min([conversation.created, *(each.at for each in messages)])


def postmortem_of(conversation: Conversation, messages: Sequence[Message], acts: Sequence[Act]) -> Postmortem:
    """What is known: `acts` are all that the audit log has since the conversation began."""
    return Postmortem(
        conversation,
        begun(conversation, messages),
        max([conversation.updated, *(each.at for each in messages)]),
        tuple(each for each in messages if each.role == "user"),
        tuple(_causes(conversation.cluster, messages)),
        tuple(_attempts(conversation, messages, sorted(acts, key=attrgetter("seq")))),
    )


def _causes(cluster: str, messages: Iterable[Message]) -> Iterable[Cause]:
    causes: dict[_Key, Cause] = {}
    for message in messages:
        look_up = message.record.look_up if message.record else None
        if look_up is None or not look_up.ok:
            continue
        match = _CLUSTER.match(message.text)
        _learn(causes, match[1] if match else cluster, message, look_up)
    return causes.values()


def _learn(causes: dict[_Key, Cause], cluster: str, message: Message, look_up: LookUp) -> None:
    """What one look-up found, and what it found before and does not find again."""
    found = set()
    for symptom in look_up.findings:
        root = symptom.root
        key = (cluster, symptom.rule, root.kind, root.namespace, lasting_name(root))
        found.add(key)
        known = causes.get(key) or Cause(symptom, cluster, message.at, message.at)
        cause, evidence = _told(message.text, symptom)
        causes[key] = msgspec.structs.replace(
            known,
            last=message.at,
            gone=0.0,
            cause=cause or known.cause,
            evidence=evidence or known.evidence,
            asked=known.asked | {message.tool},
        )
    if len(look_up.findings) < MOST_SYMPTOMS:
        for key, known in causes.items():
            if key not in found and key[0] == cluster and message.tool in known.asked and not known.gone:
                causes[key] = msgspec.structs.replace(known, gone=message.at)


def _told(text: str, symptom: Symptom) -> tuple[str, tuple[str, ...]]:
    """Cause and evidence of a finding, from the text that told it."""
    lines = iter(text.splitlines())
    head = f"[{symptom.rule}] {symptom.title}"
    if not any(line.startswith("- ") and line.endswith(head) for line in lines):
        return "", ()
    cause, evidence = "", []
    for line in lines:
        if not line.startswith("  "):
            break
        if match := _CAUSE.fullmatch(line):
            cause = match[1]
        elif line.startswith(_EVIDENCE):
            evidence.append(line.removeprefix(_EVIDENCE))
    return cause, tuple(evidence)


def _attempts(conversation: Conversation, messages: Iterable[Message], acts: Sequence[Act]) -> list[Attempt]:
    attempts: list[Attempt] = []
    for message in messages:
        record = message.record
        if record is None:
            continue
        for proposal in record.proposals:
            attempts.append(Attempt(message.at, proposal, proposal.cluster or conversation.cluster))
        if record.outcome is not None:
            _end(attempts, record.outcome, message.at, conversation.cluster)
        if record.aftermath is not None:
            _became(attempts, record.aftermath, message.at)
    return [_on_record(each, _next(attempts, each), conversation.updated, acts) for each in attempts]


def _end(attempts: list[Attempt], outcome: Outcome, at: float, cluster: str) -> None:
    for number, each in enumerate(attempts):
        if each.outcome is None and each.proposal.title == outcome.title:
            attempts[number] = msgspec.structs.replace(each, outcome=outcome, ended=at)
            return
    where = outcome.cluster or cluster
    attempts.append(Attempt(at, Proposal(outcome.title, where), where, outcome, at))


def _became(attempts: list[Attempt], aftermath: Aftermath, at: float) -> None:
    for number, each in reversed(list(enumerate(attempts))):
        if each.outcome is not None and each.proposal.title == aftermath.title:
            attempts[number] = msgspec.structs.replace(each, aftermath=aftermath, seen=at)
            return


def _next(attempts: Sequence[Attempt], attempt: Attempt) -> float:
    """When the same was proposed again, in seconds since the epoch; infinity where it was not."""
    same = (each.at for each in attempts if each.at > attempt.at and each.proposal.title == attempt.proposal.title)
    return min(same, default=math.inf)


def _on_record(attempt: Attempt, following: float, updated: float, acts: Sequence[Act]) -> Attempt:
    title, end = attempt.proposal.title, min(attempt.ended or updated + _LATE_SECONDS, following)
    of_it = [act for act in acts if act.cluster == attempt.cluster and attempt.at <= act.at < following]
    own = tuple(act for act in of_it if act.plan == title and act.at <= end)
    undone = tuple(act for act in of_it if act.plan == f"Undo: {title}" and act.result == "done")
    return msgspec.structs.replace(attempt, acts=own, undone=undone)
