"""Installing and upgrading by helm, through the gate of a real control plane."""

import asyncio
import base64
import os
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
from kubernetes import client

from kubegenie_tui.agents.helm import fetch_release, read_revisions
from kubegenie_tui.changes.operations.charts import release_plan
from kubegenie_tui.changes.operations.helm import rollback_plan, uninstall_plan
from kubegenie_tui.domain.errors import ChangedUnderneath, KubeGenieError, OwnedByOthers, UsageError
from kubegenie_tui.domain.helm import Revision
from kubegenie_tui.domain.helm_run import Chart, HelmRun
from kubegenie_tui.domain.plan import Plan, Preview, Progress, StepState, Tier, Verb, forced
from kubegenie_tui.kube.helm import fetch_chart, render
from tests.cluster.charts import bring_fake_helm, bring_helm, write_chart
from tests.cluster.gated import Gated, Gating
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster


class Person(Gated):
    """Somebody who installs and upgrades."""

    plane: ControlPlane
    chart: Path

    async def revisions(self, namespace: str) -> list[Revision]:
        found = await read_revisions(self.agent, namespace)
        return sorted((each for each in found if each.name == "web"), key=lambda each: each.number)

    async def planned(self, verb: Literal["install", "upgrade"], namespace: str, **values: Any) -> Plan:
        known = await self.revisions(namespace)
        installed = (known[-1], await fetch_release(self.agent, known[-1])) if verb == "upgrade" else None
        archive = await fetch_chart(Chart(str(self.chart)))
        run = HelmRun(verb, "web", namespace, archive, values, self.agent.context.name, str(self.plane.kubeconfig))
        return await release_plan(self.agent, run, await render(run), known, installed)

    async def shown(self, plan: Plan) -> Preview:
        preview = await self.gate.preview(self.agent, plan)
        assert preview.refusal is None, preview.refusal
        return preview

    async def do(self, plan: Plan) -> list[Progress]:  # type: ignore[override] # a plan, where there it is steps
        news = await self.carry_out(await self.shown(plan))
        assert news[-1].state is StepState.DONE, news[-1].error
        return news


@pytest.fixture
async def person(control_plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    bring_helm(tmp_path, monkeypatch)
    async with Gating(control_plane, tmp_path) as found:
        person = Person(found.agent, found.gate, found.audit, found.undo)
        person.plane, person.chart = control_plane, write_chart(tmp_path)
        yield person


def maps(official: client.ApiClient, namespace: str) -> dict[str, Any]:
    found = client.CoreV1Api(official).list_namespaced_config_map(namespace).items
    return {each.metadata.name: each.data for each in found if each.metadata.name != "kube-root-ca.crt"}


async def test_a_release_is_installed(person: Person, official: client.ApiClient, namespace: str) -> None:
    place = f"{namespace}-new"
    plan = await person.planned("install", place, mode="fast")
    assert plan.title == f"Install web-1.0.0 as release {place}/web by helm"
    preview = await person.shown(plan)
    assert (preview.tier, preview.confirm) == (Tier.DESTRUCTIVE, "web")
    assert [f"{each.step.verb.value} {each.step.ref.kind} {each.step.ref.name}" for each in preview.steps] == [
        f"create namespaces {place}",
        "create configmaps web-migrate",
        "create secrets web-password",
        "create configmaps web-flags",
        "create secrets sh.helm.release.v1.web.v1",
    ]
    assert any("hooks of the chart: ConfigMap web-migrate" in note.text for note in preview.checks)
    assert maps(official, place) == {}
    await person.carry_out(preview)
    assert maps(official, place) == {"web-flags": {"mode": "fast", "kept": "1"}, "web-migrate": {"mode": "fast"}}
    made = client.CoreV1Api(official).read_namespaced_config_map("web-flags", place).metadata
    assert made.annotations["meta.helm.sh/release-name"] == "web"
    assert [(each.number, each.status) for each in await person.revisions(place)] == [(1, "deployed")]
    client.CoreV1Api(official).delete_namespace(place)


async def test_all_of_it_is_on_record_and_helm_takes_it_back(person: Person, namespace: str) -> None:
    await person.do(await person.planned("install", namespace))
    assert (await person.audit.verify()).ok
    entries = await person.audit.entries()
    done = [(each.kind, each.name, each.result) for each in reversed(entries) if each.phase == "result"]
    assert ("configmaps", "web-flags", "done") in done
    assert [each.phase for each in reversed(entries)] == ["intent"] * len(done) + ["result"] * len(done)
    (undoable,) = await person.undo.recent(person.agent.name)
    assert undoable.plan is None
    assert ":helm" in undoable.why_not


async def test_a_release_is_upgraded_and_what_others_did_stays(
    person: Person, official: client.ApiClient, namespace: str
) -> None:
    await person.do(await person.planned("install", namespace, mode="slow", extra="yes"))
    core = client.CoreV1Api(official)
    core.patch_namespaced_config_map("web-flags", namespace, {"data": {"by-hand": "yes", "kept": "2"}})
    plan = await person.planned("upgrade", namespace, mode="fast")
    assert plan.title == f"Upgrade release {namespace}/web by helm: web-1.0.0 with other values"
    preview = await person.shown(plan)
    shown = {each.step.ref.name: [f"{line.sign}{line.text.strip()}" for line in each.diff] for each in preview.steps}
    assert {"-mode: slow", "+mode: fast", '-kept: "2"', '+kept: "1"'} <= set(shown["web-flags"])
    assert "web-extra" in shown
    await person.carry_out(preview)
    assert maps(official, namespace) == {
        "web-flags": {"mode": "fast", "kept": "1", "by-hand": "yes"},
        "web-migrate": {"mode": "fast"},
    }
    told = await person.revisions(namespace)
    assert [(each.number, each.status) for each in told] == [(1, "superseded"), (2, "deployed")]


async def test_helm_4_meets_fields_of_others_and_the_plan_tells_before(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_fake_helm(tmp_path, monkeypatch, "4")
    await person.do(await person.planned("install", namespace, mode="slow"))
    await person.do(await person.planned("upgrade", namespace, mode="calm"))
    assert maps(official, namespace)["web-flags"]["mode"] == "calm"
    core, theirs = client.CoreV1Api(official), {"data": {"mode": "odd"}}
    core.patch_namespaced_config_map("web-flags", namespace, theirs, field_manager="somebody")
    before = len(await person.audit.entries())
    plan = await person.planned("upgrade", namespace, mode="fast")
    refused = await person.gate.preview(person.agent, plan)
    assert isinstance(refused.refusal, OwnedByOthers)
    assert refused.refusal.why == "somebody owns data.mode"
    preview = await person.shown(forced(plan))
    assert "it takes fields from those who own them" in preview.reasons
    assert len(await person.audit.entries()) == before
    news = await person.carry_out(preview)
    assert news[-1].state is StepState.DONE, news[-1].error
    assert maps(official, namespace)["web-flags"]["mode"] == "fast"
    owners = core.read_namespaced_config_map("web-flags", namespace).metadata.managed_fields
    assert "helm" in {each.manager for each in owners}
    assert "kubegenie" not in {each.manager for each in owners}


async def test_helm_4_leaves_a_release_of_helm_3_as_it_was_made(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_fake_helm(tmp_path, monkeypatch, "3")
    await person.do(await person.planned("install", namespace, mode="slow"))
    bring_fake_helm(tmp_path, monkeypatch, "4")
    theirs = {"data": {"mode": "odd"}}
    client.CoreV1Api(official).patch_namespaced_config_map("web-flags", namespace, theirs, field_manager="somebody")
    await person.do(await person.planned("upgrade", namespace, mode="fast"))
    assert maps(official, namespace)["web-flags"]["mode"] == "fast"


async def test_the_kinds_of_a_chart_are_told_made_and_outlive_it(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path
) -> None:
    plural = f"flags{namespace.removeprefix('test-')}"
    person.chart = write_chart(tmp_path / "defining", defines=plural)
    preview = await person.shown(await person.planned("install", namespace))
    name = f"{plural}.charts.example.com"
    first = preview.steps[0].step
    assert (first.verb, first.ref.kind, first.ref.name) == (
        Verb.CREATE, "customresourcedefinitions.apiextensions.k8s.io", name
    )  # fmt: skip
    assert any(f"it defines kinds that outlive the release: {name}" in note.text for note in preview.checks)
    news = await person.carry_out(preview)
    assert news[-1].state is StepState.DONE, news[-1].error
    definitions = client.ApiextensionsV1Api(official)
    try:
        uid = definitions.read_custom_resource_definition(name).metadata.uid
        again = await person.planned("upgrade", namespace, mode="fast")
        assert not [step for step in again.steps if step.ref.name == name]
        every = await person.revisions(namespace)
        await person.do(await uninstall_plan(person.agent, await fetch_release(person.agent, every[-1]), every))
        assert definitions.read_custom_resource_definition(name).metadata.uid == uid
    finally:
        definitions.delete_custom_resource_definition(name)


async def rolled_back(person: Person, namespace: str) -> Plan:
    """The way back from the second revision to the first."""
    secrets = person.agent.kinds.resolve("secrets")
    old, new = await person.revisions(namespace)
    have, want = [(each, await person.agent.get(secrets, each.secret, namespace)) for each in (new, old)]
    return await rollback_plan(person.agent, have, want, "2026-01-01T00:00:00Z")


async def test_a_rollback_of_helm_4_is_in_helms_name(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_fake_helm(tmp_path, monkeypatch, "4")
    await person.do(await person.planned("install", namespace, mode="slow", extra="yes"))
    await person.do(await person.planned("upgrade", namespace, mode="fast"))
    core = client.CoreV1Api(official)
    core.patch_namespaced_config_map("web-flags", namespace, {"data": {"by-hand": "yes"}}, field_manager="somebody")
    await person.do(await rolled_back(person, namespace))
    assert maps(official, namespace)["web-flags"] == {"mode": "slow", "kept": "1", "by-hand": "yes"}
    assert "web-extra" in maps(official, namespace)
    assert base64.b64decode(core.read_namespaced_secret("web-password", namespace).data["password"]) == b"slow"
    for name in ("web-flags", "web-extra"):
        found = core.read_namespaced_config_map(name, namespace).metadata.managed_fields
        assert "kubegenie" not in {each.manager for each in found}, name
    await person.do(await person.planned("upgrade", namespace, mode="calm", extra="no"))
    assert maps(official, namespace)["web-flags"] == {"mode": "calm", "kept": "1", "by-hand": "yes"}
    assert maps(official, namespace)["web-extra"] == {"extra": "no"}
    assert base64.b64decode(core.read_namespaced_secret("web-password", namespace).data["password"]) == b"calm"


async def test_a_rollback_of_helm_4_tells_who_owns_a_field(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_fake_helm(tmp_path, monkeypatch, "4")
    await person.do(await person.planned("install", namespace, mode="slow"))
    await person.do(await person.planned("upgrade", namespace, mode="fast"))
    theirs = {"data": {"mode": "odd"}}
    client.CoreV1Api(official).patch_namespaced_config_map("web-flags", namespace, theirs, field_manager="somebody")
    plan = await rolled_back(person, namespace)
    refused = await person.gate.preview(person.agent, plan)
    assert isinstance(refused.refusal, OwnedByOthers)
    assert refused.refusal.why == "somebody owns data.mode"
    await person.do(forced(plan))
    assert maps(official, namespace)["web-flags"]["mode"] == "slow"
    await person.do(await person.planned("upgrade", namespace, mode="fast"))


async def test_what_helm_made_is_rolled_back_without_it(
    person: Person, official: client.ApiClient, namespace: str
) -> None:
    await person.do(await person.planned("install", namespace, mode="slow"))
    await person.do(await person.planned("upgrade", namespace, mode="fast", extra="yes"))
    await person.do(await rolled_back(person, namespace))
    assert maps(official, namespace)["web-flags"]["mode"] == "slow"
    assert "web-extra" not in maps(official, namespace)
    secret = client.CoreV1Api(official).read_namespaced_secret("web-password", namespace)
    assert base64.b64decode(secret.data["password"]) == b"slow"
    await person.do(await person.planned("upgrade", namespace, mode="fast", extra="yes"))
    assert "web-extra" in maps(official, namespace)


async def test_what_changed_meanwhile_stops_it_before_helm_begins(
    person: Person, official: client.ApiClient, namespace: str
) -> None:
    await person.do(await person.planned("install", namespace, mode="slow"))
    before = len(await person.audit.entries())
    preview = await person.shown(await person.planned("upgrade", namespace, mode="fast"))
    client.CoreV1Api(official).patch_namespaced_config_map("web-flags", namespace, {"data": {"mode": "odd"}})
    news = await person.carry_out(preview)
    assert isinstance(news[-1].error, ChangedUnderneath)
    assert StepState.DONE not in {each.state for each in news}
    assert maps(official, namespace)["web-flags"]["mode"] == "odd"
    assert len(await person.audit.entries()) == before


async def test_what_was_done_before_helm_failed_is_told(
    person: Person, official: client.ApiClient, namespace: str
) -> None:
    preview = await person.shown(await person.planned("install", namespace))
    quota = {"metadata": {"name": "none"}, "spec": {"hard": {"count/configmaps": "0"}}}
    client.CoreV1Api(official).create_namespaced_resource_quota(namespace, quota)
    news = await person.carry_out(preview)
    assert news[-1].state is StepState.FAILED
    assert "INSTALLATION FAILED" in str(news[-1].error)
    assert "web-migrate" in str(news[-1].error)
    ended = {preview.steps[each.step].step.ref.name: each.state for each in news if each.step >= 0}
    assert ended["web-flags"] is StepState.SKIPPED
    assert ended["sh.helm.release.v1.web.v1"] is StepState.DONE
    results = {each.name: each.result for each in await person.audit.entries() if each.phase == "result"}
    assert results["web-flags"] == "failed"
    assert results["sh.helm.release.v1.web.v1"] == "done"


async def test_a_name_is_not_taken_twice(person: Person, namespace: str) -> None:
    plan = await person.planned("install", namespace)
    preview = await person.shown(plan)
    await person.do(plan)
    with pytest.raises(UsageError, match=r"There is a release .*/web already"):
        await person.planned("install", namespace)
    news = await person.carry_out(preview)
    assert isinstance(news[-1].error, ChangedUnderneath)
    assert "exists by now" in str(news[-1].error)
    assert [each.number for each in await person.revisions(namespace)] == [1]


async def test_what_is_broken_off_is_on_record_as_unknown(
    person: Person, official: client.ApiClient, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = await person.shown(await person.planned("install", namespace))
    began, ended = tmp_path / "began", tmp_path / "ended"
    os.mkfifo(began)
    program = tmp_path / "slow" / "helm"
    await asyncio.to_thread(program.parent.mkdir)
    program.write_text(f'#!/bin/sh\ntrap "echo tidied > {ended}; exit 1" TERM\necho $$ > {began}\nsleep 600 & wait\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    running = asyncio.create_task(person.carry_out(preview))
    await asyncio.to_thread(began.read_text)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await asyncio.to_thread(ended.read_text) == "tidied\n"
    results = [each for each in await person.audit.entries() if each.phase == "result"]
    assert len(results) == len(preview.steps)
    assert {(each.result, each.message) for each in results if each.kind == "configmaps"} == {
        ("unknown", "it was broken off")
    }
    assert maps(official, namespace) == {}
    assert [each.plan for each in await person.undo.recent(person.agent.name)] == [None]


async def test_a_chart_comes_from_a_repository(person: Person, tmp_path: Path) -> None:
    with _repository(tmp_path, write_chart(tmp_path / "other", "2.1.0")) as address:
        archive = await fetch_chart(Chart("web", "2.1.0", address))
        with pytest.raises(KubeGenieError, match=r"web.* not found in"):
            await fetch_chart(Chart("web", "9.9.9", address))
    assert archive.startswith(b"\x1f\x8b")


@contextmanager
def _repository(directory: Path, chart: Path) -> Iterator[str]:
    place = directory / "repository"
    place.mkdir()
    with tarfile.open(place / "web-2.1.0.tgz", "w:gz") as packed:
        packed.add(chart, arcname="web")
    entry = "{apiVersion: v2, name: web, version: 2.1.0, urls: [web-2.1.0.tgz]}"
    (place / "index.yaml").write_text(f"apiVersion: v1\nentries:\n  web: [{entry}]\n")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(place))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def test_who_may_not_read_releases_is_told(
    ours: ControlPlane, person: Person, namespace: str, tmp_path: Path
) -> None:
    directory = tmp_path / "viewer"
    await asyncio.to_thread(directory.mkdir)
    async with Gating(ours, directory, "viewer") as found:
        viewer = Person(found.agent, found.gate, found.audit, found.undo)
        viewer.plane, viewer.chart = ours, person.chart
        with pytest.raises(KubeGenieError, match="forbidden"):
            await viewer.planned("install", namespace)
