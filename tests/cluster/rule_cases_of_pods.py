"""For each rule about pods and what makes them: objects that break it and, with one thing put right, do not."""

from tests.cluster.faults import deployment, from_secret, manifest, probe, secret, service
from tests.cluster.rule_parts import (
    APP,
    BY_KEY,
    DB,
    FORBIDDEN,
    PORTS,
    RBAC,
    READ,
    ROBOT,
    SERVED,
    SLOW,
    Case,
    account,
    asking,
    binding,
    crashing,
    daemons,
    hook,
    limits,
    mounted,
    on_nodes,
    quota,
    reading,
    refusing,
    required,
    role,
    sleeping,
    spread,
    webhook,
    with_metadata,
    with_spec,
)
from tests.cluster.scenarios import config, ingress, stateful

OF_PODS: dict[str, Case] = {
    "missing-secret": Case(
        "secrets db", (deployment("app", env=[from_secret("URL", "db", "url")]),),
        (secret("db", url="x"), deployment("app", env=[from_secret("URL", "db", "url")])),
    ),
    "missing-secret-key": Case(
        "secrets db", (secret("db", dsn="x"), deployment("app", env=[from_secret("URL", "db", "url")])),
        (secret("db", url="x"), deployment("app", env=[from_secret("URL", "db", "url")])),
    ),
    "missing-configmap": Case(
        "configmaps settings", (deployment("app", envFrom=READ),),
        (config("settings", level="info"), deployment("app", envFrom=READ)),
    ),
    "missing-configmap-key": Case(
        "configmaps settings", (config("settings", color="blue"), deployment("app", env=BY_KEY)),
        (config("settings", level="info"), deployment("app", env=BY_KEY)),
    ),
    "configmap-empty": Case(
        "configmaps settings", (config("settings"), deployment("app", envFrom=READ)),
        (config("settings", level="info"), deployment("app", envFrom=READ)),
    ),
    "config-file-broken": Case(
        "configmaps settings", reading('{"level": "info",}', crashing("SyntaxError: Unexpected token in JSON")),
        reading('{"level": "info"}', sleeping()),
    ),
    "configmap-full": Case(
        "configmaps settings", (config("settings", big="x" * 1_000_000), mounted({"configMap": {"name": "settings"}})),
        (config("settings", big="x" * 1_000), mounted({"configMap": {"name": "settings"}})),
    ),
    "missing-variable": Case(
        APP, (deployment("app", "example.com/app:1.0", annotations={"sim/requires-env": "API_URL"}),),
        (deployment("app", "example.com/app:1.0", annotations={"sim/requires-env": "API_URL"},
                    env=[{"name": "API_URL", "value": "x"}]),),
    ),
    "missing-service-account": Case(
        "serviceaccounts robot", (deployment("app", pod=ROBOT),), (account("robot"), deployment("app", pod=ROBOT)),
    ),
    "runs-as-root-refused": Case(
        APP, (deployment("app", securityContext={"runAsNonRoot": True}),),
        (deployment("app", securityContext={"runAsNonRoot": True, "runAsUser": 1000}),),
    ),
    "image-not-found": Case(APP, (deployment("app", "nginx:9.9.9"),), (deployment("app"),)),
    "image-not-found-or-private": Case(
        APP, (deployment("app", "registry.example.com/private/api:1"),),
        (deployment("app", "registry.example.com/api:1"),),
    ),
    "missing-pull-secret": Case(
        APP, (deployment("app", pod={"imagePullSecrets": [{"name": "registry"}]}),),
        ({**secret("registry", **{".dockerconfigjson": "{}"}), "type": "kubernetes.io/dockerconfigjson"},
         deployment("app", pod={"imagePullSecrets": [{"name": "registry"}]})),
    ),
    "image-registry-unknown": Case(
        APP, (deployment("app", "registry.invalid/app:1"),), (deployment("app", "registry.example.com/app:1"),),
    ),
    "image-never-pulled": Case(
        APP, (deployment("app", "nginx:1.11", imagePullPolicy="Never"),),
        (deployment("app", "nginx:1.12", imagePullPolicy="IfNotPresent"),),
    ),
    "invalid-image-name": Case(APP, (deployment("app", "Nginx::bad"),), (deployment("app", "nginx:1.27"),)),
    "command-not-found": Case(APP, (deployment("app", command=["nginxx"]),), (deployment("app", command=["nginx"]),)),
    "crash-loop": Case(APP, (crashing("the disk is on fire", code=3),), (sleeping(),)),
    "exits-at-once": Case(APP, (deployment("app", "busybox:1.36"),), (sleeping(),)),
    "out-of-memory": Case(
        APP, (deployment("app", annotations={"sim/memory": "300Mi"}, resources={"limits": {"memory": "128Mi"}}),),
        (deployment("app", annotations={"sim/memory": "100Mi"}, resources={"limits": {"memory": "128Mi"}}),),
    ),
    "permission-denied": Case(APP, (crashing("open /data/db: permission denied"),), (sleeping(),)),
    "read-only-filesystem": Case(APP, (crashing("mkdir /cache: read-only file system"),), (sleeping(),)),
    "no-space-left": Case(APP, (crashing("write /data/wal: no space left on device"),), (sleeping(),)),
    "file-missing": Case(APP, (crashing("open /etc/app/app.yaml: no such file or directory"),), (sleeping(),)),
    "port-in-use": Case(APP, (crashing("listen tcp :8080: bind: address already in use"),), (sleeping(),)),
    "login-refused": Case(APP, (crashing('password authentication failed for user "app"'),), (sleeping(),)),
    "not-allowed": Case(
        f"roles.{RBAC} reader", (account("robot"), role("get"), binding(), crashing(FORBIDDEN, pod=ROBOT)),
        (account("robot"), role("list"), binding(), sleeping(pod=ROBOT)),
    ),
    "unknown-host": Case(APP, (*DB, asking("dbb:5432")), (*DB, asking("db:5432"))),
    "wrong-port": Case(APP, (*DB, asking("db:5433")), (*DB, asking("db:5432"))),
    "dependency-asleep": Case(
        "deployments.apps db", (deployment("db", replicas=0), service("db", 5432), asking("db:5432")),
        (*DB, asking("db:5432")),
    ),
    "pod-setup-fails": Case(
        APP, (mounted({"hostPath": {"path": "/does-not-exist", "type": "Directory"}}),),
        (mounted({"hostPath": {"path": "/srv/app", "type": "DirectoryOrCreate"}}),),
    ),
    "readiness-probe-fails": Case(
        APP, (deployment("app", ports=PORTS, readinessProbe=probe(port=8081)),),
        (deployment("app", ports=PORTS, readinessProbe=probe()),),
    ),
    "liveness-probe-fails": Case(
        APP, (deployment("app", ports=PORTS, livenessProbe=probe("/no-such-page")),),
        (deployment("app", ports=PORTS, livenessProbe=probe()),),
    ),
    "startup-probe-fails": Case(
        APP, (deployment("app", ports=PORTS, startupProbe=probe("/no-such-page")),),
        (deployment("app", ports=PORTS, startupProbe=SLOW),),
    ),
    "readiness-gate": Case(
        APP, (deployment("app", pod={"readinessGates": [{"conditionType": "example.com/attached"}]}),),
        (deployment("app"),),
    ),
    "request-too-large": Case(
        APP, (deployment("app", resources={"requests": {"memory": "900Gi"}}),),
        (deployment("app", resources={"requests": {"memory": "9Mi"}}),),
    ),
    "insufficient-resource": Case(
        APP, (deployment("app", resources={"limits": {"example.com/gpu": "1"}}),), (deployment("app"),),
    ),
    "missing-node": Case(
        APP, (deployment("app", pod={"nodeName": "node-77"}),), (deployment("app", pod={"nodeName": "node-1"}),),
    ),
    "node-selector": Case(
        APP, (deployment("app", pod={"nodeSelector": {"kubernetes.io/os": "plan9"}}),),
        (deployment("app", pod={"nodeSelector": {"kubernetes.io/os": "linux"}}),),
    ),
    "node-affinity": Case(
        APP, (deployment("app", pod=on_nodes("plan9")),), (deployment("app", pod=on_nodes("linux")),),
    ),
    "pod-affinity": Case(
        APP, (deployment("app", pod=required("podAffinity", "db")),),
        (deployment("db"), deployment("app", pod=required("podAffinity", "db"))),
    ),
    "anti-affinity": Case(
        APP, (deployment("app", replicas=12, pod=required("podAntiAffinity", "app")),),
        (deployment("app", pod=required("podAntiAffinity", "app")),),
    ),
    "topology-spread": Case(
        APP, (deployment("app", pod=spread("example.com/rack")),),
        (deployment("app", pod=spread("kubernetes.io/hostname")),),
    ),
    "host-port-taken": Case(
        APP, (deployment("app", replicas=12, ports=[{"containerPort": 80, "hostPort": 31180}]),),
        (deployment("app", ports=[{"containerPort": 80, "hostPort": 31181}]),),
    ),
    "scheduling-gated": Case(
        APP, (deployment("app", pod={"schedulingGates": [{"name": "example.com/wait"}]}),), (deployment("app"),),
    ),
    "scheduler-silent": Case(
        APP, (deployment("app", pod={"schedulerName": "batch-scheduler"}),),
        (deployment("app", pod={"schedulerName": "default-scheduler"}),),
    ),
    "grace-too-short": Case(
        APP, (deployment("app", pod={"terminationGracePeriodSeconds": 10}, lifecycle=hook("sleep 20; nginx -s quit")),),
        (deployment("app", pod={"terminationGracePeriodSeconds": 30}, lifecycle=hook("sleep 20; nginx -s quit")),),
    ),
    "quota-exceeded": Case(
        "resourcequotas small", (quota(pods="1"), deployment("app", replicas=2)),
        (quota(pods="4"), deployment("app", replicas=2)),
    ),
    "quota-needs-resources": Case(
        APP, (quota(limits_memory="1Gi"), deployment("app")),
        (quota(limits_memory="1Gi"), deployment("app", resources={"limits": {"memory": "64Mi"}})),
    ),
    "limit-range": Case(
        APP, (limits("64Mi"), deployment("app", resources={"limits": {"memory": "1Gi"}})),
        (limits("2Gi"), deployment("app", resources={"limits": {"memory": "1Gi"}})),
    ),
    "missing-priority-class": Case(
        APP, (deployment("app", pod={"priorityClassName": "gold"}),),
        (manifest("scheduling.k8s.io/v1", "PriorityClass", "gold-$NS", value=7),
         deployment("app", pod={"priorityClassName": "gold-$NS"})),
    ),
    "missing-runtime-class": Case(
        APP, (deployment("app", pod={"runtimeClassName": "gvisor"}),),
        (manifest("node.k8s.io/v1", "RuntimeClass", "gvisor-$NS", handler="runsc"),
         deployment("app", pod={"runtimeClassName": "gvisor-$NS"})),
    ),
    "pod-security": Case(
        APP, (deployment("app", securityContext={"privileged": True}),), (deployment("app"),),
        {"pod-security.kubernetes.io/enforce": "baseline"},
    ),
    "pod-refused": Case(APP, (*refusing("web"), deployment("app")), (*refusing("app"), deployment("app"))),
    "webhook-down": Case(
        "validatingwebhookconfigurations.admissionregistration.k8s.io guard-$NS", (webhook("Fail"),),
        (webhook("Ignore"), deployment("gone"), service("gone", 443)),
    ),
    "daemonset-nowhere": Case("daemonsets.apps app", (daemons(disk="quantum"),), (daemons(pool="disk"),)),
    "rollout-paused": Case(
        APP, (with_spec(deployment("app"), paused=True),), (with_spec(deployment("app"), paused=False),),
    ),
    "scaled-to-zero": Case(
        APP, (deployment("app", replicas=0), service("app"), ingress("app")), (*SERVED, ingress("app")),
    ),
    "statefulset-service": Case(
        "statefulsets.apps app", (stateful("app", "app-hl"),),
        (stateful("app", "app-hl"), with_spec(service("app-hl", app="app"), clusterIP="None")),
    ),
    "evicted": Case(APP, (deployment("app", annotations={"sim/evict": "true"}),), (deployment("app"),)),
    "stuck-terminating": Case(
        "configmaps held", (with_metadata(config("held", a="1"), finalizers=["example.com/held"]),),
        (config("held", a="1"),),
    ),
}  # fmt: skip
