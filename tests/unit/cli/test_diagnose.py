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


def test_policies_are_told_by_check_and_apart_from_faults(demo_kubeconfig: Path, capsys: Captured) -> None:
    found = diagnosed(demo_kubeconfig, capsys, "-n", "shop", "--policies")
    assert {each["rule"].partition("/")[0] for each in found["findings"]} == {"policy"}
    assert {each["rule"] for each in found["findings"]} == {f"policy/{name}" for name in found["broken"]}
    assert len(found["broken"]) + len(found["holding"]) + len(found["not_run"]) == 38
    assert found["not_run"]["allowed-repos"] == "set [policy] allowed_repos to run it"
    root = next(each["root"] for each in found["findings"] if each["rule"] == "policy/container-limits-and-requests")
    assert root["kind"] in ("Deployment", "StatefulSet")
    plain = diagnosed(demo_kubeconfig, capsys, "-n", "shop")
    assert not any(each["rule"].startswith("policy/") for each in plain["findings"])


def test_some_checks_alone_and_when_they_hold(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEGENIE_POLICY_REPLICAS", "1-4")
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "diagnose", "-n", "shop", "--policies"]
    assert main([*command, "replica-limit,disallowed-tags"]) == Exit.OK
    told = capsys.readouterr().out
    assert "breaks  deployment shop/frontend: it wants 6 replicas, which is not 1 to 4" in told
    assert "Holding: disallowed-tags" in told
    assert main([*command, "disallowed-tags"]) == Exit.OK
    assert "No object breaks disallowed-tags in namespace shop, " in capsys.readouterr().out


def test_a_check_that_is_none_and_a_setting_that_cannot_be_are_failures(
    demo_kubeconfig: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "diagnose", "-n", "shop", "--policies"]
    assert main([*command, "disallowed-tag"]) == Exit.USAGE
    assert "did you mean disallowed-tags?" in capsys.readouterr().err
    monkeypatch.setenv("KUBEGENIE_POLICY_REPLICAS", "many")
    assert main(command) != Exit.OK
    assert "policy.replicas is" in capsys.readouterr().err
