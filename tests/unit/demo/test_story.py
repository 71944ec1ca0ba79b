"""The planted faults are all there, as anyone who asks the API sees them."""

from typing import Any

import pytest

from kubegenie_tui.demo.api.printing import cells_of
from kubegenie_tui.demo.state.objects import Object, meta, name_of, namespace_of
from kubegenie_tui.demo.story.stories import DOWN, STORIES, build_world
from kubegenie_tui.demo.world.world import World
from kubegenie_tui.diagnostics.certificates import expiry_of
from tests.unit.demo.conftest import NOW

MINUTE = 60.0


def pods(world: World, namespace: str, app: str) -> list[Object]:
    return [pod for pod in world.cluster.list("pods", namespace) if meta(pod)["labels"].get("app") == app]


def states(world: World, namespace: str, app: str) -> set[str]:
    """The STATUS column of an app's pods."""
    resource = world.cluster.catalog.by_id("pods")
    return {cells_of(resource, pod, world.cluster.clock.now())[2] for pod in pods(world, namespace, app)}


def reasons(world: World, namespace: str, prefix: str) -> dict[str, str]:
    """What the events about the objects of an app tell: reason and message."""
    found = world.cluster.list("events", namespace)
    return {each["reason"]: each["message"] for each in found if each["involvedObject"]["name"].startswith(prefix)}


def last_ends(world: World, namespace: str, app: str) -> list[Object]:
    statuses = [status for pod in pods(world, namespace, app) for status in pod["status"]["containerStatuses"]]
    return [status["lastState"]["terminated"] for status in statuses if status["lastState"]]


def test_a_crash_loop_for_want_of_a_key(prod: World) -> None:
    assert states(prod, "shop", "checkout") == {"Running", "CrashLoopBackOff"}
    [status] = [pod["status"]["containerStatuses"][0] for pod in pods(prod, "shop", "checkout") if not healthy(pod)]
    assert status["restartCount"] > 5
    assert status["lastState"]["terminated"]["exitCode"] == 1
    secret = prod.cluster.get("secrets", "checkout-db", "shop")
    assert secret
    assert "dsn" in secret["data"]
    assert "url" not in secret["data"]
    assert "Back-off restarting failed container" in reasons(prod, "shop", "checkout-")["BackOff"]


def healthy(pod: Object) -> bool:
    return any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"]["conditions"])


def test_the_old_release_still_serves(prod: World) -> None:
    deployment = prod.cluster.get("deployments.apps", "checkout", "shop")
    assert deployment
    assert deployment["status"]["availableReplicas"] == 3
    conditions = {each["type"]: each for each in deployment["status"]["conditions"]}
    assert conditions["Available"]["status"] == "True"
    assert (conditions["Progressing"]["status"], conditions["Progressing"]["reason"]) == (
        "False", "ProgressDeadlineExceeded"
    )  # fmt: skip


def test_an_image_that_does_not_exist(prod: World) -> None:
    assert states(prod, "content", "thumbnails") & {"ImagePullBackOff", "ErrImagePull"}
    assert "1.8.0-typo: not found" in reasons(prod, "content", "thumbnails-")["Failed"]


def test_a_pod_that_fits_nowhere(prod: World) -> None:
    assert states(prod, "data", "forecast") == {"Pending"}
    assert "12 Insufficient memory" in reasons(prod, "data", "forecast-")["FailedScheduling"]


def test_containers_that_run_out_of_memory(prod: World) -> None:
    assert {(end["reason"], end["exitCode"]) for end in last_ends(prod, "search", "indexer")} == {("OOMKilled", 137)}


def test_a_liveness_probe_that_fails(prod: World) -> None:
    assert last_ends(prod, "data", "stream-bridge")
    told = reasons(prod, "data", "stream-bridge-")
    assert told["Unhealthy"].startswith("Liveness probe failed")
    assert "failed liveness probe, will be restarted" in told["Killing"]


def test_a_readiness_probe_that_fails(prod: World) -> None:
    new = [pod for pod in pods(prod, "payments", "ledger") if not healthy(pod)]
    assert [pod["status"]["containerStatuses"][0]["restartCount"] for pod in new] == [0]
    assert reasons(prod, "payments", "ledger-")["Unhealthy"] == (
        "Readiness probe failed: HTTP probe failed with statuscode: 503"
    )


def test_a_service_without_endpoints(prod: World) -> None:
    service = prod.cluster.get("services", "tracking", "logistics")
    assert service
    assert service["spec"]["selector"] == {"app": "trackng"}
    assert states(prod, "logistics", "tracking") == {"Running"}
    slices = prod.cluster.list("endpointslices.discovery.k8s.io", "logistics")
    [behind] = [each for each in slices if meta(each)["labels"]["kubernetes.io/service-name"] == "tracking"]
    assert behind["endpoints"] == []


def test_a_secret_that_is_missing(prod: World) -> None:
    assert states(prod, "shop", "reviews") == {"CreateContainerConfigError"}
    assert reasons(prod, "shop", "reviews-")["Failed"] == 'Error: secret "reviews-api" not found'
    assert prod.cluster.get("secrets", "reviews-api", "shop") is None


def test_a_quota_that_is_full(prod: World) -> None:
    quota = prod.cluster.get("resourcequotas", "mobile-quota", "mobile")
    assert quota
    assert quota["status"]["used"]["pods"] == quota["status"]["hard"]["pods"]
    deployment = prod.cluster.get("deployments.apps", "beta-api", "mobile")
    assert deployment
    assert deployment["status"].get("readyReplicas", 0) < deployment["spec"]["replicas"]
    assert "exceeded quota: mobile-quota" in reasons(prod, "mobile", "beta-api-")["FailedCreate"]


def test_a_certificate_that_has_ended(prod: World) -> None:
    ended, valid = (prod.cluster.get("secrets", name, "shop") for name in ("checkout-tls", "shop-tls"))
    assert ended
    assert valid
    assert 0 < (expiry_of(ended) or 0) < NOW < (expiry_of(valid) or 0)
    ingress = prod.cluster.get("ingresses.networking.k8s.io", "checkout", "shop")
    assert ingress
    assert [each["secretName"] for each in ingress["spec"]["tls"]] == ["checkout-tls"]
    certificate = prod.cluster.get("certificates.cert-manager.io", "checkout-tls", "shop")
    assert certificate
    assert [each["status"] for each in certificate["status"]["conditions"]] == ["False"]


def test_a_job_that_fails(prod: World) -> None:
    failed = [job for job in prod.cluster.list("jobs.batch", "payments") if condition(job, "Failed")]
    assert {meta(job)["ownerReferences"][0]["name"] for job in failed} == {"reconcile"}
    assert states(prod, "payments", "reconcile") >= {"Error"}


def condition(obj: Object, kind: str) -> bool:
    conditions = obj["status"].get("conditions") or ()
    return any(each["type"] == kind and each["status"] == "True" for each in conditions)


@pytest.mark.parametrize(
    ("kind_id", "count", "unhappy"),
    [
        ("certificates.cert-manager.io", 3, "checkout-tls"),
        ("applications.argoproj.io", 6, "shop"),
        ("databases.platform.northwind.example", 2, "analytics"),
    ],
)
def test_custom_resources(prod: World, kind_id: str, count: int, unhappy: str) -> None:
    found = {name_of(each): each for each in prod.cluster.list(kind_id)}
    assert len(found) == count
    assert sick(found[unhappy]["status"])
    assert not all(sick(each["status"]) for each in found.values())


def sick(status: dict[str, Any]) -> bool:
    if "health" in status:
        return bool(status["health"]["status"] == "Degraded")
    return any(each["status"] == "False" for each in status["conditions"])


def test_all_else_is_well(prod: World) -> None:
    """What a person is shown as wrong is what the story planted, and nothing more."""
    resource = prod.cluster.catalog.by_id("pods")
    unwell = {
        (namespace_of(pod), meta(pod)["labels"]["app"])
        for pod in prod.cluster.list("pods")
        if cells_of(resource, pod, NOW)[2] not in ("Running", "Completed", "ContainerCreating")
    }
    assert unwell == {
        ("shop", "checkout"), ("shop", "reviews"), ("content", "thumbnails"), ("data", "forecast"),
        ("payments", "reconcile"),
    }  # fmt: skip
    short = {
        (namespace_of(each), name_of(each))
        for each in prod.cluster.list("deployments.apps")
        if each["status"].get("readyReplicas", 0) < each["spec"]["replicas"]
    }
    assert short == {("shop", "reviews"), ("data", "forecast"), ("mobile", "beta-api")}


def test_three_clusters_and_one_that_does_not_answer() -> None:
    assert list(STORIES) == ["prod-eu", "staging", "edge-paris"]
    assert DOWN == ("rack-7",)


def test_staging_has_faults_of_its_own() -> None:
    world = build_world("staging", now=NOW)
    assert states(world, "accounts", "sso-bridge") <= {"ImagePullBackOff", "ErrImagePull"}
    assert len(list(world.cluster.list("nodes"))) == 4


def test_edge_is_seen_with_a_developers_rights(edge: World) -> None:
    assert edge.cluster.default_user == "developer"
    assert [len(list(edge.cluster.list(kind))) for kind in ("nodes", "daemonsets.apps")] == [3, 3]
