"""Notes on the command line, and told by `kubegenie diagnose` and `kubegenie ask` when a fault is there again."""

import json
import time
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    return tmp_path


def run(capsys: Captured, *words: str) -> str:
    assert main(list(words)) == Exit.OK
    return capsys.readouterr().out


def add(kubeconfig: Path, capsys: Captured, *words: str) -> str:
    return run(capsys, "--kubeconfig", str(kubeconfig), "notes", "add", "--context", "prod-eu", *words)


def test_a_note_is_told_when_the_fault_is_found_again(demo_kubeconfig: Path, capsys: Captured) -> None:
    given = ("--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu")
    [broken] = [
        each
        for each in json.loads(run(capsys, *given, "diagnose", "-n", "shop", "-o", "json"))["findings"]
        if each["rule"] == "missing-secret-key"
    ]
    about = f"{broken['root']['kind']}/{broken['root']['name']}"
    words = ("the", "vault", "was", "sealed", "--rule", "missing-secret-key", "--about", about, "-n", "shop")
    said = add(demo_kubeconfig, capsys, *words)
    assert said.startswith("Noted as 1, about missing-secret-key, ")
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert f"\n  noted   on {today}: the vault was sealed\n" in run(capsys, *given, "diagnose", "-n", "shop")
    asked = run(capsys, *given, "ask", "why is checkout failing?", "-n", "shop")
    assert f"- Noted on {today}: the vault was sealed\n" in asked
    assert "sealed" in run(capsys, *given, "ask", "is anything on fire?", "-n", "shop")
    assert "sealed" not in run(capsys, *given, "diagnose", "-n", "payments")
    assert run(capsys, "notes", "delete", "1") == ""
    assert "sealed" not in run(capsys, *given, "diagnose", "-n", "shop")


def test_notes_are_listed_by_cluster_and_forgotten_by_number(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert run(capsys, "notes", "list") == "There are no notes.\n"
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    add(demo_kubeconfig, capsys, "the", "old", "token", token, "was", "revoked")
    add(demo_kubeconfig, capsys, "ask", "Ada", "--about", "deploy/web")
    listed = run(capsys, "notes", "list")
    assert token not in listed
    assert "the cluster" in listed
    assert "deployment default/web" in listed
    assert run(capsys, "notes", "list", "--context", "staging") == "There are no notes.\n"
    told = [json.loads(line) for line in run(capsys, "notes", "list", "-o", "json").splitlines()]
    assert [(each["id"], each["kind"], each["name"]) for each in told] == [(2, "deployments.apps", "web"), (1, "", "")]
    assert main(["notes", "delete", "9"]) == Exit.USAGE
    assert "There is no note 9" in capsys.readouterr().err


def test_a_rule_and_an_object_that_cannot_be_are_refused(demo_kubeconfig: Path, capsys: Captured) -> None:
    command = ["--kubeconfig", str(demo_kubeconfig), "notes", "add", "x", "--context", "prod-eu"]
    assert main([*command, "--rule", "missing-secret-kay"]) == Exit.USAGE
    assert "did you mean missing-secret-key?" in capsys.readouterr().err
    assert main([*command, "--about", "web"]) == Exit.USAGE
    assert "name it as KIND/NAME" in capsys.readouterr().err
