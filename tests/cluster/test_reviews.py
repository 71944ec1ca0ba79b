"""Who we are and what we may do, asked through kubernetes-asyncio over our own connection."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.context import Impersonation
from kubegenie_tui.kube.reviews import can_i, whoami
from kubegenie_tui.kube.typed import typed_client
from tests.cluster.joining import context_of, joined
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster

PODS = Kind(group="", version="v1", plural="pods", kind="Pod")
SECRETS = Kind(group="", version="v1", plural="secrets", kind="Secret")
DEPLOYMENTS = Kind(group="apps", version="v1", plural="deployments", kind="Deployment")
NODES = Kind(group="", version="v1", plural="nodes", kind="Node", namespaced=False)

JANE = Impersonation("jane", "u-1", ("dev", "ops"), (("example.com/team", ("a", "b")),))


async def test_whom_the_server_takes_us_for(ours: ControlPlane) -> None:
    names = {}
    for user in ("", "viewer", "editor", "nobody"):
        async with joined(ours, user) as client:
            me = await whoami(client)
        assert "system:authenticated" in me.groups
        names[user] = me.username
    assert len(set(names.values())) == 4
    assert names["viewer"] == "viewer"


async def test_impersonation_reaches_the_server(ours: ControlPlane) -> None:
    auth = msgspec.structs.replace(context_of(ours).auth, impersonation=JANE)
    async with joined(ours, auth=auth) as client:
        me = await whoami(client)
        assert (me.username, me.uid) == ("jane", "u-1")
        assert set(me.groups) == {"dev", "ops", "system:authenticated"}
        assert await can_i(client, "list", PODS) == (False, "")
        extra = await extras_of(client)
    assert extra == {"example.com/team": ["a", "b"]}


async def extras_of(client: Client) -> object:
    from kubernetes_asyncio.client import AuthenticationV1Api, V1SelfSubjectReview

    review = await AuthenticationV1Api(await typed_client(client)).create_self_subject_review(V1SelfSubjectReview())
    return review.status.user_info.extra


async def test_who_may_not_impersonate(ours: ControlPlane) -> None:
    auth = msgspec.structs.replace(context_of(ours, "viewer").auth, impersonation=JANE)
    async with joined(ours, auth=auth) as client:
        with pytest.raises(Forbidden, match="cannot impersonate"):
            await whoami(client)
        with pytest.raises(Forbidden, match="cannot impersonate"):
            await client.get("/api/v1/namespaces/default/pods")


@pytest.mark.parametrize("user", ["", "viewer", "editor", "nobody"])
async def test_what_we_may_do_is_what_kubectl_says(ours: ControlPlane, kubectl: Path, user: str) -> None:
    async with joined(ours, user) as client:
        for verb, kind, namespace in (
            ("list", PODS, ""),
            ("get", PODS, "team-a"),
            ("delete", PODS, "team-a"),
            ("delete", PODS, "default"),
            ("get", SECRETS, "team-a"),
            ("list", SECRETS, ""),
            ("patch", DEPLOYMENTS, "team-a"),
            ("watch", DEPLOYMENTS, ""),
            ("list", NODES, ""),
        ):
            allowed, _ = await can_i(client, verb, kind, namespace)
            assert allowed == by_kubectl(kubectl, ours, user, verb, kind, namespace), (verb, kind.id, namespace)


def by_kubectl(kubectl: Path, plane: ControlPlane, user: str, verb: str, kind: Kind, namespace: str) -> bool:
    context = f"{plane.name}-{user}" if user else plane.name
    scope = ["--namespace", namespace] if namespace else ["--all-namespaces"] if kind.namespaced else []
    command = [str(kubectl), "--kubeconfig", str(plane.kubeconfig), "--context", context, "auth", "can-i"]
    answer = subprocess.run([*command, verb, kind.id, *scope], capture_output=True, text=True, check=False)
    assert answer.stdout.strip() in ("yes", "no"), answer.stderr
    return answer.stdout.strip() == "yes"


async def test_the_reason_of_a_yes(ours: ControlPlane) -> None:
    async with joined(ours, "viewer") as client:
        allowed, reason = await can_i(client, "get", PODS, "default", "some-pod")
    assert allowed
    assert "view" in reason


async def test_typed_calls_raise_our_errors(ours: ControlPlane) -> None:
    async with joined(ours) as client, joined(ours, "nobody") as nobody:
        from kubernetes_asyncio.client import CoreV1Api

        mine, theirs = CoreV1Api(await typed_client(client)), CoreV1Api(await typed_client(nobody))
        assert (await mine.read_namespace("default")).metadata.name == "default"
        with pytest.raises(NotFound):
            await mine.read_namespaced_pod("none", "default")
        with pytest.raises(Forbidden):
            await theirs.list_namespaced_pod("default")
