"""What is told in a second place: the resources of a failed sync, the host behind an address, the file of a job."""

from typing import Any

import pytest

from kubegenie_tui.diagnostics.app_projects import APPLICATIONS, PROJECTS
from kubegenie_tui.diagnostics.clues import read_clue
from tests.unit.diagnostics.scene import Object, Scene, container, named, owned, status

NOT_VALID = "one or more synchronization tasks are not valid (retried 3 times)."


def synced(kind: str = "ConfigMap", space: str = "shop", **lists: Any) -> Scene:
    """A sync that fails, for its project forbids a kind."""
    said = f"resource :{kind} is not permitted in project team"
    result = {"resources": [{"kind": kind, "status": "SyncFailed", "message": said}]}
    condition = {"type": "SyncError", "message": f"Failed last sync attempt: {NOT_VALID}"}
    state = {"phase": "Failed", "message": NOT_VALID, "syncResult": result}
    told = {"operationState": state, "resources": [{"kind": kind, "namespace": space}], "conditions": [condition]}
    application = named("web", "Application", "argocd", spec={"source": {"path": "web"}}, status=told)
    return Scene().add(APPLICATIONS, application).add(PROJECTS, named("team", "AppProject", "argocd", spec=lists))


ALLOWED = [{"group": "apps", "kind": "Deployment"}]


@pytest.mark.parametrize(
    ("scene", "field"),
    [
        (synced(namespaceResourceWhitelist=ALLOWED), "spec.namespaceResourceWhitelist"),
        (synced(namespaceResourceBlacklist=[{"kind": "ConfigMap"}]), "spec.namespaceResourceBlacklist"),
        (synced("Namespace", "", clusterResourceWhitelist=[]), "spec.clusterResourceWhitelist"),
    ],
)
def test_a_kind_that_a_project_forbids_is_allowed_there(scene: Scene, field: str) -> None:
    [found] = scene.findings()
    assert (found.root.kind, found.root.name, found.field) == (PROJECTS, "team", field)
    assert f"{NOT_VALID.rstrip('.')}: resource :" in found.cause


def test_a_driver_tells_the_host_behind_its_address() -> None:
    line = "10.244.1.7:5432 (db.shop.svc.cluster.local): dial error: dial tcp 10.244.1.7:5432: i/o timeout"
    clue = read_clue([line])
    assert clue is not None
    assert (clue.about, clue.name, clue.port) == ("timeout", "db.shop.svc.cluster.local", 5432)


def migrated(line: str) -> Scene:
    """A job that has failed on what it mounts from a ConfigMap."""
    spec: Object = {
        "containers": [container("migrate", volumeMounts=[{"name": "sql", "mountPath": "/migrations"}])],
        "volumes": [{"name": "sql", "configMap": {"name": "migrations"}}],
    }
    bad = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "too often"}
    job = named("migrate", "Job", spec={"template": {"spec": spec}}, status={"conditions": [bad], "failed": 1})
    ended = {"containerStatuses": [status("migrate", terminated={"exitCode": 3, "reason": "Error"})], "phase": "Failed"}
    pod = owned(named("migrate-x", "Pod", spec=spec, status=ended), job)
    scene = Scene().add("jobs.batch", job).add("pods", pod)
    scene.add("configmaps", named("migrations", "ConfigMap", data={"2_consents.sql": "ALTER TABLE x ADD COLUM y"}))
    scene.logs["shop", "migrate-x", "migrate"] = ["applying 2_consents.sql", line]
    return scene


def test_a_job_that_fails_on_a_file_leads_to_who_holds_it() -> None:
    [found] = migrated('psql:/migrations/2_consents.sql:3: ERROR:  syntax error at or near "y"').findings()
    assert (found.rule, str(found.root), found.field) == (
        "job-failed", "configmaps shop/migrations", "data[2_consents.sql]",
    )  # fmt: skip
    [found] = migrated("ERROR: out of cheese").findings()
    assert (found.rule, found.root.kind) == ("job-failed", "jobs.batch")


def request(name: str, ready: str, since: str, **told: str) -> Object:
    condition = {"type": "Ready", "status": ready, "reason": "Failed", "message": "x", "lastTransitionTime": since}
    made = {"creationTimestamp": "2025-11-25T18:00:00Z"}
    return named(name, "CertificateRequest", metadata=made, status={"conditions": [condition], **told})


@pytest.mark.parametrize(("well_since", "rules"), [("18:00:40", []), ("18:00:10", ["condition-false"])])
def test_of_requests_of_one_second_the_one_that_was_well_later_counts(well_since: str, rules: list[str]) -> None:
    whole = named("wiki", "Certificate")
    failed = request("wiki-1", "False", "2025-11-25T18:00:20Z", failureTime="2025-11-25T18:00:20Z")
    issued = request("wiki-2", "True", f"2025-11-25T{well_since}Z")
    requests = (owned(failed, whole), owned(issued, whole))
    scene = Scene().add("certificates.cert-manager.io", whole)
    assert scene.add("certificaterequests.cert-manager.io", *requests).rules() == rules
