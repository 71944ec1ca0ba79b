"""Who am I, and what may I and others do."""

import asyncio
from typing import Any

import pytest

from tests.contract.api import PATIENCE, Api

REVIEWS = "/apis/authorization.k8s.io/v1"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"
ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles"
GROUP = "rbac.authorization.k8s.io"


def asked(verb: str, resource: str, namespace: str = "", **more: str) -> dict[str, Any]:
    return {"resourceAttributes": {"verb": verb, "resource": resource, "namespace": namespace, **more}}


@pytest.fixture
async def mary(api: Api, namespace: str) -> str:
    """A user who may read pods and one ConfigMap of the namespace."""
    rules = [
        {"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods", "pods/log"]},
        {"verbs": ["get"], "apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["hers"]},
    ]
    await api.made(ROLES.format(namespace), {"metadata": {"name": "reader"}, "rules": rules})
    subjects = [{"kind": "User", "apiGroup": GROUP, "name": "mary"}]
    reference = {"kind": "Role", "apiGroup": GROUP, "name": "reader"}
    binding = {"metadata": {"name": "mary"}, "roleRef": reference, "subjects": subjects}
    await api.made(BINDINGS.format(namespace), binding)
    async with asyncio.timeout(PATIENCE):  # the server hears of a binding by a watch of its own
        while (await api.get(f"/api/v1/namespaces/{namespace}/pods", Impersonate_User="mary")).status == 403:
            pass
    return "mary"


async def test_an_admin_may(api: Api) -> None:
    answer = await api.post(f"{REVIEWS}/selfsubjectaccessreviews", {"spec": asked("delete", "nodes")})
    body = answer.json
    assert (answer.status, body["kind"], body["status"]["allowed"]) == (201, "SelfSubjectAccessReview", True)
    assert body["spec"]["resourceAttributes"]["verb"] == "delete"


@pytest.mark.parametrize(
    ("question", "allowed"),
    [
        (asked("list", "pods"), True),
        (asked("get", "pods", subresource="log"), True),
        (asked("get", "pods", subresource="exec"), False),
        (asked("delete", "pods"), False),
        (asked("get", "configmaps", name="hers"), True),
        (asked("get", "configmaps", name="other"), False),
        (asked("list", "pods", group="metrics.k8s.io"), False),
    ],
)
async def test_what_another_may(api: Api, namespace: str, mary: str, question: dict[str, Any], allowed: bool) -> None:
    question["resourceAttributes"]["namespace"] = namespace
    answer = await api.post(f"{REVIEWS}/subjectaccessreviews", {"spec": {**question, "user": mary}})
    assert (answer.status, answer.json["status"]["allowed"]) == (201, allowed)
    own = await api.post(f"{REVIEWS}/selfsubjectaccessreviews", {"spec": question}, Impersonate_User=mary)
    assert own.json["status"]["allowed"] is allowed


async def test_elsewhere_she_may_not(api: Api, mary: str) -> None:
    for where in ("", "default"):
        spec = {**asked("list", "pods", where), "user": mary}
        answer = await api.post(f"{REVIEWS}/subjectaccessreviews", {"spec": spec})
        assert answer.json["status"]["allowed"] is False


async def test_what_a_server_says_to_one_who_may_not(api: Api, namespace: str, mary: str) -> None:
    listed = await api.get(f"/api/v1/namespaces/{namespace}/pods", Impersonate_User=mary)
    assert listed.status == 200
    secrets = await api.get(f"/api/v1/namespaces/{namespace}/secrets", Impersonate_User=mary)
    why = f'User "mary" cannot list resource "secrets" in API group "" in the namespace "{namespace}"'
    assert secrets.refusal == (403, "Forbidden", f"secrets is forbidden: {why}")
    assert secrets.json["details"] == {"kind": "secrets"}
    log = await api.get(f"/api/v1/namespaces/{namespace}/pods/x/exec", {"command": "id"}, Impersonate_User=mary)
    where = f'in API group "" in the namespace "{namespace}"'
    assert log.refusal[2] == f'pods "x" is forbidden: User "mary" cannot get resource "pods/exec" {where}'
    nodes = await api.get("/api/v1/nodes", Impersonate_User=mary)
    why = 'User "mary" cannot list resource "nodes" in API group "" at the cluster scope'
    assert nodes.refusal == (403, "Forbidden", f"nodes is forbidden: {why}")
    removed = await api.delete(f"/apis/apps/v1/namespaces/{namespace}/deployments/web", Impersonate_User=mary)
    why = 'cannot delete resource "deployments" in API group "apps" in the namespace'
    assert removed.refusal[2] == f'deployments.apps "web" is forbidden: User "mary" {why} "{namespace}"'


async def test_all_that_one_may(api: Api, namespace: str, mary: str) -> None:
    spec = {"spec": {"namespace": namespace}}
    answer = await api.post(f"{REVIEWS}/selfsubjectrulesreviews", spec, Impersonate_User=mary)
    status = answer.json["status"]
    assert (answer.status, status["incomplete"]) == (201, False)
    reading = {"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods", "pods/log"]}
    assert reading in status["resourceRules"]
    assert any("/version" in rule["nonResourceURLs"] for rule in status["nonResourceRules"])


async def test_who_am_i(api: Api, mary: str) -> None:
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = await api.post(path, {}, Impersonate_User=mary)
    info = answer.json["status"]["userInfo"]
    assert (answer.status, info["username"]) == (201, "mary")
    assert "system:authenticated" in info["groups"]


async def test_one_may_what_the_groups_may_that_one_acts_in(api: Api) -> None:
    alone = await api.get("/api/v1/nodes", Impersonate_User="jane")
    assert alone.status == 403
    nodes = await api.get("/api/v1/nodes", Impersonate_User="jane", Impersonate_Group="system:masters")
    assert nodes.status == 200
    path = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    answer = await api.post(path, {}, Impersonate_User="jane", Impersonate_Group="system:masters")
    assert set(answer.json["status"]["userInfo"]["groups"]) == {"system:masters", "system:authenticated"}
    spec = {**asked("list", "nodes"), "user": "jane", "groups": ["system:masters"]}
    told = await api.post(f"{REVIEWS}/subjectaccessreviews", {"spec": spec})
    assert told.json["status"]["allowed"] is True


async def test_a_question_that_is_none(api: Api) -> None:
    answer = await api.post(f"{REVIEWS}/selfsubjectaccessreviews", {"spec": {}})
    assert answer.refusal[:2] == (422, "Invalid")
    none = await api.post(f"{REVIEWS}/selfsubjectrulesreviews", {"spec": {}})
    assert none.refusal == (400, "BadRequest", "no namespace on request")


async def test_a_token_that_nobody_has(stranger: Api) -> None:
    answer = await stranger.get("/api/v1/pods", Authorization="Bearer no-such-token")
    assert answer.refusal == (401, "Unauthorized", "Unauthorized")
