"""Who else manages what is to be changed: their next run may set it back, or undo what they would have done."""

from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.plan import Note, StepPreview

_MARKS = (
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux kustomization"),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux Helm release"),
    ("annotations", "argocd.argoproj.io/tracking-id", "Argo CD application"),
    ("labels", "argocd.argoproj.io/instance", "Argo CD application"),
    ("annotations", "meta.helm.sh/release-name", "Helm release"),
)
"""Where each tool leaves its mark. Source: the tools' documentation of tracked resources."""


def managers_of(steps: Sequence[StepPreview]) -> Iterator[Note]:
    """One note a manager of any of the objects; one that says so when there is none."""
    found = list(dict.fromkeys(name for step in steps if step.before for name in _managers(step.before)))
    for name in found:
        yield Note(Health.WARN, f"managed by {name}: it may set this back")
    if not found:
        yield Note(Health.OK, "not managed by Helm, Argo CD, Flux or an operator")


def _managers(manifest: Manifest) -> Iterator[str]:
    for where, key, tool in _MARKS:
        value = mapping_at(manifest, f"metadata.{where}").get(key)
        if isinstance(value, str) and value:
            yield f"{tool} {value.partition(':')[0]}"
            break
    for owner in mappings_at(manifest, "metadata.ownerReferences"):
        if owner.get("controller") is True:
            yield f"{text_at(owner, 'kind')} {text_at(owner, 'name')}"
