"""Faults of parts that a whole only sums up, of values with a slip in them, and look-alikes that are well."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from kubegenie_tui.demo.story.manifests import DATA
from kubegenie_tui.diagnostics.clues import read_clue
from kubegenie_tui.diagnostics.diagnose import diagnose
from kubegenie_tui.diagnostics.line_breaks import ENDS_SO, keys_in
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.cases import Fault, NearMiss, check_fault, check_near_miss
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, node, owned, service_of, status
from tests.unit.diagnostics.test_containers import waiting_for
from tests.unit.diagnostics.test_custom_and_rights import condition
from tests.unit.diagnostics.test_states import ago

WEB = "deployments.apps web"
CAPI = "cluster.x-k8s.io"
CLUSTERS, SETS, CLASSES = f"clusters.{CAPI}", f"machinedeployments.{CAPI}", f"clusterclasses.{CAPI}"
TEMPLATES = "kubeadmconfigtemplates.bootstrap.cluster.x-k8s.io"
CERTIFICATES, REQUESTS = "certificates.cert-manager.io", "certificaterequests.cert-manager.io"
ISSUERS, CHALLENGES = "issuers.cert-manager.io", "challenges.acme.cert-manager.io"
REVISIONS = "providerrevisions.pkg.crossplane.io"
UNWELL = "0 available replicas, at least 2 required"


def machines(template: str, *, is_owned: bool = True, said: str = UNWELL) -> Scene:
    """A cluster whose machines are made of a template that may be missing; it only says that it has none."""
    whole = named("edge", "Cluster", spec={}, status={"conditions": [condition("Available", "False", "No", said)]})
    reference = {"apiGroup": "bootstrap.cluster.x-k8s.io", "kind": "KubeadmConfigTemplate", "name": template}
    part = named(
        "edge-md", "MachineDeployment", spec={"template": {"spec": {"bootstrap": {"configRef": reference}}}},
        status={"conditions": [condition("Available", "False", "No", UNWELL)]},
    )  # fmt: skip
    scene = Scene().add(CLUSTERS, whole).add(SETS, owned(part, whole) if is_owned else part)
    return scene.add(TEMPLATES, named("edge-workers", "KubeadmConfigTemplate"))


def classless() -> Scene:
    said = 'ClusterClass.cluster.x-k8s.io "prod" not found'
    told = {"conditions": [condition("Available", "False", "NotAvailable", said)]}
    scene = Scene().add(CLUSTERS, named("edge", "Cluster", spec={"topology": {}}, status=told))
    return scene.add(CLASSES)


def challenged(*secrets: Object) -> Scene:
    """A challenge that waits for a token; the order and the request between say nothing of it."""
    solver = {"dns01": {"cloudflare": {"apiTokenSecretRef": {"name": "cloudflare", "key": "token"}}}}
    issuer = named(
        "acme", "Issuer", spec={"acme": {"solvers": [solver]}}, status={"conditions": [condition("Ready", "True")]}
    )
    told = {"conditions": [condition("Ready", "False", "DoesNotExist", "Issuing certificate")]}
    web = named("web", "Certificate", spec={"issuerRef": {"name": "acme"}}, status=told)
    order = owned(named("web-1", "Order", spec={}, status={"state": "pending"}), web)
    said = 'error getting cloudflare secret: secrets "cloudflare" not found'
    challenge = named("web-1-1", "Challenge", spec={}, status={"state": "pending", "reason": said})
    scene = Scene().add(CERTIFICATES, web).add(ISSUERS, issuer).add("orders.acme.cert-manager.io", order)
    return scene.add(CHALLENGES, owned(challenge, order)).add("secrets", *secrets)


def requests(later: str, state: str = "True") -> Scene:
    """A request for a certificate that failed, and another one."""
    web = named("web", "Certificate", spec={}, status={"conditions": [condition("Ready", "True")]})
    told = {"failureTime": ago(900), "conditions": [condition("Ready", "False", "Failed", "order is invalid")]}
    failed = named("web-1", "CertificateRequest", metadata={"creationTimestamp": ago(1000)}, spec={}, status=told)
    good = {"conditions": [condition("Ready", state, "Issued")]}
    other = named("web-2", "CertificateRequest", metadata={"creationTimestamp": later}, spec={}, status=good)
    return Scene().add(CERTIFICATES, web).add(REQUESTS, owned(failed, web), owned(other, web))


def revision(state: str) -> Scene:
    told = {"conditions": [condition("RevisionHealthy", "False", "UnhealthyPackageRevision", "no deployment")]}
    made = named("helm-1", "ProviderRevision", "", spec={"desiredState": state}, status=told)
    return Scene().add(REVISIONS, made)


def everywhere(**labels: str) -> Scene:
    template = {"spec": {"containers": [container()], "nodeSelector": labels}}
    made = named("agent", "DaemonSet", spec={"template": template}, status={"desiredNumberScheduled": 0})
    scene = Scene().add("daemonsets.apps", made)
    scene.objects["nodes"] = [
        node(metadata={"labels": {"pool": "gpu", "zone": "eu-1", "disk": "nvme", "arch": "arm64"}})
    ]
    return scene


def job(name: str) -> Scene:
    told = {"conditions": [{"type": name, "status": "True", "reason": "DeadlineExceeded", "message": "too long"}]}
    return Scene().add("jobs.batch", named("export", "Job", spec={"template": {}}, status=told))


def kept(*claims: str) -> Scene:
    """A volume that is kept for a claim, and that another claim names."""
    spec = {"volumeName": "disk", "storageClassName": "manual", "accessModes": ["ReadWriteOnce"]}
    held = {"storageClassName": "manual", "claimRef": {"namespace": "shop", "name": "old"}}
    scene = Scene().add("persistentvolumes", named("disk", "PV", "", spec=held, status={"phase": "Released"}))
    scene.add("persistentvolumeclaims", named("new", "PVC", spec=spec, status={"phase": "Pending"}))
    return scene.add("persistentvolumeclaims", *(named(name, "PVC", spec={}, status={}) for name in claims))


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def reading(*broken: str, said: str = "parse url: net/url: invalid control character in URL") -> Scene:
    """A program that takes two variables from a Secret, of whose keys some end in a line break."""
    env = [{"name": key.upper(), "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}} for key in ("url", "user")]
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]}).log(said)
    marked: Object = {ENDS_SO: list(broken)} if broken else {}
    return scene.add("secrets", named("db", "Secret", data={"url": "", "user": ""}, **marked))


def configured(value: str) -> Scene:
    spec = {"containers": [container(envFrom=[{"configMapRef": {"name": "web"}}])]}
    scene = Scene(state=crashed(1), spec=spec).log("illegal character in host name")
    return scene.add("configmaps", named("web", "ConfigMap", data={"UPSTREAM": value}))


def refusing(line: str, certificate: str = "checkout-tls", label: str = "auth") -> Scene:
    """A program that refuses the certificate of a service, and the workload behind it."""
    volumes = [{"name": "tls", "secret": {"secretName": "auth-tls"}}]
    template = {"metadata": {"labels": {"app": label}}, "spec": {"containers": [container()], "volumes": volumes}}
    server = named("auth", "Deployment", spec={"replicas": 0, "template": template}, status={})
    data = {"tls.crt": base64.b64encode((DATA / f"{certificate}.crt").read_bytes()).decode(), "tls.key": ""}
    scene = Scene(state=crashed(1)).log(line).add("deployments.apps", server).add("services", service_of("auth", 443))
    return scene.add("secrets", named("auth-tls", "Secret", type="kubernetes.io/tls", data=data))


def certificates(line: str, *given: str) -> list[tuple[str, str]]:
    found = refusing(line, *given).snapshot()
    found.now = 2_000_000_000.0
    told = [each for each in diagnose(found).findings if each.rule.startswith(("certificate-", "crash"))]
    return [(each.rule, each.root.name) for each in told]


def killed(*lines: str, port: int | str = "http") -> Scene:
    """A container that is killed early, whose probe is refused."""
    probe = {"httpGet": {"path": "/", "port": port}}
    spec = {"containers": [container(ports=[{"name": "http", "containerPort": 8080}], livenessProbe=probe)]}
    last = {
        "exitCode": 137,
        "reason": "Error",
        "startedAt": "2025-11-25T19:44:20Z",
        "finishedAt": "2025-11-25T19:45:00Z",
    }
    scene = Scene(state=status(restarts=4, running={"startedAt": "2025-11-25T19:45:01Z"}, last=last), spec=spec)
    return scene.log(*lines).event("Unhealthy", "Liveness probe failed: dial tcp 10.0.0.9:8080: connection refused")


def outward(*rules: Object, goal: str = "54.187.174.169:443", selects: str = "web") -> Scene:
    """A program that waits in vain for an address outside, and a policy of what pods may call."""
    spec = {"podSelector": {"matchLabels": {"app": selects}}, "policyTypes": ["Egress"], "egress": list(rules)}
    scene = Scene(state=crashed(1)).log(f"dial tcp {goal}: i/o timeout").add("services")
    return scene.add("networkpolicies.networking.k8s.io", named("inside", "NetworkPolicy", spec=spec))


def block(cidr: str, *left_out: str, port: int = 443) -> Object:
    return {"to": [{"ipBlock": {"cidr": cidr, "except": list(left_out)}}], "ports": [{"port": port}]}


INSIDE: Object = {"to": [{"namespaceSelector": {}}]}


def group(number: int, **spec: Any) -> Scene:
    """A program that calls one pod of a set of three by its number."""
    made = named(
        "mongo", "StatefulSet", spec={"replicas": 3, "serviceName": "mongo", "template": {}, **spec}, status={}
    )
    scene = Scene(state=crashed(1), spec={"containers": [container(envFrom=[{"configMapRef": {"name": "web"}}])]})
    scene.log(f"MongoServerSelectionError: getaddrinfo ENOTFOUND mongo-{number}.mongo").add("statefulsets.apps", made)
    hosts = named("web", "ConfigMap", data={"HOSTS": f"mongo-0.mongo:27017,mongo-{number}.mongo:27017"})
    well = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    pod = named("mongo-0", "Pod", metadata={"labels": {"app": "mongo"}}, spec={}, status=well)
    return scene.add("configmaps", hosts).add("services", service_of("mongo", 27017)).add("pods", owned(pod, made))


def by_hand(strategy: str, revision: str = "new", *, owner: str = "", **told: Any) -> Scene:
    """A set whose pods get an update when somebody deletes them."""
    spec = {"replicas": 3, "updateStrategy": {"type": strategy}, "template": {}}
    states = {"currentRevision": "old", "updateRevision": revision, "observedGeneration": 2, **told}
    made = named("db", "StatefulSet", metadata={"generation": 2}, spec=spec, status=states)
    return Scene().add("statefulsets.apps", owned(made, named(owner, "Elastic")) if owner else made)


def applied(state: str, since: float = 900) -> Scene:
    said = condition("ResourcesApplied", state, "NotApplied", 'configmaps "calico" not found', ago(since))
    made = named("cni", "ClusterResourceSet", spec={}, status={"conditions": [said]})
    return Scene().add("clusterresourcesets.addons.cluster.x-k8s.io", made).add("configmaps")


def by_annotation(name: str, age: float = 900, *classes: str, address: str = "") -> Scene:
    """An ingress that names its class by the old annotation."""
    served = {"loadBalancer": {"ingress": [{"ip": address}] if address else []}}
    metadata = {"annotations": {"kubernetes.io/ingress.class": name}, "creationTimestamp": ago(age)}
    scene = Scene().add(
        "ingresses.networking.k8s.io", named("front", "Ingress", metadata=metadata, spec={}, status=served)
    )
    scene.add("ingressclasses.networking.k8s.io", *(named(each, "IngressClass", "") for each in classes))
    return scene


def lacking(variable: Object, **configured: str) -> Scene:
    """A program that finds a variable empty, though it is set."""
    spec = {"containers": [container(env=[{"name": "API_TOKEN", **variable}])]}
    scene = Scene(state=crashed(1), spec=spec).log("FATAL: API_TOKEN is empty")
    scene.add("secrets", named("api", "Secret", data={"token": ""}))
    return scene.add("configmaps", named("api", "ConfigMap", data=configured))


def taken(word: str, key: str = "token") -> Object:
    return {"valueFrom": {word: {"name": "api", "key": key}}}


SLOW, ELSEWHERE = "it needs longer to start", "the program listens on port 3000"
FAULTS: tuple[Fault, ...] = (
    (lambda: machines("edge-md"), "missing-reference", f"{SETS} edge-md", "there is no KubeadmConfigTemplate"),
    (lambda: machines("edge-md", is_owned=False, said=f"* MachineDeployment edge-md: {UNWELL}"), "missing-reference",
     f"{SETS} edge-md", "there is no KubeadmConfigTemplate"),
    (classless, "condition-false", f"{CLASSES} prod", "not found"),
    (challenged, "missing-reference", "secrets cloudflare", 'no Secret "cloudflare"'),
    (lambda: requests(ago(1100)), "condition-false", f"{REQUESTS} web-1", "order is invalid"),
    (lambda: revision("Active"), "condition-false", f"{REVISIONS} helm-1", "no deployment"),
    (lambda: job("FailureTarget"), "job-failed", "jobs.batch export", "longer than its deadline"),
    (kept, "claim-unbound", "persistentvolumes disk", "which is gone"),
    (lambda: reading("url"), "crash-loop", "secrets db", "data[url] of secrets shop/db ends in a line break"),
    (lambda: configured("auth\n"), "crash-loop", "configmaps web", "ends in a line break"),
    (lambda: outward(INSIDE), "policy-blocks", "networkpolicies.networking.k8s.io inside", "54.187.174.169, port 443"),
    (lambda: outward(INSIDE, goal="api.example.com:443"), "policy-blocks", "networkpolicies.networking.k8s.io inside",
     "api.example.com, port 443"),
    (lambda: outward(block("54.0.0.0/8", "54.187.0.0/16")), "policy-blocks",
     "networkpolicies.networking.k8s.io inside", "in no rule"),
    (lambda: outward(block("0.0.0.0/0", port=80)), "policy-blocks", "networkpolicies.networking.k8s.io inside",
     "in no rule"),
    (lambda: group(3), "unknown-host", "configmaps web", "mongo-0 to mongo-2"),
    (lambda: by_hand("OnDelete"), "update-held", "statefulsets.apps db", "OnDelete"),
    (lambda: applied("False"), "condition-false", "configmaps calico", "not found"),
    (lambda: lacking(taken("secretKeyRef")), "missing-variable", "secrets api", "which must be empty"),
    (lambda: lacking(taken("configMapKeyRef"), token=" "), "missing-variable", "configmaps api", "which is empty"),
    (lambda: lacking({"value": ""}), "missing-variable", WEB, "which is empty"),
    (lambda: lacking(taken("configMapKeyRef"), token="x"), "missing-variable", WEB, "is not set"),
    (lambda: by_annotation("ngnix", 900, "nginx"), "missing-ingress-class", "ingresses.networking.k8s.io front",
     'there is "nginx"'),
    (lambda: waiting_for("sleep 86400", ago(240)), "init-waits", WEB, "does not end by itself"),
    (lambda: waiting_for("tail -f /dev/null", ago(240)), "init-waits", WEB, "does not end by itself"),
    (lambda: killed("booting"), "liveness-probe-fails", WEB, SLOW),
    (lambda: killed("Server listening on http://0.0.0.0:3000"), "liveness-probe-fails", WEB, ELSEWHERE),
    (lambda: killed("Tomcat started on port(s): 3000 (http)", port=8080), "liveness-probe-fails", WEB, ELSEWHERE),
    (lambda: killed("metrics server listening on :3000"), "liveness-probe-fails", WEB, SLOW),
    (lambda: killed("listening on :3000", "listening on :8080"), "liveness-probe-fails", WEB, SLOW),
)  # fmt: skip
NEAR_MISSES: tuple[NearMiss, ...] = (
    (lambda: machines("edge-workers"), "missing-reference"),
    (lambda: challenged(named("cloudflare", "Secret", data={"token": ""})), "missing-reference"),
    (lambda: requests(ago(300)), "condition-false"),
    (lambda: revision("Inactive"), "condition-false"),
    (lambda: job("Complete"), "job-failed"),
    (lambda: waiting_for("sleep 400", ago(240)), "init-waits"),
    (lambda: waiting_for("sleep 86400", ago(120)), "init-waits"),
    (lambda: by_annotation("gce", 900, "nginx", address="203.0.113.9"), "missing-ingress-class"),
    (lambda: by_annotation("ngnix", 60, "nginx"), "missing-ingress-class"),
    (lambda: by_annotation("nginx", 900, "nginx"), "missing-ingress-class"),
    (lambda: by_annotation("nginx"), "missing-ingress-class"),
    (lambda: outward(block("0.0.0.0/0")), "policy-blocks"),
    (lambda: outward(INSIDE, {"ports": [{"port": 443}]}), "policy-blocks"),
    (lambda: outward(INSIDE, goal="10.2.3.4:443"), "policy-blocks"),
    (lambda: outward(INSIDE, selects="other"), "policy-blocks"),
    (lambda: outward(block("0.0.0.0/0"), goal="api.example.com:443"), "policy-blocks"),
    (lambda: group(2), "unknown-host"),
    (lambda: group(4, ordinals={"start": 2}), "unknown-host"),
    (lambda: by_hand("OnDelete", "old"), "update-held"),
    (lambda: by_hand("OnDelete", owner="search"), "update-held"),
    (lambda: by_hand("OnDelete", updatedReplicas=1), "update-held"),
    (lambda: by_hand("RollingUpdate"), "update-held"),
    (lambda: applied("True"), "condition-false"),
    (lambda: applied("False", 60), "condition-false"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "rule", "root", "cause"), FAULTS)
def test_the_fault_is_found_at_its_root(scene: Callable[[], Scene], rule: str, root: str, cause: str) -> None:
    check_fault(scene(), rule, root, cause)


@pytest.mark.parametrize(("scene", "rule"), NEAR_MISSES)
def test_a_near_miss_is_none(scene: Callable[[], Scene], rule: str) -> None:
    check_near_miss(scene(), rule)


@pytest.mark.parametrize(
    ("labels", "severity"),
    [
        ({"pool": "tpu"}, Severity.NOTICE),
        ({"pool": "gup"}, Severity.WARNING),
        ({"zone": "eu-2"}, Severity.NOTICE),
        ({"arch": "amd64"}, Severity.NOTICE),
        ({"arhc": "arm64"}, Severity.WARNING),
        ({"disk": "nmve"}, Severity.WARNING),
        ({"pol": "gpu"}, Severity.WARNING),
    ],
)
def test_what_may_be_two_things_is_no_slip(labels: dict[str, str], severity: Severity) -> None:
    [found] = everywhere(**labels).findings()
    assert (found.rule, found.severity) == ("daemonset-nowhere", severity)


@pytest.mark.parametrize(
    "scene", [lambda: reading(), lambda: reading("url", "user"), lambda: reading("url", said="no")]
)
def test_a_line_break_is_to_blame_where_one_value_has_it_and_the_program_says_so(scene: Callable[[], Scene]) -> None:
    assert [str(each.root) for each in scene().findings()] == ["deployments.apps shop/web"]


def test_keys_of_one_line_that_ends_are_marked() -> None:
    data: dict[str, Any] = {
        "a": encoded("x\n"), "b": encoded("x"), "pem": encoded("x\ny\n"), "d": "?", "e": None, "f": "",
        "g": encoded("pw\n"),
    }  # fmt: skip
    assert keys_in({"data": data}) == ["a", "g"]
    assert keys_in({"data": None}) == []


@pytest.mark.parametrize(
    ("line", "certificate", "found"),
    [
        ('Get "https://auth/x": x509: certificate has expired', "checkout-tls", ("certificate-expired", "auth-tls")),
        ("x509: certificate is valid for shop.northwind.example, not auth.shop.svc", "shop-tls",
         ("certificate-other-host", "auth-tls")),
        ('Get "https://auth/x": certificate verify failed: unable to get local issuer', "shop-tls",
         ("certificate-other-host", "auth-tls")),
        ('Get "https://far.example.com/x": x509: certificate has expired', "shop-tls", ("crash-loop", "web")),
    ],
)  # fmt: skip
def test_who_refuses_a_certificate_leads_to_it(line: str, certificate: str, found: tuple[str, str]) -> None:
    assert certificates(line, certificate)[:1] == [found]


def test_a_certificate_of_another_workload_is_not_to_blame() -> None:
    found = certificates('Get "https://auth/x": x509: certificate has expired', "checkout-tls", "other")
    assert [rule for rule, *_ in found] == ["certificate-expired", "crash-loop"]


@pytest.mark.parametrize(
    ("hosts", "rules"),
    [
        (("auth:8443",), ["certificate-expired"]),
        (("cache:6379",), ["certificate-expired", "crash-loop"]),
        (("auth:8443", "other-auth:8443"), ["certificate-expired", "certificate-expired", "crash-loop"]),
    ],
)
def test_who_names_no_host_is_led_to_the_one_certificate_of_those_it_calls(
    hosts: tuple[str, ...], rules: list[str]
) -> None:
    scene = refusing("rpc error: tls: failed to verify certificate: x509: certificate has expired")
    env = [{"name": f"TARGET_{at}", "value": host} for at, host in enumerate(hosts)]
    for item in (scene.deployment, scene.pod):
        spec = item["spec"]["template"]["spec"] if "template" in item["spec"] else item["spec"]
        spec["containers"] = [container(env=env)]
    for kind in ("deployments.apps", "services", "secrets") if len(hosts) > 1 else ():
        other = copy.deepcopy(scene.objects[kind][-1])
        other["metadata"] |= {"name": f"other-{other['metadata']['name']}", "uid": f"other-{kind}"}
        scene.add(kind, json.loads(json.dumps(other).replace('"auth', '"other-auth')))
    snapshot = scene.snapshot()
    snapshot.now = 2_000_000_000.0
    told = [each for each in diagnose(snapshot).findings if each.rule.startswith(("certificate-", "crash"))]
    assert [each.rule for each in told] == rules


def test_whose_certificate_it_is_stands_in_the_url_or_at_the_end() -> None:
    line = "x509: certificate is valid for a.svc, not auth.shop.svc"
    clue = read_clue([line])
    assert clue is not None
    assert (clue.about, clue.name) == ("certificate", "auth.shop.svc")
    clue = read_clue(['Post "https://auth:8443/": tls: failed to verify certificate: x509: unknown authority'])
    assert clue is not None
    assert (clue.about, clue.name, clue.port) == ("certificate", "auth", 8443)


def test_a_volume_that_is_kept_for_a_claim_that_is_here_stays_its_own() -> None:
    found = {each.rule: each for each in kept("old").findings()}
    assert str(found["claim-unbound"].root) == "persistentvolumeclaims shop/new"
    assert str(found["volume-released"].root) == "persistentvolumes disk"
