"""From a wish to an operation of the catalogue: what was said as answers to its fields."""

import shlex
from collections.abc import Mapping
from typing import Any

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.genie.offline.intent import Way
from kubegenie_tui.genie.reading.scope import Scope
from kubegenie_tui.genie.wishes.resolving import OPERATIONS
from kubegenie_tui.genie.wishes.wish import Step

RELATIVE = frozenset({"delta", "factor", "percent"})
"""Ways to say a number of replicas that depend on how many there are."""


def operation_of(step: Step, kinds: KindIndex) -> str:
    """The id of the operation that does a step; empty when none does."""
    from kubegenie_tui.genie.proposing.planning import proposable

    kind = kinds.get(step.ref.kind)
    names = OPERATIONS.get(step.verb, ())
    return next((name for name in names if kind and proposable(name).fits(kind)), "")


async def way_of(scope: Scope, step: Step) -> Way:
    """The operation with what was said; numbers that depend on the object as it is are read from it.

    Raises:
        UsageError: it cannot be done by an operation.
        ClusterError: the object cannot be read.
    """
    operation = operation_of(step, scope.reader.kinds)
    if not operation:
        raise UsageError(f"I cannot do that: {step.verb}", next_step="`.` on a row lists what can be done with it")
    args = step.args
    if step.verb == "scale" and RELATIVE & args.keys():
        return Way(operation, {"replicas": str(await _replicas(scope, step))})
    if step.verb == "set-image":
        return Way(operation, await _image(scope, step))
    return Way(operation, _given(step.verb, args))


def _given(verb: str, args: Mapping[str, Any]) -> dict[str, str]:
    match verb:
        case "scale":
            return {"replicas": str(args["replicas"])}
        case "label" | "annotate" | "set-env" | "taint":
            return _words(args)
        case "set-resources":
            asked = {
                f"{resource}-{group.removesuffix('s')}": "none" if amount is None else amount
                for group in ("limits", "requests")
                for resource, amount in args.get(group, {}).items()
            }
            return asked | ({"container": args["container"]} if "container" in args else {})
        case "autoscale":
            bounds = {"least": str(args["min"]), "most": str(args["max"])}
            return bounds | ({"cpu": str(args["cpu"])} if "cpu" in args else {})
        case "set-image":
            return {str(args.get("container", "image")): str(args["image"])}
        case "expose" | "rollback":
            return {name: str(args[name]) for name in ("port", "revision") if name in args}
        case "delete":
            return {"grace": "0"} if args.get("force") else {}
        case "drain":
            return {"force": "yes"} if args.get("force") else {}
    return {}


def _words(args: Mapping[str, Any]) -> dict[str, str]:
    """Pairs as the fields of operations take them: `team=blue old-`."""
    if "taints" in args:
        return {"taints": shlex.join(args["taints"])}
    pairs = next(args[name] for name in ("labels", "annotations", "env") if name in args)
    words = [f"{key}-" if value is None else f"{key}={value}" for key, value in pairs.items()]
    words += [f"container={args['container']}"] if "container" in args else []
    return {"pairs": shlex.join(words)}


async def _replicas(scope: Scope, step: Step) -> int:
    now = number_at(await _manifest(scope, step), "spec.replicas") or 0
    args = step.args
    if "delta" in args:
        return max(0, now + int(args["delta"]))
    share = float(args["factor"]) if "factor" in args else 1 + int(args["percent"]) / 100
    return max(0, round(now * share))


async def _image(scope: Scope, step: Step) -> dict[str, str]:
    """A tag is put behind the repository that the container has now."""
    args = step.args
    name = str(args.get("container", ""))
    if "image" in args:
        return {name or "image": str(args["image"])}
    manifest = await _manifest(scope, step)
    spec = mapping_at(manifest, "spec.jobTemplate.spec.template.spec") or mapping_at(manifest, "spec.template.spec")
    containers = mappings_at(spec or mapping_at(manifest, "spec"), "containers")
    chosen = [each for each in containers if not name or text_at(each, "name") == name]
    if len(chosen) != 1:
        names = ", ".join(text_at(each, "name") for each in containers)
        raise UsageError(f"The image of which container of {step.ref.name}?", f"it has {names}", "name one")
    repository = text_at(chosen[0], "image").partition("@")[0]
    host, slash, last = repository.rpartition("/")
    return {text_at(chosen[0], "name"): f"{host}{slash}{last.partition(':')[0]}:{args['tag']}"}


async def _manifest(scope: Scope, step: Step) -> dict[str, Any]:
    ref = step.ref
    return await scope.reader.get(scope.kind(ref.kind), ref.name, ref.namespace)
