"""The words in which operators tell how an object is: conditions as in Kubernetes' API conventions, phases, reasons.

Source: Kubernetes' API conventions, "Typical status properties", and the API references of the projects that are named.
"""

import re

GOOD_WHEN_TRUE = frozenset({
    "Ready", "Synced", "Healthy", "Available", "Reconciled", "Accepted", "Established", "ResolvedRefs", "Programmed",
    "Succeeded",
})  # fmt: skip
"""Conditions that should be True, whatever the kind."""
GOOD_PART = re.compile(
    r"(?<!Not)(?:Ready|Healthy|ReferencesResolved|[a-z]Applied)$"
    r"|^(?:Valid|Validated|Connected|Bound|Provisioned|Deployed|Configured|Resolved|Registered|Applied|Reachable"
    r"|Initialized)$"
)
"""Parts of a whole, such as Cluster API's `BootstrapReady`: where the whole says Ready, they are no fault."""
OF_THEMSELVES = frozenset({"InfrastructureReady", "NodeHealthy"})
"""Parts that Cluster API's Ready does not wait for, or not in every version."""
BAD_WHEN_TRUE = re.compile(
    r"(?:Errors?|Failed|Failure|Failing|Degraded|Stalled|Invalid|Unhealthy|NotReady|Rejected|Unavailable|Unreachable"
    r"|Crashed)$|^Failed[A-Z]|^(?:Fallback|ErrorOccurred|ACK\.Terminal|ACK\.Recoverable)$"
)
"""By their ends; and by name those of KEDA, of Argo CD's ApplicationSet, and of the controllers of AWS (ACK)."""
PHASE_PATHS = (
    "status.phase", "status.state", "status.connectionState.lastObservedState", "status.status", "status.health",
    "status.ceph.health", "status.robustness", "status.jobStatus", "status.jobStatus.state",
    "status.applicationState.state", "status.PostgresClusterStatus",
)  # fmt: skip
"""Of most; and those of Argo's Rollouts, OLM, AWS (ACK), Elastic, Rook, Longhorn, Ray, Flink, Spark and Zalando."""
BAD_PHASE = re.compile(
    r"(?<!not)(?<!no)(?:fail(?:ed|ure|ing)|failed[_ ]?validation|error(?:ed)?|degraded|faulted|unhealthy|invalid)$"
    r"|^(?:transient_failure|shutdown|health_err|red)$|\bunrecoverable\b|^(?:unable to|not enough|cannot) ",
    re.IGNORECASE,
)
"""`PartiallyFailed` and `FailedValidation` of Velero, `Failure` of Rook, `CREATE_FAILED`, `walArchivingFailing`."""
ON_PURPOSE = re.compile(
    r"(?:NoTraffic|NoHealthyBackends|Paused|Suspended|Disabled|Hibernated|Cancell?ed(?:RunFinally)?|Stopped(?:RunFinally)?)$"
)
"""Reasons of Knative's objects that are scaled to 0, of what somebody has paused or stopped, and of Tekton's runs."""
