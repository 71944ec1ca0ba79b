"""Whether what a model promised of a change holds, as far as it said it in a way that can be compared."""

from typing import Literal

from kubegenie_tui.diagnostics.choosing import chosen_rules
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Expected, Note, Plan
from kubegenie_tui.domain.text import plain
from kubegenie_tui.genie.reading.diagnosing import Verdict, diagnose_object
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.rollouts import ROLLED_OUT, Rollout, rollout_status
from kubegenie_tui.genie.reading.scope import Scope

NOT_KEPT = "not kept: "
NOT_YET = "not yet: "
"""Begins the same while it is looked at again."""
_COUNTS = ("replicas", "currentReplicas", "desiredNumberScheduled")
"""Fields of a status that say how many there are."""
_READY = ("Ready", "Available", "Complete", "Established")
"""Conditions that say that an object is; the first that it has counts."""


What = Literal["ready", "replicas", "condition", "gone"]


class _Unknown(Exception):
    """Why it cannot be told whether something holds."""


# When it is promised


async def expectation(scope: Scope, plan: Plan, what: What, value: str, of: str) -> Expected:
    """What a model expects, of an object that the plan writes or that is there.

    Args:
        scope: the plan's cluster.
        plan: what is proposed.
        what: as `Expected.what`.
        value: as `Expected.value`.
        of: `deployments/web`; empty for what the first step writes.

    Raises:
        UsageError: nothing could be compared with it.
        KubeGenieError: there is no such object, or the cluster does not tell.
    """
    value = scope.redactor.text(plain(value)).strip()
    if what == "replicas" and not value.isdecimal():
        raise UsageError("expects: replicas: how many is a number", next_step="say it in value")
    name, sign, status = value.partition("=")
    if what == "condition" and not (name and sign and status):
        raise UsageError("expects: condition: it is said as Type=Status", next_step="say Available=True in value")
    if what == "gone" and value:
        chosen_rules([value])
    return Expected(what, await _meant(scope, plan, of), value if what != "ready" else "")


async def _meant(scope: Scope, plan: Plan, of: str) -> ObjectRef:
    written = [step.ref for step in plan.steps if step.ref.name]
    if not of and written:
        return written[0]
    kind_name, _, name = of.partition("/")
    kind = scope.kind(kind_name)
    known = (ref for ref in written if (ref.kind, ref.name) == (kind.id, name))
    space = next((ref.namespace for ref in written if ref.namespace), None)
    return next(known, None) or await resolve(scope, kind, name, space)


# When it was made


async def held(scope: Scope, expected: Expected) -> Note:
    """Whether it holds now: `kept`, `not kept: … seen …`, or why that cannot be told."""
    mask = scope.redactor.text
    try:
        seen = await _LOOKS[expected.what](scope, expected)
    except _Unknown as why:
        return Note(Health.IDLE, f"cannot be told: {expected.words}: {mask(str(why))}")
    except NotFound:
        seen = "" if expected.what == "gone" and not expected.value else "it is not there"
    except KubeGenieError as error:
        return Note(Health.IDLE, f"cannot be told: {expected.words}: {mask(error.what)}")
    if seen:
        return Note(Health.WARN, f"{NOT_KEPT}{expected.words}: seen: {mask(plain(seen))}")
    return Note(Health.OK, f"kept: {expected.words}")


async def _ready(scope: Scope, expected: Expected) -> str:
    """What is seen instead; empty where it holds. So do the others."""
    ref = expected.ref
    if ref.kind in ROLLED_OUT:
        found: Rollout = (await rollout_status(scope, ref.kind, ref.name, ref.namespace)).data
        return "" if found.done else ": ".join(part for part in (found.words, found.stuck) if part)
    conditions = _conditions(await _object(scope, ref))
    name = next((each for each in _READY if each in conditions), "")
    if not name:
        raise _Unknown("it has no condition that says so")
    return _unless(conditions[name], name, "True")


async def _replicas(scope: Scope, expected: Expected) -> str:
    manifest = await _object(scope, expected.ref)
    status = mapping_at(manifest, "status")
    seen = next((status[each] for each in _COUNTS if each in status), None)
    if seen is None and value_at(manifest, "spec.replicas") is None:
        raise _Unknown("it does not say how many it has")
    return "" if str(seen or 0) == str(int(expected.value)) else str(seen or 0)


async def _condition(scope: Scope, expected: Expected) -> str:
    name, _, status = expected.value.partition("=")
    conditions = _conditions(await _object(scope, expected.ref))
    if name not in conditions:
        raise _Unknown("it has no such condition")
    return _unless(conditions[name], name, status)


async def _gone(scope: Scope, expected: Expected) -> str:
    ref = expected.ref
    if not expected.value:
        left = await _object(scope, ref)
        return "it is being removed" if value_at(left, "metadata.deletionTimestamp") else "it is there"
    looked = await diagnose_object(scope, ref.kind, ref.name, ref.namespace, analyzers=[expected.value])
    verdict: Verdict = looked.data
    if verdict.findings:
        return f"{verdict.findings[0].title}: {verdict.findings[0].cause}"
    if not verdict.whole or verdict.unread:
        raise _Unknown("not all could be looked at")
    return ""


_LOOKS = {"ready": _ready, "replicas": _replicas, "condition": _condition, "gone": _gone}


async def _object(scope: Scope, ref: ObjectRef) -> Manifest:
    return await scope.reader.get(scope.kind(ref.kind), ref.name, ref.namespace)


def _conditions(manifest: Manifest) -> dict[str, Manifest]:
    """By type."""
    return {text_at(each, "type"): each for each in mappings_at(manifest, "status.conditions")}


def _unless(condition: Manifest, name: str, status: str) -> str:
    said, reason = text_at(condition, "status"), text_at(condition, "reason")
    return "" if said.lower() == status.lower() else f"{name}={said}{f' ({reason})' if reason else ''}"
