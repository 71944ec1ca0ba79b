"""Faults of how pods are set up: variables, DNS, users, devices, volumes of their own, each with the same put right."""

from typing import Any

from tests.cluster.faults import Object, deployment, manifest, probe, service
from tests.cluster.rule_parts import (
    APP,
    DB,
    FORBIDDEN,
    RBAC,
    ROBOT,
    SERVED,
    Case,
    account,
    binding,
    claimed,
    mounted,
    policy,
    role,
    sleeping,
    volume,
    with_metadata,
    with_spec,
)
from tests.cluster.scenarios import claim, config, job, stateful

DEVICES = "resource.k8s.io/v1"
CLAIM = "persistentvolumeclaims data"
NAMED = [{"containerPort": 80, "name": "web"}]
REDIS: tuple[Object, ...] = (deployment("redis", "redis:7"), service("redis", 6379))


def dying(line: str, **how: Any) -> Object:
    """A program that ends with these words."""
    return deployment("app", "example.com/app:1.0", annotations={"sim/exit": "1", "sim/message": line}, **how)


def told(**variables: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value} for name, value in variables.items()]}


def with_device(template: str) -> Object:
    claims = [{"name": "gpu", "resourceClaimTemplateName": template}]
    return deployment("app", pod={"resourceClaims": claims}, resources={"claims": [{"name": "gpu"}]})


def scratch(of_class: str) -> Object:
    spec = {**claim("x")["spec"], "storageClassName": of_class}
    made = mounted({"ephemeral": {"volumeClaimTemplate": {"spec": spec}}})
    made["spec"]["template"]["spec"]["containers"][0]["volumeMounts"] = [{"name": "d", "mountPath": "/scratch"}]
    return made


def labelled(disk: str) -> tuple[Object, ...]:
    """A volume, and a claim that selects it by its label."""
    made = with_metadata(volume("disk-$NS", storageClassName="by-label"), labels={"disk": f"{disk}-$NS"})
    wanted = claim("data", storageClassName="by-label", selector={"matchLabels": {"disk": "ssd-$NS"}})
    return made, wanted, claimed()


def two_of(*volumes: str) -> tuple[Object, ...]:
    """Two claims of a class that has these volumes."""
    made = [volume(f"{name}-$NS", storageClassName="few-$NS") for name in volumes]
    return (
        *made,
        claim("first", storageClassName="few-$NS"),
        claimed("first"),
        claim("data", storageClassName="few-$NS"),
    )


def on_disk(size: str) -> tuple[Object, ...]:
    """A set whose volumes are disks of the nodes, made by hand."""
    storage = manifest("storage.k8s.io/v1", "StorageClass", "disks-$NS")
    storage |= {"provisioner": "kubernetes.io/no-provisioner", "volumeBindingMode": "WaitForFirstConsumer"}
    made = stateful("app", "app")
    template = claim("data", size, storageClassName="disks-$NS")
    made["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}, "spec": template["spec"]}]
    return storage, volume("disk-$NS", storageClassName="disks-$NS"), made, service("app")


def written_down(port: str) -> tuple[Object, ...]:
    """A service without a selector, and its addresses."""
    named = {"labels": {"kubernetes.io/service-name": "ledger"}}
    made = with_metadata(manifest("discovery.k8s.io/v1", "EndpointSlice", "ledger-1"), **named)
    made |= {
        "addressType": "IPv4",
        "endpoints": [{"addresses": ["192.0.2.7"]}],
        "ports": [{"name": port, "port": 5432}],
    }
    return manifest("v1", "Service", "ledger", spec={"ports": [{"name": "sql", "port": 5432}]}), made


def names_known_by(**labels: str) -> Object:
    """A policy that lets out to the DNS of namespaces with these labels, and to the pods of its own."""
    dns = {"to": [{"namespaceSelector": {"matchLabels": labels}}], "ports": [{"port": 53, "protocol": "UDP"}]}
    return policy({}, policyTypes=["Egress"], egress=[{"to": [{"podSelector": {}}]}, dns])


def asked_by(scheme: str) -> Object:
    asked = {"httpGet": {"path": "/", "port": 80, "scheme": scheme}, "periodSeconds": 1, "failureThreshold": 1}
    return deployment("app", ports=NAMED, livenessProbe=asked)


def parallel(number: int) -> Object:
    return with_spec(job("report", "sleep 86400"), parallelism=number)


OF_SETTINGS: dict[str, Case] = {
    "variable-not-replaced": Case(
        APP, (*DB, dying("Error: getaddrinfo ENOTFOUND $(HOST)", **told(URL="postgres://$(HOST):5432/x", HOST="db"))),
        (*DB, sleeping(**told(HOST="db", URL="postgres://$(HOST):5432/x"))),
    ),
    "service-link": Case(
        APP, (*REDIS, dying('REDIS_PORT: strconv.Atoi: parsing "tcp://10.96.31.7:6379": invalid syntax')),
        (*REDIS, sleeping(**told(REDIS_PORT="6379"))),
    ),
    "calls-itself": Case(
        APP, (*DB, dying("dial tcp 127.0.0.1:5432: connect: connection refused", **told(DB_HOST="localhost"))),
        (*DB, sleeping(**told(DB_HOST="db"))),
    ),
    "dns-of-node": Case(
        APP, (*DB, dying("lookup db on 192.0.2.53:53: no such host", pod={"hostNetwork": True}, **told(DB_HOST="db"))),
        (*DB, sleeping(pod={"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}, **told(DB_HOST="db"))),
    ),
    "missing-device-claim": Case(
        "resourceclaimtemplates.resource.k8s.io single", (with_device("single"),),
        (manifest(DEVICES, "ResourceClaimTemplate", "single", spec={"spec": {"devices": {}}}), with_device("single")),
    ),
}  # fmt: skip
"""By rule."""
SETTINGS: dict[str, Case] = {
    "a-volume-of-its-own-of-no-class": Case(
        APP, (scratch("nvme"),), (scratch("standard"),), rule="missing-storage-class",
    ),
    "a-label-of-a-volume": Case(CLAIM, labelled("hdd"), labelled("ssd"), rule="claim-unbound"),
    "a-volume-that-is-taken": Case(CLAIM, two_of("a"), two_of("a", "b"), rule="claim-unbound"),
    "a-disk-that-is-too-small": Case("statefulsets.apps app", on_disk("5Gi"), on_disk("1Gi"), rule="claim-unbound"),
    "a-number-of-root": Case(
        APP, (deployment("app", securityContext={"runAsNonRoot": True, "runAsUser": 0}),),
        (deployment("app", securityContext={"runAsNonRoot": True, "runAsUser": 101}),), rule="runs-as-root-refused",
    ),
    "a-port-that-no-container-calls-so": Case(
        APP, (deployment("app", ports=NAMED, readinessProbe={**probe(), "httpGet": {"path": "/", "port": "http"}}),),
        (deployment("app", ports=NAMED, readinessProbe={**probe(), "httpGet": {"path": "/", "port": "web"}}),),
        rule="readiness-probe-fails",
    ),
    "a-scheme-of-a-probe": Case(APP, (asked_by("HTTPS"),), (asked_by("HTTP"),), rule="liveness-probe-fails"),
    "a-program-under-a-volume": Case(
        APP, (mounted({"emptyDir": {}}, command=["/app/missing"], volumeMounts=[{"name": "d", "mountPath": "/app"}]),),
        (mounted({"emptyDir": {}}, volumeMounts=[{"name": "d", "mountPath": "/app"}]),), rule="command-not-found",
    ),
    "a-service-of-another-namespace": Case(
        APP, (dying("getaddrinfo ENOTFOUND kubernetes", **told(URL="https://kubernetes/api")),),
        (sleeping(**told(URL="https://kubernetes.default/api")),), rule="unknown-host",
    ),
    "addresses-of-other-ports": Case(
        "endpointslices.discovery.k8s.io ledger-1",
        (*written_down("postgres"), dying("connect ECONNREFUSED ledger:5432", **told(URL="postgres://ledger:5432/x"))),
        (*written_down("sql"), sleeping(**told(URL="postgres://ledger:5432/x"))), rule="service-without-selector",
    ),
    "a-label-that-pods-lack": Case(
        "services app", (deployment("app"), service("app", app="app", instance="blue")), SERVED,
        rule="service-selects-nothing",
    ),
    "a-server-in-the-words-of-curl": Case(
        "services db",
        (deployment("db"), service("db", 5432, app="dbb"),
         dying("curl: (7) Failed to connect to db port 5432 after 2 ms: Couldn't connect to server")),
        (*DB, sleeping()), rule="service-selects-nothing",
    ),
    "a-configmap-that-is-asked-for-as-a-secret": Case(
        APP, (config("settings", level="info"), deployment("app", envFrom=[{"secretRef": {"name": "settings"}}])),
        (config("settings", level="info"), deployment("app", envFrom=[{"configMapRef": {"name": "settings"}}])),
        rule="missing-secret",
    ),
    "a-binding-to-no-role": Case(
        f"rolebindings.{RBAC} readers",
        (account("robot"), role("list"), binding("writer"), dying(FORBIDDEN, pod=ROBOT)),
        (account("robot"), role("list"), binding(), sleeping(pod=ROBOT)), rule="not-allowed",
    ),
    "a-host-of-no-namespace": Case(
        APP, (*DB, dying("lookup db.$NS-2.svc on 10.96.0.10:53: no such host", **told(DB_HOST="db.$NS-2.svc"))),
        (*DB, sleeping(**told(DB_HOST="db.$NS.svc"))), rule="unknown-host",
    ),
    "a-policy-that-misses-the-dns": Case(
        "networkpolicies.networking.k8s.io guard",
        (*DB, names_known_by(name="kube-system"), dying("getaddrinfo EAI_AGAIN db", **told(DB_HOST="db"))),
        (*DB, names_known_by(**{"kubernetes.io/metadata.name": "kube-system"}), sleeping(**told(DB_HOST="db"))),
        rule="policy-blocks",
    ),
    "a-job-that-runs-nothing": Case("jobs.batch report", (parallel(0),), (parallel(1),), rule="job-suspended"),
}  # fmt: skip
"""By what is wrong."""
