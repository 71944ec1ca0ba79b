"""Nodes: closed to new pods, open again, tainted."""

import re
from collections.abc import Sequence

from kubegenie_tui.changes.operations.operation import Operation, Request, Targets, asking, of_kinds
from kubegenie_tui.changes.operations.target import Target, called
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.form import Field, TextField
from kubegenie_tui.domain.manifest import Manifest, mappings_at, value_at
from kubegenie_tui.domain.plan import Plan, Step

EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_TAINT = re.compile(r"(?P<key>[^=:\s]+?)(?:=(?P<value>[^:\s]*))?(?::(?P<effect>[A-Za-z]+))?(?P<away>-)?")
NODES = of_kinds("nodes")


def cordon_steps(targets: Targets, *, closed: bool) -> list[Step]:
    """Let no new pods come, or let them come again; nodes that are so already are left out."""
    return [
        target.patch({"spec": {"unschedulable": closed or None}}) for target in targets if is_closed(target) != closed
    ]


def is_closed(node: Target) -> bool:
    """Whether no new pods come to it."""
    return value_at(node.manifest, "spec.unschedulable") is True


def taint_steps(targets: Targets, words: Sequence[str]) -> list[Step]:
    """Change the taints of each: `key=value:Effect` sets, `key:Effect-` or `key-` takes away.

    Raises:
        UsageError: a word that is none of these.
    """
    changes = [_parsed(word) for word in words]
    steps = []
    for target in targets:
        before = mappings_at(target.manifest, "spec.taints")
        after = before
        for taint, away in changes:
            after = [each for each in after if not _same(each, taint)] + ([] if away else [taint])
        if after != before:
            steps.append(target.patch({"spec": {"taints": after or None}}))
    return steps


def _parsed(word: str) -> tuple[Manifest, bool]:
    found = _TAINT.fullmatch(word)
    effect = found["effect"] if found else None
    if found is None or ((effect or not found["away"]) and effect not in EFFECTS):
        raise UsageError(f'"{word}" is no taint', f"the effects are {', '.join(EFFECTS)}", "write key=value:NoSchedule")
    taint = {"key": found["key"], "value": found["value"], "effect": effect}
    return {key: value for key, value in taint.items() if value}, bool(found["away"])


def _same(taint: Manifest, wanted: Manifest) -> bool:
    return taint.get("key") == wanted["key"] and wanted.get("effect") in (None, taint.get("effect"))


def _taint_fields(targets: Targets) -> Sequence[Field]:
    now = ", ".join(
        f"{each.get('key')}:{each.get('effect')}" for each in mappings_at(targets[0].manifest, "spec.taints")
    )
    hint = f"key=value:NoSchedule sets, key- takes away; now {now or 'none'}"
    return (TextField("taints", "Taints", hint=hint),)


async def _cordon(request: Request) -> Plan:
    return request.plan(f"Cordon {called(request.targets)}", cordon_steps(request.targets, closed=True))


async def _uncordon(request: Request) -> Plan:
    return request.plan(f"Uncordon {called(request.targets)}", cordon_steps(request.targets, closed=False))


async def _taint(request: Request) -> Plan:
    words = request.text("taints").split()
    title = f"Taint {called(request.targets)} with {' '.join(words)}"
    return request.plan(title, taint_steps(request.targets, words))


CORDON = Operation("cordon", "cordon", NODES, _cordon)
UNCORDON = Operation("uncordon", "uncordon", NODES, _uncordon)
TAINT = Operation("taint", "taint", NODES, _taint, asking(_taint_fields), takes_rest=True)
