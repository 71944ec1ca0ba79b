"""The official Python client works on the demo: it decodes what comes, and watches, writes and executes."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import stream


@pytest.fixture(scope="session")
def official(kubeconfig: Path) -> Iterator[client.ApiClient]:
    """The official client on prod-eu."""
    api = config.new_client_from_config(str(kubeconfig), context="prod-eu")
    yield api
    api.rest_client.pool_manager.clear()
    api.close()


@pytest.fixture
def core(official: client.ApiClient) -> client.CoreV1Api:
    return client.CoreV1Api(official)


@pytest.fixture
def namespace(core: client.CoreV1Api) -> Iterator[str]:
    """A fresh namespace."""
    name = f"official-{uuid.uuid4().hex[:8]}"
    core.create_namespace({"metadata": {"name": name}})
    yield name
    core.delete_namespace(name)


def test_every_kind_it_knows_can_be_listed(official: client.ApiClient, core: client.CoreV1Api) -> None:
    apps, batch = client.AppsV1Api(official), client.BatchV1Api(official)
    lists = [
        core.list_pod_for_all_namespaces, core.list_node, core.list_namespace, core.list_service_for_all_namespaces,
        core.list_event_for_all_namespaces, core.list_secret_for_all_namespaces, core.list_persistent_volume,
        core.list_persistent_volume_claim_for_all_namespaces, core.list_resource_quota_for_all_namespaces,
        apps.list_deployment_for_all_namespaces, apps.list_replica_set_for_all_namespaces,
        apps.list_stateful_set_for_all_namespaces, apps.list_daemon_set_for_all_namespaces,
        batch.list_job_for_all_namespaces, batch.list_cron_job_for_all_namespaces,
        client.NetworkingV1Api(official).list_ingress_for_all_namespaces,
        client.AutoscalingV2Api(official).list_horizontal_pod_autoscaler_for_all_namespaces,
        client.PolicyV1Api(official).list_pod_disruption_budget_for_all_namespaces,
        client.RbacAuthorizationV1Api(official).list_cluster_role,
        client.StorageV1Api(official).list_storage_class,
        client.ApiextensionsV1Api(official).list_custom_resource_definition,
        client.DiscoveryV1Api(official).list_endpoint_slice_for_all_namespaces,
    ]  # fmt: skip
    for listed in lists:
        assert listed().items, listed.__name__


def test_pages(core: client.CoreV1Api) -> None:
    whole = [pod.metadata.uid for pod in core.list_pod_for_all_namespaces().items]
    found, token = [], None
    while token != "":
        page = core.list_pod_for_all_namespaces(limit=50, _continue=token)
        found += [pod.metadata.uid for pod in page.items]
        token = page.metadata._continue or ""
    assert len(set(found)) == len(found)
    assert len(set(whole) & set(found)) > 150


def test_it_watches(core: client.CoreV1Api, namespace: str) -> None:
    version = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, {"metadata": {"name": "one"}, "data": {"k": "1"}})
    core.patch_namespaced_config_map("one", namespace, {"data": {"k": "2"}})
    core.delete_namespaced_config_map("one", namespace)
    watching = watch.Watch()
    seen = []
    only = {"field_selector": "metadata.name=one", "resource_version": version, "timeout_seconds": 20}
    for event in watching.stream(core.list_namespaced_config_map, namespace, **only):
        seen.append((event["type"], event["object"].data["k"]))
        if event["type"] == "DELETED":
            watching.stop()
    assert seen == [("ADDED", "1"), ("MODIFIED", "2"), ("DELETED", "2")]


def test_it_patches_and_scales(official: client.ApiClient) -> None:
    apps = client.AppsV1Api(official)
    patched = apps.patch_namespaced_deployment("cms", "content", {"metadata": {"labels": {"touched": "yes"}}})
    assert patched.metadata.labels["touched"] == "yes"
    scale = apps.read_namespaced_deployment_scale("cms", "content")
    assert scale.spec.replicas == 2
    assert apps.patch_namespaced_deployment_scale("cms", "content", {"spec": {"replicas": 3}}).spec.replicas == 3


def test_a_conflict(core: client.CoreV1Api, namespace: str) -> None:
    made = core.create_namespaced_config_map(namespace, {"metadata": {"name": "one"}, "data": {"k": "1"}})
    core.patch_namespaced_config_map("one", namespace, {"data": {"k": "2"}})
    made.data = {"k": "3"}
    with pytest.raises(ApiException) as refused:
        core.replace_namespaced_config_map("one", namespace, made)
    assert (refused.value.status, refused.value.reason) == (409, "Conflict")


def test_it_reads_logs_and_executes(core: client.CoreV1Api) -> None:
    [pod, *_] = core.list_namespaced_pod("shop", label_selector="app=frontend").items
    assert len(core.read_namespaced_pod_log(pod.metadata.name, "shop", tail_lines=3).splitlines()) == 3
    session = stream(
        core.connect_get_namespaced_pod_exec, pod.metadata.name, "shop", command=["echo", "hello"],
        stdout=True, stderr=True, stdin=False, tty=False, _preload_content=False,
    )  # fmt: skip
    session.run_forever(timeout=20)
    assert (session.read_stdout(), session.returncode) == ("hello\n", 0)
    session.sock.shutdown()


def test_what_it_attaches_to_goes_on_talking(core: client.CoreV1Api) -> None:
    [pod, *_] = core.list_namespaced_pod("shop", label_selector="app=cart").items
    session = stream(
        core.connect_get_namespaced_pod_attach, pod.metadata.name, "shop", stdout=True, _preload_content=False
    )
    heard = [session.readline_stdout(timeout=20) for _ in range(2)]
    assert all('"msg":"request"' in line for line in heard), heard
    assert session.is_open()
    session.close()


def test_a_container_that_is_added_runs_and_can_be_typed_to(core: client.CoreV1Api) -> None:
    [pod, *_] = core.list_namespaced_pod("shop", label_selector="app=cart").items
    name, shop = pod.metadata.name, pod.metadata.namespace
    added = {"name": "debug", "image": "busybox:1.37", "stdin": True, "tty": True}
    core.patch_namespaced_pod_ephemeralcontainers(name, shop, {"spec": {"ephemeralContainers": [added]}})
    watching = watch.Watch()
    for event in watching.stream(core.list_namespaced_pod, shop, timeout_seconds=20):
        seen = event["object"]
        if seen.metadata.name == name and (seen.status.ephemeral_container_statuses or ()):
            assert seen.status.ephemeral_container_statuses[0].state.running
            watching.stop()
    session = stream(
        core.connect_get_namespaced_pod_attach, name, shop, container="debug",
        stdin=True, stdout=True, tty=True, _preload_content=False,
    )  # fmt: skip
    session.write_stdin("echo he''llo\nexit\n")
    session.run_forever(timeout=20)
    assert "hello" in session.read_stdout()
    session.sock.shutdown()


def test_custom_objects(official: client.ApiClient) -> None:
    custom = client.CustomObjectsApi(official)
    found = custom.list_namespaced_custom_object("platform.northwind.example", "v1", "data", "databases")
    assert {each["metadata"]["name"] for each in found["items"]} == {"orders", "analytics"}


def test_may_i(official: client.ApiClient) -> None:
    ask = {"spec": {"resourceAttributes": {"verb": "delete", "resource": "nodes"}}}
    assert client.AuthorizationV1Api(official).create_self_subject_access_review(ask).status.allowed is True
