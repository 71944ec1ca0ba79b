"""Fields that people call by their name alone, and where they are: `explain pod readinessProbe`."""

from kubegenie_tui.genie.offline.directory import WORKLOADS

_TOP = frozenset({"spec", "status", "metadata", "data", "kind", "rules", "subjects", "roleRef"})
_OF_CONTAINERS = frozenset({
    "args", "command", "env", "envFrom", "imagePullPolicy", "lifecycle", "livenessProbe", "readinessProbe",
    "resources", "startupProbe", "volumeMounts",
})  # fmt: skip
_OF_PODS = frozenset({
    "affinity", "containers", "dnsPolicy", "hostNetwork", "imagePullSecrets", "initContainers", "nodeSelector",
    "priorityClassName", "restartPolicy", "securityContext", "serviceAccountName",
    "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes",
})  # fmt: skip
_OF_OTHERS = frozenset({
    "backoffLimit", "behavior", "completions", "concurrencyPolicy", "egress", "externalTrafficPolicy",
    "failedJobsHistoryLimit", "finalizers", "ingress", "maxReplicas", "maxUnavailable", "metrics", "minAvailable",
    "minReplicas", "parallelism", "podManagementPolicy", "podSelector", "policyTypes", "ports",
    "progressDeadlineSeconds", "replicas", "revisionHistoryLimit", "roleRef", "rules", "schedule", "selector",
    "sessionAffinity", "startingDeadlineSeconds", "strategy", "subjects", "successfulJobsHistoryLimit", "suspend",
    "taints", "template", "tls", "ttlSecondsAfterFinished", "updateStrategy", "volumeClaimTemplates",
})  # fmt: skip
FIELDS = {each.lower(): each for each in _OF_CONTAINERS | _OF_PODS | _OF_OTHERS}
"""By their names in lower case; any other field is known by its path."""


def path_of(said: str, kind: str) -> str:
    """The dotted path of a field of a kind: what people speak of is mostly a part of the spec."""
    field = FIELDS.get(said.lower(), said)
    pods = _pods_in(kind)
    if pods and field in _OF_CONTAINERS:
        return f"{pods}.containers.{field}"
    if pods and field in _OF_PODS:
        return f"{pods}.{field}"
    return field if field.partition(".")[0] in _TOP else f"spec.{field}"


def _pods_in(kind: str) -> str:
    """Where the spec of its pods is; empty for a kind without."""
    if kind == "cronjobs.batch":
        return "spec.jobTemplate.spec.template.spec"
    return "spec" if kind == "pods" else "spec.template.spec" if kind in WORKLOADS else ""
