"""What a sentence asks for, before and after its names were looked up among what lives in the cluster."""

from typing import Literal

import msgspec

from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.genie.wishes.wish import Wish

Verb = Literal[
    "", "list", "count", "get", "describe", "logs", "events", "top", "why", "overview", "open", "help", "hello",
    "thanks", "where-am-i", "kinds", "change", "images", "clusters", "expiry", "uses", "needs", "changes",
    "who", "meaning", "can-i", "who-can", "whoami", "explain", "related", "rollout-status", "rollout-history",
    "switch-context", "policies", "releases",
]  # fmt: skip
ALONE = frozenset({
    "hello", "thanks", "help", "change", "where-am-i", "kinds", "clusters", "who", "meaning", "whoami", "explain",
    "switch-context",
})  # fmt: skip
"""What is asked about no object, and never goes on from an earlier sentence."""


class Way(msgspec.Struct, frozen=True):
    """One operation that the words may mean."""

    operation: str
    given: dict[str, str] = {}
    """By field id."""


class Details(msgspec.Struct, frozen=True):
    """Everything that narrows, orders or bounds an answer."""

    status: str = ""
    """A state by its canonical word: `not-ready`, `crashloop`."""
    terms: tuple[str, ...] = ()
    """Terms of the tables' filter language: `RESTARTS:>5`."""
    namespaces: tuple[str, ...] = ()
    """Those that are looked into, where they are several."""
    sort: str = ""
    """A column's title."""
    descending: bool = False
    limit: int = 0
    """0 when nothing was said."""
    group_by: str = ""
    since: int = 0
    """Seconds; 0 for ever."""
    tail: int = 0
    grep: str = ""
    previous: bool = False
    container: str = ""
    node: str = ""
    everything: bool = False
    """Normal events too."""
    follow: bool = False
    """Of a log: go on as it grows."""
    output: str = ""
    """`yaml` or `json` of one object."""
    action: str = ""
    """What may be done: a verb of the cluster's rules."""
    subject: str = ""
    """Who may do it, empty for us; or the cluster to go to."""
    revision: int = 0
    warnings: bool = False
    """Of events: these alone."""
    missing: str = ""
    """What containers lack: `limits`, `readiness-probe`."""
    checks: str = ""
    """Policy checks by name, with commas between; empty for all."""
    path: str = ""
    """A field of a kind: `spec.schedule`."""

    def over(self, earlier: "Details") -> "Details":
        """These details, where unset those of an earlier sentence."""
        blank = Details()
        said = {name: value for name, value in msgspec.structs.asdict(self).items() if value != getattr(blank, name)}
        if self.sort:
            said["descending"] = self.descending
        return msgspec.structs.replace(earlier, **said)


class Asked(msgspec.Struct, frozen=True):
    """A sentence in its parts; names as they were said."""

    verb: Verb = ""
    kind: str = ""
    """Kind id; empty when none was named."""
    names: tuple[str, ...] = ()
    """Words that may be names, the likeliest first."""
    namespace: str | None = None
    """None for the one in view, `*` for all."""
    details: Details = Details()
    of_kind: str = ""
    """Kind id of what the wanted ones belong to: `pods of deployment web`."""
    plural: bool = False
    """Whether several of a kind are spoken of."""
    shows: bool = False
    """Whether the person wants to see it, and not just to be told."""
    command: str = ""
    """`get` or `describe` where it began so, as commands do."""
    points: Literal["", "it", "this"] = ""
    """A pronoun: what was talked about, or what is marked."""
    goes_on: bool = False
    """Whether the sentence only makes sense after an earlier one."""
    raw: str = ""
    """The word for a change."""
    recalled: bool = False
    """Whether the names come from an earlier sentence."""
    reply: str = ""
    """For verb `change`: why nothing is proposed."""
    passed_over: str = ""
    """Words that were to narrow it, and of which nothing was made."""


class Intent(msgspec.Struct, frozen=True):
    """A sentence understood: what to do, with what."""

    verb: Verb
    kind: str = ""
    name: str = ""
    """Of one object; empty for all of a kind, for a namespace, for the cluster."""
    namespace: str | None = None
    """None for the one in view, `*` for all."""
    details: Details = Details()
    shows: bool = False
    note: str = ""
    """How a slip of the pen was taken, as a sentence."""
    choices: tuple[ObjectRef, ...] = ()
    """What a name could mean, when it is more than one thing."""
    unknown: str = ""
    """A name that nothing has."""
    near: tuple[str, ...] = ()
    """Names like the unknown one."""
    unknown_is: Literal["object", "namespace"] = "object"
    raw: str = ""
    owner: ObjectRef | None = None
    """The workload whose pods are meant."""
    reply: str = ""
    """Why no change is proposed, or what has to be said yet."""
    targets: tuple[ObjectRef, ...] = ()
    """What it is to be done to."""
    wish: Wish | None = None
    """The change that is wished for, where every word of it was understood."""
    also: tuple["Intent", ...] = ()
    """What else the same text asks for, in order."""
