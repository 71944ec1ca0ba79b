"""A proposal of an earlier day as a plan again: made anew of what was kept of it, for the objects as they are now."""

import secrets
import shlex
import time
from collections.abc import Sequence

import msgspec

from kubegenie_tui.changes.operations.operation import Request
from kubegenie_tui.changes.operations.target import named_targets, read_targets
from kubegenie_tui.changes.operations.words import read_words
from kubegenie_tui.domain.conversation import PlanProposed, Proposal
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Plan, Step, Verb
from kubegenie_tui.genie.proposing.planning import ASKED_BY, proposable, require_writable
from kubegenie_tui.genie.reading.scope import Scope

_AGAIN = "ask for it again"
_EARLIER = "it was proposed earlier"
"""Why no yes that was given before covers it."""


async def proposed_anew(scope: Scope, kept: Proposal) -> PlanProposed:
    """The plan of a proposal that was kept, as careful as it was; nobody has looked yet at what it would do now.

    Raises:
        UsageError: the cluster is read-only here, or too little of the proposal was kept.
        KubeGenieError: it cannot be made any more, or the cluster does not tell.
    """
    require_writable(scope)
    if not kept.is_whole:
        raise UsageError(f"{kept.title}: its plan was not kept", "what it writes could be a secret", _AGAIN)
    if kept.undoes and scope.take_back is not None:
        plan = await scope.take_back(kept.cluster, kept.undoes)
    elif kept.plan is not None and kept.plan.steps:
        plan = await _still_there(scope, kept.plan)
    else:
        plan = await _planned(scope, shlex.split(kept.command)[2:])
    if (said := kept.plan) is not None:
        plan = msgspec.structs.replace(plan, why=said.why, expect=said.expect, expects=said.expects)
    plan = msgspec.structs.replace(plan, asked_by=ASKED_BY, raised=kept.raised or scope.doubt, unasked=_EARLIER)
    return PlanProposed(plan, None, kept.command, undoes=kept.undoes, answers=kept.answers)


async def _still_there(scope: Scope, plan: Plan) -> Plan:
    """A plan of steps that were kept, each for an object that is there now, or that one of them makes.

    Raises:
        KubeGenieError: one is gone, or of a kind that is no longer served.
    """
    made = {step.ref for step in plan.steps if _makes(step)}
    await read_targets(scope.reader, [step.ref for step in plan.steps if step.ref not in made])
    return plan


def _makes(step: Step) -> bool:
    return step.verb in (Verb.CREATE, Verb.APPLY) and not step.subresource


async def _planned(scope: Scope, words: Sequence[str]) -> Plan:
    """The plan of `scale deployments.apps/web replicas=5 -n shop --context prod`."""
    reader, operation, rest = scope.reader, proposable(words[0]), list(words[1:-2])
    namespace = ""
    if rest[-2:-1] == ["-n"]:
        *rest, _, namespace = rest
    kind_id = rest[0].partition("/")[0]
    kind = scope.kind(kind_id)
    refs = []
    while rest and rest[0].startswith(f"{kind_id}/") and "=" not in rest[0]:
        refs.append(ObjectRef(kind.id, rest.pop(0).partition("/")[2], namespace, reader.name))
    targets = await read_targets(reader, refs) if operation.reads else named_targets(reader, refs)
    answers, missing = read_words(operation, await operation.fields(reader, targets), rest)
    if missing:
        raise UsageError(f"{operation.id} needs to know: {', '.join(missing)}", next_step=_AGAIN)
    return await operation.plan(Request(reader, targets, time.time(), secrets.token_hex(2), answers))
