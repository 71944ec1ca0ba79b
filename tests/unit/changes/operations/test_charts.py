"""What helm is about to do, as a plan: against objects that a played cluster has."""

from typing import Any, Literal

import msgspec
import pytest

from kubegenie_tui.changes.operations.charts import Installed, release_plan
from kubegenie_tui.changes.operations.helm import owned
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.helm import Release, Revision
from kubegenie_tui.domain.helm_run import HelmRun, Hook, Rendered
from kubegenie_tui.domain.plan import Plan, Step, forced
from tests.ui.played_cluster import PlayedCluster

Object = dict[str, Any]


def config(name: str, metadata: Object | None = None, **data: str) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **(metadata or {})}, "data": data}


def manifest(*objects: Object) -> str:
    return "".join(f"---\n# Source: web/{each['kind']}\n{msgspec.json.encode(each).decode()}\n" for each in objects)


def live(cluster: PlayedCluster, found: Object) -> None:
    metadata = {**found["metadata"], "namespace": "shop", "uid": f"uid-{found['metadata']['name']}"}
    cluster.put(f"{found['kind'].lower()}s", {**found, "metadata": metadata})


def revision(number: int, status: str = "superseded") -> Revision:
    return Revision("shop", "web", number, status, 0, f"sh.helm.release.v1.web.v{number}", f"uid-{number}")


def released(text: str, number: int = 1, chart: str = "web-1.0.0") -> Installed:
    return revision(number, "deployed"), Release(chart, "", "", {}, {}, text, 0, "")


async def planned(
    cluster: PlayedCluster,
    rendered: Rendered,
    installed: Installed | None = None,
    verb: Literal["install", "upgrade"] = "upgrade",
    revisions: list[Revision] | None = None,
) -> Plan:
    run = HelmRun(verb, "web", "shop", b"", {}, "prod-eu", "")
    known = revisions if revisions is not None else ([installed[0]] if installed else [])
    return await release_plan(cluster, run, rendered, known, installed)


def words(steps: tuple[Step, ...]) -> list[str]:
    return [f"{step.verb.value} {step.ref.kind} {step.ref.name}" for step in steps]


def body_of(plan: Plan, name: str) -> Any:
    return next(step.body for step in plan.steps if step.ref.name == name)


async def test_only_what_differs_is_changed_and_the_marks_of_helm_are_added() -> None:
    cluster = PlayedCluster()
    old, new = config("flags", mode="slow", dropped="1"), config("flags", mode="fast")
    live(cluster, config("flags", mode="slow", dropped="1", mine="2"))
    rendered = Rendered(2, "web-1.1.0", manifest(new, config("more", a="b")))
    plan = await planned(cluster, rendered, released(manifest(old)))
    assert plan.title == "Upgrade release shop/web by helm from web-1.0.0 to web-1.1.0"
    assert words(plan.steps) == [
        "patch configmaps flags",
        "create configmaps more",
        "create secrets sh.helm.release.v1.web.v2",
        "patch secrets sh.helm.release.v1.web.v1",
    ]
    patch = body_of(plan, "flags")
    assert patch["data"] == {"mode": "fast", "dropped": None}
    assert patch["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "Helm"}
    assert body_of(plan, "more")["metadata"]["annotations"]["meta.helm.sh/release-namespace"] == "shop"
    assert plan.helm is not None
    assert (plan.helm.revision, plan.helm.manifest) == (2, rendered.manifest)


async def test_helm_4_applies_by_the_server_what_differs() -> None:
    cluster = PlayedCluster()
    for each in (config("same", a="1"), config("flags", mode="slow")):
        live(cluster, owned(each, "shop", "web"))
    text = manifest(config("same", a="1"), config("flags", mode="fast"), config("more", a="b"))
    plan = await planned(cluster, Rendered(2, "web-1.1.0", text, by_server=True), released(""))
    step, made = plan.steps[:2]
    assert words(plan.steps)[:2] == ["apply configmaps flags", "create configmaps more"]
    assert (step.manager, step.force, step.body["data"]) == ("helm", False, {"mode": "fast"})
    taking = forced(plan)
    assert [each.force for each in taking.steps[:2]] == [True, False]
    assert taking.helm is not None
    assert taking.helm.takes_over
    assert made.manager == ""


async def test_what_others_set_is_overwritten_where_the_chart_says_otherwise() -> None:
    cluster = PlayedCluster()
    live(cluster, config("flags", mode="odd"))
    same = manifest(config("flags", mode="fast"))
    plan = await planned(cluster, Rendered(2, "web-1.0.0", same), released(same))
    assert body_of(plan, "flags")["data"] == {"mode": "fast"}
    assert "with other values" in plan.title


async def test_what_is_as_it_is_to_be_is_no_step() -> None:
    cluster = PlayedCluster()
    marks = {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop"}
    owned = {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": marks}
    live(cluster, config("flags", owned, mode="fast"))
    text = manifest(config("flags", {"annotations": None}, mode="fast"))
    plan = await planned(cluster, Rendered(2, "web-1.0.0", text), released(text))
    assert words(plan.steps) == [
        "create secrets sh.helm.release.v1.web.v2",
        "patch secrets sh.helm.release.v1.web.v1",
    ]


async def test_what_the_chart_has_no_more_is_deleted_unless_it_is_to_be_kept() -> None:
    cluster = PlayedCluster()
    kept = config("kept", {"annotations": {"helm.sh/resource-policy": "keep"}})
    for each in (config("old"), kept):
        live(cluster, each)
    plan = await planned(cluster, Rendered(2, "web-1.0.0", ""), released(manifest(config("old"), kept, config("gone"))))
    assert words(plan.steps)[0] == "delete configmaps old"
    assert not any("kept" in each or "gone" in each for each in words(plan.steps))


async def test_hooks_of_the_event_are_shown_and_made_anew() -> None:
    cluster = PlayedCluster()
    live(cluster, config("migrate"))
    never = config("never", {"annotations": {"helm.sh/hook-delete-policy": "hook-failed"}})
    live(cluster, never)
    hooks = (
        Hook("late", "ConfigMap", manifest(config("late")), ("post-upgrade",)),
        Hook("never", "ConfigMap", manifest(never), ("pre-upgrade",), 1),
        Hook("migrate", "ConfigMap", manifest(config("migrate")), ("pre-upgrade",), -5),
        Hook("check", "ConfigMap", manifest(config("check")), ("test",)),
    )
    plan = await planned(cluster, Rendered(2, "web-1.0.0", manifest(config("flags")), hooks), released(""))
    assert words(plan.steps)[:5] == [
        "delete configmaps migrate",
        "create configmaps migrate",
        "create configmaps never",
        "create configmaps flags",
        "create configmaps late",
    ]
    assert plan.disrupts == "it runs hooks of the chart: ConfigMap migrate, ConfigMap never, ConfigMap late"


async def test_an_installation_makes_the_namespace_and_the_kinds_that_are_missing() -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
    }
    rendered = Rendered(1, "web-1.0.0", manifest(config("flags")), definitions=manifest(definition))
    cluster = PlayedCluster()
    plan = await planned(cluster, rendered, verb="install")
    assert words(plan.steps) == [
        "create namespaces shop",
        "create customresourcedefinitions.apiextensions.k8s.io widgets.example.com",
        "create configmaps flags",
        "create secrets sh.helm.release.v1.web.v1",
    ]
    cluster.put("namespaces", {"metadata": {"name": "shop"}})
    again = await planned(cluster, rendered, verb="install")
    assert words(again.steps)[0].startswith("create customresourcedefinitions")
    assert plan.title == "Install web-1.0.0 as release shop/web by helm"


async def test_a_name_that_is_in_use_is_refused() -> None:
    with pytest.raises(UsageError, match="There is a release shop/web already"):
        await planned(PlayedCluster(), Rendered(2, "web-1.0.0", ""), verb="install", revisions=[revision(1)])


async def test_helm_keeps_ten_revisions_and_always_the_one_in_force() -> None:
    known = [revision(number) for number in range(1, 12)]
    installed = revision(1, "deployed"), released("")[1]
    plan = await planned(PlayedCluster(), Rendered(12, "web-1.0.0", ""), installed, revisions=known)
    assert words(plan.steps) == [
        "delete secrets sh.helm.release.v1.web.v2",
        "delete secrets sh.helm.release.v1.web.v3",
        "create secrets sh.helm.release.v1.web.v12",
        "patch secrets sh.helm.release.v1.web.v1",
    ]


async def test_a_kind_that_is_not_served_is_told() -> None:
    text = "---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
    with pytest.raises(UsageError, match=r"serves no example\.com/v1 Widget"):
        await planned(PlayedCluster(), Rendered(2, "web-1.0.0", text), released(""))
