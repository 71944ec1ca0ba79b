"""Changes as data: what is to be done, what it would do, and how it went. Whoever wants a change builds a `Plan`."""

from enum import Enum, IntEnum
from typing import Any, Literal

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.helm_run import HelmRun
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef


class Verb(Enum):
    """How a step writes. The values are the verbs of access rules."""

    CREATE = "create"
    """POST to the collection, or to a subresource such as `pods/eviction`."""
    APPLY = "apply"
    """Server-side apply: the body is what we want to own."""
    PATCH = "patch"
    REPLACE = "update"
    """PUT of a whole object; its resourceVersion guards it."""
    DELETE = "delete"

    @property
    def right(self) -> str:
        """The verb that access rules know it by."""
        return "patch" if self is Verb.APPLY else self.value


class PatchType(Enum):
    """Content types of a patch."""

    MERGE = "application/merge-patch+json"
    JSON = "application/json-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"


class Step(msgspec.Struct, frozen=True):
    """One write to one object."""

    verb: Verb
    ref: ObjectRef
    """The object; its name is empty where the server makes one up (`generateName`)."""
    body: Any = None
    """A manifest, a patch, or what a subresource takes; None for a deletion."""
    patch: PatchType = PatchType.MERGE
    subresource: str = ""
    """`scale`, `status`, `resize`, `eviction`, `ephemeralcontainers`."""
    force: bool = False
    """For APPLY: take over fields that others own."""
    propagation: str = ""
    """For DELETE: `Background`, `Foreground` or `Orphan`; empty for the kind's own way."""
    grace: int | None = None
    """For DELETE and for an eviction: seconds; None for the object's own."""
    uid: str = ""
    """The one object that is meant; empty until the gate has looked."""
    resource_version: str = ""
    """The state it was looked at in; empty until the gate has looked."""
    wait: bool = True
    """Whether the outcome is waited for: a rollout that ends, an object that is gone."""
    manager: str = ""
    """For APPLY: in whose name; empty for ours."""
    api_version: str = ""
    """For what has no body that tells it: the version that is spoken of; empty for the one the server prefers."""

    @property
    def words(self) -> str:
        """`patch scale of deployments.apps shop/web`, `evict pods shop/web-1`."""
        if self.subresource == "eviction":
            return f"evict {self.ref}"
        what = f"{self.subresource} of {self.ref}" if self.subresource else str(self.ref)
        return f"{self.verb.value} {what}"


class Note(msgspec.Struct, frozen=True):
    """One line about a change: a check that passed or did not, or something it touches."""

    health: Health
    text: str


class Expected(msgspec.Struct, frozen=True):
    """What shall hold of an object once a plan was carried out; code looks whether it does."""

    what: Literal["ready", "replicas", "condition", "gone"]
    ref: ObjectRef
    value: str = ""
    """Of replicas how many; of a condition `Available=True`; of `gone` the rule of a finding, empty for the object."""

    @property
    def words(self) -> str:
        """`deployment shop/web has 5 replicas`."""
        if self.what == "gone" and self.value:
            return f"no {self.value} is found of {self.ref.words}"
        told = {"ready": "is ready", "gone": "is gone", "condition": f"says {self.value}"}
        return f"{self.ref.words} {told.get(self.what, f'has {self.value} replicas')}"


class Plan(msgspec.Struct, frozen=True):
    """Steps that belong together, in order, in one cluster."""

    title: str
    """`Scale deployment shop/checkout from 3 to 6`."""
    cluster: str
    steps: tuple[Step, ...]
    asked_by: str = "person"
    """person, genie, command line, undo, or the name of an agent."""
    about: str = ""
    """What it is about, to be typed for W3: a node, a release. Empty for the object, or how many there are."""
    disrupts: str = ""
    """What it interrupts, in words, where that does not follow from the steps; at least W2 then."""
    operation: str = ""
    """Id of the operation that it is made by; empty for any other plan."""
    raised: str = ""
    """Why it is one tier more careful than what it does, in words: whoever asked for it is in doubt. Empty for none."""
    passing: str = ""
    """Until when what it makes is there: the yes to it is a yes to deleting that again then. Empty for what stays."""
    why: str = ""
    """Why it is wanted, in the words of a model that asked for it; masked. Empty for none."""
    expect: str = ""
    """What that model expects to be seen afterwards; masked. Empty for none."""
    expects: tuple[Expected, ...] = ()
    """What of that can be compared with what is seen."""
    helm: HelmRun | None = None
    """What helm is to do, where it carries the steps out, all at once; None where we do, one after the other."""
    destroys: str = ""
    """What it takes away, in words, where that does not follow from the steps; W3 then."""
    notes: tuple[Note, ...] = ()
    """What whoever made it found, to be told among its checks."""
    conversation: int = 0
    """Id of the conversation that it was proposed in; 0 for none."""
    unasked: str = ""
    """Why no yes to something else covers it, in words: it is not what the person's own text asks for. Else empty."""


def forced(plan: Plan) -> Plan:
    """The same plan, taking over the fields of what it applies from those who own them."""
    steps = (msgspec.structs.replace(step, force=step.verb is Verb.APPLY) for step in plan.steps)
    helm = plan.helm and msgspec.structs.replace(plan.helm, takes_over=True)
    return msgspec.structs.replace(plan, steps=tuple(steps), helm=helm)


def said_of(plan: Plan) -> list[str]:
    """What a model says of a plan that it asked for, a line each."""
    told = (("Why", plan.why), ("Expected", plan.expect), *(("Looked at then", each.words) for each in plan.expects))
    return [f"{label}: {words}" for label, words in told if words]


class Tier(IntEnum):
    """How careful a change must be; computed in code, never by a model."""

    REVERSIBLE = 1
    DISRUPTIVE = 2
    DESTRUCTIVE = 3

    @property
    def words(self) -> str:
        """`W1 reversible`."""
        return f"W{self.value} {self.name.lower()}"


class DiffLine(msgspec.Struct, frozen=True):
    """One line of a difference between two manifests."""

    sign: str
    """`-`, `+`, or a space for what stays; `@` for a gap."""
    text: str


class StepPreview(msgspec.Struct, frozen=True):
    """A step with what the server said it would do."""

    step: Step
    """With uid and resourceVersion of the live object."""
    before: Manifest | None
    """The live object; None when there is none yet."""
    after: Manifest | None
    """What the server would make of it; None when it would be gone."""
    diff: tuple[DiffLine, ...]
    awaits: str = ""
    """What an earlier step makes and this one needs before the server can try it in a dry run; empty when it was."""


class Preview(msgspec.Struct, frozen=True):
    """A plan with everything a person needs to decide."""

    plan: Plan
    steps: tuple[StepPreview, ...]
    tier: Tier
    reasons: tuple[str, ...]
    """Why the tier is what it is."""
    checks: tuple[Note, ...]
    """Allowed, dry run, managed by nobody else, can be undone."""
    impact: tuple[Note, ...]
    """What else it touches: pods, endpoints, budgets, quotas."""
    identity: str = ""
    """Whom the server takes us for, with groups."""
    groups: tuple[str, ...] = ()
    """Those groups, apart."""
    confirm: str = ""
    """For W3: what a person must type."""
    refusal: KubeGenieError | None = None
    """Why it cannot be done; None when it can."""
    undo: str = ""
    """How it could be taken back, in words; empty when it cannot."""


class StepState(Enum):
    """How far a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "not done"

    @property
    def health(self) -> Health:
        """The glyph and colour that go with it."""
        return {
            StepState.WAITING: Health.UNKNOWN,
            StepState.RUNNING: Health.PROGRESSING,
            StepState.DONE: Health.OK,
            StepState.FAILED: Health.BAD,
            StepState.SKIPPED: Health.IDLE,
        }[self]


class Progress(msgspec.Struct, frozen=True):
    """News of a plan that is being carried out."""

    step: int
    """Index in the plan; -1 for the plan as a whole, as the last news."""
    state: StepState
    text: str = ""
    """`2 of 6 pods ready`."""
    error: KubeGenieError | None = None
    undo_id: int = 0
    """Of the last news: the record that takes back what was done; 0 for none."""


class Undoable(msgspec.Struct, frozen=True):
    """A change that was made and what is known of it."""

    id: int
    at: float
    """Seconds since the epoch."""
    cluster: str
    title: str
    plan: Plan | None
    """What would take it back; None when nothing can."""
    why_not: str = ""
    undone: bool = False
    passing: bool = False
    """Whether what it made was to be deleted again, by us."""
    unsure: bool = False
    """Whether no answer came to a step of it, so that nobody knows whether that was made."""
    secrets: bool = False
    """Whether it took values from Secrets, of which it can be told whether they are there again."""
