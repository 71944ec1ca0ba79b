"""For each rule about what stands around pods: objects that break it and, with one thing put right, do not."""

from tests.cluster.faults import deployment, manifest, secret, service
from tests.cluster.rule_parts import (
    APP,
    BESIDE,
    DB,
    GATEWAY,
    ISSUER,
    MONITORED,
    OUTDATED,
    PORTS,
    RBAC,
    REQUESTING,
    SERVED,
    TLS,
    TWO,
    Case,
    account,
    balanced,
    binding,
    budget,
    calling,
    certificate,
    claimed,
    gateway,
    gateway_class,
    group,
    in_volume,
    left_by,
    let_in,
    loading,
    monitor,
    on_node,
    other_name,
    pair,
    policy,
    ports,
    report,
    role,
    route,
    shown,
    storage,
    version,
    volume,
    with_metadata,
    with_spec,
)
from tests.cluster.scenarios import autoscaler, claim, cron, ingress, job

AROUND_PODS: dict[str, Case] = {
    "missing-claim": Case("persistentvolumeclaims data", (claimed(),), (claim("data"), claimed())),
    "claim-unbound": Case(
        "persistentvolumeclaims data",
        (with_metadata(claim("data"), annotations={"sim/provision": "pending"}), claimed()),
        (claim("data"), claimed()),
    ),
    "volume-failed": Case(
        "persistentvolumes left-$NS",
        (volume("left-$NS", persistentVolumeReclaimPolicy="Delete", **left_by("gone")),), (volume("left-$NS"),),
    ),
    "volume-released": Case(
        "persistentvolumes left-$NS",
        (volume("left-$NS", persistentVolumeReclaimPolicy="Retain", **left_by("gone")),), (volume("left-$NS"),),
    ),
    "claim-in-use": Case(
        APP, (claim("data", accessModes=["ReadWriteOncePod"]), with_spec(claimed(), replicas=2)),
        (claim("data", accessModes=["ReadWriteOncePod"]), claimed()),
    ),
    "claim-lost": Case(
        "persistentvolumeclaims data",
        (with_metadata(in_volume("lost-$NS"), annotations={"pv.kubernetes.io/bind-completed": "yes"}),),
        (volume("kept-$NS"), in_volume("kept-$NS")),
    ),
    "missing-storage-class": Case(
        "persistentvolumeclaims data", (claim("data", storageClassName="fasst"), claimed()),
        (claim("data", storageClassName="standard"), claimed()),
    ),
    "missing-csi-driver": Case(
        "storageclasses.storage.k8s.io disks-$NS",
        (storage("disks.csi.example.com"), claim("data", storageClassName="disks-$NS"), claimed()),
        (storage("sim/provisioner"), claim("data", storageClassName="disks-$NS"), claimed()),
    ),
    "provisioning-failed": Case(
        "persistentvolumeclaims data", (with_metadata(claim("data"), annotations={"sim/provision": "fail"}), claimed()),
        (claim("data"), claimed()),
    ),
    "volume-elsewhere": Case(
        "persistentvolumes here-$NS", (volume("here-$NS", **on_node("node-77")), in_volume("here-$NS"), claimed()),
        (volume("here-$NS", **on_node("node-1")), in_volume("here-$NS"), claimed()),
    ),
    "service-selects-nothing": Case("services app", (deployment("app"), service("app", app="appp")), SERVED),
    "service-wrong-port": Case(
        "services app", (deployment("app", ports=PORTS), ports(targetPort=8080)),
        (deployment("app", ports=PORTS), ports(targetPort=80)),
    ),
    "service-selects-others": Case(
        "services app", (*BESIDE, service("app", team="shop")), (*BESIDE, service("app", app="app")),
    ),
    "service-wrong-protocol": Case(
        "services app", (deployment("app", ports=PORTS), ports(protocol="UDP")),
        (deployment("app", ports=PORTS), ports(protocol="TCP")),
    ),
    "service-of-old-version": Case(
        "services app", (version("v1", 0), version("v2", 1), service("app", app="app", version="v1"), ingress("app")),
        (version("v1", 0), version("v2", 1), service("app", app="app", version="v2"), ingress("app")),
    ),
    "service-without-selector": Case(
        "services app", (manifest("v1", "Service", "app", spec={"ports": [{"port": 80}]}), ingress("app")),
        (*SERVED, ingress("app")),
    ),
    "external-name": Case(
        "services ledger", (other_name("ledgr.$NS.svc.cluster.local"),), (other_name("ledger.example.com"),),
    ),
    "load-balancer-pending": Case(
        "services app", (deployment("app"), balanced(annotations={"sim/lb": "pending"})),
        (deployment("app"), balanced()),
    ),
    "policy-blocks": Case(
        "networkpolicies.networking.k8s.io guard",
        (*DB, policy({"matchLabels": {"app": "db"}}, **let_in("web")), calling("db:5432")),
        (*DB, policy({"matchLabels": {"app": "db"}}, **let_in("app")), calling("db:5432")),
    ),
    "policy-selects-nothing": Case(
        "networkpolicies.networking.k8s.io guard", (*SERVED, policy({"matchLabels": {"app": "ap"}}, ingress=[{}])),
        (*SERVED, policy({"matchLabels": {"app": "app"}}, ingress=[{}])),
    ),
    "policy-closes": Case(
        "networkpolicies.networking.k8s.io guard", (*SERVED, policy({}, policyTypes=["Ingress"])),
        (*SERVED, policy({}, policyTypes=["Ingress"], ingress=[{}])),
    ),
    "missing-backend": Case(
        "ingresses.networking.k8s.io front", (*SERVED, ingress("ap")), (*SERVED, ingress("app")),
    ),
    "wrong-backend-port": Case(
        f"httproutes.{GATEWAY} app", (*SERVED, gateway_class(), gateway(), route(port=8080)),
        (*SERVED, gateway_class(), gateway(), route()),
    ),
    "missing-gateway-class": Case(
        f"gateways.{GATEWAY} front", (gateway_class(), gateway("publik-$NS")), (gateway_class(), gateway()),
    ),
    "gateway-class-unclaimed": Case(
        f"gatewayclasses.{GATEWAY} public-$NS", (gateway_class("Unknown"), gateway()), (gateway_class(), gateway()),
    ),
    "missing-gateway": Case(
        f"httproutes.{GATEWAY} app", (*SERVED, gateway_class(), gateway(), route("frnt")),
        (*SERVED, gateway_class(), gateway(), route()),
    ),
    "gateway-refuses": Case(
        f"gateways.{GATEWAY} front",
        (*SERVED, gateway_class(), gateway(allowedRoutes={"namespaces": {"from": "None"}}), route()),
        (*SERVED, gateway_class(), gateway(allowedRoutes={"namespaces": {"from": "Same"}}), route()),
    ),
    "reference-not-granted": Case(
        f"httproutes.{GATEWAY} app",
        (*SERVED, gateway_class(), gateway(), route(to="kubernetes", port=443, space="default")),
        (*SERVED, gateway_class(), gateway(), route()),
    ),
    "missing-ingress-class": Case(
        "ingresses.networking.k8s.io front", (*SERVED, ingress("app", ingressClassName="ngnix")),
        (*SERVED, ingress("app", ingressClassName="sim")),
    ),
    "missing-certificate": Case(
        "ingresses.networking.k8s.io front", (*SERVED, ingress("app", tls=TLS)), shown(*pair(60)),
    ),
    "certificate-incomplete": Case(
        "secrets app-tls", (*SERVED, ingress("app", tls=TLS), secret("app-tls", **{"cert.pem": "x", "key.pem": "x"})),
        shown(*pair(60)),
    ),
    "ingress-overlap": Case(
        "ingresses.networking.k8s.io zwei",
        (*TWO, ingress("app"), with_metadata(ingress("other"), name="zwei")),
        (*TWO, ingress("app"), with_metadata(ingress("other", host="other.example.com"), name="zwei")),
    ),
    "certificate-expired": Case("secrets app-tls", shown(*pair(-3)), shown(*pair(60))),
    "certificate-expires": Case("secrets app-tls", shown(*pair(3)), shown(*pair(60))),
    "certificate-other-key": Case("secrets app-tls", shown(pair(60)[0], pair(61)[1]), shown(*pair(60))),
    "certificate-other-host": Case("secrets app-tls", shown(*pair(60, "web.example.com")), shown(*pair(60))),
    "autoscaler-target": Case(
        "horizontalpodautoscalers.autoscaling app",
        (deployment("app", resources={"requests": {"cpu": "50m"}}), autoscaler("apq")),
        (deployment("app", resources={"requests": {"cpu": "50m"}}), autoscaler("app")),
    ),
    "autoscaler-blind": Case(
        APP, (deployment("app"), autoscaler("app")),
        (deployment("app", resources={"requests": {"cpu": "50m"}}), autoscaler("app")),
    ),
    "autoscaler-unable": Case(
        "horizontalpodautoscalers.autoscaling app", (REQUESTING, with_spec(autoscaler("app"), scaleTargetRef=OUTDATED)),
        (REQUESTING, autoscaler("app")),
    ),
    "autoscalers-overlap": Case(
        "horizontalpodautoscalers.autoscaling zwei",
        (REQUESTING, autoscaler("app"), with_metadata(autoscaler("app"), name="zwei")), (REQUESTING, autoscaler("app")),
    ),
    "autoscaler-at-limit": Case(
        "horizontalpodautoscalers.autoscaling app",
        (deployment("app", annotations={"sim/cpu": "400m"}, resources={"requests": {"cpu": "50m"}}),
         with_spec(autoscaler("app"), maxReplicas=1)),
        (deployment("app", annotations={"sim/cpu": "5m"}, resources={"requests": {"cpu": "50m"}}), autoscaler("app")),
    ),
    "budget-selects-nothing": Case(
        "poddisruptionbudgets.policy app", (deployment("app"), budget("ap")), (deployment("app"), budget("app")),
    ),
    "budget-blocks": Case(
        "poddisruptionbudgets.policy app", (deployment("app"), budget("app", maxUnavailable=0)),
        (deployment("app"), budget("app")),
    ),
    "budget-uncounted": Case(
        "poddisruptionbudgets.policy app",
        (deployment("app"), loading("app"), budget("app")), (deployment("app"), loading("load"), budget("app")),
    ),
    "budgets-overlap": Case(
        "poddisruptionbudgets.policy zwei",
        (deployment("app"), budget("app"), with_metadata(budget("app"), name="zwei")),
        (deployment("app"), budget("app")),
    ),
    "job-failed": Case("jobs.batch report", (job("report", "exit 2"),), (job("report", "exit 0"),)),
    "job-suspended": Case(
        "jobs.batch report", (with_spec(job("report", "exit 0"), suspend=True),), (job("report", "exit 0"),),
    ),
    "cronjob-suspended": Case("cronjobs.batch backup", (cron("backup", suspend=True),), (cron("backup"),)),
    "cronjob-never-due": Case("cronjobs.batch backup", (cron("backup", schedule="0 0 31 2 *"),), (cron("backup"),)),
    "cronjob-deadline": Case(
        "cronjobs.batch backup", (cron("backup", startingDeadlineSeconds=5),),
        (cron("backup", startingDeadlineSeconds=60),),
    ),
    "missing-role": Case(
        f"rolebindings.{RBAC} readers", (account("robot"), role("list"), binding("writer")),
        (account("robot"), role("list"), binding()),
    ),
    "missing-subject": Case(
        f"rolebindings.{RBAC} readers", (account("robot"), role("list"), binding(subject="robbot")),
        (account("robot"), role("list"), binding()),
    ),
    "several-operator-groups": Case(
        "operatorgroups.operators.coreos.com two", (group("one"), group("two")), (group("one"),),
    ),
    "monitor-selects-nothing": Case(
        "servicemonitors.monitoring.coreos.com app", (*MONITORED, monitor("metric")), (*MONITORED, monitor("metrics")),
    ),
    "missing-reference": Case(
        "certificates.cert-manager.io app", (ISSUER, certificate("cca")), (ISSUER, certificate("ca")),
    ),
    "policy-reported": Case(APP, (deployment("app"), report("fail")), (deployment("app"), report("pass"))),
    "condition-false": Case(
        "certificates.cert-manager.io app", (ISSUER, certificate("ca", "False", "the order was refused")),
        (ISSUER, certificate("ca")),
    ),
}  # fmt: skip
