"""The simulated clusters as a child process: they start, they end with us, and a child that fails says why."""

import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import yaml

from kubegenie_tui.cli import demo, main
from kubegenie_tui.cli.demo import open_demo, simulated
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.start import StartOptions


def program(tmp_path: Path, text: str) -> str:
    """A program in place of our own Python."""
    file = tmp_path / "child"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o700)
    return str(file)


def server(kubeconfig: Path) -> str:
    clusters = yaml.safe_load(kubeconfig.read_text())["clusters"]
    return str(clusters[0]["cluster"]["server"])


def test_the_clusters_answer_while_the_block_runs_and_not_after(tmp_path: Path) -> None:
    with simulated(tmp_path) as kubeconfig:
        assert kubeconfig.parent == tmp_path
        address = server(kubeconfig)
        with urllib.request.urlopen(f"{address}/version") as answer:
            assert answer.status == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address}/version")


def test_a_child_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", program(tmp_path, "echo trace >&2; echo 'no more ports' >&2; exit 1"))
    with pytest.raises(UsageError) as caught, simulated(tmp_path):
        pass
    assert caught.value.why == "no more ports"


def test_a_child_that_will_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ENDS_WITHIN", 0.1)
    child = program(tmp_path, f'echo "READY {tmp_path}/kubeconfig"; echo $$ > {tmp_path}/pid; exec tail -f /dev/null')
    monkeypatch.setattr(sys, "executable", child)
    with simulated(tmp_path) as kubeconfig:
        assert kubeconfig == tmp_path / "kubeconfig"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_was_asked_for_goes_to_the_app_and_the_wait_is_told_and_wiped_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[StartOptions] = []

    def open_app(options: StartOptions) -> int:
        opened.append(options)
        return 0

    monkeypatch.setattr(sys, "executable", program(tmp_path, 'echo "READY /somewhere/kubeconfig"; cat'))
    monkeypatch.setattr(demo, "require_terminal", lambda: None)
    monkeypatch.setattr(demo, "open_app", open_app)
    assert main(["demo", "-c", "pods", "-n", "shop", "--context", "prod-eu"]) == Exit.OK
    (options,) = opened
    assert (options.command, options.namespace, options.context, options.demo) == ("pods", "shop", "prod-eu", True)
    assert options.kubeconfig == Path("/somewhere/kubeconfig")
    told = capsys.readouterr().err
    assert told.startswith("Starting the simulated clusters …")
    assert told.endswith("\r")


def test_without_a_terminal_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    with pytest.raises(UsageError, match="needs a terminal"):
        open_demo(StartOptions())
