"""Delete: at once, with grace, held by finalizers, with preconditions, with what is owned, and many at a time."""

from typing import Any

from tests.contract.api import MERGE, Api
from tests.contract.manifests import config_map, deployment, pod


async def test_what_a_deletion_answers(api: Api, config_maps: str) -> None:
    made = await api.made(config_maps, config_map("one"))
    answer = await api.delete(f"{config_maps}/one")
    assert answer.json == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "one", "kind": "configmaps", "uid": made.meta["uid"]},
    }
    assert (await api.get(f"{config_maps}/one")).status == 404


async def test_a_finalizer_holds_the_object(api: Api, config_maps: str) -> None:
    path = f"{config_maps}/held"
    await api.made(config_maps, config_map("held", finalizers=("example.com/hold",)))
    held = await api.delete(path)
    assert (held.status, held.json["kind"]) == (200, "ConfigMap")
    assert held.meta["deletionTimestamp"]
    assert held.meta["deletionGracePeriodSeconds"] == 0
    again = await api.delete(path)
    assert (again.status, again.meta["deletionTimestamp"]) == (200, held.meta["deletionTimestamp"])
    more = await api.patch(path, MERGE, {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}})
    [(field, message)] = more.causes
    assert field == "metadata.finalizers"
    assert message.startswith("Forbidden: no new finalizers can be added if the object is being deleted")
    freed = await api.patch(path, MERGE, {"metadata": {"finalizers": None}})
    assert freed.status == 200
    assert (await api.get(path)).status == 404


async def test_preconditions(api: Api, config_maps: str) -> None:
    made = (await api.made(config_maps, config_map("one"))).meta
    path = f"{config_maps}/one"
    wrong = await api.delete(path, {"preconditions": {"uid": "another"}})
    assert wrong.refusal[:2] == (409, "Conflict")
    assert wrong.refusal[2].startswith(
        'Operation cannot be fulfilled on ConfigMap "one": the UID in the precondition (another) '
        f"does not match the UID in record ({made['uid']})."
    )
    stale = await api.delete(path, {"preconditions": {"resourceVersion": "1"}})
    assert "the ResourceVersion in the precondition (1)" in stale.refusal[2]
    right = {"uid": made["uid"], "resourceVersion": made["resourceVersion"]}
    assert (await api.delete(path, {"preconditions": right})).status == 200


async def test_a_policy_that_does_not_exist(api: Api, config_maps: str) -> None:
    await api.made(config_maps, config_map("one"))
    answer = await api.delete(f"{config_maps}/one", {"propagationPolicy": "Odd"})
    [(field, message)] = answer.causes
    assert field == "propagationPolicy"
    assert message.startswith('Unsupported value: "Odd": supported values: "Foreground", "Background", "Orphan"')


async def test_a_pod_is_given_time(api: Api, pods: str) -> None:
    await api.made(pods, pod("one"))
    await api.become(pods, "one", "status.phase", "Running")
    leaving = await api.delete(f"{pods}/one", {"gracePeriodSeconds": 20})
    assert (leaving.status, leaving.meta["deletionGracePeriodSeconds"]) == (200, 20)
    assert leaving.meta["generation"] == 2
    sooner = await api.delete(f"{pods}/one", query={"gracePeriodSeconds": 0})
    assert sooner.status == 200
    assert (await api.get(f"{pods}/one")).status == 404


async def test_a_pod_that_never_ran_goes_at_once(api: Api, pods: str) -> None:
    await api.made(pods, pod("one", nodeSelector={"no": "such-node"}))
    assert (await api.delete(f"{pods}/one")).json["kind"] == "Pod"
    assert (await api.get(f"{pods}/one")).status == 404


async def events_of_sets(api: Api, namespace: str, deployments: str, policy: str) -> list[dict[str, Any]]:
    """What a watch tells of the ReplicaSet of a Deployment that is deleted with a policy."""
    sets = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    await api.made(deployments, deployment(replicas=0))
    [first] = await api.watched(sets, {}, 1)
    version = first["object"]["metadata"]["resourceVersion"]
    assert first["object"]["metadata"]["ownerReferences"][0]["kind"] == "Deployment"
    assert (await api.delete(f"{deployments}/web", {"propagationPolicy": policy})).status == 200
    found = []
    async with api.watch(sets, {"resourceVersion": version}) as events:
        async for event in events:
            found.append(event)
            owned = event["object"]["metadata"].get("ownerReferences")
            if event["type"] == "DELETED" or not owned:
                return found
    raise AssertionError(f"the ReplicaSet stayed: {found}")


async def test_what_is_owned_goes_too(api: Api, namespace: str, deployments: str) -> None:
    events = await events_of_sets(api, namespace, deployments, "Background")
    assert events[-1]["type"] == "DELETED"


async def test_the_owner_waits_for_what_it_owns(api: Api, namespace: str, deployments: str) -> None:
    await api.made(deployments, deployment(replicas=0))
    version = (await api.get(deployments)).meta["resourceVersion"]
    sets = f"/apis/apps/v1/namespaces/{namespace}/replicasets"
    await api.watched(sets, {}, 1)
    waiting = await api.delete(f"{deployments}/web", {"propagationPolicy": "Foreground"})
    assert waiting.meta["finalizers"] == ["foregroundDeletion"]
    async with api.watch(deployments, {"resourceVersion": version}) as events:
        async for event in events:
            if event["type"] == "DELETED":
                break
    assert (await api.get(sets)).names == []


async def test_what_is_owned_can_stay(api: Api, namespace: str, deployments: str) -> None:
    events = await events_of_sets(api, namespace, deployments, "Orphan")
    assert events[-1]["type"] == "MODIFIED"
    assert (await api.get(f"/apis/apps/v1/namespaces/{namespace}/replicasets")).names != []


async def test_many_at_a_time(api: Api, config_maps: str) -> None:
    for name in ("a", "b", "c"):
        await api.made(config_maps, config_map(name, labels={"go": "no" if name == "b" else "yes"}))
    dry = await api.delete(config_maps, query={"labelSelector": "go=yes", "dryRun": "All"})
    assert dry.status == 200
    answer = await api.delete(config_maps, query={"labelSelector": "go=yes"})
    assert (answer.json["kind"], answer.names) == ("ConfigMapList", ["a", "c"])
    assert (await api.get(config_maps, {"labelSelector": "go"})).names == ["b"]


async def test_a_namespace_goes_with_all_that_is_in_it(api: Api) -> None:
    path = "/api/v1/namespaces"
    made = await api.made(path, {"metadata": {"generateName": "contract-gone-"}})
    name, version = made.meta["name"], made.meta["resourceVersion"]
    await api.made(f"{path}/{name}/configmaps", config_map("one"))
    leaving = await api.delete(f"{path}/{name}")
    assert (leaving.json["kind"], leaving.json["status"]["phase"]) == ("Namespace", "Terminating")
    query = {"fieldSelector": f"metadata.name={name}", "resourceVersion": version}
    async with api.watch(path, query) as events:
        async for event in events:
            if event["type"] == "DELETED":
                break
    assert (await api.get(f"{path}/{name}/configmaps")).names == []
