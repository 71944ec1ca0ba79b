"""Our RBAC evaluator against the server's own verdicts, on roles and bindings made at random."""

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest
from kubernetes import client

from kubegenie_tui.agents.access import answer
from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.access.evaluate import Request, decide
from kubegenie_tui.domain.access.policy import Policy, Who, policy_of
from kubegenie_tui.domain.access.question import Question, subject_of
from kubegenie_tui.domain.kind import Kind
from tests.cluster.heard import until_allowed
from tests.cluster.joining import context_of
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

SEED = 20261126
TRIPLES = 400
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "*", "impersonate"]
GROUPS = ["", "apps", "example.com", "*"]
RESOURCES = ["pods", "pods/exec", "secrets", "deployments", "deployments/scale", "*", "*/scale", "nodes"]
NAMES = ["a", "b"]
URLS = ["/metrics", "/healthz/*", "/x/*", "*"]
SUBJECTS = ["u:kg-jane", "u:kg-joe", "g:kg-devs", "g:system:authenticated", "sa:NS/runner", "sa:NS/idle"]
PODS = Kind("", "v1", "pods", "Pod")
SECRETS = Kind("", "v1", "secrets", "Secret")


def random_rule(chance: random.Random, *, urls: bool) -> dict[str, Any]:
    verbs = chance.sample(VERBS[:7], 2) if chance.random() < 0.9 else ["*"]
    if urls and chance.random() < 0.2:
        return {"verbs": verbs, "nonResourceURLs": chance.sample(URLS, 1)}
    rule = {"verbs": verbs, "apiGroups": chance.sample(GROUPS, 1), "resources": chance.sample(RESOURCES, 2)}
    return rule | ({"resourceNames": chance.sample(NAMES, 1)} if chance.random() < 0.3 else {})


def subjects(chance: random.Random, namespace: str) -> list[dict[str, str]]:
    found = [subject_of(word.replace("NS", namespace)) for word in chance.sample(SUBJECTS, 2)]
    group = "rbac.authorization.k8s.io"
    return [
        {"kind": each.kind, "name": each.name}
        | ({"namespace": each.namespace} if each.kind == "ServiceAccount" else {"apiGroup": group})
        for each in found
    ]


@pytest.fixture
def made(official: client.ApiClient, namespace: str) -> Iterator[str]:
    """Roles and bindings at random in the fresh namespace and for the cluster; those of the cluster are deleted."""
    chance, rbac = random.Random(SEED), client.RbacAuthorizationV1Api(official)
    group = "rbac.authorization.k8s.io"
    for number in range(6):
        name = f"{namespace}-{number}"
        rbac.create_namespaced_role(
            namespace, {"metadata": {"name": name}, "rules": [random_rule(chance, urls=False) for _ in range(2)]}
        )
        rbac.create_cluster_role(
            {"metadata": {"name": name}, "rules": [random_rule(chance, urls=True) for _ in range(2)]}
        )
        kind = chance.choice(["Role", "ClusterRole"])
        reference = {"apiGroup": group, "kind": kind, "name": name}
        rbac.create_namespaced_role_binding(
            namespace, {"metadata": {"name": name}, "roleRef": reference, "subjects": subjects(chance, namespace)}
        )
        if number < 2:
            reference = {"apiGroup": group, "kind": "ClusterRole", "name": name}
            body = {"metadata": {"name": name}, "roleRef": reference, "subjects": subjects(chance, namespace)}
            rbac.create_cluster_role_binding(body)
    let_last(official, namespace)
    yield namespace
    for name in [f"{namespace}-{number}" for number in range(6)] + [f"{namespace}-last"]:
        rbac.delete_cluster_role(name)
    for name in (f"{namespace}-0", f"{namespace}-1", f"{namespace}-last"):
        rbac.delete_cluster_role_binding(name)


def let_last(official: client.ApiClient, namespace: str) -> None:
    """Let one more user get something in the namespace and for the cluster: who knows of that knows of all before."""
    rbac, group, name = client.RbacAuthorizationV1Api(official), "rbac.authorization.k8s.io", f"{namespace}-last"
    who = [{"kind": "User", "apiGroup": group, "name": "kg-last"}]
    rule = {"apiGroups": ["example.com"], "verbs": ["get"]}
    body: dict[str, Any] = {"metadata": {"name": name}, "subjects": who}
    rbac.create_namespaced_role(namespace, {"metadata": body["metadata"], "rules": [rule | {"resources": ["nears"]}]})
    rbac.create_cluster_role({"metadata": body["metadata"], "rules": [rule | {"resources": ["fars"]}]})
    reference = {"apiGroup": group, "name": name}
    rbac.create_namespaced_role_binding(namespace, body | {"roleRef": reference | {"kind": "Role"}})
    rbac.create_cluster_role_binding(body | {"roleRef": reference | {"kind": "ClusterRole"}})
    for resource in ("nears", "fars"):
        until_allowed(
            official, {"user": "kg-last"}, verb="get", group="example.com", resource=resource, namespace=namespace
        )


def policy_by(official: client.ApiClient) -> Policy:
    rbac = client.RbacAuthorizationV1Api(official)

    def plain(found: Any) -> list[dict[str, Any]]:
        return [official.sanitize_for_serialization(item) for item in found.items]

    return policy_of(
        plain(rbac.list_role_for_all_namespaces()),
        plain(rbac.list_cluster_role()),
        plain(rbac.list_role_binding_for_all_namespaces()),
        plain(rbac.list_cluster_role_binding()),
    )


def random_request(chance: random.Random, namespace: str) -> Request:
    if chance.random() < 0.15:
        return Request(
            chance.choice(VERBS[:7]), url=chance.choice(["/metrics", "/healthz", "/healthz/etcd", "/x/y", "/"])
        )
    resource = chance.choice(["pods", "pods/exec", "secrets", "deployments", "deployments/scale", "nodes", "widgets"])
    group = chance.choice(["", "apps", "example.com"])
    scope = chance.choice([namespace, namespace, namespace, "default", ""])
    return Request(
        chance.choice([*VERBS[:7], "impersonate"]), resource, group, scope, chance.choice(["", "a", "b", "c"])
    )


def by_server(official: client.ApiClient, who: Who, request: Request) -> bool:
    resource, _, subresource = request.resource.partition("/")
    spec: dict[str, Any] = {"user": who.user, "groups": sorted(who.groups)}
    if request.url:
        spec["nonResourceAttributes"] = {"path": request.url, "verb": request.verb}
    else:
        spec["resourceAttributes"] = {
            "verb": request.verb,
            "group": request.group,
            "resource": resource,
            "subresource": subresource,
            "namespace": request.namespace,
            "name": request.name,
        }
    review = client.AuthorizationV1Api(official).create_subject_access_review({"spec": spec})
    return bool(review.status.allowed)


def test_random_triples_are_decided_as_the_server_decides_them(official: client.ApiClient, made: str) -> None:
    chance, policy = random.Random(SEED + 1), policy_by(official)
    words = [*SUBJECTS, "u:kg-nobody", "g:system:masters", "sa:kube-system/generic-garbage-collector"]
    verdicts = {True: 0, False: 0}
    for _ in range(TRIPLES):
        who = Who.of(subject_of(chance.choice(words).replace("NS", made)))
        request = random_request(chance, made)
        theirs = by_server(official, who, request)
        assert (decide(policy, who, request) is not None) is theirs, (who, request)
        verdicts[theirs] += 1
    assert min(verdicts.values()) > TRIPLES // 10, verdicts


async def opened(plane: ControlPlane, user: str = "") -> ClusterAgent:
    agent = ClusterAgent(context_of(plane, user))
    await agent.initialize()
    await asyncio.wait_for(agent.kinds_told.wait(), 20)
    return agent


async def test_who_may_do_this_is_read_from_the_cluster(
    control_plane: ControlPlane, official: client.ApiClient, made: str
) -> None:
    agent = await opened(control_plane)
    try:
        request = Request("get", "pods", "", made)
        found = await answer(agent, Question(request=request, namespace=made))
        assert not found.notes
        for grant in found.grants:
            assert by_server(official, Who.of(grant.subject), request), grant
    finally:
        await agent.shutdown()


async def test_one_who_may_not_read_roles_is_told_their_own_rights(ours: ControlPlane) -> None:
    agent = await opened(ours, "viewer")
    try:
        found = await answer(agent, Question(namespace="default"))
        assert found.who == "you (viewer)"
        assert any("this is what the server tells" in note for note in found.notes)
        assert any("pods" in grant.rule.resources and "list" in grant.rule.verbs for grant in found.grants)
    finally:
        await agent.shutdown()


async def test_what_we_may_do_is_asked_once_and_remembered(ours: ControlPlane) -> None:
    agent = await opened(ours, "viewer")
    told = asyncio.Event()
    agent.permissions.subscribe(told.set)
    try:
        assert agent.allowed("list", PODS, "default") is None
        await asyncio.wait_for(told.wait(), 20)
        verdict = agent.allowed("list", PODS, "default")
        assert verdict is not None
        assert verdict[0]
        told.clear()
        assert agent.allowed("delete", SECRETS, "default") is None
        await asyncio.wait_for(told.wait(), 20)
        assert agent.allowed("delete", SECRETS, "default") == (False, "you may not delete secrets in default")
    finally:
        await agent.shutdown()
