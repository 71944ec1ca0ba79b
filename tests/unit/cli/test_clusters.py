from pathlib import Path

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit


def test_every_cluster_is_listed_and_one_that_is_down_says_why(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "clusters", "list"]) == Exit.OK
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "healthy" in lines["prod-eu"]
    assert "12/12" in lines["prod-eu"]
    assert "unreachable" in lines["rack-7"]
    assert "refused" in lines["rack-7"]


def test_the_list_as_json(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "clusters", "list", "-o", "json"]) == Exit.OK
    told = {cluster["name"]: cluster for cluster in msgspec.json.decode(capsys.readouterr().out)}
    assert told["prod-eu"]["reach"] == "healthy"
    assert told["prod-eu"]["nodes"] == 12
    assert told["prod-eu"]["error"] is None
    assert "refused" in told["rack-7"]["error"]


def test_a_connection_is_tested_step_by_step(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "clusters", "test", "prod-eu"]) == Exit.OK
    out = capsys.readouterr().out
    assert "✓ version" in out
    assert "✓ identity" in out
    assert "platform-admin" in out


def test_a_failed_step_ends_the_test_and_the_status_says_so(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "clusters", "test", "rack-7"]) == Exit.NO_CLUSTER
    assert capsys.readouterr().out.splitlines()[-1].strip().startswith("✖")


def test_a_cluster_is_added_remembered_and_forgotten(demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clusters", "add", str(demo_kubeconfig), "--context", "staging"]) == Exit.OK
    assert main(["clusters", "list"]) == Exit.OK
    assert "staging" in capsys.readouterr().out
    assert main(["clusters", "remove", "staging"]) == Exit.OK
    assert main(["clusters", "list"]) == Exit.OK
    assert "kubegenie demo" in capsys.readouterr().err


def test_a_context_of_a_kubeconfig_cannot_be_forgotten_here(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(demo_kubeconfig))
    assert main(["clusters", "remove", "prod-eu"]) == Exit.USAGE
    assert str(demo_kubeconfig) in capsys.readouterr().err


def test_an_unknown_cluster_is_answered_with_near_ones(
    demo_kubeconfig: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), "clusters", "test", "prod-eux"]) == Exit.USAGE
    assert "prod-eu" in capsys.readouterr().err


def test_a_file_that_is_no_kubeconfig_is_refused_with_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "odd.yaml"
    file.write_text("contexts: [")
    assert main(["clusters", "add", str(file)]) == Exit.FAILED
    assert "odd.yaml" in capsys.readouterr().err
