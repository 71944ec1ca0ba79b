"""DaemonSets that run nowhere, for no node has the labels they want."""

import re
from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.placement import fitting_nodes
from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.replacements import of_nodes
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, number_at
from kubegenie_tui.domain.nearness import nearest

_KIND = "daemonsets.apps"
_FIELD = "spec.template.spec.nodeSelector"
_DIGITS = re.compile(r"\d+")
_ARCHITECTURES = frozenset({"386", "amd64", "arm", "arm64", "ppc64le", "riscv64", "s390x"})
"""Values of `kubernetes.io/arch`: each is another one, however near."""
_SHORT = 3
"""Letters up to which two values that differ in one of them are rather two words."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """A notice, for such nodes may come; a warning when the selector is surely a slip of a label that nodes have."""
    for item in snapshot.all(_KIND):
        wanted = mapping_at(item, _FIELD)
        wants = number_at(item, "status.desiredNumberScheduled")
        if (
            wants == 0
            and wanted
            and snapshot.all("nodes")
            and not fitting_nodes(snapshot, mapping_at(item, "spec.template"))
        ):
            yield _finding(snapshot, item, {key: str(value) for key, value in wanted.items()})


def _finding(snapshot: Snapshot, item: Manifest, wanted: dict[str, str]) -> Finding:
    ref, (asked, near) = ref_of(_KIND, item), _near(snapshot, wanted)
    is_slip = _is_slip(asked, near)
    pairs = ", ".join(f"{key}={value}" for key, value in wanted.items())
    why = f"no node has {pairs}" + (f"; there is {near}" if near else "")
    step = f"select {near}" if is_slip else "label the nodes that it is meant for, or change the selector"
    return Finding(
        "daemonset-nowhere", Severity.WARNING if is_slip else Severity.NOTICE, f"daemonset {ref.name} runs on no node",
        why, ref, _FIELD, (fact(_KIND, item, _FIELD, pairs),), (ref,), 0.9 if is_slip else 0.7, (step,),
        of_nodes(snapshot, Workload(_KIND, item, _FIELD.removesuffix(".nodeSelector"))),
    )  # fmt: skip


def _near(snapshot: Snapshot, wanted: dict[str, str]) -> tuple[str, str]:
    """What is wanted and a label of nodes that was probably meant, both as `KEY=VALUE`."""
    for key, value in wanted.items():
        held = [labels_of(node) for node in snapshot.all("nodes")]
        near_value = nearest(value, {labels.get(key, "") for labels in held} - {""}, 0.4)
        near_key = nearest(key, {each for labels in held for each, has in labels.items() if has == value})
        if near_value or near_key:
            return f"{key}={value}", f"{near_key or key}={near_value or value}"
    return "", ""


def _is_slip(wanted: str, near: str) -> bool:
    """Whether one was written for the other: `pool=gpu` and `pool=tpu`, `zone-1` and `zone-2` are two things."""
    one, other = wanted.partition("="), near.partition("=")
    is_other = one[0] == other[0] and one[2] in _ARCHITECTURES
    if not near or is_other or _DIGITS.findall(wanted) != _DIGITS.findall(near):
        return False
    return one[0] != other[0] or len(one[2]) > _SHORT or set(one[2]) == set(other[2])
