"""Create and update: what is filled in, what is refused and in which words, and that a dry run leaves no trace."""

from typing import Any

import pytest

from tests.contract.api import Api
from tests.contract.manifests import config_map, deployment, pod

MODIFIED = "the object has been modified; please apply your changes to the latest version and try again"
NOT_ALLOWED = (405, "MethodNotAllowed", "the server does not allow this method on the requested resource")


async def test_what_a_new_object_gets(api: Api, namespace: str, config_maps: str) -> None:
    answer = await api.post(config_maps, {"metadata": {"name": "new"}, "data": {"k": "v"}})
    assert answer.status == 201
    body = answer.json
    assert (body["kind"], body["apiVersion"], body["data"]) == ("ConfigMap", "v1", {"k": "v"})
    assert body["metadata"]["namespace"] == namespace
    assert set(body["metadata"]) == {
        "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "managedFields"
    }  # fmt: skip
    [entry] = body["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"], entry["apiVersion"]) == ("contract", "Update", "v1")
    assert entry["fieldsV1"] == {"f:data": {".": {}, "f:k": {}}}
    assert (await api.get(f"{config_maps}/new")).json == body


async def test_what_the_server_sets_cannot_be_given(api: Api, config_maps: str) -> None:
    given = {"uid": "mine", "resourceVersion": "", "creationTimestamp": "2000-01-01T00:00:00Z", "generation": 7}
    made = (await api.made(config_maps, {"metadata": {"name": "new", **given}})).meta
    assert made["uid"] != "mine"
    assert not made["creationTimestamp"].startswith("2000")


async def test_a_generated_name(api: Api, config_maps: str) -> None:
    made = (await api.made(config_maps, {"metadata": {"generateName": "made-"}})).meta
    assert made["generateName"] == "made-"
    assert len(made["name"]) == len("made-xxxxx")


async def test_defaults_of_a_deployment(api: Api, deployments: str) -> None:
    body = (await api.made(deployments, deployment())).json
    assert (body["metadata"]["generation"], body["status"]) == (1, {})
    spec = body["spec"]
    assert (spec["replicas"], spec["revisionHistoryLimit"], spec["progressDeadlineSeconds"]) == (1, 10, 600)
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
    assert spec["template"]["spec"] == {
        "containers": [
            {
                "name": "main",
                "image": "nginx:1.27",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
                "resources": {},
                "terminationMessagePath": "/dev/termination-log",
                "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
            }
        ],
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "schedulerName": "default-scheduler",
    }


async def test_what_a_pod_gets(api: Api, pods: str) -> None:
    body = (await api.made(pods, pod("one"))).json
    spec = body["spec"]
    assert body["status"] == {"phase": "Pending", "qosClass": "BestEffort"}
    assert (spec["serviceAccountName"], spec["enableServiceLinks"], spec["priority"]) == ("default", True, 0)
    assert [each["key"] for each in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
    ]  # fmt: skip
    [volume] = spec["volumes"]
    [mount] = spec["containers"][0]["volumeMounts"]
    assert mount["name"] == volume["name"]
    assert mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount"


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"metadata": {"name": "A_b"}}, 422, 'metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain'),
        ({"metadata": {}}, 422, "metadata.name: Required value: name or generateName is required"),
        (
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}},
            400,
            'Secret in version "v1" cannot be handled as a ConfigMap',
        ),
        (
            {"metadata": {"name": "x", "namespace": "other"}},
            400,
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (b"{bad", 400, "the object provided is unrecognized"),
        (b"", 400, "the object provided is unrecognized"),
    ],
)
async def test_what_cannot_be_created(api: Api, config_maps: str, body: Any, code: int, words: str) -> None:
    answer = await api.post(config_maps, body)
    found, reason, message = answer.refusal
    assert (found, reason) == (code, {400: "BadRequest", 422: "Invalid"}[code])
    assert words in message


async def test_what_is_there_already(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("one"))
    answer = await api.post(config_maps, config_map("one"))
    assert answer.refusal == (409, "AlreadyExists", 'configmaps "one" already exists')
    assert answer.json["details"] == {"name": "one", "kind": "configmaps"}


async def test_a_namespace_that_is_not_there(api: Api) -> None:
    answer = await api.post("/api/v1/namespaces/not-there/configmaps", config_map("one"))
    assert answer.refusal == (404, "NotFound", 'namespaces "not-there" not found')


async def test_what_is_not_there(api: Api, config_maps: str, deployments: str) -> None:
    answer = await api.get(f"{deployments}/no")
    assert answer.refusal == (404, "NotFound", 'deployments.apps "no" not found')
    assert answer.json["details"] == {"name": "no", "group": "apps", "kind": "deployments"}
    assert (await api.put(f"{config_maps}/no", config_map("no"))).refusal[:2] == (404, "NotFound")
    assert (await api.delete(f"{config_maps}/no")).refusal[:2] == (404, "NotFound")


async def test_methods_that_are_not_allowed(api: Api, config_maps: str) -> None:
    assert (await api.put(config_maps, config_map("x"))).refusal == NOT_ALLOWED
    assert (await api.post(f"{config_maps}/x", config_map("x"))).refusal == NOT_ALLOWED
    assert (await api.post("/api/v1/configmaps", config_map("x"))).refusal == NOT_ALLOWED
    assert (await api.ask("PATCH", config_maps, {})).refusal == NOT_ALLOWED


async def test_every_cause_is_told(api: Api, deployments: str) -> None:
    wrong = deployment(name="bad", replicas=-1, selector={"matchLabels": {"app": "other"}})
    answer = await api.post(deployments, wrong)
    code, reason, message = answer.refusal
    assert (code, reason) == (422, "Invalid")
    assert message.startswith('Deployment.apps "bad" is invalid: [spec.replicas: Invalid value: -1: ')
    assert answer.causes == [
        ("spec.replicas", "Invalid value: -1: must be greater than or equal to 0"),
        (
            "spec.template.metadata.labels",
            'Invalid value: {"app":"bad"}: `selector` does not match template `labels`',
        ),
    ]
    details = answer.json["details"]
    assert (details["name"], details["group"], details["kind"]) == ("bad", "apps", "Deployment")


async def test_an_update(api: Api, config_maps: str) -> None:
    made = (await api.made(config_maps, config_map("one", k="1"))).json
    made["data"] = {"k": "2"}
    answer = await api.put(f"{config_maps}/one", made)
    assert (answer.status, answer.json["data"]) == (200, {"k": "2"})
    assert int(answer.meta["resourceVersion"]) > int(made["metadata"]["resourceVersion"])
    stale = await api.put(f"{config_maps}/one", made)
    message = f'Operation cannot be fulfilled on configmaps "one": {MODIFIED}'
    assert stale.refusal == (409, "Conflict", message)
    assert stale.json["details"] == {"name": "one", "kind": "configmaps"}
    blind = await api.put(f"{config_maps}/one", config_map("one", k="3"))
    assert (blind.status, blind.json["data"]) == (200, {"k": "3"})


async def test_an_update_that_changes_nothing(api: Api, config_maps: str) -> None:
    made = (await api.made(config_maps, config_map("one", k="1"))).json
    answer = await api.put(f"{config_maps}/one", made)
    assert answer.meta["resourceVersion"] == made["metadata"]["resourceVersion"]


async def test_an_update_of_another(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("one"))
    answer = await api.put(f"{config_maps}/one", config_map("two"))
    assert answer.refusal == (
        400, "BadRequest", "the name of the object (two) does not match the name on the URL (one)"
    )  # fmt: skip
    other = {"metadata": {"name": "one", "uid": "another"}}
    code, reason, message = (await api.put(f"{config_maps}/one", other)).refusal
    assert (code, reason) == (409, "Conflict")
    assert "Precondition failed: UID in precondition: another, UID in object meta: " in message


async def test_generation_grows_with_the_spec_alone(api: Api, deployments: str) -> None:
    await api.made(deployments, deployment(replicas=0))
    path = f"{deployments}/web"
    labelled = await api.patch(path, "application/merge-patch+json", {"metadata": {"labels": {"a": "b"}}})
    assert labelled.meta["generation"] == 1
    paused = await api.patch(path, "application/merge-patch+json", {"spec": {"paused": True}})
    assert paused.meta["generation"] == 2


async def test_what_may_not_change(api: Api, deployments: str) -> None:
    await api.made(deployments, deployment(replicas=0))
    other = deployment(replicas=0, selector={"matchLabels": {"app": "web", "more": "x"}})
    other["spec"]["template"]["metadata"]["labels"]["more"] = "x"
    answer = await api.put(f"{deployments}/web", other)
    assert answer.refusal[:2] == (422, "Invalid")
    [(field, message)] = answer.causes
    assert field == "spec.selector"
    assert message.endswith("field is immutable")


async def test_status_is_written_by_itself(api: Api, namespace: str, custom: str) -> None:
    path = f"{custom}/namespaces/{namespace}/widgets"
    body = {"apiVersion": custom.removeprefix("/apis/"), "kind": "Widget"}
    made = await api.made(path, {**body, "metadata": {"name": "w"}, "spec": {"size": 1}, "status": {"a": "dropped"}})
    assert "status" not in made.json
    version = {"name": "w", "resourceVersion": made.meta["resourceVersion"]}
    written = await api.put(
        f"{path}/w/status", {**body, "metadata": version, "spec": {"size": 2}, "status": {"a": "b"}}
    )
    assert (written.status, written.json["spec"], written.json["status"]) == (200, {"size": 1}, {})
    assert written.meta["generation"] == 1


async def test_a_dry_run_leaves_no_trace(api: Api, config_maps: str) -> None:
    made = await api.made(config_maps, config_map("one", k="1"))
    dry = {"dryRun": "All"}
    created = await api.post(config_maps, config_map("two"), dry)
    assert (created.status, "uid" in created.meta) == (201, True)
    updated = await api.put(f"{config_maps}/one", config_map("one", k="2"), dry)
    assert (updated.status, updated.json["data"]) == (200, {"k": "2"})
    deleted = await api.delete(f"{config_maps}/one", query=dry)
    assert (deleted.status, deleted.json["status"]) == (200, "Success")
    assert (await api.get(f"{config_maps}/two")).status == 404
    assert (await api.get(f"{config_maps}/one")).json == made.json
    taken = await api.post(config_maps, config_map("one"), dry)
    assert taken.refusal[:2] == (409, "AlreadyExists")
    odd = await api.post(config_maps, config_map("three"), {"dryRun": "Some"})
    assert odd.causes == [("dryRun", 'Unsupported value: ["Some"]: supported values: "All"')]
