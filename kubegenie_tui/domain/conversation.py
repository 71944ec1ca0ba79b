"""The chat in plain data: what is said and kept, and what happens while the genie works."""

from typing import TYPE_CHECKING, Literal

import msgspec

from kubegenie_tui.domain.namespace_set import is_set, names_of
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Plan

if TYPE_CHECKING:
    from kubegenie_tui.domain.plan import Tier

BUILT_IN = "built-in"
"""Who answers when no model does, as it is named to people."""
PROPOSED = "Proposed, not made: "
"""Begins what a conversation keeps of a proposal."""
MADE, NOT_MADE = "Made", "Not made"
"""Begin what it keeps of how a proposal ended."""
SEEN = "Seen after it was made: "
"""Begins what it keeps of what became of the objects then."""
MASKED = "[redacted-"
"""Begins what stands for a credential in a text."""
MOST_SYMPTOMS = 12
"""Findings that are kept of one look-up."""


class Focus(msgspec.Struct, frozen=True):
    """What the person looks at when asking."""

    cluster: str = ""
    namespace: str = ""
    """Several as in `domain.namespace_set`, empty for all namespaces."""
    kind: str = ""
    """Kind id of the table in view."""
    selected: ObjectRef | None = None
    """The row under the cursor."""
    filter: str = ""
    marked: tuple[ObjectRef, ...] = ()
    """The rows that the person marked; none where they are more than can be told, or of several clusters."""

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces in view, none for all of them."""
        return names_of(self.namespace)

    @property
    def only_namespace(self) -> str:
        """The one namespace in view; empty for several and for all."""
        return "" if is_set(self.namespace) else self.namespace


class ShowRequested(msgspec.Struct, frozen=True):
    """The answer is best seen in the explorer."""

    kind: str
    namespace: str = ""
    filter: str = ""
    name: str = ""
    view: Literal["table", "logs", "detail"] = "table"
    """In `logs`, `filter` is a text to look for."""
    cluster: str = ""
    """Empty for the one in view."""
    container: str = ""
    """Whose log; empty for the default one."""
    previous: bool = False
    """Whether the log of the run before is meant."""


class Link(msgspec.Struct, frozen=True):
    """Where a fact of an answer can be seen."""

    words: str
    """`secret shop/checkout-db  data.url`."""
    show: ShowRequested


class Symptom(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding as far as it is known again by: what was wrong, and where."""

    rule: str
    """Id of the rule that found it."""
    root: ObjectRef
    """The object to change."""
    title: str = ""
    affected: tuple[ObjectRef, ...] = ()


class LookUp(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was looked up, beside the text that it brought."""

    name: str = ""
    """The tool that a model called; empty for a look-up of the built-in engine."""
    arguments: str = ""
    """What it was called with, as JSON."""
    ok: bool = True
    summary: str = ""
    milliseconds: float = 0.0
    findings: tuple[Symptom, ...] = ()
    """What was wrong, the worst first; MOST_SYMPTOMS at most."""


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change that was proposed, by what names it; its steps only where nothing in them may be a secret."""

    title: str
    cluster: str = ""
    tier: int = 0
    """1 to 3 as `domain.plan.Tier`, 0 where nobody has looked at it."""
    command: str = ""
    """What proposes the same on a command line."""
    undoes: int = 0
    """Id of the change that it takes back; 0 for none."""
    raised: str = ""
    """Why it was to be more careful than it is by itself; empty for no reason."""
    answers: Symptom | None = None
    """The finding that it is to end; None for none."""
    plan: Plan | None = None
    """What a model said of it, and its steps where no command tells them; None where they hold what is masked."""

    @property
    def is_whole(self) -> bool:
        """Whether it can be made anew: nothing of it was masked or left out."""
        is_told = bool(self.command) and MASKED not in self.command
        return bool(self.undoes) or is_told or (self.plan is not None and bool(self.plan.steps))


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a change that was proposed."""

    title: str
    made: bool
    """Whether all of it was made."""
    how: str
    """How it ended, as a sentence: made, failed, refused, or left by the person."""
    cluster: str = ""
    undo_id: int = 0
    """The record that takes back what was made; 0 where nothing was."""


class Aftermath(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of the objects of a change that was made."""

    title: str
    state: Literal["under way", "well", "unwell", "open", "stopped"] = "under way"
    """`under way`: they are looked at again. `open`: they had not come to rest when the time was over."""
    notes: tuple[Note, ...] = ()
    """What is seen of them, and of the finding that the change answers."""
    promised: str = ""
    """What a model expected to be seen, in its words; empty for nothing."""
    seconds: float = 0.0
    """For how long they have been looked at."""
    links: tuple[Link, ...] = ()
    """Where that can be seen."""

    @property
    def words(self) -> str:
        """How it is, in a few words: `well after 20 s`."""
        if self.state == "under way":
            return f"looking what becomes of it, {self.seconds:.0f} s"
        told = {"well": "all is well", "unwell": "not well", "open": "not at rest yet", "stopped": "stopped looking"}
        return f"{told[self.state]} after {self.seconds:.0f} s"

    @property
    def text(self) -> str:
        """All of it, as a conversation keeps it."""
        lines = [f"{SEEN}{self.title}. {self.words}", *(f"- {note.text}" for note in self.notes)]
        return "\n".join([*lines, *([f"Promised was: {self.promised}"] if self.promised else [])])


class Usage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a turn took."""

    engine: str = ""
    """The model's name, or `built-in`; empty when it did not get to its end."""
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    ended: Literal["answered", "failed", "stopped"] = "answered"
    cost: float = 0.0
    """Dollars; 0 where nobody said what it costs."""


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept of a message beside its text; redacted as that is."""

    focus: Focus | None = None
    """Of a question: what the person looked at."""
    look_up: LookUp | None = None
    proposals: tuple[Proposal, ...] = ()
    """In the order in which they were put before the person."""
    outcome: Outcome | None = None
    usage: Usage | None = None
    choices: tuple[ObjectRef, ...] = ()
    """The objects that the person was asked to choose from."""
    answers: tuple[str, ...] = ()
    """The answers that the person was asked to choose from."""
    links: tuple[Link, ...] = ()
    """Where the facts of the answer can be seen."""
    aftermath: Aftermath | None = None
    next_steps: tuple[str, ...] = ()
    """What the person was offered to ask next."""


class Message(msgspec.Struct, frozen=True):
    """One stored message of a conversation. Text is redacted before it comes here."""

    role: Literal["user", "assistant", "tool"]
    text: str
    at: float
    """Seconds since the epoch."""
    tool: str = ""
    """The tool's name and arguments in short, for role `tool`."""
    id: int = 0
    record: Record | None = None
    """None for what was kept before there were records."""

    @property
    def is_of_app(self) -> bool:
        """Whether no model says it, but the built-in engine, or the app of a change: it quotes what it has read."""
        record = self.record if self.role == "assistant" else None
        if record is None:
            return False
        is_of_change = record.outcome is not None or record.aftermath is not None
        return is_of_change or (record.usage is not None and record.usage.engine == BUILT_IN)


class Conversation(msgspec.Struct, frozen=True):
    """A stored conversation, without its messages."""

    id: int
    title: str
    cluster: str
    created: float
    updated: float
    messages: int = 0
    pinned: bool = False
    """Whether it stays, however old it is."""
    branched_from: int = 0
    """Id of the conversation it begins as; 0 for none."""


class Found(msgspec.Struct, frozen=True):
    """A conversation that a search found."""

    conversation: Conversation
    excerpt: str
    """The text around its latest match, on one line at most some 20 words long; empty when only the title matches."""


class TextDelta(msgspec.Struct, frozen=True):
    """More of the answer; Markdown."""

    text: str
    in_doubt: bool = False
    """Whether it may still be taken back: nobody knows yet whether the model could have looked something up instead."""
    is_anew: bool = False
    """Whether the answer begins anew with it, as the model is asked in another way: what was in doubt is none of it."""


class Noted(msgspec.Struct, frozen=True):
    """What the genie says of its own work: no part of the answer, and not kept."""

    text: str
    """`waits 12 s: the server asks for patience`."""


class ToolStarted(msgspec.Struct, frozen=True):
    """The genie looks something up."""

    call_id: str
    label: str
    """`get pods checkout-…`."""


class ToolFinished(msgspec.Struct, frozen=True):
    """What a look-up brought."""

    call_id: str
    label: str
    ok: bool
    summary: str
    """One line: `48 of 482 pods`."""
    result: str
    """The bounded, redacted text the model sees."""
    milliseconds: float
    name: str = ""
    """The tool that a model called; empty for a look-up of the built-in engine."""
    arguments: str = ""
    """What it was called with, as redacted JSON."""
    findings: tuple[Symptom, ...] = ()
    """What it found to be wrong, the worst first."""


class LinksOffered(msgspec.Struct, frozen=True):
    """What the answer rests on, to be looked at."""

    links: tuple[Link, ...]


class ChoicesOffered(msgspec.Struct, frozen=True):
    """The person picks: which of several objects a question means, or an answer to what a model asks them."""

    question: str
    """Empty where it was told already."""
    choices: tuple[ObjectRef, ...] = ()
    answers: tuple[str, ...] = ()
    """What the person could say; whatever else they type is an answer as well."""

    @property
    def lines(self) -> list[str]:
        """What can be picked, as a conversation keeps it."""
        answers = [f"{number}. {answer}" for number, answer in enumerate(self.answers, 1)]
        return [*(f"- {choice.words}" for choice in self.choices), *answers]


class NextOffered(msgspec.Struct, frozen=True):
    """What the person may want to ask next; picking a sentence asks it."""

    steps: tuple[str, ...]
    """`why is service db failing in shop?`."""

    @property
    def lines(self) -> list[str]:
        """What can be picked, as a conversation keeps it."""
        return [f"- Next: {step}" for step in self.steps]


class PlanProposed(msgspec.Struct, frozen=True):
    """The genie suggests a change; it is made when a person has looked at it and said yes, and not before."""

    plan: Plan
    tier: "Tier | None" = None
    """How careful it must be; None where nobody has looked at it yet."""
    command: str = ""
    """What proposes the same on a command line."""
    is_allowed: bool = False
    """Whether a standing yes of the person covers it: it is then looked at and made by itself."""
    withheld: str = ""
    """Why the person is asked though one of theirs covers the like; empty for no such reason."""
    undoes: int = 0
    """Id of the change that it takes back; 0 for none."""
    answers: Symptom | None = None
    """The finding that it is to end; None for none."""


class TokensCounted(msgspec.Struct, frozen=True):
    """The model server has counted a request: what the turn took so far, whether or not it gets to its end."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    """Dollars; None when nobody said what the model costs."""


class Finished(msgspec.Struct, frozen=True):
    """The turn is over."""

    engine: str
    """The model's name, or `built-in`."""
    input_tokens: int = 0
    output_tokens: int = 0
    understood: bool = True
    """False where the built-in engine did not know what was meant, or of what."""
    cost: float | None = None
    """Dollars; None when nobody said what the model costs."""
    limit: str = ""
    """The limit of a turn that ended it before the model had answered, in words; empty for none."""


class Failed(msgspec.Struct, frozen=True):
    """The turn ended in an error; what was said so far stands."""

    what: str
    why: str = ""
    next_step: str = ""


ChatEvent = (
    TextDelta
    | Noted
    | ToolStarted
    | ToolFinished
    | ShowRequested
    | ChoicesOffered
    | NextOffered
    | PlanProposed
    | LinksOffered
    | TokensCounted
    | Finished
    | Failed
)
