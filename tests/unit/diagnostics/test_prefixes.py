"""Variables of whole ConfigMaps and Secrets, whose names begin with a prefix of `envFrom`."""

from typing import Any

import pytest

from tests.unit.diagnostics.scene import Object, Scene, container, crashed, named

FIELD = "spec.template.spec.containers[app].envFrom[0].prefix"


def missing(name: str, keys: tuple[str, ...], prefix: str = "", **more: Any) -> Scene:
    """A program that misses a variable, and takes others from the Secret `db`."""
    source: Object = {"secretRef": {"name": "db"}} | ({"prefix": prefix} if prefix else {})
    scene = Scene(state=crashed(1), spec={"containers": [container(envFrom=[source], **more)]})
    scene.add("secrets", named("db", "Secret", data=dict.fromkeys(keys, "")))
    return scene.log(f"FATAL: environment variable {name} is not set")


def told(scene: Scene) -> tuple[str, str, str]:
    [found] = scene.findings()
    assert found.rule == "missing-variable"
    return f"{found.root.kind} {found.root.name}", found.field, found.next_steps[0]


WORKLOAD = "deployments.apps web"
TOLD = (
    (missing("DB_USER", ("USER", "PASS"), "BD_"), WORKLOAD, FIELD, "set the prefix to DB_"),
    (missing("DB_USER", ("USER",), "DATABASE_"), WORKLOAD, FIELD, "set the prefix to DB_"),
    (missing("DB_USER", ("USER", "PASS")), WORKLOAD, FIELD, "set the prefix to DB_"),
    (missing("DB_USER", ("DB_USER", "DB_PASS"), "DB_"), WORKLOAD, FIELD, "take the prefix DB_ away"),
    (missing("DB_USER", ("USRE", "PASS"), "DB_"), "secrets db", "data.USER", "add the key USER (it has USRE)"),
    (missing("DB_USER", ("PASS",), "DB_"), "secrets db", "data.USER", "add the key USER"),
    (missing("DB_USER", ("USER", "DB_PASS")), "secrets db", "data.DB_USER", "add the key DB_USER (it has USER)"),
    (missing("DB_USER", ("PASS",), "APP_"), WORKLOAD, "spec.template.spec.containers[app].env[DB_USER]",
     "set DB_USER in the container's env"),
)  # fmt: skip


@pytest.mark.parametrize(("scene", "root", "field", "step"), TOLD)
def test_where_a_variable_is_to_come_from(scene: Scene, root: str, field: str, step: str) -> None:
    assert told(scene) == (root, field, step)


def test_a_prefix_with_a_slip_is_corrected_in_the_list_as_it_stands() -> None:
    [found] = missing("DB_USER", ("USER", "PASS"), "BD_").findings()
    assert found.remedy is not None
    assert (found.remedy.operation, found.remedy.is_strategic) == ("patch", True)
    [changed] = found.remedy.patch["spec"]["template"]["spec"]["containers"]
    assert changed == {"name": "app", "envFrom": [{"prefix": "DB_", "secretRef": {"name": "db"}}]}
    for keys, prefix in ((("USER",), "DATABASE_"), (("USER", "PASS"), ""), (("DB_USER", "DB_PASS"), "DB_")):
        [unsure] = missing("DB_USER", keys, prefix).findings()
        assert unsure.remedy is None


def test_what_a_prefix_makes_of_a_key_is_the_variable() -> None:
    scene = Scene(
        state=crashed(1),
        spec={"containers": [container(envFrom=[{"prefix": "SMTP_", "configMapRef": {"name": "mail"}}])]},
    )
    scene.add("configmaps", named("mail", "ConfigMap", data={"PORT": "25a"})).log("panic: invalid SMTP_PORT")
    [found] = scene.findings()
    assert (str(found.root), found.field) == ("configmaps shop/mail", "data[PORT]")


def test_a_host_under_a_name_with_a_prefix_is_called() -> None:
    scene = Scene(spec={"containers": [container(envFrom=[{"prefix": "DB_", "configMapRef": {"name": "db"}}])]})
    scene.add("services").add("configmaps", named("db", "ConfigMap", data={"HOST": "pgsql"}))
    assert scene.rules() == ["unknown-host"]
