"""The doctor's checks that need no cluster: each says what is wrong and what to do, and none of them raises."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from tests.plugging import HELLO, PluginSite

Said = Mapping[str, Mapping[str, str]]


def doctor(capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, Said]:
    status = main(["doctor", "-o", "json", *flags])
    return status, {finding["subject"]: finding for finding in json.loads(capsys.readouterr().out)}


def test_a_fresh_machine_passes_and_is_told_about_the_demo(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    status, said = doctor(capsys)
    assert status == 0
    assert said["kubeconfig"]["state"] == "warn"
    assert "kubegenie demo" in said["kubeconfig"]["next_step"]
    assert said["database"]["what"].startswith(str(home))
    assert "built-in engine" in said["model"]["what"]


def test_a_wrong_setting_fails_with_the_file_and_the_remedy(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    file = home / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[ui]\nthem = "dark"\n')
    status, said = doctor(capsys)
    assert status == 1
    assert str(file) in said["settings"]["what"]
    assert "did you mean" in said["settings"]["next_step"]
    assert "keys" not in said


def test_an_unknown_key_binding_fails(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    file = home / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[keys]\nshow-lgos = "L"\n')
    status, said = doctor(capsys)
    assert status == 1
    assert "did you mean show-logs" in said["keys"]["next_step"]


def test_plugins_are_listed_and_a_broken_one_is_a_warning(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = PluginSite(tmp_path / "site", monkeypatch)
    site.install("hello_plugin", HELLO, name="hello")
    site.install("broken_plugin", "import nowhere", name="broken")
    site.install("off_plugin", "import nowhere", name="idle")
    file = home / "config" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[plugins]\noff = "idle"\n')
    status, said = doctor(capsys)
    assert status == 0
    assert (said["plugin hello"]["state"], said["plugin hello"]["what"]) == ("ok", "hello_plugin 1.0, :hello")
    assert said["plugin broken"]["state"] == "warn"
    assert "No module named 'nowhere'" in said["plugin broken"]["what"]
    assert 'plugins.off = "broken"' in said["plugin broken"]["next_step"]
    assert said["plugin idle"]["what"] == "off_plugin 1.0, turned off in the settings"


def test_a_kubeconfig_that_is_not_there_fails_when_it_was_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, said = doctor(capsys, "--kubeconfig", str(tmp_path / "nowhere"))
    assert status == 1
    assert said["kubeconfig"]["state"] == "fail"


def test_a_server_that_is_not_there_fails_the_current_context_and_only_that(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server = {"server": "https://127.0.0.1:1"}
    config = {
        "clusters": [{"name": "gone", "cluster": server}],
        "users": [{"name": "me", "user": {"token": "t"}}],
        "contexts": [{"name": name, "context": {"cluster": "gone", "user": "me"}} for name in ("a", "b")],
        "current-context": "a",
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    status, said = doctor(capsys, "--kubeconfig", str(file))
    assert status == 1
    assert (said["cluster a"]["state"], said["cluster b"]["state"]) == ("fail", "warn")
    assert "127.0.0.1:1" in said["cluster a"]["what"]
    assert said["cluster a"]["next_step"]


def test_an_added_cluster_is_checked_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, demo_kubeconfig: Path
) -> None:
    assert main(["clusters", "add", str(demo_kubeconfig), "--context", "staging"]) == 0
    capsys.readouterr()
    status, said = doctor(capsys)
    assert status == 0
    assert said["cluster staging"]["state"] == "ok"
    assert said["kubeconfig"]["state"] == "ok", "none is needed"


def test_without_a_database_the_reason_is_told(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    home.write_text("no directory")
    status, said = doctor(capsys)
    assert status == 1
    assert (said["directories"]["state"], said["database"]["state"]) == ("fail", "fail")
    assert str(home) in said["database"]["what"]


def test_a_damaged_database_is_a_warning_that_names_what_was_kept(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "kubegenie.db").write_bytes(b"no database at all" * 100)
    status, said = doctor(capsys)
    assert status == 0
    assert said["database"]["state"] == "warn"
    assert "damaged-" in said["database"]["what"]


def test_broken_settings_do_not_send_a_key_anywhere(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text("[model\n")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-one")
    status, said = doctor(capsys)
    assert status == 1
    assert "model" not in said


def test_a_silent_model_is_waited_for_only_so_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kubegenie_tui.cli.checks.MODEL_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("KUBEGENIE_MODEL_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/v1")
        monkeypatch.setenv("KUBEGENIE_MODEL", "sleepy")
        status, said = doctor(capsys)
    assert status == 0
    assert said["model"]["state"] == "warn"
    assert "loading" in said["model"]["next_step"]


def test_a_terminal_is_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "70")
    monkeypatch.setenv("LINES", "20")
    monkeypatch.setenv("NO_COLOR", "")
    _, said = doctor(capsys)
    assert (said["terminal"]["state"], said["terminal"]["what"]) == ("warn", "70x20, monochrome (NO_COLOR is set)")
    assert "80x24" in said["terminal"]["next_step"]


def test_a_model_server_that_is_not_there_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBEGENIE_MODEL_URL", "http://127.0.0.1:1/v1")
    status, said = doctor(capsys)
    assert status == 1
    assert said["model"]["state"] == "fail"


def test_other_models_of_the_settings_are_reached_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    monkeypatch.setenv("KUBEGENIE_MODEL_URL", "http://127.0.0.1:1/v1")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text('[models.big]\nbase_url = "http://127.0.0.1:2/v1"\n')
    _, said = doctor(capsys)
    assert said["model big"]["state"] == "warn"
    assert "base_url in [models.big]" in said["model big"]["what"]


def test_text_names_the_state_in_a_word_and_puts_the_remedy_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("▲ warn  kubeconfig"))
    assert lines[at + 1].strip().startswith("→ set KUBECONFIG")
