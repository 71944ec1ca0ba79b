"""What is wrong, on the command line: words for a person, one document for a program."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit

Captured = pytest.CaptureFixture[str]


def diagnosed(kubeconfig: Path, capsys: Captured, *arguments: str) -> Any:
    """What a program gets."""
    assert main(["--kubeconfig", str(kubeconfig), "--context", "prod-eu", "diagnose", *arguments, "-o", "json"]) == 0
    return msgspec.json.decode(capsys.readouterr().out)


def test_each_fault_stands_at_the_object_that_has_to_change(demo_kubeconfig: Path, capsys: Captured) -> None:
    found = diagnosed(demo_kubeconfig, capsys, "-n", "shop")
    checkout = next(each for each in found["findings"] if each["title"].startswith("deployment checkout"))
    assert checkout["rule"] == "missing-secret-key"
    assert checkout["severity"] in ("critical", "warning")
    assert checkout["root"]["kind"] in ("Secret", "Deployment")
    assert checkout["root"]["namespace"] == "shop"
    assert checkout["root"]["field"]
    assert {"kind", "namespace", "name", "field", "value"} == set(checkout["evidence"][0])
    assert {"kind": "Deployment", "namespace": "shop", "name": "checkout"} in checkout["affected"]
    assert checkout["fix"][0]["operation"] == "rollback"
    assert found["checked"] > 50


def test_the_worst_comes_first(demo_kubeconfig: Path, capsys: Captured) -> None:
    order = ["critical", "warning", "notice", "info"]
    told = [order.index(each["severity"]) for each in diagnosed(demo_kubeconfig, capsys, "-A")["findings"]]
    assert len(told) > 2
    assert told == sorted(told)


def test_a_person_reads_words_and_hears_when_all_is_well(demo_kubeconfig: Path, capsys: Captured) -> None:
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "diagnose"]
    assert main([*command, "-n", "shop"]) == Exit.OK
    told = capsys.readouterr().out
    assert "\n  cause   " in told
    assert "\n  change  " in told
    assert told.splitlines()[-1].endswith("objects checked.")
    assert main([*command, "-n", "default"]) == Exit.OK
    assert capsys.readouterr().out.startswith("Nothing wrong in namespace default: ")


def test_a_namespace_that_is_not_there_is_a_failure(demo_kubeconfig: Path, capsys: Captured) -> None:
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "diagnose", "-n", "shopp"]
    assert main(command) != Exit.OK
    assert "did you mean shop?" in capsys.readouterr().err


def test_what_the_settings_ignore_is_left_out_and_counted(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = diagnosed(demo_kubeconfig, capsys, "-n", "shop")
    rule = before["findings"][0]["rule"]
    monkeypatch.setenv("KUBEGENIE_DIAGNOSIS_IGNORE", f"no-such-rule, {rule}:shop/*")
    after = diagnosed(demo_kubeconfig, capsys, "-n", "shop")
    assert rule not in {each["rule"] for each in after["findings"]}
    assert after["ignored"] == len(before["findings"]) - len(after["findings"]) > 0
