"""What every cluster has before any team arrives: nodes, system pods, classes, roles."""

from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.story.manifests import config_map, daemon_set, deployment, manifest, service
from kubegenie_tui.demo.story.stage import Stage

RBAC = "rbac.authorization.k8s.io/v1"
READ, WRITE = ["get", "list", "watch"], ["create", "delete", "deletecollection", "patch", "update"]
GROUPS = ["", "apps", "autoscaling", "batch", "networking.k8s.io", "policy", "discovery.k8s.io", "metrics.k8s.io"]
READABLE = [
    "bindings", "configmaps", "endpoints", "endpointslices", "events", "limitranges", "namespaces",
    "persistentvolumeclaims",
    "pods", "pods/log", "pods/status", "podtemplates", "replicationcontrollers", "resourcequotas", "serviceaccounts",
    "services",
    "controllerrevisions", "daemonsets", "deployments", "deployments/scale", "replicasets", "statefulsets",
    "horizontalpodautoscalers", "cronjobs", "jobs", "ingresses", "networkpolicies", "poddisruptionbudgets",
]  # fmt: skip


def lay_foundation(
    stage: Stage, *, nodes: int, zones: list[str], memory: int, control_planes: int = 0, age: float
) -> None:
    """Create nodes (memory in GiB each) and the system."""
    stage.create(age, *[manifest("v1", "Namespace", name, **_active(name)) for name in SYSTEM])
    for number in range(nodes):
        zone = zones[number % len(zones)]
        stage.create(age - number, _node(stage, f"node-{number + 1}", number, zone, memory, number < control_planes))
        stage.create(age - number, _lease(stage, f"node-{number + 1}"))
    stage.create(age, *_classes(), *_roles())
    stage.create(
        age - 600,
        daemon_set("kube-system", "kube-proxy", "registry.k8s.io/kube-proxy:v1.37.2", cpu="20m", memory="64Mi"),
        daemon_set("kube-system", "cilium", "quay.io/cilium/cilium:v1.19.2", cpu="100m", memory="384Mi"),
        deployment("kube-system", "coredns", "registry.k8s.io/coredns/coredns:v1.13.1", 2, cpu="100m", memory="170Mi"),
        service("kube-system", "kube-dns", 53, app="coredns", clusterIP="10.96.0.10"),
        config_map(
            "kube-system", "coredns", Corefile=".:53 {\n    errors\n    health\n    kubernetes cluster.local\n}\n"
        ),
        deployment("kube-system", "metrics-server", "registry.k8s.io/metrics-server/metrics-server:v0.8.0", 1),
        service("kube-system", "metrics-server", 443),
        service("default", "kubernetes", 443, clusterIP="10.96.0.1", selector=None),
    )


SYSTEM = ("default", "kube-node-lease", "kube-public", "kube-system")


def _active(name: str) -> Object:
    return {
        "labels": {"kubernetes.io/metadata.name": name},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


def namespaces(stage: Stage, ago: float, *names: str, **labels: str) -> None:
    """Create namespaces of teams."""
    for name in names:
        made = manifest("v1", "Namespace", name, **_active(name))
        made["metadata"]["labels"] |= {"team": name, **labels}
        stage.create(ago, made)


def _node(stage: Stage, name: str, number: int, zone: str, memory: int, control: bool) -> Object:
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/region": zone[:-1].rstrip("-"),
        "topology.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": f"m7.{memory}g",
        **({"node-role.kubernetes.io/control-plane": ""} if control else {}),
    }
    capacity = {"cpu": str(max(memory // 4, 2)), "memory": f"{memory}Gi", "pods": "110", "ephemeral-storage": "98Gi"}
    allocatable = {**capacity, "memory": f"{memory * 1024 - 900}Mi", "ephemeral-storage": "92Gi"}
    address = f"10.0.{number // 200}.{number % 200 + 10}"
    return manifest(
        "v1",
        "Node",
        name,
        labels=labels,
        spec={
            "podCIDR": f"10.244.{number}.0/24",
            "providerID": f"northwind://{zone}/i-{stage.cluster.random.getrandbits(48):012x}",
        },
        status={
            "capacity": capacity,
            "allocatable": allocatable,
            "conditions": _node_conditions(stage),
            "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": _node_info(stage),
        },
    )


def _node_info(stage: Stage) -> Object:
    return {
        "machineID": f"{stage.cluster.random.getrandbits(128):032x}",
        "systemUUID": stage.cluster.new_uid(),
        "bootID": stage.cluster.new_uid(),
        "kernelVersion": "6.12.48",
        "osImage": "Talos (v1.12.1)",
        "containerRuntimeVersion": "containerd://2.2.1",
        "kubeletVersion": stage.cluster.version,
        "kubeProxyVersion": "",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }


def _node_conditions(stage: Stage) -> list[Object]:
    now = stage.cluster.clock.stamp()
    good = [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ]
    return [
        {
            "type": kind,
            "status": status,
            "lastHeartbeatTime": now,
            "lastTransitionTime": now,
            "reason": reason,
            "message": text,
        }
        for kind, status, reason, text in good
    ]


def _lease(stage: Stage, name: str) -> Object:
    spec = {
        "holderIdentity": name,
        "leaseDurationSeconds": 40,
        "renewTime": stage.cluster.clock.stamp()[:-1] + ".000000Z",
    }
    return manifest("coordination.k8s.io/v1", "Lease", name, "kube-node-lease", spec=spec)


def _classes() -> list[Object]:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    rest: Object = {"reclaimPolicy": "Delete", "allowVolumeExpansion": True, "volumeBindingMode": "Immediate"}
    driver = "disk.csi.northwind.example"
    return [
        manifest("storage.k8s.io/v1", "StorageClass", "standard", annotations=default, provisioner=driver, **rest),
        manifest("storage.k8s.io/v1", "StorageClass", "fast", provisioner=driver, parameters={"type": "nvme"}, **rest),
        manifest("networking.k8s.io/v1", "IngressClass", "nginx", spec={"controller": "k8s.io/ingress-nginx"}),
        manifest("scheduling.k8s.io/v1", "PriorityClass", "system-cluster-critical", value=2_000_000_000),
        manifest("scheduling.k8s.io/v1", "PriorityClass", "system-node-critical", value=2_000_001_000),
    ]


def _roles() -> list[Object]:
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
    view = {"verbs": READ, "apiGroups": GROUPS, "resources": READABLE}
    edit = [
        {"verbs": [*READ, *WRITE], "apiGroups": GROUPS, "resources": [*READABLE, "secrets"]},
        {
            "verbs": ["create", "get"],
            "apiGroups": [""],
            "resources": ["pods/exec", "pods/portforward", "pods/attach", "pods/eviction"],
        },
    ]
    nodes = {
        "verbs": READ,
        "apiGroups": ["", "storage.k8s.io", "metrics.k8s.io"],
        "resources": ["nodes", "storageclasses", "persistentvolumes"],
    }
    return [
        manifest(RBAC, "ClusterRole", "cluster-admin", rules=[everything]),
        manifest(RBAC, "ClusterRole", "admin", rules=edit),
        manifest(RBAC, "ClusterRole", "edit", rules=edit),
        manifest(RBAC, "ClusterRole", "view", rules=[view]),
        manifest(RBAC, "ClusterRole", "node-reader", rules=[nodes]),
        binding("cluster-admin", "cluster-admin", "Group", "sre"),
        binding("developers-view", "view", "Group", "developers"),
        binding("developers-nodes", "node-reader", "Group", "developers"),
        binding("viewers-view", "view", "Group", "viewers"),
    ]


def binding(name: str, role: str, kind: str, subject: str, namespace: str = "") -> Object:
    """A binding of a ClusterRole, in one namespace or everywhere."""
    group = "rbac.authorization.k8s.io"
    reference = {"apiGroup": group, "kind": "ClusterRole", "name": role}
    subjects = [{"kind": kind, "apiGroup": group, "name": subject}]
    return manifest(
        RBAC,
        "RoleBinding" if namespace else "ClusterRoleBinding",
        name,
        namespace,
        roleRef=reference,
        subjects=subjects,
    )
