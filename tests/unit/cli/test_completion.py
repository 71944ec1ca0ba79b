"""Completion scripts, run by the shells themselves where they are installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kubegenie_tui.cli import main


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def run(shell: str, program: str) -> list[str]:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    done = subprocess.run([found, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.split("\n")


def completed_by_bash(words: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    quoted = " ".join(f"'{word}'" for word in words)
    program = f"""{script("bash", capsys)}
COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _kubegenie; printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    return run("bash", program)


@pytest.mark.parametrize(
    ("line", "offered", "not_offered"),
    [
        (["kubegenie", ""], {"get", "ask", "clusters", "doctor", "--context"}, {"list", "--selector"}),
        (["kubegenie", "clu"], {"clusters"}, {"get"}),
        (["kubegenie", "clusters", ""], {"list", "add", "remove", "test"}, {"get", "--command"}),
        (["kubegenie", "clusters", "test", "-"], {"--kubeconfig", "--output"}, {"list"}),
        (["kubegenie", "--read-only", "get", "dep"], {"deployments"}, {"pods"}),
        (["kubegenie", "get", "pods", "-o", ""], {"text", "json"}, {"pods"}),
        (["kubegenie", "completion", ""], {"bash", "zsh", "fish"}, {"get"}),
    ],
)
def test_bash(line: list[str], offered: set[str], not_offered: set[str], capsys: pytest.CaptureFixture[str]) -> None:
    answer = set(completed_by_bash(line, capsys))
    assert offered <= answer
    assert not answer & not_offered


def test_bash_completes_files_after_an_option_that_takes_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lab.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert completed_by_bash(["kubegenie", "--kubeconfig", "la"], capsys)[0] == "lab.yaml"


def test_zsh(capsys: pytest.CaptureFixture[str]) -> None:
    program = f"""
compdef() {{ }}; _describe() {{ print -l -- $choices }}
{script("zsh", capsys)}
words=(kubegenie clusters ''); CURRENT=3; _kubegenie
"""
    assert "list:print every known cluster and how it is" in run("zsh", program)


def test_fish(capsys: pytest.CaptureFixture[str]) -> None:
    program = f"{script('fish', capsys)}\ncomplete -C 'kubegenie clusters '\necho ==\ncomplete -C 'kubegenie get -o '\n"
    answer = run("fish", program)
    boundary = answer.index("==")
    assert {line.split("\t")[0] for line in answer[:boundary]} >= {"list", "add", "remove", "test"}
    assert "get" not in {line.split("\t")[0] for line in answer[:boundary]}
    assert {line.split("\t")[0] for line in answer[boundary + 1 :]} == {"json", "text", ""}
