"""One namespace with something of every kind that has a shape of ours, in as many states as it can be in."""

from tests.cluster.faults import FAULTS, HEALTHY, Object, deployment, manifest, pod_spec, service

LABELS = {"matchLabels": {"app": "stored"}}
STORED = {"metadata": {"labels": {"app": "stored"}}, "spec": pod_spec("nginx:1.27")}
CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
FAILING = {"restartPolicy": "Never", **pod_spec("busybox:1.36", command=["sh", "-c", "exit 2"])}
LISTENING = {"restartPolicy": "Never", **pod_spec("nginx:1.27")}
DONE = {"restartPolicy": "Never", **pod_spec("busybox:1.36", command=["sh", "-c", "exit 0"])}
PODS = (
    manifest("v1", "Pod", "gated", spec={**pod_spec("nginx:1.27"), "schedulingGates": [{"name": "example.com/later"}]}),
    manifest("v1", "Pod", "asking", spec={
        **pod_spec("nginx:1.27"), "readinessGates": [{"conditionType": "example.com/balanced"}],
    }),
    manifest("v1", "Pod", "accompanied", spec={
        "initContainers": [
            {"name": "first", "image": "busybox:1.36", "command": ["sh", "-c", "exit 0"]},
            {"name": "mesh", "image": "nginx:1.27", "restartPolicy": "Always"},
        ],
        "containers": [{"name": "app", "image": "nginx:1.27"}, {"name": "log", "image": "nginx:1.27"}],
    }),
    manifest("v1", "Pod", "done", spec=DONE),
    manifest("v1", "Pod", "failed", spec=FAILING),
)  # fmt: skip
WORKLOADS = (
    manifest("apps/v1", "StatefulSet", "stored", spec={
        "replicas": 2, "serviceName": "stored", "selector": LABELS, "template": STORED,
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": CLAIM}],
    }),
    manifest("apps/v1", "DaemonSet", "everywhere", spec={
        "selector": {"matchLabels": {"app": "everywhere"}},
        "template": {"metadata": {"labels": {"app": "everywhere"}}, "spec": pod_spec("nginx:1.27")},
    }),
    manifest("apps/v1", "DaemonSet", "nowhere", spec={
        "selector": {"matchLabels": {"app": "nowhere"}},
        "template": {
            "metadata": {"labels": {"app": "nowhere"}},
            "spec": {**pod_spec("nginx:1.27"), "nodeSelector": {"disk": "floppy"}},
        },
    }),
    deployment("asleep", replicas=0),
    deployment("many", replicas=3),
    manifest("batch/v1", "Job", "counted", spec={"completions": 3, "parallelism": 2, "template": {"spec": DONE}}),
    manifest("batch/v1", "Job", "queue", spec={"parallelism": 2, "template": {"spec": LISTENING}}),
    manifest("batch/v1", "Job", "held", spec={"suspend": True, "template": {"spec": DONE}}),
    manifest("batch/v1", "CronJob", "often", spec={
        "schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": DONE}}},
    }),
    manifest("batch/v1", "CronJob", "never", spec={
        "schedule": "0 3 * * 1", "timeZone": "Europe/Berlin", "suspend": True,
        "jobTemplate": {"spec": {"template": {"spec": DONE}}},
    }),
)  # fmt: skip
METRIC = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
VALUE = {
    "type": "Resource",
    "resource": {"name": "memory", "target": {"type": "AverageValue", "averageValue": "200Mi"}},
}
AROUND = (
    manifest("autoscaling/v2", "HorizontalPodAutoscaler", "many", spec={
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "many"},
        "minReplicas": 2, "maxReplicas": 5, "metrics": [METRIC, VALUE],
    }),
    manifest("policy/v1", "PodDisruptionBudget", "many", spec={
        "minAvailable": "50%", "selector": {"matchLabels": {"app": "many"}},
    }),
    manifest("policy/v1", "PodDisruptionBudget", "stored", spec={"maxUnavailable": 1, "selector": LABELS}),
    manifest("networking.k8s.io/v1", "NetworkPolicy", "narrow", spec={
        "podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["many", "stored"]}]},
    }),
    manifest("networking.k8s.io/v1", "Ingress", "shop", spec={
        "ingressClassName": "nginx", "tls": [{"hosts": ["a.example.com"]}],
        "rules": [{"host": f"{letter}.example.com"} for letter in "abcd"],
    }),
    manifest("networking.k8s.io/v1", "Ingress", "open", spec={
        "defaultBackend": {"service": {"name": "healthy", "port": {"number": 80}}},
    }),
    manifest("v1", "Service", "balanced", spec={
        "type": "LoadBalancer", "selector": {"app": "many"}, "ports": [{"port": 443, "protocol": "TCP"}],
    }),
    manifest("v1", "Service", "on-nodes", spec={
        "type": "NodePort", "selector": {"app": "many"}, "ports": [{"port": 53, "protocol": "UDP"}],
    }),
    manifest("v1", "Service", "elsewhere", spec={"type": "ExternalName", "externalName": "db.example.com"}),
    manifest("v1", "Service", "stored", spec={
        "clusterIP": "None", "selector": {"app": "stored"}, "ports": [{"port": 80}],
    }),
    service("many"),
    manifest("v1", "ResourceQuota", "bounds", spec={"hard": {"configmaps": "2", "secrets": "10"}}),
    manifest("v1", "ResourceQuota", "hurried", spec={"hard": {"limits.memory": "10Gi"}, "scopes": ["Terminating"]}),
    manifest("v1", "ConfigMap", "settings", data={"one": "1", "two": "2"}, binaryData={"three": "Mw=="}),
    {**manifest("v1", "ServiceAccount", "puller"), "imagePullSecrets": [{"name": "registry"}]},
)  # fmt: skip
STORY: tuple[Object, ...] = (
    *PODS,
    *WORKLOADS,
    *AROUND,
    *HEALTHY,
    *(each for fault in FAULTS for each in fault.manifests),
)
