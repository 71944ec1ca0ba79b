"""What is wrong, on the command line: words for a person, one document for a program."""

import asyncio
import re
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.diagnose import as_json, as_text
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.scan import Scan, Seen
from kubegenie_tui.genie.reading.diagnosing import Verdict
from kubegenie_tui.paths import database_file
from kubegenie_tui.store.store import Store

Captured = pytest.CaptureFixture[str]
SHOP = ("--context", "prod-eu", "diagnose", "-n", "shop")


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


@pytest.fixture
def other_look() -> None:
    """A look at the shop some days ago: the fault at its secret was there, and one that is not there now."""
    since = time.mktime((2026, 11, 3, 14, 5, 0, 0, 0, -1))
    seen = (
        Seen("missing-secret-key", ObjectRef("secrets", "checkout-db", "shop"), since),
        Seen("volume-full", ObjectRef("persistentvolumeclaims", "data", "shop"), since),
    )

    async def fill() -> None:
        store = await Store.open(database_file())
        await store.scans.keep("prod-eu", "shop", Scan(since, seen))
        await store.close()

    asyncio.run(fill())


def test_the_next_look_says_what_is_new(demo_kubeconfig: Path, capsys: Captured) -> None:
    command = ["--kubeconfig", str(demo_kubeconfig), *SHOP]
    assert main([*command, "--new"]) == Exit.OK
    first = capsys.readouterr().out
    assert "missing-secret-key" not in first
    assert "deployment checkout" in first
    assert first.endswith("There is no earlier look to compare with.\n")
    assert main(command) == Exit.OK
    assert re.search(r"checked\.\nNothing new since \d\d:\d\d\.\n$", capsys.readouterr().out)
    assert main([*command, "--new"]) == Exit.OK
    assert re.fullmatch(r"\d+ problems? in .*checked\.\nNothing new since \d\d:\d\d\.\n", capsys.readouterr().out)
    told = diagnosed(demo_kubeconfig, capsys, "-n", "shop", "--new")
    assert (told["findings"], set(told)) == ([], {"findings", "checked"})


@pytest.mark.usefixtures("other_look")
def test_what_was_there_before_is_left_out_and_what_is_gone_is_counted(demo_kubeconfig: Path, capsys: Captured) -> None:
    assert main(["--kubeconfig", str(demo_kubeconfig), *SHOP, "--new"]) == Exit.OK
    told = capsys.readouterr().out
    number = told.count("\n  cause   ")
    assert number
    assert "deployment checkout" not in told
    assert told.endswith(f"{number} new, 1 gone since 2026-11-03 14:05.\n")


@pytest.mark.usefixtures("other_look")
def test_a_program_gets_only_the_new_ones_in_the_same_shape(demo_kubeconfig: Path, capsys: Captured) -> None:
    new = diagnosed(demo_kubeconfig, capsys, "-n", "shop", "--new")
    whole = diagnosed(demo_kubeconfig, capsys, "-n", "shop")
    assert set(new) == set(whole) == {"findings", "checked"}
    known = [each for each in whole["findings"] if each not in new["findings"]]
    assert [each["rule"] for each in known] == ["missing-secret-key"]


def test_where_nothing_can_be_kept_it_is_told_without_the_line(demo_kubeconfig: Path, capsys: Captured) -> None:
    database_file().mkdir(parents=True)
    for _ in range(2):
        assert main(["--kubeconfig", str(demo_kubeconfig), *SHOP]) == Exit.OK
        assert capsys.readouterr().out.endswith("objects checked.\n")


def test_what_was_looked_at_in_part_is_told() -> None:
    verdict = Verdict(
        None, "", (), 9_000, left_out=3, partly=("240 of 1,200 unwell pods", "the first 2 x"), whole=False
    )
    assert as_json(verdict, KindIndex(()))["partly"] == ["240 of 1,200 unwell pods", "the first 2 x"]
    assert "Looked at in part: 240 of 1,200 unwell pods; the first 2 x.\n" in as_text(verdict, [])
    assert "partly" not in as_json(Verdict(None, "", (), 9), KindIndex(()))


def test_new_is_said_of_faults_and_not_of_policies(capsys: Captured) -> None:
    assert main(["diagnose", "--policies", "--new"]) == Exit.USAGE
    assert "not allowed with" in capsys.readouterr().err


def test_some_rules_alone_are_said_and_no_look_to_compare_with(demo_kubeconfig: Path, capsys: Captured) -> None:
    found = diagnosed(demo_kubeconfig, capsys, "-n", "shop", "--rules", "configuration")
    assert {each["rule"] for each in found["findings"]} <= set(found["rules"])
    assert "missing-secret-key" in {each["rule"] for each in found["findings"]}
    command = ["--kubeconfig", str(demo_kubeconfig), "--context", "prod-eu", "diagnose", "-n", "shop"]
    assert main([*command, "--rules", "port-in-use"]) == Exit.OK
    told = capsys.readouterr().out
    assert "Nothing wrong in namespace shop" in told
    assert told.endswith("Only these rules were looked at: port-in-use.\n")
    assert main([*command, "--new"]) == Exit.OK
    assert "There is no earlier look to compare with." in capsys.readouterr().out
    assert main([*command, "--rules", "prt-in-use"]) == Exit.USAGE
    assert "did you mean port-in-use?" in capsys.readouterr().err
