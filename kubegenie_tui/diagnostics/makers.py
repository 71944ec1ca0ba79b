"""Objects that a controller made of a custom resource: what is wrong in them is corrected where they come from."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.diagnostics import quoted_values
from kubegenie_tui.diagnostics.custom_references import named_at, targets
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at

_BUILTIN = frozenset(kind.id for kind in BUILTIN_KINDS)
_STEP = re.compile(r"(?P<key>[^.\[\]]+)(?:\[(?P<name>[^\]]*)\])?(?:\.|$)")
_SHORTEST = 3
"""Letters of a value that is not found elsewhere by chance."""
_RELEASES, _CHARTS = "helmreleases.helm.toolkit.fluxcd.io", "helmcharts.source.toolkit.fluxcd.io"
_ROLLOUTS, _ANALYSES = "rollouts.argoproj.io", "analysistemplates.argoproj.io"


def at_maker(snapshot: Snapshot, finding: Finding) -> Finding:
    """The same fault where the one custom resource that made its root says the same value; else as it is."""
    root = finding.root
    item = snapshot.get(root.kind, root.namespace, root.name)
    if item is None:
        return finding
    if root.kind == _CHARTS and (release := _release_of(snapshot, item)) is not None:
        return _moved(finding, _RELEASES, release, quoted_values.field_of(release, finding.cause) or "spec.chart.spec")
    value = _written(item, finding.field)
    owner = snapshot.owner_of(item)
    if owner is None or owner[0] in _BUILTIN or len(value) < _SHORTEST:
        return finding
    for kind, maker in (owner, *_templates(snapshot, *owner)):
        fields = list(named_at(mapping_at(maker, "spec"), value))
        if len(fields) == 1:
            return _moved(finding, kind, maker, fields[0])
    return finding


def _moved(finding: Finding, kind: str, maker: Manifest, field: str) -> Finding:
    ref, made = ref_of(kind, maker), finding.root
    affected = tuple(dict.fromkeys((*finding.affected, made, ref)))
    step = f"correct {field} of {ref}, which {made} is made of"
    return msgspec.structs.replace(finding, root=ref, field=field, affected=affected, next_steps=(step,), remedy=None)


def _release_of(snapshot: Snapshot, chart: Manifest) -> Manifest | None:
    """The HelmRelease of Flux that a chart was made for."""
    own = f"{text_at(chart, 'metadata.namespace')}/{text_at(chart, 'metadata.name')}"
    return next((each for each in snapshot.all(_RELEASES) if text_at(each, "status.helmChart") == own), None)


def _templates(snapshot: Snapshot, kind: str, owner: Manifest) -> Iterator[tuple[str, Manifest]]:
    """What the owner names, and what it makes its parts of: the AnalysisTemplates of a Rollout of Argo."""
    for ref, target in targets(snapshot, kind, owner):
        yield ref.kind, target
    if kind == _ROLLOUTS:
        spec, space = mapping_at(owner, "spec"), text_at(owner, "metadata.namespace")
        for template in snapshot.within(_ANALYSES, space):
            if any("templateName" in field for field in named_at(spec, text_at(template, "metadata.name"))):
                yield _ANALYSES, template


def _written(item: Any, field: str) -> str:
    """The text at a field, whose lists are entered by name or number: `spec.containers[app].image`; empty for none."""
    for step in _STEP.finditer(field):
        item, name = item.get(step["key"]) if isinstance(item, dict) else None, step["name"]
        if name is not None:
            item = next((e for at, e in enumerate(item or ()) if str(at) == name or _is_named(e, name)), None)
    return item if isinstance(item, str) else ""


def _is_named(item: Any, name: str) -> bool:
    return isinstance(item, dict) and item.get("name") == name
