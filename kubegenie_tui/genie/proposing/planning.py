"""From a wish to a plan that the gate has looked at. Carrying it out takes an approval, which nothing here can get."""

import secrets
import shlex
import time
from collections.abc import Mapping, Sequence

import msgspec

from kubegenie_tui.changes.operations.applying import apply_plan
from kubegenie_tui.changes.operations.catalogue import OPERATIONS, operation_named
from kubegenie_tui.changes.operations.operation import Operation, Request
from kubegenie_tui.changes.operations.target import named_targets, read_targets
from kubegenie_tui.domain.conversation import PlanProposed
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.finding import Remedy
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Preview, Step, Verb
from kubegenie_tui.domain.sent_values import hide_values, sent_by
from kubegenie_tui.genie.proposing.answers import answers_of, with_container
from kubegenie_tui.genie.reading.scope import Scope, can_propose
from kubegenie_tui.genie.wishes import wish as wishes

ASKED_BY = "genie"
NOT_OURS = frozenset({"debug", "node-shell", "sanitize"})
"""Operations that a person begins: a terminal is needed, or what they do to is not said by name."""
PROPOSABLE: tuple[Operation, ...] = tuple(each for each in OPERATIONS if each.id not in NOT_OURS)


class Wish(msgspec.Struct, frozen=True):
    """What is wanted of named objects."""

    operation: str
    """Id of an operation."""
    refs: tuple[ObjectRef, ...]
    """Live objects of one kind, at least one."""
    given: dict[str, str] = {}
    """What was said, by field id; `image` for the image of the container that is meant."""


class Proposal(msgspec.Struct, frozen=True):
    """A change as it is put before a person."""

    event: PlanProposed
    preview: Preview


async def proposed(scope: Scope, wish: Wish) -> Proposal:
    """The plan of a wish, looked at.

    Raises:
        UsageError: the cluster is read-only here, the wish makes no sense, or nothing would change.
        KubeGenieError: the gate refuses, or the cluster does not tell.
    """
    require_writable(scope)
    plan, command = await planned(scope, wish)
    return await looked_at(scope, plan, command)


async def looked_at(scope: Scope, plan: Plan, command: str = "", undoes: int = 0) -> Proposal:
    """A plan as the gate sees it; `undoes`: the record that it takes back.

    Raises:
        UsageError: the cluster is read-only here, or nothing would change.
        KubeGenieError: the gate refuses, or the cluster does not tell.
    """
    require_writable(scope)
    assert scope.look is not None
    plan = msgspec.structs.replace(plan, raised=scope.doubt) if scope.doubt else plan
    preview = await scope.look(plan)
    if preview.refusal is not None:
        raise hide_values(preview.refusal, sent_by(plan))
    if not any(step.diff for step in preview.steps):
        raise UsageError(f"{plan.title}: nothing would change", "it is so already")
    return Proposal(PlanProposed(plan, preview.tier, command, undoes=undoes), preview)


def require_writable(scope: Scope) -> None:
    """Raise where nothing may be changed.

    Raises:
        UsageError: the cluster is read-only here.
    """
    if not can_propose(scope):
        raise UsageError(f"{scope.reader.name} is read-only here", "nothing is changed in it, so I propose nothing")


async def remedied(scope: Scope, remedy: Remedy) -> tuple[Plan, str]:
    """The plan of what ends a fault, and its command where there is one.

    Raises:
        UsageError, ClusterError: as `planned`.
    """
    ref = msgspec.structs.replace(remedy.ref, cluster=scope.reader.name)
    if remedy.patch:
        plan = written_plan(scope, [wishes.Step("patch", ref, {}, remedy.patch)])
        return (_merged_by_name(plan) if remedy.is_strategic else plan), ""
    return await planned(scope, Wish(remedy.operation, (ref,), remedy.given))


def _merged_by_name(plan: Plan) -> Plan:
    steps = tuple(msgspec.structs.replace(step, patch=PatchType.STRATEGIC) for step in plan.steps)
    return msgspec.structs.replace(plan, steps=steps)


def joined(plans: Sequence[tuple[Plan, str]]) -> tuple[Plan, str]:
    """Several plans as one, and the command of an only one.

    Raises:
        UsageError: one of them cannot be a part of another.
    """
    if len(plans) == 1:
        return plans[0]
    every = [plan for plan, _ in plans]
    if alone := next((plan for plan in every if plan.helm or plan.passing), None):
        raise UsageError(f"{alone.title}: this goes by itself", next_step="propose it without other steps")
    title = f"{every[0].title}, and {len(every) - 1} more"
    steps = tuple(step for plan in every for step in plan.steps)
    disrupts = "; ".join(dict.fromkeys(plan.disrupts for plan in every if plan.disrupts))
    destroys = "; ".join(dict.fromkeys(plan.destroys for plan in every if plan.destroys))
    return Plan(title, every[0].cluster, steps, ASKED_BY, disrupts=disrupts, destroys=destroys), ""


def applied(scope: Scope, manifest: Manifest, namespace: str | None) -> Plan:
    """The plan that makes an object what a manifest says.

    Raises:
        UsageError: it is no object, or of a kind that the cluster does not serve.
    """
    text = msgspec.json.encode(manifest).decode()
    plan = apply_plan(scope.reader, text, "manifest", namespace or scope.focus.only_namespace)
    return msgspec.structs.replace(plan, asked_by=ASKED_BY)


def written_plan(scope: Scope, steps: Sequence[wishes.Step]) -> Plan:
    """The plan that makes, applies or patches objects as they are written out."""
    verb = steps[0].verb
    made = tuple(_written(step) for step in steps)
    ref = made[0].ref
    noun = scope.kind(ref.kind).singular or ref.kind
    name = f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name
    what = f"{noun} {name}" if len(made) == 1 else f"{len(made)} objects"
    return Plan(f"{verb.capitalize()} {what}", scope.reader.name, made, asked_by=ASKED_BY)


def _written(step: wishes.Step) -> Step:
    ref = step.ref
    if step.verb == "patch":
        return Step(Verb.PATCH, ref, step.body, PatchType.MERGE)
    return Step(Verb.APPLY if step.verb == "apply" and ref.name else Verb.CREATE, ref, step.body)


async def planned(scope: Scope, wish: Wish) -> tuple[Plan, str]:
    """The plan of a wish, and the command that makes the same; nobody is asked yet whether it would do.

    Raises:
        UsageError: the wish makes no sense.
        ClusterError: the cluster does not tell.
    """
    reader, operation = scope.reader, proposable(wish.operation)
    _require_fit(operation, reader.kinds.resolve(wish.refs[0].kind), len(wish.refs))
    targets = await read_targets(reader, wish.refs) if operation.reads else named_targets(reader, wish.refs)
    fields = await operation.fields(reader, targets)
    said = with_container(operation, fields, wish.given)
    answers = answers_of(operation, fields, said)
    plan = await operation.plan(Request(reader, targets, time.time(), secrets.token_hex(2), answers))
    command = _command(operation, wish.refs, said, reader.name)
    return msgspec.structs.replace(plan, asked_by=ASKED_BY), command


def proposable(word: str) -> Operation:
    """The operation with this name.

    Raises:
        UsageError: there is none, or a person has to begin it.
    """
    operation = operation_named(word)
    if operation.id in NOT_OURS:
        known = ", ".join(each.id for each in PROPOSABLE)
        raise UsageError(f"{operation.id} cannot be proposed", "a person begins it", f"there are {known}")
    return operation


def _require_fit(operation: Operation, kind: Kind, count: int) -> None:
    if not operation.fits(kind):
        can = ", ".join(each.id for each in PROPOSABLE if each.fits(kind)) or "nothing that I know"
        raise UsageError(f"A {kind.kind} cannot do that: {operation.words}", operation.lacks, f"it can: {can}")
    if count > 1 and not operation.many:
        raise UsageError(f"One at a time: {operation.words}", f"{count} are named")


def _command(operation: Operation, refs: Sequence[ObjectRef], said: Mapping[str, str], cluster: str) -> str:
    """`kubegenie do scale deployments.apps/web replicas=5 -n shop --context prod`."""
    words = ["kubegenie", "do", operation.id, *(f"{ref.kind}/{ref.name}" for ref in refs)]
    for name, text in said.items():
        words += shlex.split(text) if operation.takes_rest else [f"{name}={text}"]
    words += ["-n", refs[0].namespace] if refs[0].namespace else []
    return shlex.join([*words, "--context", cluster])
