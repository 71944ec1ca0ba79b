"""Where a variable that a program misses is to be set, or is set wrongly: by its name, or by a prefix of `envFrom`."""

from collections.abc import Sequence

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.domain.finding import Evidence, Remedy
from kubegenie_tui.domain.manifest import mappings_at, text_at
from kubegenie_tui.domain.nearness import is_slip, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import Reference

_SEVERAL = 2


class Place(msgspec.Struct, frozen=True):
    """The object and the field to change."""

    root: ObjectRef
    field: str
    step: str
    why: str = ""
    """What is there instead, as a half sentence to append."""
    proof: Sequence[Evidence] = ()
    confidence: float = 0.92
    remedy: Remedy | None = None


def of_name(workload: Workload, container: Container, name: str) -> Place | None:
    """A variable whose name is like the one that is missed."""
    given = [text_at(variable, "name") for variable in mappings_at(container.spec, "env")]
    near = nearest(name, given)
    if not near:
        return None
    field = container_field(workload, container, f"env[{near}]")
    proof = [fact(workload.kind, workload.manifest, field, near)]
    remedy = (
        corrections.of_variable(workload, container, near, name) if corrections.is_alone(name, near, given) else None
    )
    return Place(workload.ref, field, f"rename {near} to {name}", f'; there is "{near}"', proof=proof, remedy=remedy)


def of_prefix(
    workload: Workload, container: Container, source: Reference, keys: Sequence[str], name: str
) -> Place | None:
    """A whole ConfigMap or Secret with the key, whose variables begin with another prefix than the one that is missed.

    Without a prefix it is not certain that one is missed: a key may have been called without it. So more than one key
    must be there, and none that begins so.
    """
    key = max((each for each in keys if each and name.endswith(each)), key=len, default="")
    wanted = name.removesuffix(key)
    is_meant = bool(source.prefix) or (len(keys) >= _SEVERAL and not any(each.startswith(wanted) for each in keys))
    if not key or source.variable_of(key) == name or not is_meant or (wanted and wanted[-1] not in "_.-"):
        return None
    field = container_field(workload, container, f"envFrom[{source.place}].prefix")
    why = f"; {source.name} has {key}, of which {source.variable_of(key)} is made"
    step = f"set the prefix to {wanted}" if wanted else f"take the prefix {source.prefix} away"
    remedy = (
        corrections.of_prefix(workload, container, source, wanted) if is_slip(source.prefix, wanted, 0.35) else None
    )
    proof = [fact(workload.kind, workload.manifest, field, source.prefix or "none")]
    return Place(workload.ref, field, step, why, proof=proof, confidence=0.93 if source.prefix else 0.75, remedy=remedy)
