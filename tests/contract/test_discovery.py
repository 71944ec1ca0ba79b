"""What is served, told both ways; versions and health."""

from tests.contract.api import Api

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
POD_SUBRESOURCES = {
    "attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status"
}  # fmt: skip


async def test_version_and_health(api: Api) -> None:
    version = (await api.get("/version")).json
    assert version["gitVersion"].startswith(f"v{version['major']}.{version['minor']}.")
    for check in ("healthz", "livez", "readyz"):
        answer = await api.get(f"/{check}")
        assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")
    told = (await api.get("/readyz", {"verbose": "1"})).body.decode()
    assert "[+]etcd ok" in told
    assert told.endswith("readyz check passed\n")


async def test_aggregated_discovery(api: Api) -> None:
    core = await api.get("/api", Accept=AGGREGATED)
    assert core.headers["Content-Type"] == AGGREGATED
    body = core.json
    assert (body["kind"], body["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    [group] = body["items"]
    [version] = group["versions"]
    assert (version["version"], version["freshness"]) == ("v1", "Current")
    [pods] = [each for each in version["resources"] if each["resource"] == "pods"]
    assert {sub["subresource"] for sub in pods.pop("subresources")} == POD_SUBRESOURCES
    assert pods == {
        "resource": "pods",
        "responseKind": {"group": "", "version": "", "kind": "Pod"},
        "scope": "Namespaced",
        "singularResource": "pod",
        "verbs": ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
        "shortNames": ["po"],
        "categories": ["all"],
    }


async def test_groups_in_aggregated_discovery(api: Api) -> None:
    body = (await api.get("/apis", Accept=AGGREGATED)).json
    groups = {group["metadata"]["name"]: group["versions"] for group in body["items"]}
    assert {"apps", "batch", "networking.k8s.io", "metrics.k8s.io", "rbac.authorization.k8s.io"} <= groups.keys()
    assert groups["autoscaling"][0]["version"] == "v2"
    [deployments] = [each for each in groups["apps"][0]["resources"] if each["resource"] == "deployments"]
    assert {sub["subresource"]: sub["verbs"] for sub in deployments["subresources"]} == {
        "scale": ["get", "patch", "update"],
        "status": ["get", "patch", "update"],
    }


async def test_an_unchanged_document_is_not_sent_again(api: Api) -> None:
    first = await api.get("/apis", Accept=AGGREGATED)
    again = await api.get("/apis", Accept=AGGREGATED, If_None_Match=first.headers["ETag"])
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = await api.get("/apis", Accept=AGGREGATED, If_None_Match='"other"')
    assert (other.status, other.body) == (200, first.body)


async def test_classic_discovery(api: Api) -> None:
    assert (await api.get("/api")).json["versions"] == ["v1"]
    groups = (await api.get("/apis")).json
    assert (groups["kind"], groups["apiVersion"]) == ("APIGroupList", "v1")
    [apps] = [group for group in groups["groups"] if group["name"] == "apps"]
    only = {"groupVersion": "apps/v1", "version": "v1"}
    assert apps == {"name": "apps", "versions": [only], "preferredVersion": only}
    assert (await api.get("/apis/apps")).json == {"kind": "APIGroup", "apiVersion": "v1", **apps}


async def test_classic_resources(api: Api) -> None:
    resources = (await api.get("/apis/apps/v1")).json
    assert (resources["kind"], resources["groupVersion"]) == ("APIResourceList", "apps/v1")
    found = {each["name"]: each for each in resources["resources"]}
    assert found["deployments"]["shortNames"] == ["deploy"]
    assert found["deployments"]["singularName"] == "deployment"
    assert found["deployments"]["namespaced"] is True
    assert found["deployments/scale"] == {
        "name": "deployments/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }
    core = {each["name"] for each in (await api.get("/api/v1")).json["resources"]}
    assert {"pods", "pods/log", "nodes", "namespaces/finalize", "services", "events"} <= core


async def test_both_ways_tell_of_the_same_resources(api: Api) -> None:
    aggregated = {
        (group["metadata"]["name"], version["version"], resource["resource"])
        for group in (await api.get("/apis", Accept=AGGREGATED)).json["items"]
        for version in group["versions"]
        for resource in version["resources"]
    }
    classic = set()
    for group in (await api.get("/apis")).json["groups"]:
        for version in group["versions"]:
            resources = (await api.get(f"/apis/{version['groupVersion']}")).json["resources"]
            classic |= {
                (group["name"], version["version"], each["name"]) for each in resources if "/" not in each["name"]
            }
    assert {each for each in aggregated if each[0]} == classic


async def test_what_is_not_served(api: Api) -> None:
    for path in ("/apis/nope", "/nope", "/apis/nope/v1", "/apis/nope/v1/things"):
        answer = await api.get(path)
        assert (answer.status, answer.body) == (404, b"404 page not found\n"), path
    missing = (404, "NotFound", "the server could not find the requested resource")
    for path in ("/apis/apps/v9", "/api/v1/nope", "/apis/apps/v1/nope", "/api/v1/namespaces/default/nope/x"):
        assert (await api.get(path)).refusal == missing, path
