"""The policy pack: each check with one object that breaks it and one that holds, as an API server gives them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from kubegenie_tui.diagnostics.pack.audit import CHECKS, OWN, chosen, judged
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.rules import ids
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.policy_parameters import parameters_of, with_given
from kubegenie_tui.domain.policy_settings import PolicySettings
from tests.unit.diagnostics.served import (
    MODEST,
    Object,
    autoscaler,
    binding,
    budget,
    container,
    deployment,
    ingress,
    pod,
    role,
    served,
    service,
)

DEPLOYMENTS, PODS, SERVICES = "deployments.apps", "pods", "services"
INGRESSES = "ingresses.networking.k8s.io"
SCALERS, BUDGETS = "horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"
ROLES, BINDINGS = "clusterroles.rbac.authorization.k8s.io", "clusterrolebindings.rbac.authorization.k8s.io"
APP = "spec.template.spec.containers[app]"


def lacking(limits: Sequence[str] = (), requests: Sequence[str] = ()) -> Object:
    """A deployment whose container lacks some of its resources."""
    left = [{key: value for key, value in MODEST.items() if key not in out} for out in (limits, requests)]
    return deployment(container(resources={"limits": left[0], "requests": left[1]}))


def sized(limits: Mapping[str, str], requests: Mapping[str, str] | None = None) -> Object:
    return deployment(container(resources={"limits": {**MODEST, **limits}, "requests": {**MODEST, **(requests or {})}}))


def imaged(image: str, **rest: Any) -> Object:
    return deployment(container(image=image, **rest))


def space(**labels: str) -> Object:
    return served("Namespace", "shop", {"finalizers": ["kubernetes"]}, namespace="", metadata={"labels": labels})


class Case(NamedTuple):
    check: str
    kind: str
    offender: Object
    good: Object
    field: str
    given: Mapping[str, str] = {}
    beside: Mapping[str, Sequence[Object]] = {}


CASES = (
    Case("allowed-ip", SERVICES, service(externalIPs=["203.0.113.9"]), service(externalIPs=["203.0.113.7"]),
         "spec.externalIPs", {"external_ips": "203.0.113.7"}),
    Case("allowed-repos", DEPLOYMENTS, imaged("docker.io/app:1"), imaged("registry.example/app:1"), f"{APP}.image",
         {"allowed_repos": "registry.example/, quay.example/"}),
    Case("allowed-reposv2", DEPLOYMENTS, imaged("registry.example.evil/app:1"), imaged("registry.example/app:1"),
         f"{APP}.image", {"allowed_images": "busybox:1.37, registry.example/*"}),
    Case("automount-serviceaccount-token", DEPLOYMENTS, deployment(automountServiceAccountToken=True), deployment(),
         "spec.template.spec.automountServiceAccountToken"),
    Case("block-endpoint-default-role", ROLES, role("system:aggregate-to-edit", "get", "update"),
         role("system:aggregate-to-edit", "get", "list"), "rules[0].verbs"),
    Case("block-loadbalancer-services", SERVICES, service(type="LoadBalancer"), service(type="NodePort"), "spec.type"),
    Case("block-wildcard-ingress", INGRESSES, ingress(host="*.shop.example"), ingress(), "spec.rules[0].host"),
    Case("container-cpu-requests-memory-limits-and-requests", DEPLOYMENTS, lacking(limits=["memory"]),
         lacking(limits=["cpu"]), f"{APP}.resources.limits.memory"),
    Case("container-image-must-have-digest", DEPLOYMENTS, imaged("registry.example/app:1.4"), deployment(),
         f"{APP}.image"),
    Case("container-limits", DEPLOYMENTS, sized({"memory": "2Gi"}), sized({"memory": "1Gi"}),
         f"{APP}.resources.limits.memory", {"memory_limit": "1Gi", "cpu_limit": "200m"}),
    Case("container-limits-and-requests", DEPLOYMENTS, lacking(limits=["cpu"]), lacking(limits=["ephemeral-storage"]),
         f"{APP}.resources.limits.cpu"),
    Case("container-limits-ignore-cpu", DEPLOYMENTS, sized({"memory": "1025Mi"}), sized({"cpu": "64"}),
         f"{APP}.resources.limits.memory", {"memory_limit": "1Gi", "cpu_limit": "1"}),
    Case("container-requests", DEPLOYMENTS, sized({}, {"cpu": "2"}), sized({"cpu": "8"}, {"cpu": "1500m"}),
         f"{APP}.resources.requests.cpu", {"cpu_request": "1500m", "memory_request": "1Gi"}),
    Case("disallow-anonymous", BINDINGS, binding("system:unauthenticated"),
         binding("system:unauthenticated", "system:public-info-viewer"), "subjects[0].name"),
    Case("disallow-interactive", DEPLOYMENTS, deployment(container(stdin=True)), deployment(container(tty=False)),
         f"{APP}.stdin"),
    Case("disallowed-tags", DEPLOYMENTS, imaged("reg.example:5000/app:latest"), imaged("reg.example:5000/app:1"),
         f"{APP}.image"),
    Case("ephemeral-storage-limit", DEPLOYMENTS, sized({"ephemeral-storage": "3Gi"}), deployment(),
         f"{APP}.resources.limits.ephemeral-storage", {"ephemeral_storage_limit": "2Gi"}),
    Case("horizontal-pod-autoscaler", SCALERS, autoscaler(least=None), autoscaler(), "spec.minReplicas",
         beside={DEPLOYMENTS: [deployment()]}),
    Case("memory-and-cpu-ratios", DEPLOYMENTS, sized({"cpu": "1100m"}), sized({"cpu": "1", "memory": "256Mi"}),
         f"{APP}.resources.limits.cpu"),
    Case("memory-ratio-only", DEPLOYMENTS, sized({"memory": "257Mi"}), sized({"cpu": "64", "memory": "256Mi"}),
         f"{APP}.resources.limits.memory"),
    Case("must-have-key", "namespaces", space(tier="web"), space(team="a"), "metadata.labels[team]",
         {"required_labels": "team"}),
    Case("must-have-owner", "namespaces", space(owner="nobody"), space(owner="sue.shop.example"),
         "metadata.labels[owner]", {"owner_pattern": r"^[a-z]+\.shop\.example$"}),
    Case("must-have-set-of-annotations", SERVICES, service() | {"metadata": {"name": "web", "namespace": "shop"}},
         service() | {"metadata": {"name": "web", "namespace": "shop", "annotations": {"runbook": "https://a"}}},
         "metadata.annotations[runbook]", {"required_annotations": "runbook=^https://"}),
    Case("pod-disruption-budget", BUDGETS, budget(maxUnavailable=0), budget(maxUnavailable=1),
         "spec.maxUnavailable"),
    Case("replica-limit", DEPLOYMENTS, deployment(replicas=2), deployment(replicas=3), "spec.replicas"),
    Case("repo-must-not-be-k8s-gcr-io", DEPLOYMENTS, imaged("k8s.gcr.io/pause:3"), imaged("registry.k8s.io/pause:3"),
         f"{APP}.image"),
    Case("required-probes", DEPLOYMENTS, deployment(container(livenessProbe=None)), deployment(),
         f"{APP}.livenessProbe"),
    Case("tls-optional", INGRESSES, ingress(annotations={}), ingress(tls=None),
         "metadata.annotations[kubernetes.io/ingress.allow-http]"),
    Case("tls-required", INGRESSES, ingress(tls=None), ingress(), "spec.tls"),
    Case("unique-ingress-host", INGRESSES, ingress(), ingress(host="other.example"), "spec.rules[0].host",
         beside={INGRESSES: [ingress("other", namespace="staging")]}),
    Case("unique-service-selector", SERVICES, service("web"), service("cart"), "spec.selector",
         beside={SERVICES: [service("web-too", selector={"app": "web"})]}),
)  # fmt: skip


def pod_with(list_name: str, *containers: Object) -> Object:
    made = pod()
    made["spec"][list_name] = [*made["spec"].get(list_name, ()), *containers]
    return made


Objects = Mapping[str, Sequence[Object]]


def found(
    check: str, kind: str, item: Object, beside: Objects | None = None, given: Mapping[str, str] | None = None
) -> list[Finding]:
    """What a check finds in an object."""
    everything = {each: list(items) for each, items in (beside or {}).items()}
    everything.setdefault(kind, []).insert(0, item)
    parameters = parameters_of(with_given(PolicySettings(), given or {}))
    looked = judged(Inventory(everything, "shop"), parameters, chosen(parameters, [check]).checks)
    return [each.finding for each in looked if each.finding and each.finding.root.name == item["metadata"]["name"]]


def test_there_are_all_of_them_each_with_a_case() -> None:
    assert len(CHECKS) - len(OWN) == 31
    assert [case.check for case in CASES] == [name for name in CHECKS if name not in OWN]
    assert {check.rule for check in CHECKS.values()} <= ids()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_a_breach_is_found_at_the_object_to_change(case: Case) -> None:
    [finding] = found(case.check, case.kind, case.offender, case.beside, case.given)
    assert finding.rule == f"policy/{case.check}"
    assert finding.root.kind == case.kind
    assert finding.field == case.field
    assert finding.severity < Severity.CRITICAL
    assert finding.evidence[0].field == case.field
    assert finding.next_steps


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_what_holds_is_left_alone(case: Case) -> None:
    assert not found(case.check, case.kind, case.good, case.beside, case.given)


@pytest.mark.parametrize("case", [case for case in CASES if case.kind == DEPLOYMENTS], ids=lambda case: case.check)
def test_a_deployment_in_order_breaks_nothing(case: Case) -> None:
    assert not found(case.check, DEPLOYMENTS, deployment(), given=case.given)


@pytest.mark.parametrize(
    ("check", "list_name", "counts"),
    [
        ("disallowed-tags", "initContainers", True),
        ("disallowed-tags", "ephemeralContainers", True),
        ("container-limits", "initContainers", True),
        ("container-limits", "ephemeralContainers", False),
        ("required-probes", "initContainers", False),
        ("disallow-interactive", "ephemeralContainers", True),
    ],
)
def test_which_containers_count(check: str, list_name: str, *, counts: bool) -> None:
    bare = {"name": "other", "image": "busybox", "stdin": True, "resources": {}}
    assert bool(found(check, PODS, pod_with(list_name, bare))) is counts


def test_exempt_images_need_not_hold() -> None:
    bare = deployment(container(), container("proxy", image="mesh.example/proxy:1", resources={}))
    assert not found("container-limits", DEPLOYMENTS, bare, given={"exempt_images": "mesh.example/*"})
    assert found("container-limits", DEPLOYMENTS, bare)


def test_a_request_that_is_not_said_is_the_limit_or_the_namespaces_default() -> None:
    only_limits = lacking(requests=["cpu", "memory"])
    assert not found("container-limits-and-requests", DEPLOYMENTS, only_limits)
    bare = deployment(container(resources={}))
    limit = {"type": "Container", "default": dict(MODEST), "defaultRequest": dict(MODEST)}
    ranges = {"limitranges": [served("LimitRange", "defaults", {"limits": [limit]})]}
    assert found("container-limits-and-requests", DEPLOYMENTS, bare)
    assert not found("container-limits-and-requests", DEPLOYMENTS, bare, ranges)


def test_the_service_account_may_say_that_no_token_is_mounted() -> None:
    silent = deployment(automountServiceAccountToken=None)
    check = "automount-serviceaccount-token"
    refusing = served("ServiceAccount", "default", automountServiceAccountToken=False)
    assert found(check, DEPLOYMENTS, silent, {"serviceaccounts": [served("ServiceAccount", "default")]})
    assert not found(check, DEPLOYMENTS, silent, {"serviceaccounts": [refusing]})
    mounted = container(volumeMounts=[{"name": "t", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}])
    assert found(check, PODS, pod(mounted, automountServiceAccountToken=None))
    assert not found(check, PODS, pod(automountServiceAccountToken=None))


def test_pods_are_grouped_at_their_owner() -> None:
    owned = [pod(container(image="app:latest"), name=f"web-5d4-{n}", owner=("ReplicaSet", "web-5d4")) for n in "abc"]
    custom = [pod(container(image="app:latest"), name=f"kafka-{n}", owner=("StrimziPodSet", "kafka")) for n in "ab"]
    objects = {DEPLOYMENTS: [imaged("app:latest")], PODS: [*owned, *custom]}
    parameters = parameters_of(PolicySettings())
    looked = list(judged(Inventory(objects), parameters, chosen(parameters, ["disallowed-tags"]).checks))
    roots = {each.finding.root.name: [ref.name for ref in each.finding.affected] for each in looked if each.finding}
    assert roots == {"web": ["web"], "kafka-a": ["kafka-a", "kafka-b"]}


def test_what_was_put_into_a_pod_later_is_the_pods_own() -> None:
    added = {"name": "debugger", "image": "busybox:1", "stdin": True, "tty": True}
    helped = pod(name="web-5d4-a", owner=("ReplicaSet", "web-5d4"), ephemeralContainers=[added])
    [finding] = found("disallow-interactive", PODS, helped, {DEPLOYMENTS: [deployment(container(stdin=True))]})
    assert finding.root.name == "web-5d4-a"
    assert "ephemeral container debugger" in finding.title


def test_a_budget_that_wants_every_pod_is_a_breach_of_the_workload() -> None:
    for wanted, bad in ((3, True), ("100%", True), ("67%", True), (2, False), ("50%", False)):
        beside = {BUDGETS: [budget(minAvailable=wanted)]}
        assert bool(found("pod-disruption-budget", DEPLOYMENTS, deployment(), beside)) is bad, wanted


def test_an_autoscaler_needs_its_target_and_room() -> None:
    for scaler, said in ((autoscaler(target="wep"), "does not exist"), (autoscaler(3, 3), "apart")):
        [finding] = found("horizontal-pod-autoscaler", SCALERS, scaler, {DEPLOYMENTS: [deployment()]})
        assert said in finding.title


def test_jobs_are_asked_for_no_probes_and_left_alone_when_they_are_over() -> None:
    template = {"template": {"spec": {"containers": [container(readinessProbe=None, image="app:latest")]}}}
    job = served("Job", "import", template, status={"conditions": []})
    done = served("Job", "done", template, status={"conditions": [{"type": "Complete", "status": "True"}]})
    assert not found("required-probes", "jobs.batch", job)
    assert found("disallowed-tags", "jobs.batch", job)
    assert not found("disallowed-tags", "jobs.batch", done)


def test_an_image_of_the_frozen_registry_can_be_had_from_its_successor() -> None:
    check = "repo-must-not-be-k8s-gcr-io"
    old, older = container(image="k8s.gcr.io/pause:3.9"), container("side", image="gcr.io/google_containers/side:1")
    [finding] = found(check, DEPLOYMENTS, deployment(old))
    assert finding.remedy is not None
    assert (finding.remedy.operation, finding.remedy.given) == ("image", {"app": "registry.k8s.io/pause:3.9"})
    [finding] = found(check, DEPLOYMENTS, deployment(old, older), given={"disallowed_repos": "k8s.gcr.io/, gcr.io/"})
    assert finding.remedy is None
    assert len(finding.evidence) == 2


def test_system_namespaces_are_exempt_unless_they_are_asked_for() -> None:
    item = imaged("app:latest")
    item["metadata"]["namespace"] = "kube-system"
    parameters = parameters_of(PolicySettings())
    checks = chosen(parameters, ["disallowed-tags"]).checks
    assert not list(judged(Inventory({DEPLOYMENTS: [item]}), parameters, checks))
    assert list(judged(Inventory({DEPLOYMENTS: [item]}, "kube-system"), parameters, checks))


def test_every_check_is_run_or_said_not_to_be() -> None:
    plain = chosen(parameters_of(PolicySettings()))
    assert {check.name for check in plain.checks} | set(plain.not_run) == set(CHECKS)
    assert plain.not_run["allowed-repos"] == "set [policy] allowed_repos to run it"
    assert plain.not_run["tls-optional"] == "tls-required finds the same and more"
    skipping = chosen(parameters_of(PolicySettings(skip="tls-required, disallow-*")))
    assert "tls-optional" in {check.name for check in skipping.checks}
    assert "skip" in skipping.not_run["disallow-anonymous"]
    named = chosen(parameters_of(PolicySettings()), ["policy/tls-*", "allowed-repos"])
    assert [check.name for check in named.checks] == ["tls-optional", "tls-required"]
    assert list(named.not_run) == ["allowed-repos"]
    with pytest.raises(UsageError, match="did you mean tls-required"):
        chosen(parameters_of(PolicySettings()), ["tls-require"])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("replicas", "3..", "no range"),
        ("replicas", "9-3", "no range"),
        ("memory_limit", "1 GB", "no quantity"),
        ("cpu_ratio", "0.5", "at least its request"),
        ("autoscaler_spread", "-1", "no whole number"),
        ("probes", "aliveProbe", "there is no aliveProbe"),
        ("required_labels", "team=[", "not a regular expression"),
        ("owner_pattern", "(", "not a regular expression"),
        ("labelled_kinds", "nodes", "not looked at"),
    ],
)
def test_a_wrong_setting_is_named(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=f"policy.{name}") as caught:
        parameters_of(with_given(PolicySettings(), {name: text}))
    assert said in str(caught.value)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(UsageError, match="no parameter of the policy checks"):
        with_given(PolicySettings(), {"repos": "a"})
