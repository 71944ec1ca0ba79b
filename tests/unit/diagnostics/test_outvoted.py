"""Where several objects agree, the one that does not is to be changed; and what waits for what cannot be made."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.policies import POLICIES
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import (
    Object,
    Scene,
    container,
    crashed,
    named,
    running_pod,
    service_of,
    status,
    waiting,
)
from tests.unit.diagnostics.test_surroundings import certificate

BUDGETS, INGRESSES = "poddisruptionbudgets.policy", "ingresses.networking.k8s.io"
RBAC = "rbac.authorization.k8s.io"


def only(scene: Scene, rule: str) -> Any:
    [found] = [each for each in scene.findings() if each.rule == rule]
    return found


# A label of a template


def labelled(*others: tuple[str, Object], own: Object | None = None) -> Scene:
    """Pods with tier=backend, and a service that selects tier=api."""
    scene = Scene(template_labels={"app": "web", "tier": "backend"})
    scene.deployment["spec"]["selector"] = {"matchLabels": own or {"app": "web"}}
    scene.add("services", service_of("web", app="web", tier="api"))
    for kind, item in others:
        scene.add(kind, item)
    return scene


def budget(**labels: str) -> tuple[str, Object]:
    return BUDGETS, named("web", "PodDisruptionBudget", spec={"selector": {"matchLabels": labels}})


def guard(**labels: str) -> tuple[str, Object]:
    return POLICIES, named("web", "NetworkPolicy", spec={"podSelector": {"matchLabels": labels}})


@pytest.mark.parametrize("other", [budget(app="web", tier="api"), guard(tier="api")])
def test_a_label_that_others_too_want_otherwise_is_to_be_changed_in_the_template(other: tuple[str, Object]) -> None:
    found = only(labelled(other), "service-selects-nothing")
    assert (found.root.kind, found.field) == ("deployments.apps", "spec.template.metadata.labels.tier")


@pytest.mark.parametrize(
    "scene",
    [
        labelled(),
        labelled(budget(app="web", tier="backend")),
        labelled(guard(tier="api"), own={"app": "web", "tier": "backend"}),
    ],
    ids=["alone", "another opinion", "the workload selects by it"],
)
def test_a_selector_that_stands_alone_is_to_be_changed_itself(scene: Scene) -> None:
    assert only(scene, "service-selects-nothing").root.kind == "services"


# A name of a port


def entering(*ports: str, named_port: str = "web") -> Scene:
    """Ingresses that lead to ports by these names."""
    service = service_of("docs", app="web")
    service["spec"]["ports"][0]["name"] = named_port
    scene = Scene().add("services", service)
    for number, port in enumerate(ports):
        path = {"path": "/", "backend": {"service": {"name": "docs", "port": {"name": port}}}}
        rules = [{"host": f"{number}.example", "http": {"paths": [path]}}]
        scene.add(INGRESSES, named(f"front-{number}", "Ingress", spec={"rules": rules}))
    return scene


def test_a_port_that_all_ingresses_call_otherwise_is_to_be_called_so() -> None:
    found = only(entering("http", "http"), "wrong-backend-port")
    assert (found.root.kind, found.field) == ("services", "spec.ports[web].name")
    assert {"front-0", "front-1"} <= {ref.name for ref in found.affected}


@pytest.mark.parametrize("ports", [("http",), ("http", "web"), ("http", "public")])
def test_one_ingress_or_ingresses_that_differ_are_to_be_changed(ports: tuple[str, ...]) -> None:
    roots = {each.root.kind for each in entering(*ports).findings() if each.rule == "wrong-backend-port"}
    assert roots == {INGRESSES}


def test_a_number_that_no_pod_declares_beside_a_port_by_name_is_worth_a_notice() -> None:
    ports = [{"containerPort": 8080, "name": "http"}]
    service = service_of("web")
    service["spec"]["ports"] = [
        {"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9100, "targetPort": 9100},
    ]  # fmt: skip
    found = only(Scene(spec={"containers": [container(ports=ports)]}).add("services", service), "service-wrong-port")
    assert found.severity is Severity.NOTICE


# A rule of a policy


def policy(name: str, selects: Object, *egress: Object) -> Object:
    return named(name, "NetworkPolicy", spec={"podSelector": selects, "policyTypes": ["Egress"], "egress": [*egress]})


def rule(port: int, **labels: str) -> Object:
    return {"to": [{"podSelector": {"matchLabels": labels}}], "ports": [{"port": port}]}


def timed_out(*policies: Object) -> Scene:
    scene = Scene(state=crashed(1)).add("services", service_of("db", 5432)).add("pods", running_pod("db"))
    scene.add(POLICIES, *policies)
    return scene.log("dial tcp db:5432: i/o timeout")


OWN = {"matchLabels": {"app": "web"}}
DNS_RULE = {"to": [{"namespaceSelector": {}}], "ports": [{"port": 53}]}


def test_of_policies_the_one_that_opens_another_port_to_the_goal_is_to_be_changed() -> None:
    found = only(
        timed_out(policy("deny", {}), policy("dns", {}, DNS_RULE), policy("own", OWN, rule(3306, app="db"))),
        "policy-blocks",
    )
    assert (found.root.name, found.field) == ("own", "spec.egress[0].ports[0].port")


def test_of_policies_the_one_that_opens_the_port_to_others_comes_next() -> None:
    found = only(timed_out(policy("dns", {}, DNS_RULE), policy("own", OWN, rule(5432, app="bd"))), "policy-blocks")
    assert (found.root.name, found.field) == ("own", "spec.egress[0].to[0]")


def test_of_policies_that_say_nothing_of_the_goal_the_pods_own_comes_before_those_of_all() -> None:
    found = only(timed_out(policy("dns", {}, DNS_RULE), policy("own", OWN, rule(80, app="x"))), "policy-blocks")
    assert (found.root.name, found.field) == ("own", "spec.egress")


# What cannot be made, and who waits


def unmade(verb: str = "create", kinds: str = "configmaps") -> Scene:
    """A workload that lacks a ConfigMap, and a Job that may not make any."""
    source = [{"configMapRef": {"name": "runtime"}}]
    missing = waiting("CreateContainerConfigError", 'configmap "runtime" not found')
    scene = Scene(state=missing, spec={"containers": [container(envFrom=source)]}).add("configmaps")
    says = (
        f'{kinds} is forbidden: User "system:serviceaccount:shop:robot" cannot {verb} resource "{kinds}"'
        ' in API group "" in the namespace "shop"'
    )
    scene.add("serviceaccounts", named("robot", "ServiceAccount"))
    scene.add(
        f"roles.{RBAC}", named("robot", "Role", rules=[{"apiGroups": [""], "resources": [kinds], "verbs": ["get"]}])
    )
    subject = {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}
    binding = named("robot", "RoleBinding", roleRef={"kind": "Role", "name": "robot"}, subjects=[subject])
    scene.add(f"rolebindings.{RBAC}", binding).add(f"clusterroles.{RBAC}").add(f"clusterrolebindings.{RBAC}")
    pod = named(
        "maker", "Pod", spec={"serviceAccountName": "robot", "containers": [container()]},
        status={"phase": "Running", "containerStatuses": [crashed(1)]},
    )  # fmt: skip
    scene.add("pods", pod)
    scene.logs["shop", "maker", "app"] = [says]
    return scene


def test_who_lacks_what_a_program_may_not_make_suffers_from_its_rights() -> None:
    [found] = unmade().findings()
    assert (found.root.kind, found.severity) == (f"roles.{RBAC}", Severity.CRITICAL)
    assert "web" in {ref.name for ref in found.affected}


@pytest.mark.parametrize("scene", [unmade("list"), unmade(kinds="secrets")])
def test_other_rights_make_nothing_of_what_is_lacked(scene: Scene) -> None:
    assert "missing-configmap" in scene.rules()


def waited_for(**told: int) -> Scene:
    """An init container that waits for a job by its name."""
    state = status("wait", running={"startedAt": "2025-11-25T19:45:30Z"})
    init = container("wait", command=["sh", "-c", "kubectl wait --for=condition=complete job/migrate"])
    spec = {"initContainers": [init], "containers": [container()]}
    scene = Scene(state=state, init=True, spec=spec, pod_status={"phase": "Pending"})
    made = {"template": {"spec": {"containers": [container()]}}}
    return scene.add("jobs.batch", named("migrate", "Job", spec=made, status=told))


def test_who_waits_for_a_job_that_fails_again_and_again_suffers_from_that() -> None:
    [found] = waited_for(failed=3).findings()
    assert (found.root.kind, found.root.name) == ("jobs.batch", "migrate")
    assert "web" in {ref.name for ref in found.affected}


@pytest.mark.parametrize("told", [{"failed": 1}, {"failed": 3, "succeeded": 1}, {"active": 1}])
def test_a_job_that_may_still_do_is_waited_for(told: dict[str, int]) -> None:
    assert "init-waits" not in waited_for(**told).rules()


def certified(days: float, says: str = "Certificate will expire") -> Scene:
    """A workload that checks the certificate that it mounts, and ends."""
    volume = {"name": "tls", "secret": {"secretName": "web-tls"}}
    scene = Scene(state=crashed(1), spec={"volumes": [volume]}).log(says)
    data = {"tls.crt": certificate(days), "tls.key": ""}
    return scene.add("secrets", named("web-tls", "Secret", type="kubernetes.io/tls", data=data))


def test_who_ends_because_of_a_certificate_that_is_over_suffers_from_that() -> None:
    found = only(certified(-3), "certificate-expired")
    assert (found.root.kind, found.root.name, found.severity) == ("secrets", "web-tls", Severity.CRITICAL)
    assert "web" in {ref.name for ref in found.affected}


@pytest.mark.parametrize("scene", [certified(30), certified(-3, "panic: index out of range")])
def test_who_ends_for_another_reason_is_told_of_by_itself(scene: Scene) -> None:
    assert "crash-loop" in scene.rules()


def test_a_lookup_that_nobody_answers_is_one_of_dns_and_not_of_the_goal() -> None:
    scene = timed_out(policy("own", OWN, rule(5432, app="db")))
    said = "dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.1.7:4192->10.96.0.10:53: i/o timeout"
    found = only(scene.log(f"FATAL: cannot connect to db:5432: {said}"), "policy-blocks")
    assert (found.root.name, "DNS" in found.title) == ("own", True)


def test_a_label_that_a_runtime_class_asks_for_is_to_be_changed_there() -> None:
    said = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": said}
    pending = {"phase": "Pending", "conditions": [condition]}
    scene = Scene(state=status(), spec={"runtimeClassName": "gvisor"}, pod_status=pending)
    asked = {"sandbox": "runsc"}
    scene.pod["spec"] = scene.pod["spec"] | {"nodeSelector": asked}
    runtime = named("gvisor", "RuntimeClass", "", scheduling={"nodeSelector": asked})
    found = only(scene.add("runtimeclasses.node.k8s.io", runtime), "node-selector")
    assert (found.root.name, found.field) == ("gvisor", "scheduling.nodeSelector.sandbox")
    scene.deployment["spec"]["template"]["spec"]["nodeSelector"] = asked
    assert only(scene, "node-selector").root.name == "web"


def test_a_crash_of_what_a_pause_keeps_back_from_its_newer_template_is_of_the_pause() -> None:
    scene = Scene(state=crashed(1)).log("FATAL: schemaVersion 3 needs 2.0 or later")
    assert scene.rules() == ["crash-loop"]
    scene.deployment["spec"]["paused"] = True
    [found] = scene.findings()
    assert (found.rule, found.severity) == ("rollout-paused", Severity.CRITICAL)


def test_a_pod_that_does_not_go_is_why_its_service_has_no_pod() -> None:
    gone = named(
        "db-0", "Pod", metadata={"labels": {"app": "db"}, "deletionTimestamp": "2025-11-25T19:40:00Z",
        "finalizers": ["example.org/snapshot"]}, status={"phase": "Running"},
    )  # fmt: skip
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [container()]}}
    scene = Scene(state=crashed(1)).add("services", service_of("db", 5432)).add("pods", gone)
    scene.add("statefulsets.apps", named("db", "StatefulSet", spec={"replicas": 1, "template": template}))
    [found] = scene.log("dial tcp db:5432: connection refused").findings()
    assert (found.rule, found.root.name) == ("stuck-terminating", "db-0")
    assert "web" in {ref.name for ref in found.affected}
