"""What is not there since its maker does nothing, what cannot come since the old one does not go, files in any line."""

import pytest

from kubegenie_tui.diagnostics.schedules import CRON_JOBS
from kubegenie_tui.domain.finding import Severity
from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named, service_of, waiting

MAKES = "kubectl create secret generic web-key --from-literal=key=$KEY"
CLAIMS = "persistentvolumeclaims"


def lacking(command: str = MAKES, *, suspended: bool = True, variable: str = "") -> Scene:
    """The pod wants a Secret that is not there, beside a CronJob with this command."""
    said, key = 'secret "web-key" not found', {"secretKeyRef": {"name": "web-key", "key": "key"}}
    spec = {"containers": [container(env=[{"name": "KEY", "valueFrom": key}])]}
    makes = container(command=["sh", "-c", command], env=[{"name": "TARGET", "value": variable}])
    runs = {"jobTemplate": {"spec": {"template": {"spec": {"containers": [makes]}}}}}
    job = named("web-keys", "CronJob", spec={"schedule": "0 * * * *", "suspend": suspended, **runs}, status={})
    return Scene(state=waiting("CreateContainerConfigError", said), spec=spec).add("secrets").add(CRON_JOBS, job)


@pytest.mark.parametrize("scene", [lacking(), lacking("./refresh", variable="web-key")])
def test_who_lacks_what_a_suspended_job_makes_suffers_from_that(scene: Scene) -> None:
    [found] = scene.findings()
    assert (found.rule, found.root.name, found.field) == ("cronjob-suspended", "web-keys", "spec.suspend")
    assert found.severity is Severity.CRITICAL
    assert found.cause == "it is suspended; it was to make Secret web-key"
    assert {"web-key", "web-5d4-abcde"} <= {ref.name for ref in found.affected}


@pytest.mark.parametrize("scene", [lacking("kubectl create secret generic web-key-2"), lacking(suspended=False)])
def test_a_job_that_makes_another_or_may_run_is_no_reason(scene: Scene) -> None:
    assert scene.rules()[0] == "missing-secret"


def leaving(*finalizers: str) -> Scene:
    """A StatefulSet whose pod cannot be made while its old claim goes; a service of it, and who calls that."""
    claim = named(
        "data-db-0",
        "PersistentVolumeClaim",
        metadata={"finalizers": list(finalizers), "deletionTimestamp": "2025-11-25T18:00:00Z"},
        status={"phase": "Bound"},
    )
    template = {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [container("db")]}}
    spec = {"replicas": 1, "template": template, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}}}
    group: Object = named("db", "StatefulSet", spec=spec, status={"replicas": 0})
    said = "Create Pod db-0 in StatefulSet db failed error: pvc data-db-0 is being deleted"
    scene = Scene(state=crashed(1), spec={"containers": [container(env=[{"name": "DB", "value": "db:5432"}])]})
    scene.log("dial tcp: connect to db:5432: connection refused").add("statefulsets.apps", group).add(CLAIMS, claim)
    return scene.add("services", service_of("db", 5432)).event("FailedCreate", said, group)


def test_a_group_that_waits_for_its_old_claim_to_go_is_handed_to_what_holds_it() -> None:
    [found] = leaving("backup.example.com/snapshot").findings()
    assert (found.rule, found.root.kind, found.root.name) == ("stuck-terminating", CLAIMS, "data-db-0")
    assert (found.field, found.severity) == ("metadata.finalizers", Severity.CRITICAL)
    assert {"db", "web-5d4-abcde"} <= {ref.name for ref in found.affected}


PARSED = "[ALERT] (1) : config : parsing [/etc/proxy/proxy.cfg:15] : unknown keyword 'sever' in 'backend' section"
READ = "[ALERT] (1) : config : Error(s) found in configuration file : /etc/proxy/proxy.cfg"
LAST = "[ALERT] (1) : config : Fatal errors found in configuration."


def proxy(key: str, *lines: str) -> Scene:
    spec = {
        "containers": [container(volumeMounts=[{"name": "config", "mountPath": "/etc/proxy"}])],
        "volumes": [{"name": "config", "configMap": {"name": "proxy"}}],
    }
    scene = Scene(state=crashed(1), spec=spec).add("configmaps", named("proxy", "ConfigMap", data={key: "sever a"}))
    return scene.log(*lines)


def test_a_file_that_an_earlier_line_names_is_where_to_look() -> None:
    [found] = proxy("proxy.cfg", "[NOTICE] haproxy version is 3.0.5", PARSED, READ, LAST).findings()
    assert (found.rule, found.root.kind, found.field) == ("crash-loop", "configmaps", "data[proxy.cfg]")


@pytest.mark.parametrize(
    "scene",
    [
        proxy("other.cfg", PARSED, READ, LAST),
        proxy("proxy.cfg", "[NOTICE] reads /etc/proxy/proxy.cfg", LAST),
        proxy("proxy.cfg", "[ALERT] (1) : no such server: /run/proxy/admin.sock", LAST),
    ],
)
def test_a_file_that_is_not_mounted_or_not_complained_of_is_not(scene: Scene) -> None:
    assert [found.root.kind for found in scene.findings()] == ["deployments.apps"]
