"""Keys for servers of others: from a person into the keyring, and nowhere else."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubegenie_tui.cli import main
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.system_keyring import SERVICE
from tests.keyrings import Ring, using

KEY = "canary-of-the-pager"
USED = '[mcp.pager]\nurl = "https://pager.example.com/mcp"\nheaders = { Authorization = "Bearer ${keyring:pager}" }\n'
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def ring() -> Iterator[Ring]:
    made = Ring()
    with using(made):
        yield made


@pytest.fixture
def settings(home: Path) -> Path:
    (home / "config").mkdir(parents=True)
    file = home / "config" / "settings.toml"
    file.write_text(USED)
    return file


@pytest.fixture(autouse=True)
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f" {KEY}\n"))


def test_a_key_goes_from_standard_input_to_the_keyring_alone(
    ring: Ring, settings: Path, home: Path, capsys: Captured
) -> None:
    assert main(["mcp", "key", "set", "pager"]) == Exit.OK
    assert ring.kept == {(SERVICE, "mcp.pager"): KEY}
    out, err = capsys.readouterr()
    assert out == "The key pager is in your keyring.\n"
    assert KEY not in out + err
    assert not [file for file in home.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert main(["mcp", "key", "delete", "pager"]) == Exit.OK
    assert ring.kept == {}
    assert main(["mcp", "key", "delete", "pager"]) == Exit.OK
    assert capsys.readouterr().out == "Forgotten.\nThere was none.\n"


def test_a_key_that_no_header_refers_to_is_told(ring: Ring, settings: Path, capsys: Captured) -> None:
    assert main(["mcp", "key", "set", "other"]) == Exit.OK
    assert "once the settings have ${keyring:other} in a header" in capsys.readouterr().out


@pytest.mark.usefixtures("ring", "settings")
def test_a_key_has_a_name_that_can_be_referred_to(capsys: Captured) -> None:
    assert main(["mcp", "key", "set", "A b}"]) == Exit.USAGE
    assert "cannot be the name of a key" in capsys.readouterr().err


def locked() -> Ring:
    made = Ring()
    made.locked = True
    return made


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(("ring", "said"), [(locked(), "The keyring is locked"), (None, "no keyring")])
def test_a_locked_or_missing_keyring_is_said(ring: Ring | None, said: str, capsys: Captured) -> None:
    with using(ring):
        assert main(["mcp", "key", "set", "pager"]) == Exit.FAILED
    err = capsys.readouterr().err
    assert said in err
    assert KEY not in err
