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
    assert told["prod-eu"]["read_only"] is False
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


@pytest.mark.parametrize("verb", ["list", "test"])
def test_a_named_kubeconfig_that_is_not_there_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    assert main(["--kubeconfig", str(tmp_path / "nowhere"), "clusters", verb]) == Exit.FAILED
    assert str(tmp_path / "nowhere") in capsys.readouterr().err


def test_one_broken_file_of_several_is_told_and_the_others_are_listed(
    demo_kubeconfig: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("- no mapping")
    monkeypatch.setenv("KUBECONFIG", f"{broken}:{demo_kubeconfig}")
    assert main(["clusters", "list"]) == Exit.OK
    out, err = capsys.readouterr()
    assert "prod-eu" in out
    assert f"{broken}:1" in err


def test_a_context_that_cannot_be_used_says_why_in_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "dangling"
    file.write_text("contexts: [{name: a, context: {cluster: gone, user: none}}]\ncurrent-context: a\n")
    assert main(["--kubeconfig", str(file), "clusters", "list"]) == Exit.OK
    assert 'names the cluster "gone", which does not exist' in capsys.readouterr().out


def test_without_a_database_nothing_is_said_to_be_remembered(
    demo_kubeconfig: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    (home / "data").write_text("no directory")
    assert main(["clusters", "add", str(demo_kubeconfig)]) == Exit.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert "no database" in err


def test_there_must_be_something_to_test(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["clusters", "test"]) == Exit.USAGE
    assert "no cluster to test" in capsys.readouterr().err
