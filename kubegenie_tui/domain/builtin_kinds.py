"""The kinds every cluster has, known without asking it: work can begin before discovery has ended."""

from kubegenie_tui.domain.kind import Kind

_VERBS = frozenset({"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"})


def _kinds(group: str, version: str, *lines: str, namespaced: bool = True) -> tuple[Kind, ...]:
    return tuple(_kind(group, version, line, namespaced=namespaced) for line in lines)


def _kind(group: str, version: str, line: str, *, namespaced: bool) -> Kind:
    """A kind from `plural Kind short,names categories subresources`, each list with commas, `-` for an empty one."""
    plural, kind, short_names, categories, subresources = (*line.split(), "-", "-", "-")[:5]
    return Kind(
        group,
        version,
        plural,
        kind,
        namespaced,
        kind.lower(),
        _list(short_names),
        _VERBS - {"deletecollection"} if plural == "namespaces" else _VERBS,
        _list(categories),
        frozenset(_list(subresources)),
    )


def _list(text: str) -> tuple[str, ...]:
    return () if text == "-" else tuple(text.split(","))


BUILTIN_KINDS: tuple[Kind, ...] = (
    *_kinds(
        "",
        "v1",
        "configmaps ConfigMap cm",
        "endpoints Endpoints ep",
        "events Event ev",
        "limitranges LimitRange limits",
        "persistentvolumeclaims PersistentVolumeClaim pvc - status",
        "pods Pod po all attach,binding,ephemeralcontainers,eviction,exec,log,portforward,proxy,resize,status",
        "podtemplates PodTemplate",
        "replicationcontrollers ReplicationController rc all scale,status",
        "resourcequotas ResourceQuota quota - status",
        "secrets Secret",
        "serviceaccounts ServiceAccount sa - token",
        "services Service svc all proxy,status",
    ),
    *_kinds(
        "",
        "v1",
        "namespaces Namespace ns - finalize,status",
        "nodes Node no - proxy,status",
        "persistentvolumes PersistentVolume pv - status",
        namespaced=False,
    ),
    *_kinds(
        "apps",
        "v1",
        "controllerrevisions ControllerRevision",
        "daemonsets DaemonSet ds all status",
        "deployments Deployment deploy all scale,status",
        "replicasets ReplicaSet rs all scale,status",
        "statefulsets StatefulSet sts all scale,status",
    ),
    *_kinds("batch", "v1", "cronjobs CronJob cj all status", "jobs Job - all status"),
    *_kinds("autoscaling", "v2", "horizontalpodautoscalers HorizontalPodAutoscaler hpa all status"),
    *_kinds("networking.k8s.io", "v1", "ingresses Ingress ing - status", "networkpolicies NetworkPolicy netpol"),
    *_kinds("networking.k8s.io", "v1", "ingressclasses IngressClass", namespaced=False),
    *_kinds("discovery.k8s.io", "v1", "endpointslices EndpointSlice"),
    *_kinds("policy", "v1", "poddisruptionbudgets PodDisruptionBudget pdb - status"),
    *_kinds("rbac.authorization.k8s.io", "v1", "rolebindings RoleBinding", "roles Role"),
    *_kinds(
        "rbac.authorization.k8s.io",
        "v1",
        "clusterrolebindings ClusterRoleBinding",
        "clusterroles ClusterRole",
        namespaced=False,
    ),
    *_kinds(
        "storage.k8s.io",
        "v1",
        "csidrivers CSIDriver",
        "csinodes CSINode",
        "storageclasses StorageClass sc",
        "volumeattachments VolumeAttachment - - status",
        namespaced=False,
    ),
    *_kinds("storage.k8s.io", "v1", "csistoragecapacities CSIStorageCapacity"),
    *_kinds("coordination.k8s.io", "v1", "leases Lease"),
    *_kinds("scheduling.k8s.io", "v1", "priorityclasses PriorityClass pc", namespaced=False),
    *_kinds("node.k8s.io", "v1", "runtimeclasses RuntimeClass", namespaced=False),
    *_kinds("events.k8s.io", "v1", "events Event ev"),
    *_kinds(
        "apiextensions.k8s.io",
        "v1",
        "customresourcedefinitions CustomResourceDefinition crd,crds api-extensions status",
        namespaced=False,
    ),
    *_kinds("apiregistration.k8s.io", "v1", "apiservices APIService - api-extensions status", namespaced=False),
    *_kinds(
        "admissionregistration.k8s.io",
        "v1",
        "mutatingwebhookconfigurations MutatingWebhookConfiguration - api-extensions",
        "validatingwebhookconfigurations ValidatingWebhookConfiguration - api-extensions",
        namespaced=False,
    ),
    *_kinds(
        "certificates.k8s.io",
        "v1",
        "certificatesigningrequests CertificateSigningRequest csr - approval,status",
        namespaced=False,
    ),
)
"""Generally available kinds of Kubernetes 1.26 and later; `resize` since 1.33."""
