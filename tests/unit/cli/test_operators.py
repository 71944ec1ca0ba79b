from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


def operators(kubeconfig: Path, context: str, *arguments: str) -> int:
    return main(["--kubeconfig", str(kubeconfig), "--context", context, "operators", *arguments])


def test_an_operator_in_words(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert operators(demo_kubeconfig, "staging") == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "▲ flux-system/kustomize-controller  1 object is not ready  (Deployment, v1.8.0, 1/1 ready)"
    assert lines[1].startswith(
        "    ✖ kustomizations.kustomize.toolkit.fluxcd.io flux-system/accounts  Ready is False: "
    )
    assert lines[2] == "    looks after kustomizations.kustomize.toolkit.fluxcd.io 2"


def test_kinds_that_nobody_looks_after(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert operators(demo_kubeconfig, "prod-eu") == Exit.OK
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("○ nobody was found to look after ")
    assert "certificates.cert-manager.io" in line


def test_everything_as_json(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert operators(demo_kubeconfig, "staging", "-o", "json") == Exit.OK
    (found,) = msgspec.json.decode(capsys.readouterr().out)["operators"]
    assert (found["name"], found["well"], found["health"]) == ("kustomize-controller", False, "warning")
    assert found["workload"] == {
        "kind": "deployments.apps", "namespace": "flux-system", "name": "kustomize-controller",
    }  # fmt: skip
    assert found["kinds"] == [{"id": "kustomizations.kustomize.toolkit.fluxcd.io", "objects": 2}]
    assert [(each["name"], each["behind"]) for each in found["notReady"]] == [("accounts", False)]
    assert found["leader"].startswith("kustomize-controller-")
