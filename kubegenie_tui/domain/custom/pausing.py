"""How operators are told to leave an object alone: an annotation, a label or a field, by group and kind."""

from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, scalar_text

Path = tuple[str, ...]


class Pause(NamedTuple):
    """One way."""

    groups: str
    """Pattern of API groups."""
    path: Path
    paused: Any
    """What stands there while the object is left alone."""
    kinds: frozenset[str] = frozenset()
    """Only these; none for all of the groups."""
    categories: frozenset[str] = frozenset()
    """Only kinds of one of these categories; none for all."""


def _annotation(name: str) -> Path:
    return ("metadata", "annotations", name)


_FLUX = frozenset(
    {"Alert", "Bucket", "GitRepository", "HelmChart", "HelmRelease", "HelmRepository", "ImagePolicy", "ImageRepository",
     "ImageUpdateAutomation", "Kustomization", "OCIRepository", "Provider", "Receiver"}
)  # fmt: skip
_PROMETHEUS = frozenset({"Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"})
_VICTORIA = frozenset({"VMAgent", "VMAlert", "VMAlertmanager", "VMCluster", "VMSingle"})
_CROSSPLANE = frozenset({"managed", "composite", "claim"})
PAUSES = (
    Pause("*", _annotation("crossplane.io/paused"), "true", categories=_CROSSPLANE),
    Pause("cluster.x-k8s.io", ("spec", "paused"), True, frozenset({"Cluster"})),
    Pause("*cluster.x-k8s.io", _annotation("cluster.x-k8s.io/paused"), "true"),
    Pause("*.toolkit.fluxcd.io", ("spec", "suspend"), True, _FLUX),
    Pause("argoproj.io", _annotation("argocd.argoproj.io/skip-reconcile"), "true", frozenset({"Application"})),
    Pause("argoproj.io", ("spec", "paused"), True, frozenset({"Rollout"})),
    Pause("keda.sh", _annotation("autoscaling.keda.sh/paused"), "true", frozenset({"ScaledObject", "ScaledJob"})),
    Pause("monitoring.coreos.com", ("spec", "paused"), True, _PROMETHEUS),
    Pause("operator.victoriametrics.com", ("spec", "paused"), True, _VICTORIA),
    Pause("*.mariadb.com", ("spec", "suspend"), True, frozenset({"MariaDB", "MaxScale"})),
    Pause("postgresql.cnpg.io", _annotation("cnpg.io/reconciliationLoop"), "disabled", frozenset({"Cluster"})),
    Pause("postgresql.cnpg.io", ("spec", "suspend"), True, frozenset({"ScheduledBackup"})),
    Pause("kafka.strimzi.io", _annotation("strimzi.io/pause-reconciliation"), "true"),
    Pause("*.k8s.elastic.co", _annotation("eck.k8s.elastic.co/managed"), "false"),
    Pause("rabbitmq.com", ("metadata", "labels", "rabbitmq.com/pauseReconciliation"), "true"),
    Pause("velero.io", ("spec", "paused"), True, frozenset({"Schedule"})),
    Pause("*.azure.com", _annotation("serviceoperator.azure.com/reconcile-policy"), "skip"),
)
"""The first that fits is meant. Sources: the manuals of the operators, under "pause", "suspend" and "skip"."""


def pause_of(kind: Kind) -> Pause | None:
    """How objects of a kind are paused; None when no way is known."""
    return next((each for each in PAUSES if _fits(each, kind)), None)


def is_paused(manifest: Manifest, pause: Pause) -> bool:
    """Whether an object is left alone by its operator."""
    found: Any = manifest
    for step in pause.path:
        found = found.get(step) if isinstance(found, dict) else None
    if pause.path[-1] == "cluster.x-k8s.io/paused":
        return found is not None  # whatever it says
    return scalar_text(found) == scalar_text(pause.paused)


def pause_patch(pause: Pause, *, paused: bool) -> Manifest:
    """The merge patch that pauses an object, or lets it go on: what was put there is taken away."""
    is_flag = isinstance(pause.paused, bool)
    body: Any = pause.paused if paused else False if is_flag else None
    for step in reversed(pause.path):
        body = {step: body}
    return dict(body)


def _fits(pause: Pause, kind: Kind) -> bool:
    if not fnmatchcase(kind.group, pause.groups) or "." not in kind.group:
        return False
    if pause.kinds and kind.kind not in pause.kinds:
        return False
    return not pause.categories or bool(pause.categories & set(kind.categories))
