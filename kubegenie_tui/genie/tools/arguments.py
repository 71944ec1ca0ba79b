"""What each tool takes. A field's description is what the model reads."""

import json
import shlex
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from kubegenie_tui.diagnostics.pack.audit import CHECKS
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.proposing.planning import PROPOSABLE
from kubegenie_tui.genie.reading.lacking import KNOWN
from kubegenie_tui.genie.wishes.wish import WRITTEN

_NAMESPACE = "Namespace; '*' for all. Left out: the namespace in view."
_KIND = "Kind by any name kubectl takes: pods, deploy, svc, or a custom kind's plural."
_FILTER = (
    "Terms that must all hold, as in the tables: text, a regular expression, !not, label=value, "
    "COLUMN:value, COLUMN:>5. Example: 'STATUS:CrashLoop RESTARTS:>5'."
)

TAKES = {
    "scale": "replicas (number)",
    "image": "image (repository:tag), or the image by container name",
    "env": "pairs (NAME=value sets, NAME- takes away; several with blanks between; container=NAME for one of them)",
    "resources": "cpu-request, memory-request, cpu-limit, memory-limit (quantities), container",
    "rollback": "revision (number; left out: the one before)",
    "autoscale": "least, most (replicas), cpu (percent)",
    "expose": "port (number), name, target-port, type (ClusterIP, NodePort, LoadBalancer)",
    "drain": "force, empty-dirs, skip-blocked (true or false), grace (seconds)",
    "evict": "grace (seconds)",
    "taint": "taints (key=value:NoSchedule, or key- to take away)",
    "label": "pairs (key=value, or key- to take away; several with blanks)",
    "annotate": "pairs (key=value, or key- to take away)",
    "delete": "propagation (Background, Foreground, Orphan), grace (seconds, pods only)",
    "delete-with": "propagation (Background, Foreground, Orphan), grace (seconds, pods only)",
}


def _none_as_empty(value: object) -> object:
    """Small models send null for what they leave out."""
    return "" if value is None else value


def _split(value: object) -> object:
    """Small models send a command as one text."""
    unpacked = _unpacked(value)
    try:
        return shlex.split(unpacked) if isinstance(unpacked, str) else unpacked
    except ValueError:
        return unpacked


def _operations() -> str:
    """Every operation with what it takes."""
    return "; ".join(f"{each.id}: {TAKES.get(each.id, 'takes nothing')}" for each in PROPOSABLE)


def _text(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unpacked(value: object) -> object:
    """Small models send an object as text."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _listed(value: object) -> object:
    """Small models send a list as text, or null for none."""
    return value.split(",") if isinstance(value, str) and not value.startswith("[") else _unpacked(value or [])


def _one_line(value: object) -> object:
    """What a person reads: without control characters and on one line."""
    return " ".join(plain(value).split()) if isinstance(value, str) else value


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("the options have to differ")
    return values


Text = Annotated[str, BeforeValidator(_none_as_empty)]
Option = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(_one_line)]
Named = Annotated[dict[str, str | int | float | bool | None], BeforeValidator(_unpacked)]
Limit = Annotated[int, Field(ge=1, le=200)]


Written = Annotated[dict[str, Any], BeforeValidator(_unpacked)]


class Arguments(BaseModel):
    """Arguments of a tool; unknown ones are refused so that a model learns of its mistake."""

    model_config = ConfigDict(extra="forbid")


class Scoped(Arguments):
    """Arguments with a namespace, of this cluster or of another."""

    namespace: str | None = Field(None, description=_NAMESPACE)
    cluster: Text = Field("", description="Another cluster by its exact name. Left out: the one in view.")


class ListArguments(Scoped):
    """List objects of a kind as a table, filtered and sorted."""

    kind: str = Field(description=_KIND)
    filter: Text = Field("", description=_FILTER)
    label_selector: Text = Field("", description="Labels that must match: app=web,tier!=cache.")
    sort: Text = Field("", description="Column to sort by, such as RESTARTS or AGE.")
    descending: bool = Field(False, description="Largest first; the largest AGE is the oldest.")
    limit: Limit = Field(50, description="Rows to return.")


class CountArguments(Scoped):
    """Count objects of a kind exactly, in all or by group. Use this for 'how many'."""

    kind: str = Field(description=_KIND)
    filter: Text = Field("", description=_FILTER)
    label_selector: Text = Field("", description="Labels that must match.")
    group_by: Text = Field("", description="A column (STATUS, NODE), namespace, owner, or label:KEY.")


class ObjectArguments(Scoped):
    """One object."""

    kind: str = Field(description=_KIND)
    name: str = Field(description="The object's exact name.")


class GetArguments(ObjectArguments):
    """Read one object as YAML; values of Secrets are masked."""

    part: Text = Field("", description="Dotted path to return only a part: spec, status.conditions.")


class DescribeArguments(ObjectArguments):
    """One object in words with its related objects and events, as kubectl describe tells it."""


class DiagnoseArguments(Scoped):
    """Find what is wrong with an object, or in a namespace when no name is given, followed to the root cause."""

    kind: Text = Field("", description=_KIND)
    name: Text = Field("", description="The object's name; empty to check the whole namespace.")


class LogsArguments(ObjectArguments):
    """Read the newest log lines of a pod, or of the worst pod of a workload."""

    container: Text = Field("", description="Container; left out: the default or the crashing one.")
    previous: bool = Field(False, description="The run before the last restart.")
    tail: int = Field(200, ge=1, le=2000, description="Lines from the end.")
    since_seconds: int | None = Field(None, ge=1, description="Only lines younger than this.")
    grep: Text = Field("", description="Only lines matching this regular expression.")


class EventsArguments(Scoped):
    """Read events, the newest first."""

    kind: Text = Field("", description="Kind of the object they are about.")
    name: Text = Field("", description="Name of the object they are about.")
    warnings_only: bool = Field(True, description="Leave out normal events.")
    limit: Limit = Field(40, description="Events to return.")


class TopArguments(Scoped):
    """What pods or nodes use now, the hungriest first."""

    kind: Literal["pods", "nodes"] = Field("pods", description="What to measure.")
    sort: Literal["cpu", "memory"] = Field("cpu", description="By what to sort.")
    limit: Limit = Field(20, description="Rows to return.")


class OverviewArguments(Scoped):
    """Count nodes, pods and workloads by health and name the worst."""


class RecallArguments(Arguments):
    """Look into a result that was cut, or left out to save room."""

    result: Text = Field(description="Its name as the note in it says, such as `r3`.")
    grep: Text = Field("", description="Only lines matching this regular expression, with their neighbours.")
    start: int = Field(1, ge=1, description="The line to begin with.")
    lines: int = Field(100, ge=1, le=500, description="Lines to return.")


class ProposedStep(Arguments):
    """One change of one object."""

    operation: str = Field(
        description=_operations(), json_schema_extra={"enum": [*(each.id for each in PROPOSABLE), *WRITTEN]}
    )
    kind: Text = Field("", description=_KIND)
    name: Text = Field("", description="The object's exact name; it has to be there, unless it is created.")
    namespace: str | None = Field(None, description="Its namespace. Left out: the one in view.")
    arguments: Named = Field({}, description="What the operation takes, by name.")
    manifest: Written = Field({}, description="create, apply: the whole object. patch: what is merged into it.")

    @property
    def given(self) -> dict[str, str]:
        """What was said, as text."""
        return {name: _text(value) for name, value in self.arguments.items() if value is not None}


class ExecArguments(Scoped):
    """Run a command in a container, once the person lets it; for what no other tool tells. No shell expands it."""

    pod: str = Field(description="The pod's exact name.")
    container: Text = Field("", description="Container; left out: the pod's default one.")
    command: Annotated[list[str], BeforeValidator(_split)] = Field(
        min_length=1, description='The program and its arguments: ["nslookup", "checkout-db"].'
    )
    why: Text = Field("", description="Why, in one sentence, for the person.")


class ProposeArguments(Arguments):
    """Propose a change. Nothing is changed: the person looks at it and decides. Once a turn."""

    steps: Annotated[list[ProposedStep], BeforeValidator(_unpacked), Field(min_length=1, max_length=20)] = Field(
        description="What is to be done, in order. It stops at the first step that fails."
    )
    why: Text = Field("", description="Why, in one sentence.")
    expect: Text = Field("", description="What should be seen afterwards, in one sentence.")
    cluster: Text = Field("", description="Another cluster by its exact name. Left out: the one in view.")


class RelatedArguments(ObjectArguments):
    """What stands around an object: owners, owned, what it needs, what refers to it, with their state."""


class RolloutArguments(ObjectArguments):
    """How far the rollout of a workload is, or the revisions that the server keeps of it."""

    action: Literal["status", "history"] = Field("status", description="What to tell.")
    revision: int = Field(0, ge=0, description="History of this revision only.")


class CanArguments(Scoped):
    """Whether you, or somebody else, may do something by the cluster's rules."""

    verb: str = Field(description="get, list, watch, create, update, patch, delete, scale, exec.")
    kind: str = Field(description=_KIND)
    name: Text = Field("", description="One object; empty for all of the kind.")
    subject: Text = Field("", description="user/NAME, group/NAME, serviceaccount/NAME; empty for you.")


class WhoCanArguments(Scoped):
    """Everybody who may do something by the roles and bindings of the cluster."""

    verb: str = Field(description="get, list, watch, create, update, patch, delete, scale, exec.")
    kind: str = Field(description=_KIND)
    name: Text = Field("", description="One object; empty for all of the kind.")


class WhoamiArguments(Arguments):
    """Whom the cluster takes you for: user and groups."""

    cluster: Text = Field("", description="Another cluster by its exact name. Left out: the one in view.")


class ExplainArguments(Scoped):
    """What a kind or a field means, as the server documents it."""

    kind: str = Field(description=_KIND)
    path: Text = Field("", description="A field: spec.schedule. Empty for the kind itself.")


class KindsArguments(Scoped):
    """The kinds that the cluster serves, custom ones among them."""

    filter: Text = Field("", description="Only kinds with this text in their name.")


class LackingArguments(Scoped):
    """Pods or workloads whose containers lack limits, requests or probes."""

    kind: str = Field("deployments", description=_KIND)
    what: Literal[KNOWN] = Field(description="What they lack.")  # type: ignore[valid-type]


class AuditPolicyArguments(Scoped):
    """Which objects break policies, one line VIOLATING for each; by all checks of the pack, or by some of them."""

    checks: Annotated[list[str], BeforeValidator(_listed)] = Field(
        [], description=f"Names or patterns; empty for all: {', '.join(CHECKS)}."
    )
    parameters: Annotated[Named, BeforeValidator(lambda value: value or {})] = Field(
        {},
        description=f"What the checks go by where it is told, as text: {', '.join(PolicySettings.__struct_fields__)}.",
    )

    @property
    def given(self) -> dict[str, str]:
        """What was told, as text."""
        return {name: _text(value) for name, value in self.parameters.items() if value is not None}


class ChangesArguments(Scoped):
    """What was created, changed or rolled out lately by anything but Kubernetes itself."""

    since_seconds: int = Field(3600, ge=1, description="How far back.")
    name: Text = Field("", description="Objects of this name only.")


class SearchArguments(Scoped):
    """Find objects by a part of their name, whatever their kind. Use this when you know a name and not its kind."""

    text: str = Field(description="A name, or a part of one.")
    kinds: Annotated[list[str], BeforeValidator(_listed)] = Field(
        default=[], description="Kinds to search; left out: the usual built-in ones. Name custom kinds here."
    )


class HelmArguments(Scoped):
    """Helm releases: which there are, or what one of them was given, made, says, or was before; secrets are masked."""

    name: Text = Field("", description="The release; empty for a list of all, those that failed first.")
    view: Literal["values", "manifest", "history", "notes"] = Field(
        "values", description="Of one release: what was set, its objects, its revisions, or what its chart says."
    )
    revision: int = Field(0, ge=0, description="Of values, manifest and notes: this revision. Left out: the newest.")


class CrossplaneArguments(Scoped):
    """What Crossplane makes and is made of: what is not ready first, each with the deepest reason."""

    what: Literal["composites", "claims", "managed", "providers"] = Field(
        "composites", description="providers: with functions and configurations. managed: single resources of a cloud."
    )
    limit: Limit = Field(50, description="Objects to tell.")


class AskArguments(Arguments):
    """Ask the person what no look-up tells and you cannot go on without; their answer is the next message."""

    question: Annotated[str, BeforeValidator(_one_line)] = Field(
        min_length=1, max_length=300, description="One question. It ends your turn."
    )
    options: Annotated[list[Option], BeforeValidator(_listed), AfterValidator(_distinct)] = Field(
        min_length=2, max_length=6, description="Answers to pick from; the person may also type another one."
    )


class TodoItem(Arguments):
    """One thing to be done."""

    text: Annotated[str, BeforeValidator(_one_line)] = Field(min_length=1, max_length=120, description="In few words.")
    state: Literal["pending", "doing", "done"] = Field("pending", description="How far it is.")


class TodoArguments(Arguments):
    """Keep a list of what is to be looked at in a long diagnosis. The person sees it; each call writes it anew."""

    items: Annotated[list[TodoItem], BeforeValidator(_listed)] = Field(
        min_length=1, max_length=12, description="The whole list in its order."
    )


class UsersArguments(ObjectArguments):
    """Who refers to an object: pods and workloads that use a Secret, ConfigMap, claim or account."""


class ShowArguments(Scoped):
    """Show something to the person in the explorer beside the chat."""

    kind: str = Field(description=_KIND)
    name: Text = Field("", description="An object; empty for the whole table.")
    filter: Text = Field("", description=_FILTER)
    view: Literal["table", "detail", "logs"] = Field("table", description="What to show.")
