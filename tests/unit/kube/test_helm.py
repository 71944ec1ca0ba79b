"""What helm is told, and what becomes of what it says."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.changes.approval import approve
from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.domain.helm_run import Chart, HelmRun
from kubegenie_tui.domain.plan import Plan, Preview, Tier
from kubegenie_tui.kube import helm

APPROVAL = approve(Preview(Plan("Install", "prod", ()), (), Tier.REVERSIBLE, (), (), ()), "key y", 0.0)
RUN = HelmRun("install", "web", "shop", b"packed", {"mode": "fast"}, "prod", "/kube/a:/kube/b")
RELEASE: dict[str, Any] = {
    "name": "web",
    "version": 1,
    "manifest": "---\nkind: ConfigMap\n",
    "hooks": [{"name": "migrate", "kind": "Job", "manifest": "kind: Job", "events": ["pre-install"], "weight": 2}],
    "chart": {"metadata": {"name": "web", "version": "1.0.0"}, "templates": []},
}


class Played:
    """A program called helm that writes down how it was called, and says what it was told to."""

    def __init__(self, directory: Path) -> None:
        self.log = directory / "calls"
        self.said = directory / "said"
        self.program = directory / "helm"

    def says(self, output: object = "", complaint: str = "", code: int = 0) -> None:
        text = output if isinstance(output, str) else json.dumps(output)
        self.said.write_text(json.dumps([text, complaint, code]))

    @property
    def calls(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


PROGRAM = f"""#!{sys.executable} -S
import json, os, pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
given = sys.stdin.read()
chart = sys.argv[-1]
packed = pathlib.Path(chart).read_text() if os.path.isfile(chart) else ""
environ = {{name: value for name, value in os.environ.items() if name.startswith(("HELM", "KUBE"))}}
with open(here / "calls", "a") as log:
    log.write(json.dumps({{"words": sys.argv[1:], "given": given, "packed": packed, "environ": environ}}) + "\\n")
for word in sys.argv:
    if word.startswith("--destination="):
        pathlib.Path(word.partition("=")[2], "web-1.0.0.tgz").write_text("packed")
output, complaint, code = json.loads((here / "said").read_text())
sys.stdout.write(output)
sys.stderr.write(complaint)
sys.exit(code)
"""


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Played:
    played = Played(tmp_path)
    played.program.write_text(PROGRAM)
    played.program.chmod(0o755)
    played.says()
    monkeypatch.setenv("PATH", str(tmp_path))
    return played


async def test_an_installation_is_rendered_by_the_server(played: Played) -> None:
    played.says(RELEASE)
    rendered = await helm.render(RUN)
    assert (rendered.revision, rendered.chart, rendered.manifest) == (1, "web-1.0.0", RELEASE["manifest"])
    (hook,) = rendered.hooks
    assert (hook.name, hook.events, hook.weight) == ("migrate", ("pre-install",), 2)
    shown, asked = played.calls
    assert shown["words"][:3] == ["show", "crds", "--"]
    assert asked["words"][:5] == [
        "install",
        "--kube-context=prod",
        "--namespace=shop",
        "--create-namespace",
        "--dry-run=server",
    ]
    assert asked["words"][5:9] == ["--values=-", "--output=json", "--", "web"]
    assert (asked["packed"], json.loads(asked["given"])) == ("packed", {"mode": "fast"})


async def test_what_is_written_is_what_was_rendered_without_the_dry_run(played: Played) -> None:
    played.says(RELEASE)
    run = msgspec.structs.replace(RUN, verb="upgrade")
    await helm.render(run)
    await helm.write_release(APPROVAL, run)
    rendered, written = (call["words"][:-1] for call in played.calls)
    assert "--reset-values" in written
    assert [word for word in rendered if word != "--dry-run=server"] == written


async def test_how_helm_4_changes_objects_and_that_it_takes_fields_over_only_when_it_is_told_to(
    played: Played,
) -> None:
    played.says(RELEASE | {"apply_method": "ssa"})
    assert (await helm.render(RUN)).by_server
    await helm.write_release(APPROVAL, RUN)
    await helm.write_release(APPROVAL, msgspec.structs.replace(RUN, takes_over=True))
    told = ["--force-conflicts" in call["words"] for call in played.calls if call["words"][0] == "install"]
    assert told == [False, False, True]
    for method in ({"apply_method": "csa"}, {}):
        played.says(RELEASE | method)
        assert not (await helm.render(RUN)).by_server


async def test_nothing_leads_it_to_another_cluster(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_KUBEAPISERVER", "https://elsewhere")
    monkeypatch.setenv("HELM_KUBETOKEN", "t")
    monkeypatch.setenv("HELM_NAMESPACE", "elsewhere")
    monkeypatch.setenv("HELM_CACHE_HOME", "/cache")
    monkeypatch.setenv("KUBECONFIG", "/elsewhere")
    played.says(RELEASE)
    await helm.write_release(APPROVAL, RUN)
    environ = played.calls[0]["environ"]
    kept = {name: value for name, value in environ.items() if not name.startswith("KUBEGENIE_")}
    assert kept == {"HELM_CACHE_HOME": "/cache", "KUBECONFIG": "/kube/a:/kube/b"}


async def test_releases_that_are_kept_elsewhere_are_refused(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_DRIVER", "configmap")
    with pytest.raises(UsageError, match="HELM_DRIVER is configmap"):
        await helm.render(RUN)
    assert not played.log.exists()


async def test_its_error_is_shown_as_it_is_without_its_warnings(played: Played) -> None:
    played.says(
        "", 'W1126 warning\nError: INSTALLATION FAILED: Secret "x" is invalid:\n  data: Invalid value: \x1b[31m\n', 1
    )
    with pytest.raises(KubeGenieError) as raised:
        await helm.write_release(APPROVAL, RUN)
    assert raised.value.what == "helm install failed"
    assert raised.value.why.startswith('INSTALLATION FAILED: Secret "x" is invalid: data: Invalid value:')
    assert "\x1b" not in raised.value.why


async def test_one_that_says_nothing_tells_its_status(played: Played) -> None:
    played.says("", "", 7)
    with pytest.raises(KubeGenieError, match="exit code 7"):
        await helm.write_release(APPROVAL, RUN)


async def test_an_answer_that_is_none(played: Played) -> None:
    played.says("NAME: web\nSTATUS: pending-install\n")
    with pytest.raises(KubeGenieError, match="helm's answer cannot be read"):
        await helm.render(RUN)


async def test_one_that_hangs_is_stopped(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    played.program.write_text("#!/bin/sh\nexec /bin/sleep 600\n")
    monkeypatch.setattr(helm, "LOOK_SECONDS", 0.2)
    with pytest.raises(KubeGenieError, match=r"helm upgrade was stopped · it took more than 0\.2 s"):
        await helm.render(msgspec.structs.replace(RUN, verb="upgrade"))


async def test_a_missing_helm_is_told_with_what_works_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert helm.helm_program() == ""
    with pytest.raises(UsageError, match="all else about releases works without it"):
        await helm.fetch_chart(Chart("bitnami/web"))


async def test_where_a_chart_comes_from(played: Played, tmp_path: Path) -> None:
    assert await helm.fetch_chart(Chart("bitnami/web", "1.2.3", "https://charts")) == b"packed"
    directory = tmp_path / "chart"
    directory.mkdir()
    assert await helm.fetch_chart(Chart(str(directory))) == b"packed"
    pulled, packed = ([word for word in call["words"] if "destination" not in word] for call in played.calls)
    assert pulled == ["pull", "--version=1.2.3", "--repo=https://charts", "--", "bitnami/web"]
    assert packed == ["package", "--", str(directory)]
    archive = tmp_path / "web.tgz"
    archive.write_bytes(b"as it is")
    assert await helm.fetch_chart(Chart(str(archive))) == b"as it is"


async def test_a_chart_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm, "LARGEST_CHART", 4)
    (tmp_path / "web.tgz").write_bytes(b"12345")
    with pytest.raises(UsageError, match="too large"):
        await helm.fetch_chart(Chart(str(tmp_path / "web.tgz")))


def test_values_are_in_no_repr() -> None:
    assert repr(RUN) == "HelmRun(install shop/web)"
