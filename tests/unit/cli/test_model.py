"""The models on the command line: listed, examined, and their keys kept where no file is."""

import asyncio
import io
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.demo.model_script import Call, Turn
from kubegenie_tui.demo.model_server import ModelServer
from kubegenie_tui.system_keyring import SERVICE
from tests.keyrings import Ring, using

KEY = "sk-from-the-keyring-0123456789"
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring()
    with using(made):
        yield made


def calling(heard: dict[str, Any]) -> Turn:
    return Turn(calls=(Call("ready", {"word": "yes"}),)) if "`ready`" in str(heard["messages"]) else Turn("Hi.")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A server of its own thread, that wants the key of the keyring."""
    made, loop, started = ModelServer(calling, key=KEY, told={"max_model_len": 8192}), asyncio.new_event_loop(), Event()

    def serve() -> None:
        loop.run_until_complete(made.start())
        started.set()
        loop.run_forever()
        loop.run_until_complete(made.stop())
        loop.close()

    thread = Thread(target=serve)
    thread.start()
    started.wait(10)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture
def settings(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One model, whose key is in the keyring."""
    monkeypatch.setenv("KUBEGENIE_HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "config").mkdir()
    file = tmp_path / "config" / "settings.toml"
    file.write_text(f'[models.local]\nbase_url = "{server.base_url}"\nname = "scripted"\nkey_from = "keyring"\n')
    return file


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.mark.usefixtures("settings")
def test_a_key_goes_from_standard_input_to_the_keyring_and_from_there_to_the_server(
    ring: Ring, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed(monkeypatch, f"{KEY}\n")
    assert main(["model", "key", "set", "local"]) == Exit.OK
    assert ring.kept == {(SERVICE, "local"): KEY}
    assert main(["model", "check", "local", "-o", "json"]) == Exit.OK
    out, err = capsys.readouterr()
    standing = json.loads(out[out.index("{") :])
    assert (standing["model"], standing["asked_by"], standing["calls"]) == ("scripted", "tools, streamed", True)
    assert (standing["context"], standing["profile"]) == (8192, "small")
    assert server.requests[0].headers["Authorization"] == f"Bearer {KEY}"
    assert main(["model", "list"]) == Exit.OK
    assert "tools, streamed" in capsys.readouterr().out
    assert main(["model", "key", "delete", "local"]) == Exit.OK
    assert ring.kept == {}
    assert KEY not in out + err
    assert not [file for file in tmp_path.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]


@pytest.mark.usefixtures("settings", "ring")
def test_a_key_that_is_not_there_is_asked_for_by_the_command_that_sets_it(capsys: Captured) -> None:
    assert main(["model", "check"]) == Exit.FAILED
    assert "kubegenie model key set local" in capsys.readouterr().err
    assert main(["model", "key", "delete", "local"]) == Exit.OK
    assert "There was none" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
def test_a_machine_without_a_keyring_says_what_to_do_instead(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    typed(monkeypatch, f"{KEY}\n")
    with using(None):
        assert main(["model", "key", "set", "local"]) == Exit.FAILED
    err = capsys.readouterr().err
    assert "no keyring" in err
    assert "environment variable" in err
    assert KEY not in err


@pytest.mark.usefixtures("settings")
def test_without_the_library_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert main(["model", "key", "delete", "local"]) == Exit.FAILED
    assert "pip install 'kubegenie[keyring]'" in capsys.readouterr().err


@pytest.mark.usefixtures("settings", "ring")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["model", "key", "set", "locale"], 'There is no model "locale" in the settings'),
        (["model", "key", "set", "local"], "No key was given"),
        (["model", "check", "big"], 'There is no model "big"'),
        (["ask", "hello", "--model", "big"], 'There is no model "big"'),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    typed(monkeypatch, "\n")
    assert main(words) == Exit.USAGE
    assert said in capsys.readouterr().err


def test_without_a_model_the_list_says_who_answers(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(["model", "list"]) == Exit.OK
    assert "the built-in engine answers" in capsys.readouterr().out
