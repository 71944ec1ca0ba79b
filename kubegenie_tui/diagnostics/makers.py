"""Objects that a controller made of a custom resource: what is wrong in them is corrected where they come from."""

import re
from typing import Any

import msgspec

from kubegenie_tui.diagnostics.custom_references import named_at
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import mapping_at

_BUILTIN = frozenset(kind.id for kind in BUILTIN_KINDS)
_STEP = re.compile(r"(?P<key>[^.\[\]]+)(?:\[(?P<name>[^\]]*)\])?(?:\.|$)")
_SHORTEST = 3
"""Letters of a value that is not found elsewhere by chance."""


def at_maker(snapshot: Snapshot, finding: Finding) -> Finding:
    """The same fault where the one custom resource that made its root says the same value; else as it is."""
    root = finding.root
    item = snapshot.get(root.kind, root.namespace, root.name)
    owner = snapshot.owner_of(item) if item is not None else None
    value = _written(item, finding.field) if item is not None else ""
    if owner is None or owner[0] in _BUILTIN or len(value) < _SHORTEST:
        return finding
    fields = list(named_at(mapping_at(owner[1], "spec"), value))
    if len(fields) != 1:
        return finding
    maker = ref_of(*owner)
    affected = tuple(dict.fromkeys((*finding.affected, root, maker)))
    step = f"correct {fields[0]} of {maker}, which {root} is made of"
    return msgspec.structs.replace(
        finding, root=maker, field=fields[0], affected=affected, next_steps=(step,), remedy=None
    )


def _written(item: Any, field: str) -> str:
    """The text at a field, whose lists are entered by name: `spec.containers[app].image`; empty where there is none."""
    for step in _STEP.finditer(field):
        item = item.get(step["key"]) if isinstance(item, dict) else None
        if step["name"] is not None:
            item = next((e for e in item or () if isinstance(e, dict) and e.get("name") == step["name"]), None)
    return item if isinstance(item, str) else ""
