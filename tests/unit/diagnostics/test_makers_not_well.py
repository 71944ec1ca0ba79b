"""What is missed because something else should have made it, let it be used or left it in view."""

from typing import Any

import pytest

from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named

RELEASES, REPOSITORIES = "helmreleases.helm.toolkit.fluxcd.io", "helmrepositories.source.toolkit.fluxcd.io"
APPLICATIONS, PROJECTS = "applications.argoproj.io", "appprojects.argoproj.io"
ROLES, PROVIDERS = "roles.iam.aws.m.upbound.io", "providerconfigs.aws.m.upbound.io"
GATEWAY = "gateway.networking.k8s.io"
DENIED = "StatusCode: 403, AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
NODE_SAYS = "Error: Cannot find module '/app/server.js'"


def told(state: str, message: str, kind: str = "Ready") -> Object:
    since = "2025-11-25T19:00:00Z"
    return {"type": kind, "status": state, "reason": "Failed", "message": message, "lastTransitionTime": since}


def missing(host: str) -> Scene:
    """A workload that crashes, for it does not know a host."""
    variable = {"name": "CACHE", "value": f"{host}:6379"}
    scene = Scene(state=crashed(1), spec={"containers": [container(env=[variable])]})
    scene.add("services").add("namespaces", named("shop", namespace=""))
    return scene.log(f"dial tcp: lookup {host} on 10.96.0.10:53: no such host")


def released(host: str, state: str = "False", name: str = "sessions", **spec: Any) -> Scene:
    """Beside it a release of a repository that cannot be read."""
    source = {"kind": "HelmRepository", "name": "charts"}
    says = "no artifact available for HelmRepository source 'charts'"
    release = named(
        name, "HelmRelease", spec={"chart": {"spec": {"sourceRef": source}}, **spec},
        status={"conditions": [told(state, says)]},
    )  # fmt: skip
    repository = named("charts", "HelmRepository", status={"conditions": [told(state, "404 Not Found")]})
    return missing(host).add(RELEASES, release).add(REPOSITORIES, repository)


def applied(host: str, health: str = "Degraded", space: str = "shop") -> Scene:
    application = named(
        "sessions", "Application", "argocd", spec={"destination": {"namespace": space}},
        status={"health": {"status": health}},
    )  # fmt: skip
    return missing(host).add(APPLICATIONS, application)


def roots(scene: Scene) -> list[str]:
    return [f"{found.root.kind} {found.root.name}" for found in scene.findings()]


def test_who_misses_a_service_of_a_failed_release_suffers_from_what_it_fails_on() -> None:
    [found] = released("sessions-redis-master").findings()
    assert f"{found.root.kind} {found.root.name}" == f"{REPOSITORIES} charts"
    affected = {f"{ref.kind} {ref.name}" for ref in found.affected}
    assert {"deployments.apps web", f"{RELEASES} sessions"} <= affected


def test_who_misses_a_service_of_an_unwell_application_suffers_from_that() -> None:
    assert roots(applied("sessions")) == [f"{APPLICATIONS} sessions"]


@pytest.mark.parametrize(
    "scene",
    [
        released("sessions-redis-master", "True"),
        released("sessions-redis-master", targetNamespace="other"),
        released("sessions-redis-master", name="session"),
        applied("sessions", "Healthy"),
        applied("sessions", space="other"),
    ],
    ids=["well", "elsewhere", "another name", "healthy", "of another namespace"],
)
def test_a_service_that_no_unwell_installer_would_make_is_missed_by_its_own_fault(scene: Scene) -> None:
    assert "deployments.apps web" in roots(scene)


def denied(state: str = "False", says: str = DENIED, kind: str = ROLES) -> Scene:
    role = named("exporter", "Role", status={"conditions": [told(state, "cannot connect", "Synced")]})
    return Scene(state=crashed(1)).log(says).add(kind, role)


def test_who_is_refused_by_a_cloud_suffers_from_a_role_that_was_not_made() -> None:
    [found] = denied().findings()
    assert f"{found.root.kind} {found.root.name}" == f"{ROLES} exporter"
    assert "deployments.apps web" in {f"{ref.kind} {ref.name}" for ref in found.affected}


@pytest.mark.parametrize(
    "scene", [denied("True"), denied(says="panic: index out of range"), denied(kind="buckets.s3.aws.m.upbound.io")]
)
def test_another_end_is_the_programs_own(scene: Scene) -> None:
    assert "deployments.apps web" in roots(scene)


def provided(*keys: str, name: str = "creds") -> Scene:
    """A role whose provider's configuration names a Secret that does not exist; another one has these keys."""
    says = f'cannot get credentials secret: Secret "{name}" not found'
    role = named(
        "exporter", "Role", spec={"providerConfigRef": {"kind": "ProviderConfig", "name": "default"}},
        status={"conditions": [told("False", says, "Synced")]},
    )  # fmt: skip
    credentials = {"secretRef": {"namespace": "shop", "name": name, "key": "credentials"}}
    config = named("default", "ProviderConfig", spec={"credentials": credentials})
    other = named("other", "ProviderConfig", spec={"credentials": credentials})
    secret = named("aws-credentials", "Secret", data=dict.fromkeys(keys, ""))
    scene = Scene().add(ROLES, role).add(PROVIDERS, config).add("secrets", secret)
    return scene.add("providerconfigs.azure.upbound.io", other)


def test_the_configuration_of_a_provider_names_the_wrong_secret_where_another_has_the_key() -> None:
    [found] = provided("credentials").findings()
    assert (found.root.kind, found.root.name) == (PROVIDERS, "default")
    assert (found.field, "aws-credentials" in found.cause) == ("spec.credentials.secretRef.name", True)


def test_a_secret_that_no_other_stands_for_has_to_be_made() -> None:
    [found] = provided("token").findings()
    assert (found.root.kind, found.root.name) == ("secrets", "creds")


def hidden(*keys: str, path: str = "/app", says: str = NODE_SAYS, **mount: Any) -> Scene:
    mounts = [{"name": "settings", "mountPath": path, **mount}]
    spec = {
        "containers": [container(command=["node", "/app/server.js"], volumeMounts=mounts)],
        "volumes": [{"name": "settings", "configMap": {"name": "web"}}],
    }
    config = named("web", "ConfigMap", data=dict.fromkeys(keys, ""))
    return Scene(state=crashed(1), spec=spec).add("configmaps", config).log(says)


def test_a_volume_over_the_program_is_told() -> None:
    [found] = hidden("settings.json").findings()
    assert (found.rule, found.root.name) == ("command-not-found", "web")
    assert found.field.endswith("volumeMounts[settings].mountPath")


@pytest.mark.parametrize(
    "scene", [hidden("serve.js"), hidden("index.js"), hidden("settings.json", path="/etc/web"), hidden()]
)
def test_a_program_that_a_volume_is_to_bring_or_does_not_hide_is_another_fault(scene: Scene) -> None:
    assert "command-not-found" not in scene.rules()


def granting(space: str, service: str = "api", kind: str = "HTTPRoute") -> Scene:
    backend = {"name": "api", "namespace": "apps", "port": 80}
    route = named("front", "HTTPRoute", spec={"rules": [{"backendRefs": [backend]}]})
    spec = {
        "from": [{"group": GATEWAY, "kind": kind, "namespace": space}],
        "to": [{"kind": "Service", "name": service}],
    }
    grant = named("grant", "ReferenceGrant", "apps", spec=spec)
    api = named(
        "api", "Service", "apps", spec={"type": "ExternalName", "externalName": "a.example", "ports": [{"port": 80}]}
    )
    scene = Scene().add(f"httproutes.{GATEWAY}", route).add(f"referencegrants.{GATEWAY}", grant).add("services", api)
    scene.add("endpointslices.discovery.k8s.io")
    return scene.add("namespaces", *(named(each, namespace="") for each in ("shop", "apps", "front")))


def test_a_grant_for_a_namespace_that_does_not_exist_is_to_be_changed() -> None:
    [found] = granting("web-shop").findings()
    assert (found.root.kind, found.field) == (f"referencegrants.{GATEWAY}", "spec.from[0].namespace")


@pytest.mark.parametrize(
    "scene", [granting("front"), granting("web-shop", "other"), granting("web-shop", kind="GRPCRoute")]
)
def test_a_grant_for_others_is_none_for_the_route(scene: Scene) -> None:
    assert roots(scene) == [f"httproutes.{GATEWAY} front"]
