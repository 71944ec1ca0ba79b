"""Reviews as they travel; what a real server answers is in tests/cluster."""

import json
import subprocess
import sys
from typing import Any

import pytest
from aiohttp import web

from kubegenie_tui.domain.access.policy import Identity
from kubegenie_tui.domain.errors import Forbidden, NotFound, ServerFailed
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.context import AuthInfo, Secret
from kubegenie_tui.kube.reviews import can_i, known_as, whoami
from tests.unit.kube.loopback import client_of, refusal, serve

DEPLOYMENTS = Kind(group="apps", version="v1", plural="deployments", kind="Deployment")


class Answering:
    """Gives one answer and remembers what was sent."""

    def __init__(self, answer: dict[str, Any] | web.Response) -> None:
        self._answer = answer
        self.path = ""
        self.sent: dict[str, Any] = {}
        self.authorization = ""

    async def __call__(self, request: web.Request) -> web.Response:
        self.path, self.sent = request.path, await request.json()
        self.authorization = request.headers.get("Authorization", "")
        return self._answer if isinstance(self._answer, web.Response) else web.json_response(self._answer, status=201)


async def test_may_i() -> None:
    server = Answering({"spec": {}, "status": {"allowed": True, "reason": "RBAC: allowed"}})
    async with serve(server) as url, client_of(url, auth=AuthInfo(token=Secret("t"))) as client:
        assert await can_i(client, "patch", DEPLOYMENTS, "x", "y") == (True, "RBAC: allowed")
    assert server.path == "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    assert server.authorization == "Bearer t"
    assert server.sent["spec"]["resourceAttributes"] == {
        "verb": "patch",
        "group": "apps",
        "version": "v1",
        "resource": "deployments",
        "namespace": "x",
        "name": "y",
    }


async def test_who_am_i() -> None:
    user = {"username": "jane", "uid": "u", "groups": ["dev", "ops"]}
    server = Answering({"status": {"userInfo": user}})
    async with serve(server) as url, client_of(url) as client:
        assert await whoami(client) == Identity("jane", "u", ("dev", "ops"))
    assert server.path == "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    async with serve(Answering({"status": {"userInfo": {}}})) as url, client_of(url) as client:
        assert await whoami(client) == Identity("")


async def test_who_am_i_at_little_cost() -> None:
    server = Answering({"status": {"userInfo": {"username": "jane", "uid": "u", "groups": ["dev", "ops"]}}})
    async with serve(server) as url, client_of(url) as client:
        assert await known_as(client) == Identity("jane", "u", ("dev", "ops"))
    assert server.path == "/apis/authentication.k8s.io/v1/selfsubjectreviews"
    assert server.sent == {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    async with serve(Answering({"status": {}})) as url, client_of(url) as client:
        assert await known_as(client) == Identity("")
    async with serve(Answering({"kind": "Something"})) as url, client_of(url) as client:
        with pytest.raises(ServerFailed):
            await known_as(client)


async def test_refusals_are_ours() -> None:
    for answer, error in ((refusal(404, "NotFound", "no"), NotFound), (refusal(403, "Forbidden", "no"), Forbidden)):
        async with serve(Answering(answer)) as url, client_of(url) as client:
            with pytest.raises(error):
                await whoami(client)


def test_the_heavy_client_is_loaded_only_when_asked() -> None:
    program = (
        "import json, sys\n"
        "import kubegenie_tui.kube.reviews, kubegenie_tui.kube.objects, kubegenie_tui.kube.kubeconfig.loader\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('kubernetes')]))"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert json.loads(output) == []
