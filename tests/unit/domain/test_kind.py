import pytest
from yarl import URL

from kubegenie_tui.domain.kind import Kind

PODS = Kind("", "v1", "pods", "Pod")
ROOT = URL("https://server/clusters/prod")


@pytest.mark.parametrize(
    "name", ["../../kube-system/secrets/token", "..", ".", "web/proxy/admin", "/", "a/../../b", "web%2Fexec"]
)
@pytest.mark.parametrize("place", ["namespace", "name"])
def test_no_name_leads_to_another_resource(name: str, place: str) -> None:
    path = PODS.path(**{"namespace": "shop", "name": "web", place: name})
    segments = ROOT.with_path(f"{ROOT.path}{path}").path.split("/")
    assert segments[:6] == ["", "clusters", "prod", "api", "v1", "namespaces"]
    assert segments[7] == "pods"
    assert len(segments) == 9
    assert "" not in segments[1:]
    assert not {".", ".."} & set(segments)


def test_names_that_kubernetes_allows_stay_as_they_are() -> None:
    roles = Kind("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", namespaced=False)
    name = "system:controller:node.v2"
    assert roles.path("", name) == f"/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}"
    assert PODS.path("shop", "web", "log") == "/api/v1/namespaces/shop/pods/web/log"
