"""What each tool takes that reads. A field's description is what the model reads."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from kubegenie_tui.diagnostics.choosing import GROUPS
from kubegenie_tui.diagnostics.pack.audit import CHECKS
from kubegenie_tui.domain.policy_settings import PolicySettings
from kubegenie_tui.genie.reading.lacking import KNOWN
from kubegenie_tui.genie.tools.taking import (
    KIND,
    Arguments,
    Limit,
    Named,
    Names,
    Scoped,
    Seconds,
    Text,
    as_text,
    listed,
    one_line,
)

_FILTER = (
    "Terms that must all hold, as in the tables: text, a regular expression, !not, label=value, "
    "COLUMN:value, COLUMN:>5. Example: 'STATUS:CrashLoop RESTARTS:>5'."
)
_LABELS = "Labels that must match: app=web,tier!=cache,env in (a,b),!key."
_COLUMNS = "Columns to return, those of wide tables (IP, IMAGES), owner and label:KEY too. Left out: the usual ones."
_FIELDS = "Fields that the server selects by: spec.nodeName=node-1,status.phase!=Running."


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("the options have to differ")
    return values


Option = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(one_line)]


class ListArguments(Scoped):
    """List objects of a kind as a table, filtered and sorted."""

    kind: str = Field(description=KIND)
    filter: Text = Field("", description=_FILTER)
    label_selector: Text = Field("", description=_LABELS)
    field_selector: Text = Field("", description=_FIELDS)
    columns: Names = Field([], description=_COLUMNS)
    sort: Text = Field("", description="Column to sort by, such as RESTARTS or AGE.")
    descending: bool = Field(False, description="Largest first; the largest AGE is the oldest.")
    limit: Limit = Field(50, description="Rows to return.")
    cursor: Text = Field("", description="To read on: as the list told it, with the same arguments as then.")


class CountArguments(Scoped):
    """Count objects of a kind exactly, in all or by group. Use this for 'how many'."""

    kind: str = Field(description=KIND)
    filter: Text = Field("", description=_FILTER)
    label_selector: Text = Field("", description=_LABELS)
    field_selector: Text = Field("", description=_FIELDS)
    group_by: Text = Field("", description="A column (STATUS, NODE), namespace, owner, or label:KEY.")


class ObjectArguments(Scoped):
    """One object."""

    kind: str = Field(description=KIND)
    name: str = Field(description="The object's exact name.")


class GetArguments(ObjectArguments):
    """Read one object as YAML or as its short facts; values of Secrets are masked."""

    view: Literal["yaml", "spec", "status", "summary"] = Field("yaml", description="summary: its short facts in words.")
    part: Text = Field("", description="Path of a part of it: spec, status.conditions, spec.containers[0].")
    fields: Names = Field([], description="Only these, as JSONPath: spec.replicas, spec.containers[*].image.")


class DescribeArguments(ObjectArguments):
    """One object in words with its related objects and events, as kubectl describe tells it."""


class DiagnoseArguments(Scoped):
    """Find what is wrong with an object, or in a namespace when no name is given, followed to the root cause."""

    kind: Text = Field("", description=f"{KIND} Left out: the one that has this name.")
    name: Text = Field("", description="The object's name; empty to check the whole namespace.")
    analyzers: Names = Field([], description=f"Only these rules by id, or groups: {', '.join(GROUPS)}. Left out: all.")


class LogsArguments(ObjectArguments):
    """Read the newest log lines of a pod, or of the worst pod of a workload."""

    container: Text = Field("", description="Container; left out: the default or the crashing one.")
    previous: bool = Field(False, description="The run before the last restart.")
    tail: int = Field(200, ge=1, le=2000, description="Lines from the end.")
    since_seconds: Seconds | None = Field(None, description="Only lines younger than this.")
    grep: Text = Field("", description="Only lines matching this regular expression.")
    context: int = Field(3, ge=0, le=20, description="With grep: lines told before and after each that matches.")


class EventsArguments(Scoped):
    """Read events, the newest first."""

    kind: Text = Field("", description="Kind of the object they are about.")
    name: Text = Field("", description="Name of the object they are about.")
    warnings_only: bool = Field(True, description="Leave out normal events.")
    since_seconds: Seconds | None = Field(None, description="Only events seen within this time.")
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
    path: Text = Field("", description="Of YAML or JSON only this part, as JSONPath: spec.containers[0].env.")
    start: int = Field(1, ge=1, description="The line to begin with.")
    lines: int = Field(100, ge=1, le=500, description="Lines to return.")


class RelatedArguments(ObjectArguments):
    """What stands around an object: owners, owned, what it needs, what refers to it, with their state."""

    depth: int = Field(1, ge=1, le=2, description="2: also what stands around those, the unwell ones first.")


class RolloutArguments(ObjectArguments):
    """How far the rollout of a workload is, or the revisions that the server keeps of it."""

    action: Literal["status", "history"] = Field("status", description="What to tell.")
    revision: int = Field(0, ge=0, description="History of this revision only.")


class CanArguments(Scoped):
    """Whether you, or somebody else, may do something by the cluster's rules."""

    verb: str = Field(description="get, list, watch, create, update, patch, delete, scale, exec.")
    kind: str = Field(description=KIND)
    name: Text = Field("", description="One object; empty for all of the kind.")
    subject: Text = Field("", description="user/NAME, group/NAME, serviceaccount/NAME; empty for you.")


class WhoCanArguments(Scoped):
    """Everybody who may do something by the roles and bindings of the cluster."""

    verb: str = Field(description="get, list, watch, create, update, patch, delete, scale, exec.")
    kind: str = Field(description=KIND)
    name: Text = Field("", description="One object; empty for all of the kind.")


class WhoamiArguments(Arguments):
    """Whom the cluster takes you for: user and groups."""

    cluster: Text = Field("", description="Another cluster by its exact name. Left out: the one in view.")


class ExplainArguments(Scoped):
    """What a kind or a field means, as the server documents it."""

    kind: str = Field(description=KIND)
    path: Text = Field("", description="A field: spec.schedule. Empty for the kind itself.")


class KindsArguments(Scoped):
    """The kinds that the cluster serves, custom ones among them."""

    filter: Text = Field("", description="Only kinds with this text in their name.")


class LackingArguments(Scoped):
    """Pods or workloads whose containers lack limits, requests or probes."""

    kind: str = Field("deployments", description=KIND)
    what: Literal[KNOWN] = Field(description="What they lack.")  # type: ignore[valid-type]


class AuditPolicyArguments(Scoped):
    """Which objects break policies, one line VIOLATING for each; by all checks of the pack, or by some of them."""

    checks: Names = Field([], description=f"Names or patterns; empty for all: {', '.join(CHECKS)}.")
    parameters: Annotated[Named, BeforeValidator(lambda value: value or {})] = Field(
        {},
        description=f"What the checks go by where it is told, as text: {', '.join(PolicySettings.__struct_fields__)}.",
    )

    @property
    def given(self) -> dict[str, str]:
        """What was told, as text."""
        return {name: as_text(value) for name, value in self.parameters.items() if value is not None}


class ChangesArguments(Scoped):
    """What was created, changed or rolled out lately by anything but Kubernetes itself."""

    since_seconds: Seconds = Field(3600, description="How far back.")
    name: Text = Field("", description="Objects of this name only.")


class SearchArguments(Scoped):
    """Find objects by a part of their name, whatever their kind. Use this when you know a name and not its kind."""

    text: str = Field(description="A name, or a part of one.")
    kinds: Names = Field(
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

    question: Annotated[str, BeforeValidator(one_line)] = Field(
        min_length=1, max_length=300, description="One question. It ends your turn."
    )
    options: Annotated[list[Option], BeforeValidator(listed), AfterValidator(_distinct)] = Field(
        min_length=2, max_length=6, description="Answers to pick from; the person may also type another one."
    )


class TodoItem(Arguments):
    """One thing to be done."""

    text: Annotated[str, BeforeValidator(one_line)] = Field(min_length=1, max_length=120, description="In few words.")
    state: Literal["pending", "doing", "done"] = Field("pending", description="How far it is.")


class TodoArguments(Arguments):
    """Keep a list of what is to be looked at in a long diagnosis. The person sees it; each call writes it anew."""

    items: Annotated[list[TodoItem], BeforeValidator(listed)] = Field(
        min_length=1, max_length=12, description="The whole list in its order."
    )


class UsersArguments(ObjectArguments):
    """Who refers to an object: pods and workloads that use a Secret, ConfigMap, claim or account."""


class ShowArguments(Scoped):
    """Show something to the person in the explorer beside the chat."""

    kind: str = Field(description=KIND)
    name: Text = Field("", description="An object; empty for the whole table.")
    filter: Text = Field("", description=_FILTER)
    view: Literal["table", "detail", "logs"] = Field("table", description="What to show.")
