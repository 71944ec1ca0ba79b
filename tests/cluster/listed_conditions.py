"""Every condition that k8sgpt looks for, and those it misses, with what shows it: a fault that is found, and a control.

Source: https://github.com/k8sgpt-ai/k8sgpt, `pkg/analyzer/`. A name is that of a case on a real control plane, of a
condition of an operator, of a check of policies, or of a rule that scenes show.
"""

CORE: dict[str, dict[str, str]] = {
    "Pod": {
        "Pending, Unschedulable": "node-selector",
        "SchedulingGated": "scheduling-gated",
        "Evicted": "evicted",
        "ContainerCreating, FailedCreatePodSandBox": "a-sandbox-that-is-not-made",
        "ContainerCreating, FailedMount": "pod-setup-fails",
        "CrashLoopBackOff and why it ended": "crash-loop",
        "an init container": "an-init-container-that-fails",
        "ImagePullBackOff": "image-pull-unauthorized",
        "ErrImagePull": "image-registry-unreachable",
        "ErrImageNeverPull": "image-never-pulled",
        "InvalidImageName": "invalid-image-name",
        "ImageInspectError": "waits-for-ImageInspectError",
        "CreateContainerConfigError": "waits-for-CreateContainerConfigError",
        "CreateContainerError": "waits-for-CreateContainerError",
        "RunContainerError": "command-not-found",
        "PreCreateHookError": "waits-for-PreCreateHookError",
        "PreStartHookError": "waits-for-PreStartHookError",
        "terminated with an exit code": "a-pod-that-failed",
        "running, not ready, Unhealthy": "readiness-probe-fails",
    },
    "Deployment": {
        "fewer ready replicas than wanted": "replicas-that-are-not-made",
        "Progressing=False": "rollout-late",
    },
    "ReplicaSet": {"ReplicaFailure, FailedCreate": "quota-exceeded"},
    "DaemonSet": {
        "fewer ready than desired": "daemons-that-are-not-ready",
        "imagePullSecret missing": "daemons-without-their-pull-secret",
    },
    "StatefulSet": {
        "serviceName missing": "statefulset-service",
        "class of a template missing": "a-set-of-no-class",
        "pod-0 missing, with a warning": "a-set-without-its-first-pod",
        "the first pod does not run": "a-set-whose-first-pod-does-not-run",
    },
    "Job": {"suspended": "job-suspended", "failed": "job-failed", "past its deadline": "a-job-past-its-deadline"},
    "CronJob": {
        "suspended": "cronjob-suspended",
        "invalid schedule": "cronjob-never-due",
        "startingDeadlineSeconds": "cronjob-deadline",
    },
    "Service": {
        "no endpoints": "service-selects-nothing",
        "notReadyAddresses": "a-service-of-unready-pods",
        "events that are not Normal": "service-events",
    },
    "Ingress": {
        "no class, or no such class": "missing-ingress-class",
        "backend missing": "missing-backend",
        "TLS Secret missing": "missing-certificate",
    },
    "PersistentVolumeClaim": {"Pending, ProvisioningFailed": "provisioning-failed"},
    "Node": {
        "Ready is not True": "node-not-ready",
        "another condition is True": "node-pressure",
        "a condition of an unknown type": "node-problem",
    },
    "Webhooks": {
        "Service missing": "a-webhook-without-a-service",
        "no pods behind it": "a-webhook-that-sleeps",
        "a pod does not run": "a-webhook-whose-pods-do-not-run",
        "of the validating kind": "webhook-down",
    },
    "ConfigMap": {"unused": "unused-configmap", "empty": "configmap-empty", "over 1 MiB": "configmap-full"},
}
"""Analyzers that are on by default."""
MORE: dict[str, dict[str, str]] = {
    "HorizontalPodAutoscaler": {
        "AbleToScale=False": "autoscaler-unable",
        "ScalingActive=False": "an-autoscaler-without-outside-figures",
        "ScalingLimited=True": "autoscaler-at-limit",
        "scaleTargetRef missing": "autoscaler-target",
        "scaleTargetRef of another kind": "an-autoscaler-without-a-target",
        "no container with requests": "autoscaler-blind",
    },
    "PodDisruptionBudget": {"DisruptionAllowed=False": "budget-blocks"},
    "NetworkPolicy": {
        "empty podSelector": "policy-closes",
        "matches no pods": "policy-selects-nothing",
        "matches no pods by expressions": "a-policy-for-no-pod-by-expressions",
    },
    "Log": {"errors in the last lines": "errors-logged"},
    "GatewayClass": {
        "not accepted": "a-gateway-class-that-is-refused",
        "nobody has looked at it": "gateway-class-unclaimed",
    },
    "Gateway": {"class missing": "missing-gateway-class", "not programmed": "a-gateway-that-is-not-programmed"},
    "HTTPRoute": {
        "Gateway missing": "missing-gateway",
        "namespace not allowed": "gateway-refuses",
        "selector mismatch": "a-route-of-a-namespace-without-the-label",
        "backend missing": "a-route-to-no-service",
        "port mismatch": "wrong-backend-port",
    },
    "Storage": {
        "a class without a provisioner": "class-without-provisioner",
        "a claim of such a class": "a-disk-that-is-too-small",
        "several default classes": "several-default-classes",
        "volume Released": "volume-released",
        "volume Failed": "volume-failed",
        "a volume or a claim below 1Gi": "small-volume",
        "claim Pending": "claim-unbound",
        "claim Lost": "claim-lost",
        "claim without a class": "no-default-storage-class",
    },
    "Security": {
        "default service account": "default-service-account",
        "RoleBinding to a Role with *": "role-of-everything",
        "privileged container": "privileged-container",
        "no securityContext": "pod-security-context",
    },
    "OLM": {
        "ClusterCatalog: bad reference": "operator-source",
        "ClusterCatalog: Serving": "catalog-not-served",
        "ClusterCatalog: Progressing": "catalog-retrying",
        "ClusterExtension: Installed": "extension-not-installed",
        "ClusterExtension: Progressing, Retrying": "extension-stuck",
        "ClusterExtension: Progressing, Blocked": "extension-blocked",
        "CSV Failed": "csv-failed",
        "CSV Pending": "csv-pending",
        "CSV InstallReady": "csv-install-ready",
        "CSV Installing": "csv-installing",
        "Subscription: ResolutionFailed": "subscription-unresolved",
        "Subscription: CatalogSourcesUnhealthy": "subscription-without-catalog",
        "Subscription: InstallPlanFailed": "subscription-plan-failed",
        "InstallPlan Failed": "plan-failed",
        "InstallPlan RequiresApproval": "plan-waits",
        "CatalogSource CONNECTING": "source-connecting",
        "CatalogSource TRANSIENT_FAILURE": "source-failing",
        "CatalogSource SHUTDOWN": "source-shut-down",
        "CatalogSource IDLE": "source-idle",
        "CatalogSource of nothing": "source-of-nothing",
        "more than one OperatorGroup": "several-operator-groups",
    },
    "KEDA": {
        "ScaledObject: target": "scaled-without-target",
        "ScaledObject: resources": "autoscaler-blind",
        "ScaledObject: not ready": "scaled-not-ready",
        "ScaledObject: Fallback": "scaled-fallen-back",
        "ScaledObject: credentials": "scaled-without-credentials",
        "ScaledJob: not ready": "jobs-not-ready",
    },
    "Kyverno": {"a report that fails": "policy-reported"},
    "Prometheus": {"invalid configuration, or nothing to scrape": "prometheus-configuration"},
    "EKS": {"health issues of a node group": "condition-false"},
}
"""Analyzers that are off by default, and integrations."""
MISSING: dict[str, str] = {
    "killed for memory": "out-of-memory",
    "stuck Terminating": "stuck-terminating",
    "refused by a quota": "quota-exceeded",
    "refused by a LimitRange": "limit-range",
    "no such ConfigMap": "missing-configmap",
    "no such key of a ConfigMap": "missing-configmap-key",
    "no such Secret": "missing-secret",
    "no such key of a Secret": "missing-secret-key",
    "no such service account": "missing-service-account",
    "targetPort and containerPort": "service-wrong-port",
    "a near-miss of a selector": "service-selects-nothing",
    "cordoned": "node-cordoned",
    "a taint": "untolerated-taint",
    "more than any node has": "request-too-large",
    "more cpu than is left": "insufficient-cpu",
    "more memory than is left": "insufficient-memory",
    "an expired certificate": "certificate-expired",
    "conditions of any custom resource": "condition-false",
}
"""What k8sgpt does not look for."""
EACH: dict[str, str] = {
    **{
        f"{kind}: {what}": shown
        for group in (CORE, MORE)
        for kind, told in group.items()
        for what, shown in told.items()
    },
    **MISSING,
}
