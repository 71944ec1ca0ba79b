"""Variables that are to be put into others and are not, for these come later or are not there at all.

Source: Kubernetes' documentation, "Define Dependent Environment Variables": `$(NAME)` stays as it is then.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from kubegenie_tui.diagnostics.build import container_finding, fact
from kubegenie_tui.diagnostics.pods import Container, Workload, container_field
from kubegenie_tui.diagnostics.references import keys_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence, Finding
from kubegenie_tui.domain.manifest import mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.relations.pod_spec import references_of

_NAMED = re.compile(r"(?<!\$)\$\((?P<name>[A-Za-z_][A-Za-z0-9_]*)\)")
_OF_SERVICES = re.compile(r"_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_\w+)?)$")
"""Variables that every container has of the services of its namespace."""


class Unmet(msgspec.Struct, frozen=True):
    """One name that is not replaced."""

    variable: str
    """Whose value names it."""
    name: str
    comes_later: bool
    near: str
    """One that is there and that may be meant."""


def explain(
    snapshot: Snapshot, workload: Workload, container: Container, lines: Sequence[str], evidence: list[Evidence]
) -> Finding | None:
    """The variable whose value a program complains of as it stands; without such words one that surely is wrong."""
    unmet = list(_unmet(snapshot, container))
    quoted = (each for each in unmet if any(f"$({each.name})" in line for line in lines))
    return next((_finding(snapshot, workload, container, each, evidence) for each in quoted), None)


def surely_wrong(
    snapshot: Snapshot, workload: Workload, container: Container, evidence: list[Evidence]
) -> Finding | None:
    """The variable that names one which comes after it, where a program does not say what it misses."""
    later = (each for each in _unmet(snapshot, container) if each.comes_later)
    return next((_finding(snapshot, workload, container, each, evidence) for each in later), None)


def _unmet(snapshot: Snapshot, container: Container) -> Iterator[Unmet]:
    known = _of_sources(snapshot, container)
    variables = mappings_at(container.spec, "env")
    names = [text_at(each, "name") for each in variables]
    for place, variable in enumerate(variables) if known is not None else ():
        before = {*(known or ()), *names[:place]}
        for match in _NAMED.finditer(text_at(variable, "value")):
            name = match["name"]
            if name not in before and not _OF_SERVICES.search(name):
                yield Unmet(names[place], name, name in names[place:], nearest(name, before))


def _of_sources(snapshot: Snapshot, container: Container) -> set[str] | None:
    """The variables of whole ConfigMaps and Secrets; None where one of these is not here."""
    found, namespace = set[str](), ref_of("pods", container.pod).namespace
    for reference in references_of(mapping_at(container.pod, "spec")):
        if reference.container == container.name and reference.place >= 0:
            target = snapshot.get(reference.kind, namespace, reference.name)
            if target is None:
                return None
            found |= {reference.variable_of(key) for key in keys_of(target)}
    return found


def _finding(
    snapshot: Snapshot, workload: Workload, container: Container, unmet: Unmet, evidence: list[Evidence]
) -> Finding:
    field = container_field(workload, container, f"env[{unmet.variable}].value")
    given = next(each for each in mappings_at(container.spec, "env") if text_at(each, "name") == unmet.variable)
    why = "comes after it" if unmet.comes_later else f"is no variable of the container{did_you_mean(unmet.near)}"
    step = f"put {unmet.name} before {unmet.variable}" if unmet.comes_later else f"define {unmet.name} before it"
    return container_finding(
        snapshot, workload, container,
        rule="variable-not-replaced",
        title=f"container {container.name} crashes: $({unmet.name}) stays as it is in {unmet.variable}",
        cause=f"{unmet.variable} names {unmet.name}, which {why}",
        field=field,
        evidence=[*evidence, fact(workload.kind, workload.manifest, field, text_at(given, "value"))],
        confidence=0.93,
        next_steps=[f"name {unmet.near} in it" if unmet.near and not unmet.comes_later else step],
    )  # fmt: skip
