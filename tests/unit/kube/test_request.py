import pytest

from kubegenie_tui.kube.request import Target, target_of, verb_of


@pytest.mark.parametrize(
    ("path", "target", "words"),
    [
        ("/api/v1/pods", Target("pods"), "pods"),
        ("/api/v1/namespaces", Target("namespaces"), "namespaces"),
        ("/api/v1/namespaces/x", Target("namespaces", "", "x"), 'namespaces "x"'),
        ("/api/v1/namespaces/x/pods", Target("pods", "x"), 'pods in namespace "x"'),
        ("/api/v1/namespaces/x/pods/y", Target("pods", "x", "y"), 'pods "y" in namespace "x"'),
        ("/api/v1/namespaces/x/pods/y/log", Target("pods/log", "x", "y"), 'pods/log "y" in namespace "x"'),
        ("/apis/apps/v1/deployments", Target("deployments.apps"), "deployments.apps"),
        ("/apis/a.io/v1/namespaces/x/bs/c", Target("bs.a.io", "x", "c"), 'bs.a.io "c" in namespace "x"'),
        ("/api/v1/nodes/n", Target("nodes", "", "n"), 'nodes "n"'),
        ("/api", Target("/api"), "/api"),
        ("/apis/apps/v1", Target("/apis/apps/v1"), "/apis/apps/v1"),
        ("/version", Target("/version"), "/version"),
    ],
)
def test_what_a_path_addresses(path: str, target: Target, words: str) -> None:
    assert target_of(path) == target
    assert str(target) == words


@pytest.mark.parametrize(
    ("method", "path", "params", "verb"),
    [
        ("GET", "/api/v1/pods", {}, "list"),
        ("GET", "/api/v1/pods", {"watch": "true"}, "watch"),
        ("GET", "/api/v1/pods", {"watch": "1"}, "watch"),
        ("GET", "/api/v1/namespaces/x/pods/y", {}, "get"),
        ("GET", "/version", {}, "get"),
        ("POST", "/api/v1/namespaces/x/pods", {}, "create"),
        ("PUT", "/api/v1/namespaces/x/pods/y", {}, "update"),
        ("PATCH", "/api/v1/namespaces/x/pods/y", {}, "patch"),
        ("DELETE", "/api/v1/namespaces/x/pods/y", {}, "delete"),
        ("OPTIONS", "/", {}, "options"),
    ],
)
def test_the_verb_of_a_request(method: str, path: str, params: dict[str, str], verb: str) -> None:
    assert verb_of(method, path, params) == verb
